package tree

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// spread moves another spelling where it belongs, and takes a range of numbers apart.
func (t *Tree) spread(n, k *node) {
	m := t.match(k)
	switch {
	case m == nil || k.gone:
	case m.rule.Adds && t.joined(n, k):
	case m.rule.Of != nil:
		t.respell(n, k)
	case m.rule.Expand != "" && !m.neg:
		t.apart(k)
	}
}

// joined puts numbers that a line adds to those of the line before it, where there is one.
func (t *Tree) joined(n, k *node) bool {
	of := k.m.rule.Of
	key := t.key(&node{text: spell(of, k.m), parent: n})
	for x := n.kid(); x != nil && x != k; x = x.next {
		if x.gone || t.rule(x) != of || t.key(x) != key {
			continue
		}
		have, ok1 := readIDs(x.m.slot(of.IDs))
		more, ok2 := readIDs(k.m.slot(of.IDs))
		if !ok1 || !ok2 {
			return false
		}
		sum := slices.Concat(have, more)
		slices.Sort(sum)
		x.text, x.m, x.moved, n.moved = spell(of, x.m.with(of.IDs, writeIDs(slices.Compact(sum)))), nil, true, true
		k.gone = true
		return true
	}
	return false
}

// respell puts a line that was spelled in another way where it belongs. The headers on the
// way are made where they are missing.
func (t *Tree) respell(n, k *node) {
	m := k.m
	if at, text := t.cut(n, k); at != nil {
		of := m.rule.Of
		t.hand(k, at, of, text, t.ending(m, text))
		return
	}
	var path []*dialect.Rule
	for r := m.rule.Of.Up; r != nil && r != m.rule.Up; r = r.Up {
		path = append([]*dialect.Rule{r}, path...)
	}
	at := n
	for _, r := range path {
		at = t.enter(at, r, m, k)
	}
	text := t.spelled(m.rule.Of, m)
	for _, r := range m.rule.With {
		c := t.node(dialect.Line{No: int(k.no), Text: t.spelled(r, m)})
		c.own = k.own
		t.put(at, c)
		t.known(c)
		at.level = false
	}
	if at == n {
		k.text, k.m = text, nil
		t.known(k)
		return
	}
	t.hand(k, at, m.rule.Of, text, nil)
}

// spelled writes the line of a rule that another spelling stands for.
func (t *Tree) spelled(r *dialect.Rule, m *matched) string {
	if m.neg {
		return t.d.Negate + " " + spell(r, m)
	}
	t.written, _ = m.spell(t.written[:0], r.Pattern)
	if at := len(m.said) - len(t.written); at >= 0 && m.said[at:] == string(t.written) { // mostly the end of what was written
		return m.said[at:]
	}
	return string(t.written)
}

// spell writes the line of a rule with the slots that another spelling bound.
func spell(r *dialect.Rule, m *matched) string {
	out, _ := m.spell(make([]byte, 0, 2*len(m.said)), r.Pattern)
	return string(out)
}

// spell writes elements with a blank in front of each but the first; all tells whether every
// slot has a value.
func (m *matched) spell(out []byte, es []dialect.Elem) (_ []byte, all bool) {
	word := func(parts ...string) {
		mark := len(out)
		if mark > 0 {
			out = append(out, ' ')
		}
		from := len(out)
		for _, p := range parts {
			out = append(out, p...)
		}
		if len(out) == from {
			out = out[:mark]
		}
	}
	all = true
	for i := range es {
		switch e := &es[i]; e.Kind {
		case dialect.Literal:
			word(e.Word)
		case dialect.Slot:
			v := m.raw(e.Name)
			all = all && v != ""
			word(e.Pre, v, e.Post)
		case dialect.Group:
			mark := len(out)
			whole := false
			if out, whole = m.spell(out, e.Group); !whole || !m.any(e.Group) {
				out = out[:mark]
			}
		}
	}
	return out, all
}

// any tells whether one of the slots of a pattern has a value.
func (m *matched) any(es []dialect.Elem) bool {
	for i := range es {
		if e := &es[i]; e.Kind == dialect.Slot && m.raw(e.Name) != "" || e.Kind == dialect.Group && m.any(e.Group) {
			return true
		}
	}
	return false
}

// mostMade bounds the lines that ranges of numbers are taken apart into, of one text. A range
// that goes beyond it stays as it is written; no platform numbers so many.
const mostMade = 1 << 17

// singles gives what the value of an expanded slot is made of: the words of a list, each once, or numbers.
func singles(r *dialect.Rule, value string) (out []string) {
	if r.Lists(r.Expand) {
		for _, w := range strings.Fields(value) {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
		return out
	}
	set, _ := readIDs(value)
	for _, id := range set {
		out = append(out, strconv.Itoa(id))
	}
	return out
}

// apart makes a line of each number of a range, or word of a list; all have what stood under it.
func (t *Tree) apart(k *node) {
	slot := k.m.rule.Expand
	if t.made > mostMade {
		return
	}
	whole, raw := k.m, k.m.raw(slot)
	set := singles(k.m.rule, k.m.slot(slot))
	if len(set) == 0 || len(set) == 1 && raw == set[0] {
		return
	}
	if t.made += len(set) * (1 + count(k)); t.made > mostMade {
		return
	}
	after := k
	for i, one := range set {
		c := k
		if i > 0 {
			c = k.copy(k.parent)
			c.next, after.next = after.next, c
			if k.parent.last == after {
				k.parent.last = c
			}
		}
		c.text, c.m = strings.Replace(whole.said, raw, one, 1), nil
		t.known(c)
		after = c
	}
}
