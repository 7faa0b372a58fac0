package tree_test

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// TestMinimal holds that nothing of the plan of a case can be left out, on the way there and on
// the way back: no command, no two commands, and no line as it is sent. Words that leave a block
// are no commands: they say where the next line stands.
func TestMinimal(t *testing.T) {
	for _, name := range platforms(t) {
		t.Run(name, func(t *testing.T) {
			d := platform(t, name)
			if d.AsFile() { // of a file the smallest change of its text is what counts
				return
			}
			n := &counts{}
			golden.Run(t, "../../templates/"+name+"/testdata/diff/*.txtar", func(t *testing.T, files fs.FS) []byte {
				minimal(t, d, files, n)
				return section(files, "want")
			})
			t.Logf("figure: %s: each of %d commands, %d two of them and %d lines of the cases is missed where it is left out", name, n.alone, n.two, n.lines)
		})
	}
}

func minimal(t *testing.T, d *dialect.Dialect, files fs.FS, n *counts) {
	if strings.Contains(string(section(files, "options")), "refused") {
		return
	}
	have, _ := tree.Parse(d, section(files, "have"))
	want, _ := tree.Parse(d, section(files, "wanted"))
	for _, way := range [][2]*tree.Tree{{have, want}, {want, have}} {
		do, _, err := tree.Diff(way[0], way[1], tree.Options{Once: true})
		if err != nil {
			t.Fatal(err)
		}
		s := &spare{d: d, from: tree.Print(way[0]), to: tree.Print(way[1]), do: do, n: n}
		for _, l := range slices.Concat(s.commands(), s.two(), s.lines()) {
			t.Errorf("not needed: %s\nof\n%s", l, tree.Script(d, do))
		}
	}
}

// spare looks for what a plan can do without.
type spare struct {
	d        *dialect.Dialect
	from, to []byte
	do       []tree.Edit
	n        *counts
}

// enough tells whether a script leads there. What the device takes in it without any change is
// no reason against it: that could be left out too.
func (s *spare) enough(script []byte) bool {
	refused := replay.Check(s.d, s.from, s.to, script)
	return !slices.ContainsFunc(refused, func(r replay.Refusal) bool { return r.Kind != replay.Ignored })
}

// missed tells whether a plan without some of its commands is none. The header of a block is
// written for the lines in it too, so that without it nothing may be missing.
func (s *spare) missed(left ...int) bool {
	var less []tree.Edit
	for i, e := range s.do {
		if !slices.Contains(left, i) {
			less = append(less, e)
		}
	}
	script := tree.Script(s.d, less)
	return bytes.Equal(script, tree.Script(s.d, s.do)) || !s.enough(script)
}

// commands gives those that are not missed.
func (s *spare) commands() (out []string) {
	for i, e := range s.do {
		if s.n.alone++; !s.missed(i) {
			out = append(out, e.Send)
		}
	}
	return out
}

// two gives two commands that are not missed when both are left out.
func (s *spare) two() (out []string) {
	for i, e := range s.do {
		for j, o := range s.do[:i] {
			if s.n.two++; !s.missed(i, j) {
				out = append(out, o.Send+", "+e.Send)
			}
		}
	}
	return out
}

// lines gives the lines of the script that are not missed: headers too.
func (s *spare) lines() (out []string) {
	ends := map[string]bool{}
	for _, e := range s.do {
		for _, word := range e.Exit {
			ends[word] = true
		}
	}
	sent := commands(s.d, tree.Script(s.d, s.do))
	for i, l := range sent {
		if ends[strings.TrimSpace(l)] {
			continue
		}
		s.n.lines++
		if s.enough([]byte(strings.Join(slices.Delete(slices.Clone(sent), i, i+1), "\n") + "\n")) {
			out = append(out, l)
		}
	}
	return out
}
