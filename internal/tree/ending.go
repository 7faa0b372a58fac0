package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Where blocks may be written with their header in front of each line, as lists are, another
// spelling is the header and the line, one behind the other. What was read of it is then true of
// the line by itself.

// cut gives the block that another spelling belongs to, and the line that it is there, where it is
// written as the two of them one behind the other; nil where it has to be spelled.
func (t *Tree) cut(n, k *node) (at *node, line string) {
	m := k.m
	front := t.matcher.front(m.rule)
	if front < 0 || m.neg || m.veiled() != "" || m.line != m.said {
		return nil, ""
	}
	end := 0
	for range front {
		next := strings.IndexByte(m.said[end:], ' ')
		if next < 0 {
			return nil, ""
		}
		end += next + 1
	}
	if strings.IndexByte(m.said[:end], '"') >= 0 {
		return nil, ""
	}
	at = t.into(n, m.said[:end-1], k)
	if t.rule(at) != m.rule.Of.Up {
		return nil, ""
	}
	return at, m.said[end:]
}

// hand puts a line that was spelled in another way, with what stands under it, into its block.
func (t *Tree) hand(k, at *node, of *dialect.Rule, text string, m *matched) {
	first := k.kid()
	k.unlink(t.moves.front)
	*k = node{text: text, no: k.no, own: k.own, m: m}
	t.put(at, k)
	for x := first; x != nil; {
		next := x.next
		x.m = nil
		if of.Block() {
			k.add(x)
		} else { // what stands under the line belongs to the block that it opened
			t.put(at, x)
		}
		x = next
	}
	at.level, at.moved = false, true
}

// ending is what the rules say of a line that another spelling ends with: its words were read by
// the same elements, with nothing in front that could have taken more or fewer of them.
func (t *Tree) ending(m *matched, text string) *matched {
	c, of := &t.matcher, m.rule.Of
	c.front(m.rule)
	bind := m.bind[c.named:]
	c.space = append(c.space[:0], of.ID...)
	for i := range bind {
		if slices.Contains(of.Keys(), bind[i].e.Name) {
			c.space = append(append(c.space, 0), m.valueOf(&bind[i])...)
		}
	}
	end := m // but for another tree nobody asks for the whole line any more
	if m.lent {
		end, bind = c.next(), slices.Clone(bind)
	}
	for i := range bind {
		if b := &bind[i]; b.at >= 0 {
			b.at, b.end = b.at-int32(len(m.said)-len(text)), b.end-int32(len(m.said)-len(text))
		}
	}
	*end = matched{rule: of, line: text, said: text, bind: bind, key: of.ID, rare: m.rare}
	if len(c.space) > len(of.ID) {
		end.key = c.lasting(c.space)
	}
	return end
}

// front counts the elements that stand in a spelling in front of those of the rule that it stands
// for, each of them one word of a line; -1 where they are not the header of its block and all that
// is else in it, or where a line of that rule could be of another one.
func (c *matcher) front(r *dialect.Rule) int {
	if c.spelling != r {
		c.spelling, c.before, c.named = r, front(r), 0
		for i := range max(0, c.before) {
			if r.Pattern[i].Kind == dialect.Slot {
				c.named++
			}
		}
	}
	return c.before
}

func front(r *dialect.Rule) int {
	of := r.Of
	n := len(r.Pattern) - len(of.Pattern)
	if n < 1 || r.Adds || len(r.With) > 0 || of.Up == nil || of.Up.Up != r.Up || of.Up.Rewrite || of.Choice != "" || of.Many || !of.Up.Under.Alone(of) {
		return -1
	}
	if !likewise(r.Pattern[:n], of.Up.Pattern) || !likewise(r.Pattern[n:], of.Pattern) {
		return -1
	}
	for i := range r.Pattern[:n] {
		switch e := &r.Pattern[i]; {
		case e.Kind == dialect.Literal:
		case e.Kind != dialect.Slot || e.Many() || e.Type == "ipmask" || e.Type == "prefix" || e.Type == "wildcard":
			return -1
		}
	}
	var names []string
	for _, e := range dialect.Slots(r.Pattern) {
		if slices.Contains(names, e.Name) || e.Type == "blob" {
			return -1
		}
		names = append(names, e.Name)
	}
	if slices.ContainsFunc(of.Pattern, unspelled) {
		return -1
	}
	return n
}

// unspelled tells whether an element may be left out where a line is spelled by its slots.
func unspelled(e dialect.Elem) bool {
	return e.Kind == dialect.Rest || e.Kind == dialect.Group && (len(dialect.Slots(e.Group)) == 0 || slices.ContainsFunc(e.Group, unspelled))
}

// likewise tells whether elements read the same words in the same way.
func likewise(a, b []dialect.Elem) bool {
	return slices.EqualFunc(a, b, func(a, b dialect.Elem) bool {
		return a.Kind == b.Kind && a.Word == b.Word && a.Name == b.Name && a.Type == b.Type && slices.Equal(a.Enum, b.Enum) &&
			a.Pre == b.Pre && a.Post == b.Post && likewise(a.Group, b.Group)
	})
}
