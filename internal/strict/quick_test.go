package strict

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"plumbline/internal/diag"
)

// agree holds the law: what quick takes, the library takes for the same tree with the same
// places. It tells whether quick took it.
func agree(t *testing.T, text string) bool {
	t.Helper()
	var ds diag.List
	lines := scan("f", []byte(text), &ds)
	if !clean("f", text, &ds) || len(ds) > 0 {
		return false
	}
	have, ok := quickly(lines)
	if !ok {
		return false
	}
	want, err := parse([]byte(text))
	if err != nil {
		t.Errorf("%q is taken, and the library says: %v", text, err)
	} else if diff := differ(have, want); diff != "" {
		t.Errorf("%q: %s", text, diff)
	}
	return true
}

// differ names the first difference of two trees.
func differ(a, b *yaml.Node) string {
	say := func(n *yaml.Node) string {
		return fmt.Sprint(n.Kind, n.Style, n.Tag, n.Anchor, n.Line, n.Column, len(n.Content), fmt.Sprintf("%q", n.Value))
	}
	if say(a) != say(b) {
		return say(a) + " is for the library " + say(b)
	}
	for i := range a.Content {
		if d := differ(a.Content[i], b.Content[i]); d != "" {
			return d
		}
	}
	return ""
}

// TestQuick compares the two readers on all files of the examples, and on the same after random
// slips of the pen.
func TestQuick(t *testing.T) {
	var texts []string
	err := fs.WalkDir(os.DirFS("../../examples"), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".yaml") {
			b, err := os.ReadFile("../../examples/" + p)
			texts = append(texts, string(b))
			return err
		}
		return err
	})
	if err != nil || len(texts) < 20 {
		t.Fatal(err, len(texts))
	}
	taken := 0
	for _, text := range texts {
		if agree(t, text) {
			taken++
		}
	}
	if taken*10 < len(texts)*8 {
		t.Errorf("quick takes %d of %d files", taken, len(texts))
	}
	r := rand.New(rand.NewPCG(4, 6))
	taken = 0
	for range 20000 {
		if agree(t, slip(r, texts[r.IntN(len(texts))])) {
			taken++
		}
		if t.Failed() {
			return
		}
	}
	if taken < 2000 {
		t.Errorf("after a slip quick takes %d of 20000", taken)
	}
}

// slip changes a few lines somewhere in a text.
func slip(r *rand.Rand, text string) string {
	lines := strings.Split(text, "\n")
	from := r.IntN(len(lines))
	lines = lines[from:min(len(lines), from+1+r.IntN(12))]
	if r.IntN(4) > 0 { // to the left as far as it goes
		in := len(lines[0]) - len(strings.TrimLeft(lines[0], " "))
		for i := range lines {
			lines[i] = lines[i][min(in, len(lines[i])-len(strings.TrimLeft(lines[i], " "))):]
		}
	}
	words := []string{" ", "  ", "-", "- ", ":", ": ", ",", "[", "]", "{", "}", "#", " # ", "'", `"`, "\n", "\n  ", "0", "1", "1.5", "1e3", "0x1f", "2026-01-02", "true", "True", "no", "null", "~", ".", "&a", "*a", "!!str ", "|", ">", "?", "%", "@", "`", "<<: ", "10.0.0.0/8", "2001:db8::1", "a::", "_", "é", "12_0", "+1", ".5", "100G", "0o7", "08"}
	for range r.IntN(3) {
		i := r.IntN(len(lines))
		at, word := r.IntN(len(lines[i])+1), words[r.IntN(len(words))]
		lines[i] = lines[i][:at] + word + lines[i][min(len(lines[i]), at+r.IntN(3)):]
	}
	return strings.Join(lines, "\n")
}

// TestQuickWords compares the two readers on words that are nearly numbers, days and truths.
func TestQuickWords(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	taken, chars := 0, "0011289.-_:/xXoObBeEfFaGgnNyYtTrRuUsSlLiI +,#"
	for range 8000 {
		var b strings.Builder
		for range 1 + r.IntN(7) {
			b.WriteByte(chars[r.IntN(len(chars))])
		}
		for _, form := range []string{"k: %s", "- %s", "k: [%s]", "- {k: %s, l: m}", "%s: k"} {
			if agree(t, fmt.Sprintf(form, b.String())) {
				taken++
			}
		}
		if t.Failed() {
			return
		}
	}
	if taken < 2000 {
		t.Errorf("quick takes %d", taken)
	}
}

// TestQuickGivesUp names what is left to the library, and what is not.
func TestQuickGivesUp(t *testing.T) {
	for text, want := range map[string]bool{
		"a: b\n":                           true,
		"# c\na:\n  - b\n  - {c: d}\n\n":   true,
		"a:\n- b: c\n  d: e # f\n- g: 1":   true,
		"a: \"b\"\nc: ['d', {e: \"f g\"}]": true,
		"a: {}\n":                          false,
		"a: b\nc\n":                        false,
		"a:\n":                             false,
		"a: b\n  c\n":                      false,
		"a: &x b\n":                        false,
		"a: |\n  b\n":                      false,
		"a: \"b\\\"\"\n":                   false,
		"a: [b,\n  c]\n":                   false,
		"---\na: b\n":                      false,
		"a: ü\n":                           false,
		"b":                                false,
		"":                                 false,
		strings.Repeat("[", 99):            false,
		"a: " + strings.Repeat("[", 99):    false,
	} {
		if agree(t, text) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
}

// FuzzQuick holds the law on what a machine thinks of.
func FuzzQuick(f *testing.F) {
	f.Add("kind: link\nname: a\nports:\n- {device: d1, interface: eth1}\nmtu: 9000 # c\n")
	f.Fuzz(func(t *testing.T, text string) { agree(t, text) })
}
