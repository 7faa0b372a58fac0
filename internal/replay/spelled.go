package replay

import (
	"iter"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// spelling is the line that another spelling stands for, and the blocks on the way to it.
type spelling struct {
	reading
	*above
}

// above is the blocks around a line.
type above struct {
	ups []*dialect.Rule
	ids []string
}

// spelled gives the line of another spelling. It is kept with what was read: the three devices
// of a proof hold the same lines.
func (c *chooser) spelled(r *dialect.Rule, as *reading) *spelling {
	if as.other == nil {
		as.other = c.spell(r, as.slots)
	}
	return as.other
}

// spell makes it of the slots.
func (c *chooser) spell(r *dialect.Rule, from slots) *spelling {
	s := c.other()
	s.above = c.around(r, from)
	of := &c.spells
	of.slots = from.among(r.Of.Pattern, of.slots[:0])
	of.words = of.slots.composed(of.words[:0], r.Of.Pattern)
	s.reading = reading{says: strings.Join(of.words, " "), count: int32(len(of.words)), slots: kept(&c.values, of.slots)}
	s.id = c.name(r.Of, &s.reading)
	return s
}

// other gives room for one.
func (c *chooser) other() *spelling {
	if len(c.others) == cap(c.others) {
		c.others = make([]spelling, 0, 16)
	}
	c.others = append(c.others, spelling{})
	return &c.others[len(c.others)-1]
}

// around gives the rules of the blocks on the way to the line, and their identities.
func (c *chooser) around(r *dialect.Rule, from slots) *above {
	c.ups, c.names = c.ups[:0], c.names[:0]
	for up := range between(r.Up, r.Of.Up) {
		c.ups, c.names = append(c.ups, up), append(c.names, c.name(up, &reading{slots: from}))
	}
	return &above{kept(&c.rules, c.ups), kept(&c.texts, c.names)}
}

// front is how many words and values of a line are those of blocks around the line that it stands
// for, where the others are that line as it is written there; none where it has to be composed.
type front struct {
	words, values int
	alone         bool // no other rule of the block may read such a line
}

func frontOf(r *dialect.Rule) (f front) {
	n := 0
	if r.Of != nil {
		n = len(r.Pattern) - len(r.Of.Pattern)
	}
	if n <= 0 || !alikeElems(r.Pattern[n:], r.Of.Pattern) {
		return front{}
	}
	for i := range r.Pattern[:n] {
		switch e := &r.Pattern[i]; {
		case e.Kind == dialect.Slot && !e.Many():
			f.values++
		case e.Kind != dialect.Literal:
			return front{}
		}
	}
	f.words, f.alone = n, r.Of.Up != nil && r.Of.Up.Under.Alone(r.Of)
	return f
}

// alikeElems tells whether two patterns store the same words of the same text, each value as one.
func alikeElems(a, b []dialect.Elem) bool {
	return slices.EqualFunc(a, b, func(a, b dialect.Elem) bool {
		return a.Kind == b.Kind && a.Kind != dialect.Rest && (a.Kind != dialect.Group || len(dialect.Slots(a.Group)) > 0) && a.Word == b.Word && a.Name == b.Name && a.Type == b.Type && !a.Many() &&
			slices.Equal(a.Enum, b.Enum) && a.Pre == b.Pre && a.Post == b.Post && alikeElems(a.Group, b.Group)
	})
}

// behind makes the line of another spelling of an attempt at it. Of lines that follow one another
// most stand in the same blocks.
func (c *chooser) behind(r *dialect.Rule, as *reader, f front) *spelling {
	if f.words == 0 {
		return c.spell(r, as.slots)
	}
	s := c.other()
	if last := c.last; last.r == r && slices.Equal(last.front, as.slots[:f.values]) {
		s.above = last.above
	} else {
		s.above = c.around(r, as.slots)
		c.last = behind{r, slices.Clone(as.slots[:f.values]), s.above}
	}
	s.reading = reading{says: as.text(f.words), count: int32(len(as.words) - f.words), slots: kept(&c.values, as.slots[f.values:])}
	s.id = c.name(r.Of, &s.reading)
	return s
}

// behind is the spelling that was read last, and the values in front of it.
type behind struct {
	r     *dialect.Rule
	front slots
	*above
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
