package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Otherwise writes what the device holds in other words that mean the same: each line as say
// gives the words of a line of a rule, and the lines of each block in an order that deal
// gives, but for lines whose order has meaning. For tests of those who read it.
func (dev *Device) Otherwise(say func(r *dialect.Rule, words []string) []string, deal func(n int, swap func(i, j int))) []byte {
	other := dev.Clone()
	other.otherwise(other.top, say, deal)
	return other.Text()
}

func (dev *Device) otherwise(e *entry, say func(*dialect.Rule, []string) []string, deal func(int, func(i, j int))) {
	if e.text() {
		return
	}
	var free []*entry // lines whose order has no meaning
	all := slices.Collect(e.lines())
	e.own().byWords = nil
	for _, s := range all {
		dev.otherwise(s, say, deal)
		if s.r != nil {
			words := []string{s.says} // of a line with several lines
			if got := dev.chooser.part(dev.d, s.r.Pattern, s.says); got != nil {
				words = slices.Clone(got.words)
			}
			s.reading = &reading{says: strings.Join(say(s.r, words), " "), count: s.count, slots: s.slots, id: s.id}
		}
		if (s.r == nil || !s.r.Ordered) && !off(s) {
			free = append(free, s)
		}
	}
	deal(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	e.first, e.last = nil, nil
	for _, s := range all {
		if (s.r == nil || !s.r.Ordered) && !off(s) {
			s, free = free[0], free[1:]
		}
		e.link(e.last, s)
	}
}
