package tree

import (
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

// TestSecret holds what becomes of a wanted secret that is a reference: one that the device
// holds is no difference, another one is sent, and of what nobody can tell there is a note.
func TestSecret(t *testing.T) {
	d := frr(t)
	const head = "router bgp 65001\n neighbor 192.0.2.2 remote-as 65002\n neighbor 192.0.2.2 password "
	for name, c := range map[string]struct {
		live  string
		same  func(ref, live []byte) Verdict
		sent  bool
		noted bool
	}{
		"the same one":    {live: "192.0.2.2", same: func(_, _ []byte) Verdict { return Same }},
		"another one":     {live: "hunter2", same: func(_, _ []byte) Verdict { return Differs }, sent: true},
		"nobody can tell": {live: "hunter2", same: func(_, _ []byte) Verdict { return Unknown }, noted: true},
		"nobody is asked": {live: "hunter2", noted: true},
	} {
		have, _ := Parse(d, []byte(head+c.live+"\nexit\n"))
		want, _ := Parse(d, []byte(head+"<secret:bgp/peer>\nexit\n"))
		es, notes, err := Diff(have, want, Options{Same: c.same})
		if err != nil || (len(es) > 0) != c.sent || (len(notes) > 0) != c.noted {
			t.Errorf("%s: %v %v %v", name, es, notes, err)
		}
		for _, n := range notes {
			if strings.Contains(n.Text, c.live) && c.live == "hunter2" {
				t.Errorf("%s: the note tells the secret: %s", name, n.Text)
			}
		}
		if !c.sent && Digest(have) != Digest(want) {
			t.Errorf("%s: what is wanted is not what is there:\n%s", name, Print(want))
		}
	}
}

// TestSecrets holds that each secret of a line is judged, also between quotes and behind its form.
func TestSecrets(t *testing.T) {
	d, problems := dialect.Read("two", []byte("syntax: indent\nacts: line\nnegate: no\n\nuser <u:word> =<a:secret(word)> key =<p:secret(7)> :: undo=key\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	same := func(ref, live []byte) Verdict {
		switch string(ref) + " " + string(live) {
		case "secret://s/a#one AAAA", "secret://s/a#two BBBB":
			return Same
		}
		return Differs
	}
	for name, c := range map[string]struct {
		live, want string
		sent       bool
	}{
		"both are the same":           {"AAAA key 7 BBBB", "secret://s/a#one key 7 secret://s/a#two", false},
		"the second is another":       {"AAAA key 7 CCCC", "secret://s/a#one key 7 secret://s/a#two", true},
		"the first is another":        {"CCCC key 7 BBBB", "secret://s/a#one key 7 secret://s/a#two", true},
		"the first is said":           {"CCCC key 7 BBBB", "AAAA key 7 secret://s/a#two", true},
		"the second stands in quotes": {`AAAA key 7 "BBBB"`, `AAAA key 7 "secret://s/a#two"`, false},
	} {
		have, _ := Parse(d, []byte("user u "+c.live+"\n"))
		want, _ := Parse(d, []byte("user u "+c.want+"\n"))
		es, _, err := Diff(have, want, Options{Same: same})
		if err != nil || (len(es) > 0) != c.sent {
			t.Errorf("%s: %v %v", name, es, err)
		}
		for _, s := range Secrets(want) {
			if strings.Contains(s, "secret://") {
				t.Errorf("%s: the name of a place is taken for a secret: %s", name, s)
			}
		}
	}
}
