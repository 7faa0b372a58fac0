package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// matched is a line as a rule sees it.
type matched struct {
	rule *dialect.Rule // nil where none fits
	neg  bool          // stored with the negating word in front
	lent bool          // lines of both trees have it
	line string        // canonical text, the negating word among it
	key  string        // what makes it the same line with another value
	said string        // as written, without the negating word
	bind []bound
	*rare
}

// rare is what few lines have; nil is nothing.
type rare struct {
	shown string  // the canonical text without the negating word and without secrets; "" where it holds none
	odd   []spelt // values that are not written as they are spelled
}

// veiled is the canonical text without the negating word and without secrets; "" where it holds none.
func (m *matched) veiled() string {
	if m.rare == nil {
		return ""
	}
	return m.shown
}

// bound is a slot with its value: a part of what was written, or where at is below zero one of the
// odd ones, from the first on.
type bound struct {
	e       *dialect.Elem
	at, end int32
}

// spelt is a value in its one spelling, and as it was written.
type spelt struct{ value, raw string }

func (m *matched) valueOf(b *bound) string {
	if b.at < 0 {
		return m.odd[-1-b.at].value
	}
	return m.said[b.at:b.end]
}

func (m *matched) written(b *bound) string {
	if b.at < 0 {
		return m.odd[-1-b.at].raw
	}
	return m.said[b.at:b.end]
}

// bound finds a slot of the line itself; nil is none.
func (m *matched) bound(name string) *bound {
	for i := range m.bind {
		if m.bind[i].e.Name == name {
			return &m.bind[i]
		}
	}
	return nil
}

// with is the same with another text in a slot.
func (m *matched) with(name, raw string) *matched {
	c := *m
	c.bind = slices.Clone(m.bind)
	c.rare = &rare{shown: m.veiled()}
	if m.rare != nil {
		c.odd = slices.Clone(m.odd)
	}
	c.odd = append(c.odd, spelt{raw, raw})
	at := -int32(len(c.odd))
	if b := c.bound(name); b != nil {
		b.at = at
	} else {
		c.bind = append(c.bind, bound{e: slotOf(m.rule.Pattern, name), at: at})
	}
	return &c
}

// slotOf finds a slot of a pattern that has it.
func slotOf(es []dialect.Elem, name string) *dialect.Elem {
	for i := range es {
		e := &es[i]
		if e.Kind == dialect.Group {
			e = slotOf(e.Group, name)
		}
		if e != nil && e.Name == name {
			return e
		}
	}
	return nil
}

// match gives what the rules say of a line; nil where no rule knows it.
func (t *Tree) match(n *node) *matched {
	if n.m == nil {
		if n.m = n.asMate(); n.m == nil {
			n.m = t.ask(n)
		}
	}
	if n.m.rule == nil {
		return nil
	}
	return n.m
}

// asMate is what the rules said of the same line of the other tree, in a block of the same rule.
func (n *node) asMate() *matched {
	o := n.mate
	if o == nil || o.m == nil || o.text != n.text || n.parent == nil || o.parent == nil {
		return nil
	}
	a, b := n.parent, o.parent
	if a.parent == nil && b.parent == nil || a.m != nil && b.m != nil && a.m.rule != nil && a.m.rule == b.m.rule {
		o.m.lent = true
		return o.m
	}
	return nil
}

// rule gives the rule of a line; nil where none knows it.
func (t *Tree) rule(n *node) *dialect.Rule {
	if n == t.root || n.parent == nil {
		return nil
	}
	t.match(n)
	return n.m.rule
}

func (t *Tree) ask(n *node) *matched {
	rules := t.d.All
	if n.parent != t.root && n.parent != nil {
		up := t.rule(n.parent)
		if up == nil {
			return &matched{line: dialect.Fold(n.text)}
		}
		if up.Rewrite {
			return &matched{line: n.text}
		}
		rules = up.Under
	}
	if m := t.matcher.match(t.d, rules, n.text); m != nil {
		return m
	}
	return &matched{line: dialect.Fold(n.text)}
}

// line is the canonical text.
func (t *Tree) line(n *node) string {
	t.match(n)
	return n.m.line
}

// key is what makes two lines of a block the same line with another value.
func (t *Tree) key(n *node) string {
	if m := t.match(n); m != nil {
		return m.key
	}
	return "\x01" + n.m.line + "\x00" + string(rune(n.twin))
}

// block tells whether lines may stand under a line.
func (t *Tree) block(n *node) bool {
	r := t.rule(n)
	return n.kid() != nil || r != nil && !n.m.neg && r.Block()
}

// off tells whether a line is a switch that is off.
func (n *node) off() bool { return n.m != nil && n.m.neg }

// matcher finds the rules of lines. It keeps room for its attempts and its results.
type matcher struct {
	words []dialect.Word
	tries [2]fit // the best attempt so far, and the next one
	spare []*fit
	made  []matched
	binds []bound
	space []byte          // room for a key
	keys  strings.Builder // keys one behind the other

	spelling      *dialect.Rule // the last one that was asked for its front
	before, named int           // how many elements that has, and how many of them are slots
}

// match finds the rule of a block that a line is of: word by word a literal beats a slot
// and a narrow type beats a wide one. It is nil where no rule fits.
func (c *matcher) match(d *dialect.Dialect, rules *dialect.Index, line string) *matched {
	c.words = dialect.AppendWords(c.words[:0], line)
	words := c.words
	neg := len(words) > 1 && words[0].Text == d.Negate && !d.Flat()
	if neg {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	var rule *dialect.Rule
	best, now := &c.tries[0], &c.tries[1]
	named, other := rules.Of(words)
	for _, list := range [2][]*dialect.Rule{named, other} {
		for _, r := range list {
			if !r.May(len(words), neg) {
				continue
			}
			now.start(c, d, line, false)
			if !now.elems(r.Pattern, words, neg) {
				continue
			}
			if rule != nil { // few lines are read by several
				best.whole(rule, words, neg)
				now.whole(r, words, neg)
			}
			if rule == nil || slices.Compare(now.rank, best.rank) < 0 {
				rule, best, now = r, now, best
			}
		}
	}
	if rule == nil {
		return nil
	}
	if best.odd || !even(words, len(line)) {
		best.whole(rule, words, neg)
	}
	return c.result(rule, best, line[words[0].At:], neg)
}

// even tells whether one blank stands between words, and nothing behind them.
func even(words []dialect.Word, end int) bool {
	at := words[0].At
	for i := range words {
		if words[i].At != at {
			return false
		}
		at += len(words[i].Text) + 1
	}
	return at == end+1
}

// result makes an attempt last.
func (c *matcher) result(r *dialect.Rule, f *fit, said string, neg bool) *matched {
	m := c.next()
	*m = matched{rule: r, neg: neg, said: said, bind: c.kept(f.bind, len(f.src)-len(said))}
	if m.line = said; f.full && !spells(said, f.out) {
		m.line = strings.Join(f.out, " ")
	}
	if len(f.hide) > 0 {
		m.rare = &rare{f.hidden(), slices.Clone(f.odds)}
	} else if len(f.odds) > 0 {
		m.rare = &rare{odd: slices.Clone(f.odds)}
	}
	m.key = c.key(r, f, m)
	if neg {
		m.line = f.d.Negate + " " + m.line
	}
	return m
}

// next gives room for the next result.
func (c *matcher) next() *matched {
	if len(c.made) == cap(c.made) {
		c.made = make([]matched, 0, 64)
	}
	c.made = c.made[:len(c.made)+1]
	return &c.made[len(c.made)-1]
}

// key is what makes a line the same one with another value.
func (c *matcher) key(r *dialect.Rule, f *fit, m *matched) string {
	switch {
	case r.Choice != "":
		return "\x02" + r.Choice + "\x00" + m.slot(r.ChoiceSlot)
	case r.Many:
		c.space = append(append(append(c.space[:0], r.ID...), 0), m.line...)
	default:
		c.space = append(c.space[:0], r.ID...)
		for i := range m.bind {
			if e := m.bind[i].e; !e.Value && e.Kind == dialect.Slot {
				c.space = append(append(c.space, 0), m.valueOf(&m.bind[i])...)
			}
		}
		if len(c.space) == len(r.ID) {
			return r.ID
		}
	}
	return c.lasting(c.space)
}

// lasting makes a text of bytes, behind others.
func (c *matcher) lasting(b []byte) string {
	if c.keys.Cap()-c.keys.Len() < len(b) {
		c.keys = strings.Builder{}
		c.keys.Grow(max(2048, len(b)))
	}
	at := c.keys.Len()
	c.keys.Write(b)
	return c.keys.String()[at:]
}

// kept copies values to a place of their own in a long row, as they stand behind so many bytes.
func (c *matcher) kept(of []bound, behind int) []bound {
	if cap(c.binds)-len(c.binds) < len(of) {
		c.binds = make([]bound, 0, max(256, len(of)))
	}
	at := len(c.binds)
	for _, b := range of {
		if b.at >= 0 {
			b.at, b.end = b.at-int32(behind), b.end-int32(behind)
		}
		c.binds = append(c.binds, b)
	}
	return c.binds[at:len(c.binds):len(c.binds)]
}

// spells tells whether a text is these words with one blank between them.
func spells(text string, words []string) bool {
	for i, w := range words {
		if i > 0 {
			if text == "" || text[0] != ' ' {
				return false
			}
			text = text[1:]
		}
		if !strings.HasPrefix(text, w) {
			return false
		}
		text = text[len(w):]
	}
	return text == ""
}

// slot gives the value of a slot of the line itself.
func (m *matched) slot(name string) string {
	if b := m.bound(name); b != nil {
		return m.valueOf(b)
	}
	return ""
}

// slot gives the value of a slot of a line or of the blocks around it; the inner one wins.
func (t *Tree) slot(n *node, name string) (value, raw string, ok bool) {
	for ; n != nil && n.parent != nil; n = n.parent {
		if m := t.match(n); m != nil {
			if b := m.bound(name); b != nil {
				return m.valueOf(b), m.written(b), true
			}
		}
	}
	return "", "", false
}
