package tree_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
	"plumbline/render"
)

// platform reads the dialect of a platform folder.
func platform(t testing.TB, name string) *dialect.Dialect {
	t.Helper()
	p, problems := render.Read(os.DirFS("../../templates"), name)
	for _, d := range problems {
		t.Errorf("%v: %s", d.At, d.Text)
	}
	if len(problems) > 0 {
		t.Fatalf("%s is not read, so nothing of it is tried", name)
	}
	return p.Dialect
}

// platforms gives the names of all platform folders.
func platforms(t testing.TB) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../../templates/*/dialect.rules")
	if err != nil || len(files) == 0 {
		t.Fatal("no platform folders", err)
	}
	for _, f := range files {
		out = append(out, filepath.Base(filepath.Dir(f)))
	}
	return out
}

// TestPlatforms plays the cases of every platform: a device that holds have is led to what
// is wanted and back. The commands are as they were once checked by hand; the device on
// paper takes them all, each has its effect, and the ends are those that were wanted. A
// case that must be refused says so in its options.
func TestPlatforms(t *testing.T) {
	for _, name := range platforms(t) {
		t.Run(name, func(t *testing.T) {
			d := platform(t, name)
			golden.Run(t, "../../templates/"+name+"/testdata/diff/*.txtar", func(t *testing.T, files fs.FS) []byte { return play(t, d, files) })
		})
	}
}

func section(files fs.FS, name string) []byte {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil
	}
	return b
}

func play(t *testing.T, d *dialect.Dialect, files fs.FS) []byte {
	have, notes := tree.Parse(d, section(files, "have"))
	want, more := tree.Parse(d, section(files, "wanted"))
	var out bytes.Buffer
	for _, n := range append(notes, more...) {
		fmt.Fprintf(&out, "== note: %d: %s\n", n.Line, n.Text)
	}
	do, notes1, err1 := tree.Diff(have, want, tree.Options{Once: true})
	undo, _, err2 := tree.Diff(want, have, tree.Options{Once: true})
	for _, n := range notes1 {
		fmt.Fprintf(&out, "== note: %d: %s\n", n.Line, n.Text)
	}
	fmt.Fprintf(&out, "== do\n%s== undo\n%s", tree.Script(d, do), tree.Script(d, undo))
	refused := []string{}
	for _, err := range []error{err1, err2} {
		if err != nil {
			refused = append(refused, err.Error())
		}
	}
	_, refusals := replay.Verify(d, tree.Source(have), tree.Print(want), tree.Script(d, do), tree.Script(d, undo))
	for _, r := range refusals {
		refused = append(refused, fmt.Sprintf("%s: %s: %s", r.Kind, r.Line, r.Text))
	}
	for _, r := range refused {
		fmt.Fprintf(&out, "== refused: %s\n", r)
	}
	if asked := strings.Contains(string(section(files, "options")), "refused"); asked != (len(refused) > 0) {
		t.Errorf("refused: %q; the case asks for a refusal: %v\n%s", refused, asked, out.Bytes())
	}
	if whole := led(d, section(files, "have"), section(files, "wanted"), false); (whole != "") != (len(refused) > 0) {
		t.Errorf("read whole before they are compared: %q, else %q", whole, refused)
	}
	whole(t, d, have)
	whole(t, d, want)
	return out.Bytes()
}

// whole holds that a tree that is printed and read again is the same.
func whole(t *testing.T, d *dialect.Dialect, x *tree.Tree) {
	t.Helper()
	again, _ := tree.Parse(d, tree.Print(x))
	if tree.Digest(again) != tree.Digest(x) {
		t.Errorf("what was printed reads otherwise:\n%s\nand then:\n%s", tree.Print(x), tree.Print(again))
	}
	if es, _, err := tree.Diff(x, again, tree.Options{}); err != nil || len(es) > 0 {
		t.Errorf("a tree differs from itself: %v %v", es, err)
	}
}
