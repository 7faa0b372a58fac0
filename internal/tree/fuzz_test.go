package tree_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/pairs"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// corpus gives a fuzz target the texts of the cases of every platform: have and wanted.
func corpus(f *testing.F, add func(which uint8, have, want []byte)) []*dialect.Dialect {
	f.Helper()
	var out []*dialect.Dialect
	for i, name := range platforms(f) {
		out = append(out, platform(f, name))
		files, err := filepath.Glob("../../templates/" + name + "/testdata/diff/*.txtar")
		if err != nil || len(files) == 0 {
			f.Fatal("no cases", err)
		}
		for _, file := range files {
			a, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			text, err := txtar.FS(a)
			if err != nil {
				f.Fatal(err)
			}
			have, _ := fs.ReadFile(text, "have")   //nolint:errcheck // a case may begin with nothing
			want, _ := fs.ReadFile(text, "wanted") //nolint:errcheck // and end with it
			add(uint8(i), have, want)
		}
	}
	return out
}

// most bounds a text of a fuzz target: what grows too fast shows long before.
const most = 1 << 14

// FuzzTree holds the laws of trees for any bytes in any platform's language: what is printed
// reads as the same and prints as the same, nothing differs from itself, and the same bytes
// give the same tree.
func FuzzTree(f *testing.F) {
	ds := corpus(f, func(which uint8, have, _ []byte) { f.Add(which, have) })
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		if len(text) > most {
			return
		}
		d := ds[int(which)%len(ds)]
		x, cut := tree.Parse(d, text)
		y, _ := tree.Parse(d, text)
		if es, _, err := tree.Diff(x, y, tree.Options{}); err != nil || len(es) > 0 {
			t.Errorf("it differs from itself: %v %v", es, err)
		}
		if len(cut) > 0 || remarks(d, text) { // what it ends with is not known, or where a remark begins
			return
		}
		z, _ := tree.Parse(d, text)
		printed := tree.Print(z)
		again, _ := tree.Parse(d, printed)
		if tree.Digest(again) != tree.Digest(z) {
			t.Errorf("printed and read again it is another:\n%s---\n%s", printed, tree.Print(again))
		}
	})
}

// remarks tells whether a word inside a line would be a remark on a line of its own.
func remarks(d *dialect.Dialect, text []byte) bool {
	for _, mark := range d.Comment {
		for line := range bytes.Lines(text) {
			for _, w := range dialect.Words(string(line))[min(1, len(bytes.Fields(line))):] {
				if strings.HasPrefix(w, mark) {
					return true
				}
			}
		}
	}
	return false
}

// FuzzDiff holds that no two texts make a comparison or its replay panic, that the same two
// give the same script, and that what is proved leads from the one to the other.
func FuzzDiff(f *testing.F) {
	ds := corpus(f, func(which uint8, have, want []byte) { f.Add(which, have, want) })
	f.Fuzz(func(t *testing.T, which uint8, a, b []byte) {
		if len(a)+len(b) > most {
			return
		}
		d := ds[int(which)%len(ds)]
		plan := func(a, b []byte) (from, to, script []byte, err error) {
			have, _ := tree.Parse(d, a)
			want, _ := tree.Parse(d, b)
			es, _, err := tree.Diff(have, want, tree.Options{})
			return tree.Print(have), tree.Print(want), tree.Script(d, es), err
		}
		have, want, do, err1 := plan(a, b)
		_, _, undo, err2 := plan(b, a)
		if _, _, again, _ := plan(a, b); !bytes.Equal(do, again) { //nolint:errcheck // as before
			t.Errorf("the same two give another script:\n%s---\n%s", do, again)
		}
		if err1 != nil || err2 != nil {
			return
		}
		proof, refused := replay.Verify(d, have, want, do, undo)
		if proof.Holds() != (len(refused) == 0) {
			t.Errorf("a proof beside %v", refused)
		}
	})
}

// FuzzVerify holds that no script makes the device on paper panic, and that a script which
// says nothing is a proof of nothing but what is the same.
func FuzzVerify(f *testing.F) {
	ds := corpus(f, func(which uint8, have, want []byte) {
		f.Add(which, have, want, []byte("no x\nexit\nexit\n"), []byte(strings.ToUpper(string(want))))
		f.Add(which, have, want, want, have)
	})
	f.Fuzz(func(t *testing.T, which uint8, have, want, do, undo []byte) {
		if len(have)+len(want)+len(do)+len(undo) > most {
			return
		}
		d := ds[int(which)%len(ds)]
		proof, refused := replay.Verify(d, have, want, do, undo)
		if proof.Holds() != (len(refused) == 0) {
			t.Errorf("a proof beside %v", refused)
		}
	})
}

// FuzzRules holds that no rules which the reader takes make anything panic that works by them.
func FuzzRules(f *testing.F) {
	files, err := filepath.Glob("testdata/dialects/*.rules")
	if err != nil || len(files) == 0 {
		f.Fatal("no small dialects", err)
	}
	for i, file := range files {
		rules, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		d, _ := dialect.Read("x", rules)
		c := pairs.New(d, uint64(i), 12)
		f.Add(rules, c.Text(), c.Mutate(uint64(i), 3).Text())
	}
	f.Fuzz(func(t *testing.T, rules, a, b []byte) {
		d, problems := dialect.Read("x", rules)
		if len(problems) > 0 || len(rules)+len(a)+len(b) > most {
			return
		}
		have, _ := tree.Parse(d, a)
		want, _ := tree.Parse(d, b)
		es, _, _ := tree.Diff(have, want, tree.Options{}) //nolint:errcheck // an order is not what is asked for
		replay.Verify(d, tree.Print(have), tree.Print(want), tree.Script(d, es), nil)
	})
}
