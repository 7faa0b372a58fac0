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
	block  *Rule // nil at the top
	inside bool  // of a %use: the block is that of up
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
		case len(e.kids) > 0:
			r.failf(e.kids[0].no, e.kids[0].indent+1, "nothing stands under %s", e.word)
		case e.word == "%use":
			r.use(e.text, e.no, e.indent+1, &at)
		case e.word == "%each":
			r.each(e, &at)
		default:
			r.failf(e.no, e.indent+1, "no word %s: there are %%define, %%use, %%each", e.word)
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
	r.entries(s.at.kids, scope{up: at, block: at.block, inside: true})
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
	for name, s := range r.sets {
		if !s.used {
			r.failf(s.at.no, s.at.indent+1, "no %%use of %s: nothing of it is read", name)
		}
	}
}

// each notes attributes for the rules that follow in the block.
func (r *reader) each(e *said, at *scope) {
	for _, v := range r.variants(e, e.text, at) {
		inner := scope{up: at, inside: true, picks: v.picks}
		at.each = append(at.each, each{e, v.text, v.text == "**", r.written(e, &inner)})
	}
	if _, again := r.met[e]; !again {
		r.met[e] = false
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
		inner := &scope{up: at, picks: v.picks, block: r.same(at.block, v.text)}
		switch {
		case r.rules > most:
			return
		case len(levels) > 1 && inner.block != nil:
			r.level(e, levels[1:], inner)
			continue
		}
		inner.block = &Rule{Line: e.no, Text: v.text, Pattern: r.pattern(e.no, e.indent+1, v.text), Up: at.block, given: map[string]given{}}
		if len(levels) > 1 {
			r.add(inner.block, at, false)
			r.holds(inner)
			r.level(e, levels[1:], inner)
			continue
		}
		gs := r.written(e, inner)
		for _, g := range v.given {
			g.no, g.col = e.no, e.indent+1
			gs = append(gs, g)
		}
		r.attribute(inner.block, gs)
		r.add(inner.block, at, true)
		r.holds(inner)
		r.entries(e.kids, *inner)
	}
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
	if r.rules++; r.rules == most+1 {
		r.failf(rule.Line, 1, "the file stands for more than %d rules", most)
	}
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
		out = append(out, r.attrs(p.no, p.col, r.picked(p.no, p.col, p.text, at))...)
	}
	return out
}
