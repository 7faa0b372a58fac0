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
	line  string        // canonical text, the negating word among it
	shown string        // the same without the negating word and without secrets; "" where it holds none
	key   string        // what makes it the same line with another value
	said  string        // as written, without the negating word
	bind  []bound
}

// bound is a slot with its value, in one spelling and as it was written.
type bound struct{ name, value, raw string }

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
	return n.first != nil || r != nil && !n.m.neg && r.Block()
}

// off tells whether a line is a switch that is off.
func (n *node) off() bool { return n.m != nil && n.m.neg }

// matcher finds the rules of lines. It keeps room for its attempts and its results.
type matcher struct {
	words     []dialect.Word
	now, best fit
	spare     []*fit
	made      []matched
	binds     []bound
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
	named, other := rules.Of(words)
	for _, list := range [2][]*dialect.Rule{named, other} {
		for _, r := range list {
			c.now.start(c, d, line)
			if !c.now.elems(r.Pattern, words, neg) {
				continue
			}
			if rule == nil || slices.Compare(c.now.rank, c.best.rank) < 0 {
				rule, c.best, c.now = r, c.now, c.best
			}
		}
	}
	if rule == nil {
		return nil
	}
	return c.result(rule, line[words[0].At:], neg)
}

// fit is one attempt to read words by a pattern.
type fit struct {
	of   *matcher
	d    *dialect.Dialect
	src  string
	out  []string // canonical words
	hide []int    // which of them are secrets
	key  []string
	bind []bound
	rank []int8
}

func (f *fit) start(c *matcher, d *dialect.Dialect, src string) {
	f.of, f.d, f.src = c, d, src
	f.out, f.hide, f.key, f.bind, f.rank = f.out[:0], f.hide[:0], f.key[:0], f.bind[:0], f.rank[:0]
}

// result makes the best attempt last.
func (c *matcher) result(r *dialect.Rule, said string, neg bool) *matched {
	f := &c.best
	if len(c.made) == cap(c.made) {
		c.made = make([]matched, 0, 64)
	}
	c.made = append(c.made, matched{rule: r, neg: neg, said: said, bind: c.kept(f.bind)})
	m := &c.made[len(c.made)-1]
	if m.line = said; !spells(said, f.out) {
		m.line = strings.Join(f.out, " ")
	}
	if len(f.hide) > 0 {
		m.shown = f.hidden()
	}
	switch {
	case r.Choice != "":
		m.key = "\x02" + r.Choice + "\x00" + m.slot(r.ChoiceSlot)
	case r.Many:
		m.key = r.Text + "\x00" + m.line
	case len(f.key) == 0:
		m.key = r.Text
	case len(f.key) == 1:
		m.key = r.Text + "\x00" + f.key[0]
	default:
		m.key = r.Text + "\x00" + strings.Join(f.key, "\x00")
	}
	if neg {
		m.line = f.d.Negate + " " + m.line
	}
	return m
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

// hidden is the canonical line without its secrets.
func (f *fit) hidden() string {
	shown := slices.Clone(f.out)
	for _, at := range f.hide {
		shown[at] = "<secret>"
	}
	return strings.Join(shown, " ")
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
		if m.bind[i].name == name {
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
				if m.bind[i].name == name {
					return m.bind[i].value, m.bind[i].raw, true
				}
			}
		}
	}
	return "", "", false
}

// elems reads words by elements; short allows a negated line to end before its value.
func (f *fit) elems(es []dialect.Elem, words []dialect.Word, short bool) bool {
	for i := range es {
		e := &es[i]
		if len(words) == 0 && short && (e.Value || e.Kind == dialect.Rest) {
			return true
		}
		switch e.Kind {
		case dialect.Silent:
			if len(words) > 0 && words[0].Text == e.Word {
				words = words[1:]
			}
		case dialect.Literal:
			if len(words) == 0 || words[0].Text != e.Word {
				return false
			}
			f.take(e.Word, 0)
			words = words[1:]
		case dialect.Rest:
			v := strings.Join(texts(words), " ")
			f.value(e, v, v, 5)
			words = nil
		case dialect.Group:
			return f.groups(es[i:], words, short)
		case dialect.Slot:
			n := f.slot(e, es[i+1:], words)
			if n == 0 {
				return false
			}
			words = words[n:]
		}
	}
	return len(words) == 0
}

// slot reads the words of one slot and tells how many they are; 0 where they do not fit.
func (f *fit) slot(e *dialect.Elem, rest []dialect.Elem, words []dialect.Word) int {
	if len(words) == 0 {
		return 0
	}
	if e.Many() { // a list ends where what follows it in the pattern begins
		n := len(words) - tail(rest, words)
		if n < 1 {
			return 0
		}
		raw := f.span(words[:n])
		f.value(e, canonList(f.d, e, texts(words[:n]), raw), raw, 4)
		return n
	}
	n, w := canonWords(f.d, e, words)
	if n > 0 {
		f.value(e, w, f.unglue(e, words[:n]), breadth(e))
	}
	return n
}

// span is the text from the first of some words to the last.
func (f *fit) span(words []dialect.Word) string {
	last := words[len(words)-1]
	return f.src[words[0].At : last.At+len(last.Text)]
}

// unglue gives a value as it was written, without the text around it.
func (f *fit) unglue(e *dialect.Elem, words []dialect.Word) string {
	if len(words) > 1 {
		return strings.Join(texts(words), " ")
	}
	return strings.TrimSuffix(strings.TrimPrefix(words[0].Text, e.Pre), e.Post)
}

func texts(words []dialect.Word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.Text
	}
	return out
}

// groups reads optional groups, in any order, and writes them in the order of the rule.
func (f *fit) groups(es []dialect.Elem, words []dialect.Word, short bool) bool {
	n := 0
	for n < len(es) && es[n].Kind == dialect.Group {
		n++
	}
	var space [8]*fit
	taken := append(space[:0], make([]*fit, n)...)
	after := tail(es[n:], words)
	for again := true; again; {
		again = false
		for i := range n {
			if taken[i] != nil || len(words) <= after {
				continue
			}
			for size := len(words) - after; size >= 1; size-- {
				g := f.of.fresh(f)
				if g.elems(es[i].Group, words[:size], false) {
					taken[i], words, again = g, words[size:], true
					break
				}
				f.of.spare = append(f.of.spare, g)
			}
		}
	}
	for _, g := range taken {
		if g == nil {
			continue
		}
		for _, at := range g.hide {
			f.hide = append(f.hide, len(f.out)+at)
		}
		f.out, f.key, f.bind = append(f.out, g.out...), append(f.key, g.key...), append(f.bind, g.bind...)
		f.of.spare = append(f.of.spare, g)
	}
	f.rank = append(f.rank, 6)
	return f.elems(es[n:], words, short)
}

// fresh is room for an attempt inside another one.
func (c *matcher) fresh(in *fit) *fit {
	if len(c.spare) == 0 {
		c.spare = append(c.spare, &fit{})
	}
	last := len(c.spare) - 1
	g := c.spare[last]
	c.spare = c.spare[:last]
	g.start(c, in.d, in.src)
	return g
}

// tail counts the words at the end that must be left for what follows in the pattern.
func tail(es []dialect.Elem, words []dialect.Word) int {
	n := 0
	for i := range es {
		e := &es[i]
		if e.Kind == dialect.Group && len(e.Group) > 0 && e.Group[0].Kind == dialect.Literal {
			if at := slices.IndexFunc(words, func(w dialect.Word) bool { return w.Text == e.Group[0].Word }); at > 0 {
				n = max(n, len(words)-at)
			}
		}
		if e.Kind == dialect.Slot || e.Kind == dialect.Literal {
			n++
		}
	}
	return n
}

func (f *fit) take(word string, rank int8) {
	f.out, f.rank = append(f.out, word), append(f.rank, rank)
}

func (f *fit) value(e *dialect.Elem, word, raw string, rank int8) {
	if e.Type == "secret" {
		f.hide = append(f.hide, len(f.out))
	}
	if e.Pre == "" && e.Post == "" {
		f.take(word, rank)
	} else {
		f.take(e.Pre+word+e.Post, rank)
	}
	f.bind = append(f.bind, bound{e.Name, word, raw})
	if !e.Value && e.Kind == dialect.Slot {
		f.key = append(f.key, word)
	}
}

// breadth orders types: what takes fewer words comes first.
func breadth(e *dialect.Elem) int8 {
	switch e.Type {
	case "enum":
		return 1
	case "word", "peer", "nexthop":
		return 3
	case "ifname":
		if len(e.Enum) == 0 { // of any class
			return 3
		}
	}
	return 2
}
