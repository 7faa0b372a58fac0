package dialect

import (
	"slices"
	"strings"
)

// mark is attributes under a name that the header gives them.
type mark struct {
	no   int
	gs   []given
	used bool
}

// fixedMarks are the marks that every dialect has.
func fixedMarks() map[string]string {
	return map[string]string{"on": "default", "off": "default", "key": "undo", "full": "undo", "name": "undo"}
}

// flag tells whether a name is of an attribute without a value, or that may go without.
func (r *reader) flag(name string) bool {
	a, known := r.attributes[name]
	return name == "fixed" || known && !a.valued
}

// mark reads a mark of the header. It may hold those above it.
func (r *reader) mark(no int, name, value string) {
	if name == "" || value == "" || strings.ContainsAny(name, "~ ") || fixedMarks()[name] != "" || name[0] <= '9' || r.flag(name) {
		r.failf(no, 1, "a mark is written mark NAME: attributes; what begins with a digit is a proof, and ~on ~off ~key ~full ~name and attributes without a value are marks already")
		return
	}
	if r.marks[name] != nil {
		r.failf(no, 1, "mark %s stands at line %d already", name, r.marks[name].no)
		return
	}
	m := &mark{no: no}
	for _, g := range r.attrs(no, 1, value) {
		m.gs = append(m.gs, r.meant(g, nil)...)
	}
	r.marks[name] = m
}

// marks takes what is behind a pattern.
func (v *variant) marks(ws []string) []string {
	for len(ws) > 1 && strings.HasPrefix(ws[len(ws)-1], "~") {
		g := given{mark: true}
		g.name, g.value, g.has = strings.Cut(ws[len(ws)-1], "=")
		v.given, ws = append(v.given, g), ws[:len(ws)-1]
	}
	return ws
}

// meant gives the attributes that a mark stands for: ~on and ~off, the default of a line that is
// there or not; ~key, ~full and ~name, its undo; ~ and a digit, its proof; ~ordered and the like,
// attributes without a value, and ~name=word those with one; else those that the header says. An
// attribute stands for itself. at is where it was written, nil in the header.
func (r *reader) meant(g given, at *scope) []given {
	name, ok := strings.CutPrefix(g.name, "~")
	if !ok {
		return []given{g}
	}
	m := r.marks[name]
	switch of := fixedMarks()[name]; {
	case of != "" && !g.has:
		return []given{{of, name, true, g.mark, g.no, g.col}}
	case g.has && (!g.mark || at == nil || g.value == ""):
		r.failf(g.no, g.col, "~%s=%s stands behind one pattern and has a value; behind :: and in a mark it is written without the ~", name, g.value)
		return nil
	case g.has:
		return []given{{name, r.picked(g.no, g.col, g.value, at), true, true, g.no, g.col}}
	case name != "" && name[0] >= '0' && name[0] <= '9':
		return []given{{"proof", name, true, g.mark, g.no, g.col}}
	case r.flag(name):
		return []given{{name, "", false, g.mark, g.no, g.col}}
	case m == nil:
		r.failf(g.no, g.col, "no mark ~%s: there are ~on ~off ~key ~full ~name, attributes without a value (~lockout), with one (~ref=vrf:v), proofs such as ~0 and ~2:manual, and those that the header names (mark %s: ...)", name, name)
		return nil
	}
	m.used = true
	out := slices.Clone(m.gs)
	for i := range out {
		out[i].mark, out[i].no, out[i].col = g.mark, g.no, g.col
		if at != nil {
			out[i].value = r.picked(g.no, g.col, out[i].value, at)
		}
	}
	return out
}

// marked adds what stands in a pattern itself to what its line says. A mark is of this pattern
// alone, and wins over what the line says for all.
func (r *reader) marked(e *said, v variant, gs []given, at *scope) []given {
	for _, g := range v.given {
		g.no, g.col = e.no, e.indent+1
		for _, g := range r.meant(g, at) {
			if g.mark {
				gs = slices.DeleteFunc(gs, func(o given) bool { return o.name == g.name && !o.mark })
			}
			gs = append(gs, g)
		}
	}
	return gs
}

// nameless is the command of undo=name: the words of a pattern up to the last slot of its key.
func (r *reader) nameless(rule *Rule, g given) string {
	var words []string
	end := 0
	for _, w := range strings.Fields(rule.Text) {
		if strings.HasPrefix(w, "=") || strings.HasPrefix(w, "(") || w == "..." {
			break
		}
		if words = append(words, w); strings.Contains(w, "<") {
			end = len(words)
		}
	}
	if end == 0 {
		r.failf(g.no, g.col, "undo=name: no slot of the key stands in %q before its value", rule.Text)
	}
	return r.d.Negate + " " + template(strings.Join(words[:end], " "))
}

// exits ends the blocks that do not say what ends them as the header does.
func (r *reader) exits(rules []*Rule) {
	for _, rule := range rules {
		if r.exits(rule.Kids); r.exit != "" && len(rule.Exits) == 0 && (len(rule.Kids) > 0 || rule.Mode != "") {
			rule.Exits = split(r.exit, ";")
		}
	}
}
