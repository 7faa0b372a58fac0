package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// fit is one attempt to read words by a pattern.
type fit struct {
	of   *matcher
	d    *dialect.Dialect
	src  string
	bind []bound
	odds []spelt  // values that are not written as they are spelled
	odd  bool     // the line is not written as it is spelled, or holds a secret
	full bool     // what follows is told too: of most lines it is not asked
	out  []string // canonical words
	hide []int    // which of them are secrets
	rank []int8   // how wide each step was
}

func (f *fit) start(c *matcher, d *dialect.Dialect, src string, full bool) {
	f.of, f.d, f.src, f.odd, f.full = c, d, src, false, full
	f.out, f.hide, f.bind, f.odds, f.rank = f.out[:0], f.hide[:0], f.bind[:0], f.odds[:0], f.rank[:0]
}

// whole reads a line once more for all that is to be told of it.
func (f *fit) whole(r *dialect.Rule, words []dialect.Word, short bool) {
	if !f.full {
		f.start(f.of, f.d, f.src, true)
		f.elems(r.Pattern, words, short)
	}
}

// hidden is the canonical line without its secrets.
func (f *fit) hidden() string {
	shown := slices.Clone(f.out)
	for _, at := range f.hide {
		shown[at] = "<secret>"
	}
	return strings.Join(shown, " ")
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
				words, f.odd = words[1:], true
			}
		case dialect.Literal:
			if len(words) == 0 || words[0].Text != e.Word {
				return false
			}
			f.take(e.Word, 0)
			words = words[1:]
		case dialect.Rest:
			v := strings.Join(texts(words), " ")
			f.value(e, v, v, -1, 5)
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
		if n < 1 || e.Is == dialect.TypeACE && !dialect.Enters(words[0].Text) {
			return 0
		}
		raw, at := f.span(words[:n]), words[0].At
		if e.Is == dialect.TypeBlob && !strings.Contains(raw, "\n") && lineEnds(f.src[:words[0].At]) { // only the word that ends it
			raw, at = "\n"+raw, -1
		}
		f.value(e, canonList(f.d, e, words[:n], raw), raw, at, 4)
		return n
	}
	n, w := canonWords(f.d, e, words)
	if n > 0 {
		at := words[0].At + len(e.Pre)
		if n > 1 {
			at = -1
		}
		f.value(e, w, f.unglue(e, words[:n]), at, breadth(e))
	}
	return n
}

// lineEnds tells whether a text ends with a line, but for blanks behind it.
func lineEnds(text string) bool { return strings.HasSuffix(strings.TrimRight(text, " \t\r"), "\n") }

// span is the text from the first of some words to the last.
func (f *fit) span(words []dialect.Word) string {
	last := words[len(words)-1]
	return f.src[words[0].At : last.At+len(last.Text)]
}

// unglue gives a value as it was written, without the text around it.
func (f *fit) unglue(e *dialect.Elem, words []dialect.Word) string {
	switch {
	case len(words) > 1:
		return strings.Join(texts(words), " ")
	case e.Pre == "" && e.Post == "":
		return words[0].Text
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
	if n == len(es) && f.inTurn(es, words) {
		return true
	}
	var space [8]*fit
	taken, last := append(space[:0], make([]*fit, n)...), -1
	after := tail(es[n:], words)
	for again := true; again; {
		again = false
		for i := range n {
			if taken[i] != nil || len(words) <= after || otherwise(es[i].Group, words[0].Text) {
				continue
			}
			for size := len(words) - after; size >= 1; size-- {
				g := f.of.fresh(f)
				if g.elems(es[i].Group, words[:size], false) {
					taken[i], words, again = g, words[size:], true
					f.odd, last = f.odd || g.odd || i < last, i
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
		for _, b := range g.bind {
			if b.at < 0 {
				b.at -= int32(len(f.odds))
			}
			f.bind = append(f.bind, b)
		}
		f.out, f.odds = append(f.out, g.out...), append(f.odds, g.odds...)
		f.of.spare = append(f.of.spare, g)
	}
	f.rank = append(f.rank, 6)
	return f.elems(es[n:], words, short)
}

// inTurn reads words that are groups in the order of the rule, each as many words as it has elements.
// Where it comes to nothing it leaves nothing.
func (f *fit) inTurn(gs []dialect.Elem, words []dialect.Word) bool {
	was := *f
	for i := range gs {
		g := gs[i].Group
		switch {
		case !apiece(g):
			*f = was
			return false
		case len(words) == 0 || words[0].Text != g[0].Word:
		case len(words) < len(g) || !f.elems(g, words[:len(g)], false):
			*f = was
			return false
		default:
			words = words[len(g):]
		}
	}
	if len(words) > 0 {
		*f = was
		return false
	}
	f.rank = append(f.rank[:len(was.rank)], 6)
	return true
}

// apiece tells whether elements are one word each, the first one a word of its own.
func apiece(es []dialect.Elem) bool {
	for i := range es {
		switch e := &es[i]; {
		case e.Kind == dialect.Literal:
		case i == 0 || e.Kind != dialect.Slot || e.Many() || e.Is == dialect.TypePrefix || e.Is == dialect.TypeIPMask || e.Is == dialect.TypeWildcard:
			return false
		}
	}
	return len(es) > 0
}

// otherwise tells whether elements begin with another word.
func otherwise(es []dialect.Elem, word string) bool {
	return len(es) > 0 && es[0].Kind == dialect.Literal && es[0].Word != word
}

// fresh is room for an attempt inside another one.
func (c *matcher) fresh(in *fit) *fit {
	if len(c.spare) == 0 {
		c.spare = append(c.spare, &fit{})
	}
	last := len(c.spare) - 1
	g := c.spare[last]
	c.spare = c.spare[:last]
	g.start(c, in.d, in.src, in.full)
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
	if f.full {
		f.out, f.rank = append(f.out, word), append(f.rank, rank)
	}
}

// value takes a value that stands, as it was written, at a place of the line; below zero it is not
// known where.
func (f *fit) value(e *dialect.Elem, word, raw string, at int, rank int8) {
	if e.Is == dialect.TypeSecret {
		f.odd = true
		f.hide = append(f.hide, len(f.out))
	}
	switch {
	case !f.full:
	case e.Pre == "" && e.Post == "":
		f.take(word, rank)
	default:
		f.take(e.Pre+word+e.Post, rank)
	}
	b := bound{e, int32(at), int32(at + len(raw))}
	if at < 0 || raw != word {
		f.odd, f.odds = true, append(f.odds, spelt{word, raw})
		b.at = -int32(len(f.odds))
	}
	f.bind = append(f.bind, b)
}

// breadth orders types: what takes fewer words comes first.
func breadth(e *dialect.Elem) int8 {
	switch e.Is {
	case dialect.TypeEnum:
		return 1
	case dialect.TypeWord, dialect.TypePeer, dialect.TypeNexthop:
		return 3
	case dialect.TypeIfname:
		if len(e.Enum) == 0 { // of any class
			return 3
		}
	}
	return 2
}
