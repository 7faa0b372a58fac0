package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// No device shows one thing with two values, but who writes a text by hand may give it so. The later
// value counts, as where the lines were typed. A device may also keep both where a value is a list:
// what it holds then, nobody here can tell.

// lists are the types of values that are several.
var lists = []string{"list", "names", "communities"}

// twice is a value that takes the place of another one of the same text.
type twice struct {
	Note
	lines [2]string // both, with their secrets and the blocks around
}

// overwritten notes that a line of a text gives another value to what one before it gives one.
func (t *Tree) overwritten(old, by *node) {
	if t.rule(by) == nil || old.m.line == by.m.line {
		return
	}
	n := Note{Line: int(by.no), Twice: true, Text: t.path(by) + ": a line before gives another value; this one counts"}
	n.Doubt = !old.m.neg && !by.m.neg && slices.ContainsFunc(dialect.Slots(by.m.rule.Pattern), func(e dialect.Elem) bool {
		return e.Value && slices.Contains(lists, e.Type)
	})
	if n.Doubt {
		n.Text = t.path(by) + ": a line before gives another value, and whether a device keeps both is not known; give one line"
	}
	above := strings.Join(t.above(by), " / ")
	t.twofold = append(t.twofold, twice{n, [2]string{above + " / " + old.m.line, above + " / " + by.m.line}})
}

// twofold gives what the texts say twice. What both say so is the same, whatever a device makes of it.
func twofold(have, want *Tree) (out []Note) {
	said := [2]map[[2]string]bool{{}, {}}
	for i, t := range []*Tree{have, want} {
		for _, x := range t.twofold {
			said[i][x.lines] = true
		}
	}
	for _, x := range have.twofold {
		if !said[1][x.lines] {
			x.Line, x.Live = 0, x.Line
			out = append(out, x.Note)
		}
	}
	for _, x := range want.twofold {
		if !said[0][x.lines] {
			out = append(out, x.Note)
		}
	}
	return out
}
