package tree

import (
	"strings"

	"plumbline/internal/diag"
)

// Section is a part of a device that stays as it is, since a reviewed statement says so.
type Section struct {
	Leave string // the statement
	Path  string // full header lines from the top, joined by " / "
	Max   int    // lines that all sections of the statement may have on one device
	From  diag.Pos
}

// Left is what one statement keeps on one device.
type Left struct {
	Leave string
	Lines []string // canonical paths
	Max   int
	From  diag.Pos
}

// Paths gives the paths of sections.
func Paths(ss []Section) (out []string) {
	for _, s := range ss {
		out = append(out, s.Path)
	}
	return out
}

// Left tells which of the lines that stay each statement keeps, in the order of the
// statements; one that keeps nothing is told too.
func (c Coverage) Left(ss []Section) (out []Left) {
	at := map[string]int{}
	for _, s := range ss {
		i, known := at[s.Leave]
		if !known {
			i = len(out)
			at[s.Leave] = i
			out = append(out, Left{Leave: s.Leave, Max: s.Max, From: s.From})
		}
		for _, f := range c.Foreign {
			if f == s.Path || strings.HasPrefix(f, s.Path+" / ") {
				out[i].Lines = append(out[i].Lines, f)
			}
		}
	}
	return out
}

// Has tells whether a line stands in the tree.
func (t *Tree) Has(path string) (found bool) {
	t.root.walk(func(n *node) { found = found || t.path(n) == path })
	return found
}

// Defines tells whether the last line of a path makes something that others speak of: a
// set, a policy.
func (t *Tree) Defines(path string) (found bool) {
	t.root.walk(func(n *node) {
		if r := t.rule(n); r != nil && r.Def != nil && t.path(n) == path {
			found = true
		}
	})
	return found
}

// Block reads a path as the blocks that it names.
func Block(of *Tree, path string) *Tree {
	var text strings.Builder
	for depth, line := range strings.Split(path, " / ") {
		text.WriteString(strings.Repeat(" ", depth) + line + "\n")
	}
	t, _ := Parse(of.d, []byte(text.String()))
	return t
}
