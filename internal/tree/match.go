package tree

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// matched is a line as a rule sees it.
type matched struct {
	rule *dialect.Rule
	neg  bool              // stored with the negating word in front
	line string            // canonical text, the negating word among it
	key  string            // what makes it the same line with another value
	bind map[string]string // slots
}

// match finds the rule of a block that a line is of: word by word a literal beats a slot
// and a narrow type beats a wide one. It is nil where no rule fits.
func match(d *dialect.Dialect, rules []*dialect.Rule, line string) *matched {
	words := strings.Fields(line)
	neg := len(words) > 1 && words[0] == d.Negate
	if neg {
		words = words[1:]
	}
	var best *matched
	var rank []int
	for i, r := range rules {
		if len(r.Pattern) > 0 && r.Pattern[0].Kind == dialect.Literal && r.Pattern[0].Word != words[0] {
			continue
		}
		f := &fit{d: d, bind: map[string]string{}}
		if !f.elems(r.Pattern, words, neg) {
			continue
		}
		if best == nil || slices.Compare(f.rank, rank) < 0 {
			best, rank = f.result(r, i, neg), f.rank
		}
	}
	return best
}

// fit is one attempt to read words by a pattern.
type fit struct {
	d    *dialect.Dialect
	out  []string
	key  []string
	bind map[string]string
	rank []int
}

func (f *fit) result(r *dialect.Rule, index int, neg bool) *matched {
	m := &matched{rule: r, neg: neg, line: strings.Join(f.out, " "), bind: f.bind}
	if neg {
		m.line = f.d.Negate + " " + m.line
	}
	m.key = r.Text + "\x00" + strings.Join(f.key, "\x00")
	if group := r.Attr("choice"); group != "" {
		name, slot, _ := strings.Cut(strings.TrimSuffix(group, ")"), "(")
		m.key = "choice\x00" + name + "\x00" + f.bind[slot]
	}
	return m
}

// elems reads words by elements; short allows a negated line to end before its value.
func (f *fit) elems(es []dialect.Elem, words []string, short bool) bool {
	for i, e := range es {
		if len(words) == 0 && short && (e.Value || e.Kind == dialect.Rest) {
			return true
		}
		switch e.Kind {
		case dialect.Silent:
			if len(words) > 0 && words[0] == e.Word {
				words = words[1:]
			}
		case dialect.Literal:
			if len(words) == 0 || words[0] != e.Word {
				return false
			}
			f.take(e.Word, 0)
			words = words[1:]
		case dialect.Rest:
			f.value(e, strings.Join(words, " "), 5)
			words = nil
		case dialect.Group:
			return f.groups(es[i:], words, short)
		case dialect.Slot:
			if len(words) == 0 {
				return false
			}
			if several(e.Type) {
				// A list ends where what follows it in the pattern begins.
				n := len(words) - f.tail(es[i+1:], words)
				if n < 1 {
					return false
				}
				f.value(e, canonList(e.Type, words[:n]), 4)
				words = words[n:]
				continue
			}
			w, ok := canon(f.d, e, words[0])
			if !ok {
				return false
			}
			f.value(e, w, breadth(e.Type))
			words = words[1:]
		}
	}
	return len(words) == 0
}

// groups reads optional groups, in any order, and writes them in the order of the rule.
func (f *fit) groups(es []dialect.Elem, words []string, short bool) bool {
	n := 0
	for n < len(es) && es[n].Kind == dialect.Group {
		n++
	}
	taken := make([]*fit, n)
	for again := true; again; {
		again = false
		for i := range n {
			if taken[i] != nil || len(words) == 0 {
				continue
			}
			for size := len(words); size >= 1; size-- {
				g := &fit{d: f.d, bind: map[string]string{}}
				if g.elems(es[i].Group, words[:size], false) {
					taken[i], words, again = g, words[size:], true
					break
				}
			}
		}
	}
	for _, g := range taken {
		if g != nil {
			f.out = append(f.out, g.out...)
			f.key = append(f.key, g.key...)
			maps.Copy(f.bind, g.bind)
		}
	}
	f.rank = append(f.rank, 6)
	return f.elems(es[n:], words, short)
}

// tail counts the words at the end that the literals of optional groups behind a list take.
func (f *fit) tail(es []dialect.Elem, words []string) int {
	n := 0
	for _, e := range es {
		if e.Kind == dialect.Group && len(e.Group) > 0 && e.Group[0].Kind == dialect.Literal {
			if at := slices.Index(words, e.Group[0].Word); at > 0 {
				n = max(n, len(words)-at)
			}
		}
		if e.Kind == dialect.Slot || e.Kind == dialect.Literal {
			n++
		}
	}
	return n
}

func (f *fit) take(word string, rank int) {
	f.out, f.rank = append(f.out, word), append(f.rank, rank)
}

func (f *fit) value(e dialect.Elem, word string, rank int) {
	f.take(word, rank)
	f.bind[e.Name] = word
	if !e.Value && e.Kind == dialect.Slot {
		f.key = append(f.key, word)
	}
}

// breadth orders types: what takes fewer words comes first.
func breadth(typ string) int {
	switch typ {
	case "enum":
		return 1
	case "word", "peer", "ifname", "nexthop":
		return 3
	}
	return 2
}

// off tells whether a line is a switch that is off.
func (m *matched) off() bool { return m != nil && m.neg }

// undo gives the command that takes a line away.
func (m *matched) undo(d *dialect.Dialect) string {
	if m.neg {
		return strings.TrimPrefix(m.line, d.Negate+" ")
	}
	switch shape := m.rule.Attr("undo"); shape {
	case "full":
		return d.Negate + " " + m.line
	case "key", "":
		return d.Negate + " " + m.upToValue()
	case "default":
		return "default " + m.upToValue()
	case "none":
		return ""
	default:
		return fill(shape, m.bind)
	}
}

// upToValue is the line as far as its first value.
func (m *matched) upToValue() string {
	var out []string
	for _, e := range m.rule.Pattern {
		switch {
		case e.Value || e.Kind == dialect.Group || e.Kind == dialect.Rest:
			return strings.Join(out, " ")
		case e.Kind == dialect.Slot:
			out = append(out, m.bind[e.Name])
		case e.Kind == dialect.Literal:
			out = append(out, e.Word)
		}
	}
	return strings.Join(out, " ")
}

// fill puts bound slots into a template; what is not bound leaves nothing behind.
func fill(template string, bind map[string]string) string {
	for name, v := range bind {
		template = strings.ReplaceAll(template, "{"+name+"}", v)
	}
	var out []string
	for _, w := range strings.Fields(template) {
		if !strings.HasPrefix(w, "{") {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}
