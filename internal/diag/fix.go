package diag

import (
	"slices"
	"strings"
)

// Fix is what to write instead of a text at a place.
type Fix struct {
	At       Pos
	Old, New string
}

// Apply makes fixes in the text of a file, and gives those that it made: one whose old text
// does not stand at its place, or that stands in another, is left out.
func Apply(text []byte, fixes []Fix) ([]byte, []Fix) {
	lines := strings.Split(string(text), "\n")
	var made []Fix
	fixes = slices.Clone(fixes)
	slices.SortStableFunc(fixes, func(a, b Fix) int { return b.At.Compare(a.At) }) // from the end: places before stay
	for _, f := range fixes {
		if f.At.Line < 1 || f.At.Line > len(lines) || f.At.Col < 1 || f.Old == f.New {
			continue
		}
		if n := len(made); n > 0 && made[n-1].At.Line == f.At.Line && f.At.Col+len([]rune(f.Old)) > made[n-1].At.Col {
			continue
		}
		line := []rune(lines[f.At.Line-1])
		from := min(f.At.Col-1, len(line))
		rest, stands := strings.CutPrefix(string(line[from:]), f.Old)
		if !stands {
			continue
		}
		lines[f.At.Line-1] = string(line[:from]) + f.New + rest
		made = append(made, f)
	}
	slices.Reverse(made)
	return []byte(strings.Join(lines, "\n")), made
}

// Guess hints at what a word was most likely meant to be, and where it can have been but one
// of the candidates, offers that as a fix.
func (d *Diag) Guess(word string, candidates []string) {
	d.Hint = Nearest(word, candidates)
	if only := Only(word, candidates); only != "" {
		d.Fix = &Fix{d.At, word, only}
	}
}

// Only gives the one candidate that is a slip away from a word: two letters at most, and one
// in three. "" where there is none, or more than one.
func Only(word string, candidates []string) (only string) {
	for _, c := range candidates {
		if d := distance(word, c); d > 2 || d > len(word)/3 || c == only {
			continue
		}
		if only != "" {
			return ""
		}
		only = c
	}
	return only
}

// Fixes gives what can safely be written in a file instead of what is there.
func (l List) Fixes(file string) (out []Fix) {
	for _, d := range l {
		if d.Fix != nil && d.Fix.At.File == file {
			out = append(out, *d.Fix)
		}
	}
	return out
}
