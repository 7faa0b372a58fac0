package replay

import (
	"iter"

	"plumbline/internal/tree/dialect"
)

// spelling is the line that another spelling stands for, and the blocks on the way to it.
type spelling struct {
	reading
	ups []*dialect.Rule
	ids []string // of the blocks
}

// spelled gives the line of another spelling. It is kept with what was read: the three devices
// of a proof hold the same lines.
func (c *chooser) spelled(r *dialect.Rule, as *reading) *spelling {
	if as.other != nil {
		return as.other
	}
	if len(c.others) == cap(c.others) {
		c.others = make([]spelling, 0, 16)
	}
	c.others = append(c.others, spelling{})
	s := &c.others[len(c.others)-1]
	c.ups, c.names = c.ups[:0], c.names[:0]
	for up := range between(r.Up, r.Of.Up) {
		c.ups, c.names = append(c.ups, up), append(c.names, c.name(up, &reading{slots: as.slots}))
	}
	s.ups, s.ids = kept(&c.rules, c.ups), kept(&c.text, c.names)
	of := &c.tries[1] // room that no attempt uses now
	of.slots = as.slots.among(r.Of.Pattern, of.slots[:0])
	of.words = of.slots.composed(of.words[:0], r.Of.Pattern)
	s.words, s.slots = kept(&c.text, of.words), kept(&c.values, of.slots)
	s.id = c.name(r.Of, &s.reading)
	as.other = s
	return s
}

// between visits the rules of the blocks from outer, which is not among them, to inner.
func between(outer, inner *dialect.Rule) iter.Seq[*dialect.Rule] {
	return func(yield func(*dialect.Rule) bool) {
		var down func(r *dialect.Rule) bool
		down = func(r *dialect.Rule) bool {
			return r == nil || r == outer || down(r.Up) && yield(r)
		}
		down(inner)
	}
}
