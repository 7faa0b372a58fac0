package replay

import "plumbline/internal/tree/dialect"

// groups reads the optional groups at the head of es, which may come in any order, then the
// rest; they are stored in the rule's order.
func (r *reader) groups(es []dialect.Elem, words []dialect.Word) bool {
	n := 0
	for n < len(es) && es[n].Kind == dialect.Group {
		n++
	}
	if len(words) == 0 { // none of them
		m := r.mark()
		r.cost = append(r.cost, 6)
		return r.read(es[n:], words) || r.back(m)
	}
	if n == len(es) && r.inTurn(es, words) {
		return true
	}
	var space [8]*reader
	return r.some(es[:n], append(space[:0], make([]*reader, n)...), es[n:], words)
}

// inTurn reads words that are groups in the order of the rule, each as many words as it has elements. It
// takes at each word the group that some would try there first; where it comes to nothing, some tells.
func (r *reader) inTurn(gs []dialect.Elem, words []dialect.Word) bool {
	m := r.mark()
	for left := gs; len(words) > 0; {
		i := 0
		for i < len(left) && opens(&left[i]) && left[i].Group[0].Word != words[0].Text {
			i++
		}
		if i == len(left) || !opens(&left[i]) || len(left[i].Group) > len(words) || opened(gs[:len(gs)-len(left)+i], words[0].Text) {
			return r.back(m)
		}
		g := left[i].Group
		for k := range g {
			if !r.one(&g[k], words[k:k+1]) {
				return r.back(m)
			}
		}
		left, words = left[i+1:], words[len(g):]
	}
	r.cost = append(r.cost[:m[2]], 6)
	return true
}

// opens tells whether a group begins with a word of its own, and each element of it is one word.
func opens(e *dialect.Elem) bool {
	g := e.Group
	for i := range g {
		if g[i].Kind != dialect.Literal && !single(&g[i]) {
			return false
		}
	}
	return g[0].Kind == dialect.Literal
}

// opened tells whether one of some groups begins with a word.
func opened(gs []dialect.Elem, word string) bool {
	for i := range gs {
		if gs[i].Group[0].Word == word {
			return true
		}
	}
	return false
}

// some tries every group that is left at the head of the words, and none.
func (r *reader) some(gs []dialect.Elem, taken []*reader, rest []dialect.Elem, words []dialect.Word) bool {
	for i := range gs {
		first := &gs[i].Group[0]
		if taken[i] != nil || len(words) == 0 || first.Kind == dialect.Literal && first.Word != words[0].Text {
			continue
		}
		try := r.fresh()
		for size := len(words); size > 0; size-- {
			try.start(r.d, r.line)
			if !try.read(gs[i].Group, words[:size]) {
				continue
			}
			taken[i] = try
			if r.some(gs, taken, rest, words[size:]) {
				r.spare = append(r.spare, try)
				return true
			}
			taken[i] = nil
		}
		r.spare = append(r.spare, try)
	}
	m := r.mark()
	for _, g := range taken {
		if g != nil {
			r.words, r.slots = append(r.words, g.words...), append(r.slots, g.slots...)
		}
	}
	r.cost = append(r.cost, 6)
	return r.read(rest, words) || r.back(m)
}
