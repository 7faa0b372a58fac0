package plan

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
)

// testKey is a key for tests.
func testKey(t *testing.T, text string) Key {
	t.Helper()
	k, err := NewKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const someKey = "thirty-two bytes and a few more of them"

// withPassword is a device that holds a weak password and gets a description.
func withPassword(t *testing.T, password string, k Key) Input {
	const bgp = "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password "
	in := Input{Device: "r1", Style: "guard", Key: k, Want: tree.Config{Dialect: frr(t), Text: []byte(bgp + password + "\n neighbor 192.0.2.1 description new\nexit\n")}}
	in.Answer.Live = drivers.Live{Text: []byte(bgp + password + "\nexit\n")}
	in.Deployed = in.Answer.Live.Text
	return in
}

// TestNoOracle is the attack on a weak secret: whoever reads a kept plan knows every line of the
// device but one word, tries words, and compares digests. Without the key no word fits, and the
// right one no better than another.
func TestNoOracle(t *testing.T) {
	p, ds := Make(Header{}, []Input{withPassword(t, "cisco", testKey(t, someKey))})
	if ds.Failed() || len(p.Changes) != 1 {
		t.Fatal(ds)
	}
	kept := p.Encode()
	for _, word := range []string{"admin", "cisco", "<secret>", ""} {
		in := withPassword(t, word, Key{})
		for _, text := range [][]byte{in.Answer.Live.Text, in.Want.Text} {
			tried, _ := tree.Parse(in.Want.Dialect, text)
			for _, sum := range [][32]byte{tree.Digest(tried), tree.Managed(tried, tried)} {
				if bytes.Contains(kept, []byte(hex.EncodeToString(sum[:]))) {
					t.Errorf("the plan tells that %q is right", word)
				}
			}
			if other, err := testKey(t, someKey+".").Digest(tried); err != nil || bytes.Contains(kept, []byte(other)) {
				t.Errorf("another key tells that %q is right: %v", word, err)
			}
		}
	}
	if p.Header.Secrets == "" || strings.Contains(p.Header.Secrets, someKey[:8]) {
		t.Errorf("the plan does not name its key: %q", p.Header.Secrets)
	}
}

// TestKey holds that two secrets are told apart, that a plan comes out again with the same key,
// that none is made without one, and that a device without secrets needs none.
func TestKey(t *testing.T) {
	made := func(in Input) Plan {
		t.Helper()
		p, ds := Make(Header{}, []Input{in})
		if ds.Failed() || len(p.Changes) != 1 {
			t.Fatal(ds)
		}
		return p
	}
	k := testKey(t, someKey)
	one := made(withPassword(t, "cisco", k))
	if made(withPassword(t, "cisco", k)).Digest() != one.Digest() {
		t.Error("the same plan has another digest")
	}
	if made(withPassword(t, "admin", k)).Changes[0].HaveFull == one.Changes[0].HaveFull {
		t.Error("two secrets have one digest")
	}
	if made(withPassword(t, "cisco", testKey(t, someKey+"."))).Changes[0].Want == one.Changes[0].Want {
		t.Error("two keys give one digest")
	}
	if p, ds := Make(Header{}, []Input{withPassword(t, "cisco", Key{})}); len(p.Changes) > 0 || len(ds) != 1 || ds[0].Rule != "plan/no-repo-key" || ds[0].Hint == "" {
		t.Errorf("without a key: %v, %v", p.Changes, ds)
	}
	if p := made(withPassword(t, "cisco", PassingKey([32]byte{1}))); p.Header.Secrets != Passing {
		t.Errorf("a key of one run is not told as one: %q", p.Header.Secrets)
	}
	open := Input{Device: "r1", Style: "guard", Want: tree.Config{Dialect: frr(t), Text: []byte("router bgp 65001\n bgp router-id 10.0.0.1\nexit\n")}}
	open.Answer.Live.Text = []byte("router bgp 65001\nexit\n")
	with := open
	with.Key = k
	if a, b := made(open), made(with); a.Digest() != b.Digest() || a.Header.Secrets != "" {
		t.Error("without secrets the key changes the digest")
	}
	if _, err := NewKey([]byte("short")); err == nil || (Key{}).Name() != "" {
		t.Error("a short key counts, or none has a name")
	}
}

// TestMark holds that a value is known again under the same key and reference alone, and that no mark
// tells it or is made of a key that nobody keeps.
func TestMark(t *testing.T) {
	k, other := testKey(t, someKey), testKey(t, someKey+"2")
	mark := k.Mark("secret://a/b#c", "cisco")
	for _, c := range []struct {
		key        Key
		ref, value string
		rotated    bool
	}{
		{k, "secret://a/b#c", "cisco", false}, {k, "secret://a/b#c", "cisc0", true}, {k, "secret://a/b#d", "cisco", true},
		{other, "secret://a/b#c", "cisc0", false}, {Key{}, "secret://a/b#c", "cisc0", false}, {PassingKey([32]byte{}), "secret://a/b#c", "cisc0", false},
	} {
		if got := c.key.Rotated(mark, c.ref, c.value); got != c.rotated {
			t.Errorf("%s %s under %q: rotated %v", c.ref, c.value, c.key.Name(), got)
		}
	}
	if k.Rotated("", "secret://a/b#c", "cisco") || strings.Contains(mark, "cisco") || other.Mark("secret://a/b#c", "cisco")[13:] == mark[13:] {
		t.Errorf("%q tells, or no mark is one", mark)
	}
	if (Key{}).Mark("a", "b")+PassingKey([32]byte{1}).Mark("a", "b") != "" {
		t.Error("there is a mark without a key that lasts")
	}
}
