package replay

import (
	"strings"

	"plumbline/internal/tree/dialect"
)

// ways is those rules of a block whose lines are changed by commands of their own.
type ways struct {
	odd  []*dialect.Rule // they go back by a word of their own
	sets []*dialect.Rule // their value is a set of numbers
	part []string        // first words of the commands that change a part of such a set; "" is any
}

// setsOf gives those that a command which begins with a word may change in part.
func (w *ways) setsOf(word string) []*dialect.Rule {
	for _, p := range w.part {
		if strings.HasPrefix(word, p) {
			return w.sets
		}
	}
	return nil
}

func (dev *Device) ways(in *entry) *ways {
	at := dev.rulesOf(in)
	known := dev.changes[at]
	if known == nil {
		known = &ways{}
		for _, r := range dev.kids(in) {
			if strings.Contains(r.Undo, " ") && !strings.HasPrefix(r.Undo, dev.d.Negate+" ") {
				known.odd = append(known.odd, r)
			}
			if r.IDs != "" {
				known.sets = append(known.sets, r)
				for _, way := range []string{r.Add, r.Del} {
					if way != "" {
						known.part = append(known.part, lead(way))
					}
				}
			}
		}
		dev.changes[at] = known
	}
	return known
}

// lead gives the first word of the commands of a template; "" is any.
func lead(template string) string {
	first, _, _ := strings.Cut(template, " ")
	if strings.Contains(first, "{") {
		return ""
	}
	return first
}
