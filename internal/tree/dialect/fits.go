package dialect

import (
	"fmt"
	"slices"
	"strings"
)

// asked is a glob as it was written, in all the blocks that its line is put into.
type asked struct {
	given
	Glob
	rule *Rule
	fits bool   // in one of them rules know the lines that it looks for
	far  reach  // else how far they do
	free string // a {slot} that nothing gives a value
	told bool
}

// reach is how far the rules of one block take the words of a level of a glob.
type reach struct {
	level []GlobWord
	under []GlobWord // the level above, whose rules have the block; nil is the block in which the glob begins
	words int        // of the level that the nearest rule takes
	near  *Rule      // nil is that there is no rule
	alike int        // how much the next word looks like one of it
}

// glance is a glob as seen from the lines of a block, or as it was written in a line.
type glance struct {
	block      *Rule
	no         int
	name, text string
}

// looks notes what the globs of a rule look for: a glob may be put into several blocks, and look for
// what only some of them have. A line that needs others is refused where none of them may stand.
func (l *lint) looks(rule *Rule) {
	all := rule.globs()
	if rule.Gate != "" {
		all = append(all, named{"gate", []Glob{{Text: rule.Gate, From: Top, Levels: levels(rule.Gate)}}})
	}
	for _, of := range all {
		var here []*asked
		for _, g := range of.globs {
			a := &asked{given: rule.given[of.name], Glob: g, rule: rule}
			if a.free = g.free(rule); a.free == "" {
				a.fits, a.far = l.leads(rule, g)
			}
			here = append(here, a)
			place := glance{no: a.no, name: a.name, text: a.Text}
			switch o := l.first[place]; {
			case o == nil:
				l.first[place], l.asked = a, append(l.asked, a)
			case a.fits || !o.fits && a.far.words > o.far.words:
				a.told = o.told
				*o = *a
			}
		}
		if of.name == "needs" && !slices.ContainsFunc(here, func(a *asked) bool { return a.fits || a.Unruled }) {
			for _, a := range here {
				l.unfit(a)
			}
		}
	}
}

// unfits reports the globs that fit nothing in any block, and those that are said to and do not.
func (l *lint) unfits() {
	for _, a := range l.asked {
		switch {
		case a.Unruled && a.fits:
			l.failf(a.no, l.column(a, ""), "%s=%q: rules know these lines: write it without the ?", a.name, a.Text)
		case a.free != "" || !a.Unruled && !a.fits:
			l.unfit(a)
		}
	}
}

// free is a {slot} of a glob that neither a rule, nor a block around it, nor the glob itself has.
func (g Glob) free(rule *Rule) string {
	var bound []string
	for _, level := range slices.Concat(g.Levels, g.Then) {
		for _, w := range level {
			switch {
			case w.Kind == Bind:
				bound = append(bound, w.Text)
			case w.Kind == Bound && !slices.Contains(bound, w.Text) && !rule.sees(w.Text):
				return w.Text
			}
		}
	}
	return ""
}

// unfit reports a glob that fits nothing, once.
func (l *lint) unfit(a *asked) {
	first := l.first[glance{no: a.no, name: a.name, text: a.Text}]
	if first.told {
		return
	}
	first.told = true
	if a.free != "" {
		l.failf(a.no, l.column(a, "{"+a.free+"}"), "%s=%q: neither %q nor a block around it has the slot {%s}", a.name, a.Text, a.rule.Text, a.free)
		return
	}
	where := [...]string{Here: "in its block", Top: "at the top", Beside: "beside the block around"}[a.From]
	if a.far.under != nil {
		where = fmt.Sprintf("under %q", spelled(a.far.under))
	}
	near := ""
	if a.far.near != nil && (a.far.words > 0 || a.far.alike > 1) {
		near = fmt.Sprintf("; the nearest is %q of line %d", a.far.near.Text, a.far.near.Line)
	}
	if a.far.words == len(a.far.level) {
		l.failf(a.no, l.column(a, ""), "%s=%q: %s no rule ends behind %q%s (** is any rest)", a.name, a.Text, where, spelled(a.far.level), near)
		return
	}
	word, next := spelled(a.far.level[:a.far.words+1]), spelled(a.far.level[a.far.words:a.far.words+1])
	l.failf(a.no, l.column(a, next), "%s=%q: %s no rule knows %q%s (lines that none is to know: \"? %s\")", a.name, a.Text, where, word, near, a.Text)
}

// column is where a word of a glob stands in its line, or where its attributes begin.
func (l *lint) column(a *asked, word string) int {
	at := strings.Index(l.lines[a.no-1], a.Text)
	if at < 0 { // a mark, or a word that was picked
		return a.col
	}
	return at + max(strings.Index(" "+a.Text, " "+word), 0) + 1
}

// spelled writes a level of a glob.
func spelled(level []GlobWord) string {
	var out []string
	for _, w := range level {
		switch w.Kind {
		case Any:
			w.Text = "*"
		case Tail:
			w.Text = "**"
		case Bound:
			w.Text = w.Pre + "{" + w.Text + "}" + w.Post
		case Bind:
			w.Text = "<" + w.Text + ">"
		}
		out = append(out, w.Text)
	}
	return strings.Join(out, " ")
}

// leads tells whether rules know lines that a glob looks for, as seen from one of them.
func (l *lint) leads(rule *Rule, g Glob) (ok bool, far reach) {
	here := glance{block: rule.Up, text: g.Text}
	if g.From == Top {
		here.block = nil
	}
	here.name = [...]string{Here: "", Top: "/", Beside: "^"}[g.From]
	if o, seen := l.seen[here]; seen {
		return o.fits, o.far
	}
	defer func() { l.seen[here] = asked{fits: ok, far: far} }()
	from := l.d.Rules
	switch {
	case g.From == Here && rule.Up != nil:
		from = rule.Up.Kids
	case g.From == Beside && rule.Up != nil && rule.Up.Up != nil:
		from = rule.Up.Up.Kids
	}
	ok, far = l.lead(from, g.Levels)
	if ok && g.Then != nil {
		return l.lead(from, g.Then)
	}
	return ok, far
}

// lead goes down from a block with the levels of a glob.
func (l *lint) lead(rules []*Rule, levels [][]GlobWord) (bool, reach) {
	var under []GlobWord
	for _, level := range levels {
		far, found := reach{level: level, under: under}, false
		var kids []*Rule
		for _, r := range rules {
			if r.Of != nil {
				continue
			}
			fit, words := l.fits(level, r)
			if fit {
				found, kids = true, append(kids, r.Kids...)
			}
			far.nearer(r, words)
		}
		if !found {
			return false, far
		}
		rules, under = kids, level
	}
	return true, reach{}
}

// nearer takes a rule that takes more words than the one before, or as many and has a word that is
// more like the next one.
func (f *reach) nearer(r *Rule, words int) {
	like := 0
	if words < len(f.level) {
		for _, e := range r.Pattern {
			if a, b := e.Word, f.level[words].Text; a != "" && b != "" {
				n := Alike(a, b)
				like = max(like, n+AlikeBehind(a[n:], b[n:]))
			}
		}
	}
	if f.near == nil || words > f.words || words == f.words && like > f.alike {
		f.near, f.words, f.alike = r, words, like
	}
}

// fits tells whether a level of a glob may select lines of a rule, and how many of its words lines
// of the rule may begin with.
func (l *lint) fits(level []GlobWord, r *Rule) (fit bool, words int) {
	off := len(level) > 1 && level[0].Kind == Exact && level[0].Text == l.d.Negate
	t := taking{level: level, short: off || r.Default == "off"}
	at := make([]bool, len(level)+1)
	if off {
		at[1] = true
	} else {
		at[0] = true
	}
	at = t.through(r.Pattern, at)
	t.note(nil, at)
	return t.fit || at[len(level)], t.far
}

// taking goes through a pattern with the words of a level of a glob.
type taking struct {
	level []GlobWord
	short bool // lines may end before their value, as they do that are off
	fit   bool // the level may end before the pattern does
	far   int  // words that were taken at most
}

// through gives how many words of the level may stand before what follows the elements, of how many
// may stand before these.
func (t *taking) through(es []Elem, at []bool) []bool {
	for i := range es {
		e := &es[i]
		t.note(e, at)
		next := make([]bool, len(at))
		switch e.Kind {
		case Group:
			copy(next, at)
			for n, ok := range t.through(e.Group, at) {
				next[n] = next[n] || ok
			}
			at = next
			continue
		case Silent:
			copy(next, at)
		case Rest:
			t.fit = t.fit || slices.Contains(at, true)
		}
		for n, w := range t.level {
			if at[n] && e.takes(w) {
				for to := n + 1; to <= min(len(t.level), n+e.room()); to++ {
					next[to] = true
				}
			}
		}
		at = next
	}
	return at
}

// note tells what is reached in front of an element; nil is behind all.
func (t *taking) note(e *Elem, at []bool) {
	for n, ok := range at {
		if !ok {
			continue
		}
		t.far = max(t.far, n)
		if n < len(t.level) && t.level[n].Kind == Tail || n == len(t.level) && t.short && e != nil && e.Value {
			t.fit = true
		}
	}
}

// room is how many words an element may take.
func (e *Elem) room() int {
	_, most := size([]Elem{*e})
	return most
}

// takes tells whether an element may be written as a word of a glob.
func (e *Elem) takes(w GlobWord) bool {
	switch {
	case w.Kind != Exact:
		return w.Kind != Tail
	case e.Kind == Rest:
		return true
	case e.Kind != Slot:
		return e.Word == w.Text
	case e.Is == TypeEnum:
		return slices.ContainsFunc(e.Enum, func(word string) bool { return e.Pre+word+e.Post == w.Text })
	case e.Is == TypeInt:
		return strings.ContainsAny(w.Text, "0123456789")
	}
	return strings.HasPrefix(w.Text, e.Pre) && strings.HasSuffix(w.Text, e.Post)
}
