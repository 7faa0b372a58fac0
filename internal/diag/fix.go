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
