package dialect

import (
	"slices"
	"strings"
)

// most is how many rules a file may stand for. Those of whole platforms have under a
// thousand; a few short lines of alternatives could ask for more than fits into memory.
const most = 5_000

// set is rules under a name, for several blocks.
type set struct {
	at         *said
	used, open bool // open: it is being put into a block now
}

// scope is where entries are taken apart: the block they are put into, what they get there,
// and the words that those around them stand for.
type scope struct {
	up     *scope
	block  *Rule  // nil at the top
	inside bool   // of a %use or a %head: the block is that of up
	head   string // of a %head: what the patterns here begin with
	each   []each
	picks  []pick
}

// each is attributes that rules get which begin with certain elements, or all that are here
// and below.
type each struct {
	at     *said
	prefix string
	all    bool
	attrs  []given
}

// entries makes rules of what was written, in one block.
func (r *reader) entries(es []*said, at scope) {
	for _, e := range es {
		switch {
		case r.rules > most:
			return
		case e.word == "":
			r.rule(e, &at)
		case e.word == "%define":
			if r.sets[e.text] != nil && r.sets[e.text].at != e {
				r.failf(e.no, e.indent+1, "%%define %s stands at line %d already", e.text, r.sets[e.text].at.no)
			}
			r.sets[e.text] = &set{at: e, used: r.sets[e.text] != nil}
		case e.word == "%head":
			r.head(e, &at)
		case len(e.kids) > 0:
			r.failf(e.kids[0].no, e.kids[0].indent+1, "nothing stands under %s", e.word)
		case e.word == "%use":
			r.use(e.text, e.no, e.indent+1, &at)
		case e.word == "%each":
			r.each(e, &at)
		default:
			r.failf(e.no, e.indent+1, "no word %s: there are %%define, %%use, %%each, %%head", e.word)
		}
	}
}

// use puts a set of rules into a block.
func (r *reader) use(name string, no, col int, at *scope) {
	s := r.sets[name]
	switch {
	case s == nil:
		r.failf(no, col, "no %%define %s above", name)
		return
	case s.open:
		r.failf(no, col, "%%define %s uses itself", name)
		return
	}
	s.used, s.open = true, true
	r.entries(s.at.kids, scope{up: at, block: at.block, inside: true, head: at.head})
	s.open = false
}

// unused reports what nothing uses: sets, of which nothing was read, %each, and sources.
func (r *reader) unused() {
	for e, met := range r.met {
		if !met {
			r.failf(e.no, e.indent+1, "no rule behind %%each %s begins so", e.text)
		}
	}
	for name, s := range r.sources {
		if !s.used {
			r.failf(s.no, 1, "no proof= names the source %s", name)
		}
	}
	for name, t := range r.types {
		if !t.used {
			r.failf(t.no, 1, "no slot is of the type %s", name)
		}
	}
	for name, m := range r.marks {
		if !m.used {
			r.failf(m.no, 1, "no rule has the mark ~%s", name)
		}
	}
	for name, s := range r.sets {
		if !s.used {
			r.failf(s.at.no, s.at.indent+1, "no %%use of %s: nothing of it is read", name)
		}
	}
}

// each notes attributes for the rules that follow in the block.
func (r *reader) each(e *said, at *scope) {
	for _, v := range r.variants(e, e.text, at) {
		r.bare(e, v)
		inner := scope{up: at, inside: true, picks: v.picks}
		at.each = append(at.each, each{e, v.text, e.text == "**", r.written(e, &inner)})
	}
	if _, again := r.met[e]; !again {
		r.met[e] = false
	}
}

// head reads the patterns under %head, which begin with its own and get its attributes.
func (r *reader) head(e *said, at *scope) {
	if e.text == "" || len(e.kids) == 0 {
		r.failf(e.no, e.indent+1, "%%head wants the words that patterns begin with, and these patterns under it")
		return
	}
	for _, v := range r.variants(e, e.text, at) {
		r.bare(e, v)
		inner := scope{up: at, block: at.block, inside: true, picks: v.picks, head: v.text + " "}
		inner.each = []each{{e, v.text, false, r.written(e, &inner)}}
		r.counts(e.no) // heads may stand in heads, with no rule in them
		r.entries(e.kids, inner)
	}
}

// counts holds what a file stands for under the most.
func (r *reader) counts(line int) {
	if r.rules++; r.rules == most+1 {
		r.failf(line, 1, "the file stands for more than %d rules", most)
	}
}

// bare reports attributes in a pattern that is the beginning of others, where nothing takes them.
func (r *reader) bare(e *said, v variant) {
	for _, g := range v.given {
		r.failf(e.no, e.indent+1, "%s %s: the attribute %s stands behind ::, as this is the beginning of patterns", e.word, e.text, g.name)
	}
}

// rule makes the rules that an entry stands for. In a pattern of several levels the attributes
// are of the innermost one; the others are blocks, and the same ones that stand there already.
func (r *reader) rule(e *said, at *scope) {
	levels := strings.Split(e.text, " > ")
	for _, l := range levels[:len(levels)-1] {
		if strings.Contains(l, " | ") {
			r.failf(e.no, e.indent+1, "%q: which of these is the block of what follows? Patterns side by side stand at the last level", l)
			return
		}
	}
	r.level(e, levels, at)
}

func (r *reader) level(e *said, levels []string, at *scope) {
	for _, v := range r.variants(e, levels[0], at) {
		var up *scope
		up, v.text = r.down(e, v.text, at)
		inner := &scope{up: up, picks: v.picks, block: r.same(up.block, v.text)}
		switch {
		case r.rules > most:
			return
		case len(levels) > 1 && inner.block != nil:
			if len(v.given) > 0 {
				r.failf(e.no, e.indent+1, "%q has a mark, and the block stands at line %d already: say it there", levels[0], inner.block.Line)
			}
			r.level(e, levels[1:], inner)
			continue
		}
		inner.block = r.make(e, v.text, up)
		if len(levels) > 1 {
			r.attribute(inner.block, r.marked(e, v, nil, inner))
			r.add(inner.block, up, false)
			r.holds(inner)
			r.level(e, levels[1:], inner)
			continue
		}
		r.attribute(inner.block, r.marked(e, v, r.written(e, inner), inner))
		r.add(inner.block, up, true)
		r.holds(inner)
		r.entries(e.kids, *inner)
	}
}

// make makes a rule that nobody knows of yet.
func (r *reader) make(e *said, text string, at *scope) *Rule {
	return &Rule{Line: e.no, Text: text, Pattern: r.pattern(e.no, e.indent+1, text), Up: at.block, given: map[string]given{}}
}

// down goes into the containers that a path a/b/c names before its last word, where commands are
// whole paths, and gives what is left of the pattern.
func (r *reader) down(e *said, text string, at *scope) (*scope, string) {
	first, _, _ := strings.Cut(text, " ")
	first, _, _ = strings.Cut(first, "<")
	end := strings.LastIndex(first, "/")
	if !r.d.Flat() || end < 0 {
		return at, text
	}
	for _, word := range strings.Split(first[:end], "/") {
		if word == "" {
			r.failf(e.no, e.indent+1, "%s: a word is missing beside the /", first)
			return at, text
		}
		inner := &scope{up: at, block: r.same(at.block, word)}
		if inner.block == nil {
			inner.block = r.make(e, word, at)
			r.add(inner.block, at, false)
		}
		at = inner
	}
	return at, text[end+1:]
}

// holds puts into a new block the sets that its use= names.
func (r *reader) holds(at *scope) {
	g := at.block.given["use"]
	for _, name := range strings.Fields(g.value) {
		r.use(name, g.no, g.col, at)
	}
}

// same finds a rule of a block by its text.
func (r *reader) same(block *Rule, text string) *Rule {
	rules := r.d.Rules
	if block != nil {
		rules = block.Kids
	}
	if i := slices.IndexFunc(rules, func(k *Rule) bool { return k.Text == text }); i >= 0 {
		return rules[i]
	}
	return nil
}

// add puts a rule into its block, with the attributes that it gets there: those of the
// nearest %each first. A block on the way of a pattern of several levels gets nothing that is
// for all.
func (r *reader) add(rule *Rule, at *scope, last bool) {
	r.counts(rule.Line)
	here := true
	for s := at; s != nil; s = s.up {
		for _, e := range s.each {
			if e.all && last || here && (rule.Text == e.prefix || strings.HasPrefix(rule.Text, e.prefix+" ")) {
				r.met[e.at] = true
				r.attribute(rule, slices.DeleteFunc(slices.Clone(e.attrs), rule.gives))
			}
		}
		here = here && s.inside
	}
	if at.block == nil {
		r.d.Rules = append(r.d.Rules, rule)
		return
	}
	at.block.Kids = append(at.block.Kids, rule)
}

// attribute gives a rule what was written, where {} is its own pattern with its slots and {^}
// that of the block around, and reports what it is given twice.
func (r *reader) attribute(rule *Rule, gs []given) {
	for i, g := range gs {
		if rule.gives(g) {
			r.failf(g.no, g.col, "the attribute %s is given twice", g.name)
		}
		g.value = strings.ReplaceAll(g.value, "{}", template(rule.Text))
		switch {
		case rule.Up != nil:
			g.value = strings.ReplaceAll(g.value, "{^}", template(rule.Up.Text))
		case strings.Contains(g.value, "{^}"):
			r.failf(g.no, g.col, "%s=%q: there is no block around", g.name, g.value)
		}
		if g.name == "undo" && g.value == "name" {
			g.value = r.nameless(rule, g)
		}
		rule.given[g.name], gs[i] = g, g
	}
	r.take(&rule.Attrs, gs)
}

// gives tells whether a rule has an attribute already.
func (r *Rule) gives(g given) bool {
	_, ok := r.given[g.name]
	return ok
}

// written reads the attributes of a line: {a|b} is the word that the rule, or one around it,
// has of as many.
func (r *reader) written(e *said, at *scope) (out []given) {
	for _, p := range e.attrs {
		for _, g := range r.attrs(p.no, p.col, r.picked(p.no, p.col, p.text, at)) {
			out = append(out, r.meant(g, at)...)
		}
	}
	return out
}
