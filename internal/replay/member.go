package replay

import (
	"slices"

	"plumbline/internal/tree/dialect"
)

// follow lets all members of a block have its lines, and one that has just become a member; of
// nil, all members of all blocks.
func (dev *Device) follow(changed *entry) {
	for _, s := range slices.Clone(dev.book.members) {
		for _, g := range s.r.Inherits {
			if changed == nil || s.up == changed || changed.up == dev.top && fitsGlob(g.Levels[0], dev.line(changed), scope{s, nil}) {
				dev.copyTo(s, g)
			}
		}
	}
}

// unlike names a line that a block and the one that it is to join do not have in common; "" is
// none. The device lets no such member in.
func (dev *Device) unlike(s *entry) string {
	for _, g := range s.r.Inherits {
		theirs, mine := dev.seek(s, g), dev.seek(s, g.Beside())
		for _, one := range [][2][]*entry{{theirs, mine}, {mine, theirs}} {
			for _, x := range one[0] {
				if !slices.ContainsFunc(one[1], func(y *entry) bool { return dev.line(y) == dev.line(x) }) {
					return dev.line(x)
				}
			}
		}
	}
	return ""
}

// copyTo gives a member the lines that it has from the block it is a member of.
func (dev *Device) copyTo(s *entry, g dialect.Glob) {
	theirs := map[string]*entry{}
	for _, x := range dev.seek(s, g) {
		theirs[x.id] = x
	}
	for _, mine := range dev.seek(s, g.Beside()) {
		if theirs[mine.id] == nil {
			dev.drop(mine)
		}
	}
	for _, x := range dev.seek(s, g) {
		i := slices.IndexFunc(s.up.r.Kids, func(r *dialect.Rule) bool { return x.r != nil && r.Text == x.r.Text })
		if i >= 0 {
			dev.put(s.up, &entry{r: s.up.r.Kids[i], neg: x.neg, reading: &reading{says: x.says, count: x.count, slots: x.slots}})
		}
	}
}

// leads names the line that makes a block a member of the one that it has a line from; "" is
// none.
func (dev *Device) leads(e *entry) string {
	for _, s := range dev.book.members {
		if s.up != e.up {
			continue
		}
		for _, g := range s.r.Inherits {
			if fitsGlob(g.Beside().Levels[0], e.says, scope{s, nil}) {
				return dev.line(s)
			}
		}
	}
	return ""
}
