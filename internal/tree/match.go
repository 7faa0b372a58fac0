package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// matched is a line as a rule sees it.
type matched struct {
	rule  *dialect.Rule // nil where none fits
	neg   bool          // stored with the negating word in front
	lent  bool          // lines of both trees have it
	line  string        // canonical text, the negating word among it
	shown string        // the same without the negating word and without secrets; "" where it holds none
	key   string        // what makes it the same line with another value
	said  string        // as written, without the negating word
	bind  []bound
}

// bound is a slot with its value.
type bound struct {
	name  *string
	value string  // in its one spelling
	raw   *string // as it was written; nil where that is its value
}

func (b *bound) of(name string) bool { return *b.name == name }

func (b *bound) written() string {
	if b.raw == nil {
		return b.value
	}
	return *b.raw
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
			now.start(c, d, line)
			if !now.elems(r.Pattern, words, neg) {
				continue
			}
			if rule == nil || slices.Compare(now.rank, best.rank) < 0 {
				rule, best, now = r, now, best
			}
		}
	}
	if rule == nil {
		return nil
	}
	return c.result(rule, best, line[words[0].At:], neg)
}

// result makes an attempt last.
func (c *matcher) result(r *dialect.Rule, f *fit, said string, neg bool) *matched {
	m := c.next()
	*m = matched{rule: r, neg: neg, said: said, bind: c.kept(f.bind)}
	if m.line = said; !spells(said, f.out) {
		m.line = strings.Join(f.out, " ")
	}
	if len(f.hide) > 0 {
		m.shown = f.hidden()
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
	case len(f.key) == 0:
		return r.ID
	default:
		c.space = append(c.space[:0], r.ID...)
		for _, k := range f.key {
			c.space = append(append(c.space, 0), k...)
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

// kept copies values to a place of their own in a long row.
func (c *matcher) kept(of []bound) []bound {
	if cap(c.binds)-len(c.binds) < len(of) {
		c.binds = make([]bound, 0, max(256, len(of)))
	}
	at := len(c.binds)
	c.binds = append(c.binds, of...)
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
	for i := range m.bind {
		if m.bind[i].of(name) {
			return m.bind[i].value
		}
	}
	return ""
}

// slot gives the value of a slot of a line or of the blocks around it; the inner one wins.
func (t *Tree) slot(n *node, name string) (value, raw string, ok bool) {
	for ; n != nil && n.parent != nil; n = n.parent {
		if m := t.match(n); m != nil {
			for i := range m.bind {
				if m.bind[i].of(name) {
					return m.bind[i].value, m.bind[i].written(), true
				}
			}
		}
	}
	return "", "", false
}
