package dialect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestAlike: what two texts have in common is counted as one byte after the other would tell.
func TestAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		return strings.Map(func(rune) rune { return rune("ab"[min(1, r.IntN(60))]) }, strings.Repeat("x", n))
	}
	for range 20000 {
		a, b := text(r.IntN(300)), text(r.IntN(300))
		front, behind := 0, 0
		for front < min(len(a), len(b)) && a[front] == b[front] {
			front++
		}
		for behind < min(len(a), len(b)) && a[len(a)-1-behind] == b[len(b)-1-behind] {
			behind++
		}
		if got := Alike(a, b); got != front {
			t.Fatalf("%q and %q begin with %d bytes alike, not %d", a, b, front, got)
		}
		if got := AlikeBehind(a, b); got != behind {
			t.Fatalf("%q and %q end with %d bytes alike, not %d", a, b, behind, got)
		}
	}
}

// TestAround: what is alike in front and behind is told by whole lines, as much of it as there is.
func TestAround(t *testing.T) {
	for _, c := range []struct {
		a, b          string
		front, behind string
	}{
		{"x\n a\n b\n", "x\n c\n b\n", "x\n", " b\n"},
		{"x\n a\n b\n", "x\n b\n", "x\n", " b\n"},
		{"x\n a\n a\n", "x\n a\n", "x\n a\n", ""},
		{"x\n 1a\n", "x\n 2a\n", "x\n", ""},
		{"x\n 1\n b", "x\n 21\n b", "x\n", " b"},
		{"x\n a", "x\n a\n b", "x\n", ""},
		{"x\n", "y\n", "", ""},
		{"x", "x", "", "x"},
		{"", "x\n", "", ""},
		{"x\n b\n", "x\n a\n b\n", "x\n", " b\n"},
	} {
		for _, turned := range []bool{false, true} {
			a, b := c.a, c.b
			if turned {
				a, b = b, a
			}
			front, behind := Around(a, b)
			if a[:front] != c.front || a[len(a)-behind:] != c.behind || b[:front] != c.front || b[len(b)-behind:] != c.behind {
				t.Errorf("%q and %q have %q and %q in common, not %q and %q", a, b, a[:front], a[len(a)-behind:], c.front, c.behind)
			}
		}
	}
}

// TestLong: every short spelling has its long one, however long it is, and nothing else has one.
func TestLong(t *testing.T) {
	long := strings.Repeat("x", 70)
	d := &Dialect{Alias: map[string]string{"": "none", "e": "Ethernet", "Eth": "Ethernet", long: "Long"}}
	d.look()
	for word, want := range map[string]string{"e": "Ethernet", "Eth": "Ethernet", long: "Long", "": "", "Et": "", "E": "", long + "y": "", "f": ""} {
		if got, ok := d.Long(word); got != want || ok != (want != "") {
			t.Errorf("%q is long for %q: %v", got, word, ok)
		}
	}
}

// TestFold: one blank between words, whatever stood there.
func TestFold(t *testing.T) {
	for line, want := range map[string]string{"": "", "a b": "a b", "a  b": "a b", "a\tb": "a b", "a b  ": "a b", "a\u00a0b": "a\u00a0b", " a": " a"} {
		if got := Fold(line); got != want {
			t.Errorf("%q is %q, not %q", line, got, want)
		}
	}
}
