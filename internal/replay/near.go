package replay

import (
	"slices"

	"plumbline/internal/tree/dialect"
)

// nears finds the lines of a block by the words that they begin with, so that a glob which names those
// words does not look at all lines for every command. It is made for a block of many lines that is asked
// for often, and kept as lines come and go.
type nears struct {
	negate string
	asked  []int                 // by how many words
	by     []map[uint64][]*entry // likewise, then by what they hash to: lines in their order; nil is not made
	at     map[*entry]int64      // a line that stands behind another one has more
	inner  map[innerBy]*innerNear
}

// The lines of a block that are looked through one by one, and how often they are.
const (
	nearLines = 32
	nearAsked = 8
)

// The room that is left between lines, for those that come between them, and how much of it one takes.
const (
	nearGap  = 1 << 40
	nearStep = 1 << 20
)

// foremost is the hash of the words that a line must begin with to be like a level of a glob, and how many
// they are; it is false where no line can be.
func foremost(glob []dialect.GlobWord, known scope) (hash uint64, words int, ok bool) {
	for i := range glob {
		g := &glob[i]
		w := g.Text
		switch g.Kind {
		case dialect.Exact:
		case dialect.Bound:
			v, ok := known.find(g.Text)
			if !ok {
				return 0, 0, false
			}
			w = g.Pre + v + g.Post
		default:
			return hash, i, true
		}
		hash = further(hash, w)
	}
	return hash, len(glob), true
}

// further mixes one more word into a hash.
func further(hash uint64, word string) uint64 {
	for i := range len(word) {
		hash = (hash ^ uint64(word[i])) * 0x100000001b3
	}
	return (hash ^ hash>>29 ^ ' ') * 0x9e3779b97f4a7c15
}

// opening is the hash of so many words of a line; it is false where it has less.
func opening(line string, words int) (hash uint64, ok bool) {
	for range words {
		w, rest := nextWord(line)
		if w == "" {
			return 0, false
		}
		hash, line = further(hash, w), rest
	}
	return hash, true
}

// nearsOf is what finds the lines of a block.
func (dev *Device) nearsOf(in *entry) *nears {
	if in.own().byWords == nil {
		in.byWords = &nears{negate: dev.d.Negate}
	}
	return in.byWords
}

// fronted gives those lines of a block, as far as they were read, that may begin with words of a hash; it
// is false where all are to be looked at.
func (dev *Device) fronted(in *entry, hash uint64, words int) ([]*entry, bool) {
	if words == 0 || in.under <= nearLines {
		return nil, false
	}
	n := dev.nearsOf(in)
	for len(n.asked) <= words {
		n.asked, n.by = append(n.asked, 0), append(n.by, nil)
	}
	if n.asked[words]++; n.asked[words] <= nearAsked {
		return nil, false
	}
	n.number(in)
	if n.by[words] == nil {
		n.by[words] = make(map[uint64][]*entry, in.under)
		for s := range in.held() {
			n.each(s, words, func(_ string, hash uint64) { n.put(words, hash, s) })
		}
	}
	rows := n.by[words][hash]
	if len(rows) > 1 {
		rows = slices.Clone(rows) // some may go while they are looked at
	}
	return rows, true
}

// number numbers the lines of a block, if they are not.
func (n *nears) number(in *entry) {
	if n.at != nil {
		return
	}
	n.at = make(map[*entry]int64, in.under)
	at := int64(0)
	for s := range in.held() {
		n.at[s] = at
		at += nearGap
	}
}

// each visits what a line is found by: a switch that is off with the negating word and without it.
func (n *nears) each(s *entry, words int, f func(line string, hash uint64)) {
	if s.neg {
		line := n.negate + " " + s.says
		if hash, ok := opening(line, words); ok {
			f(line, hash)
		}
	}
	if hash, ok := opening(s.says, words); ok {
		f(s.says, hash)
	}
}

func (n *nears) put(words int, hash uint64, s *entry) {
	rows := n.by[words][hash]
	if at, found := n.find(rows, s); !found {
		n.by[words][hash] = slices.Insert(rows, at, s)
	}
}

func (n *nears) cut(words int, hash uint64, s *entry) {
	rows := n.by[words][hash]
	at, found := n.find(rows, s)
	switch {
	case !found:
	case len(rows) == 1:
		delete(n.by[words], hash)
	default:
		n.by[words][hash] = slices.Delete(rows, at, at+1)
	}
}

func (n *nears) find(rows []*entry, s *entry) (at int, found bool) {
	return slices.BinarySearchFunc(rows, n.at[s], func(x *entry, at int64) int {
		switch {
		case n.at[x] < at:
			return -1
		case n.at[x] > at:
			return 1
		}
		return 0
	})
}

// all does so for every number of words that lines are found by.
func (n *nears) all(s *entry, f func(words int, hash uint64, s *entry)) {
	for words, by := range n.by {
		if by != nil {
			n.each(s, words, func(_ string, hash uint64) { f(words, hash, s) })
		}
	}
}

// placed is what finds the lines of a block, where they have numbers; nil is nothing.
func (e *entry) placed() *nears {
	if e == nil || e.rare == nil || e.byWords == nil || e.byWords.at == nil {
		return nil
	}
	return e.byWords
}

// comes notes a line that has its place in the block; what it says is settled.
func (e *entry) comes(s *entry) {
	if n := e.placed(); n != nil {
		if at, ok := n.between(s); ok {
			n.at[s] = at
		} else {
			n.at = nil
			n.number(e)
		}
		n.all(s, n.put)
		for x := range s.held() {
			n.within(s, x, 1)
		}
	}
	if n := e.up.placed(); n != nil {
		n.within(e, s, 1)
	}
}

// between is a number for a line between its neighbours; it is false where there is none.
func (n *nears) between(s *entry) (int64, bool) {
	switch {
	case s.prev == nil && s.next == nil:
		return 0, true
	case s.prev == nil:
		at := n.at[s.next] - nearGap
		return at, at > -1<<62
	case s.next == nil:
		at := n.at[s.prev] + nearGap
		return at, at < 1<<62
	}
	from, to := n.at[s.prev], n.at[s.next]
	return from + min((to-from)/2, nearStep), to-from > 1
}

// goes forgets a line that still says what it said.
func (e *entry) goes(s *entry) {
	if n := e.placed(); n != nil {
		n.all(s, n.cut)
		for x := range s.held() {
			n.within(s, x, -1)
		}
		delete(n.at, s)
	}
	if n := e.up.placed(); n != nil {
		n.within(e, s, -1)
	}
}

// respell lets a line of a block say something else where it stands.
func (e *entry) respell(s, as *entry) {
	e.goes(s)
	s.reading, s.r, s.neg = as.reading, as.r, as.neg
	e.comes(s)
}

// leafBy is what leaves that are not read yet are found by.
type leafBy struct {
	words int
	first string // that a rule may begin with; "" is any
}

// leafNear is those leaves; it is made when it was asked for often enough.
type leafNear struct {
	asked int
	by    map[uint64][]int32 // leaves in their order
}

// fronted gives the leaves that may begin with words of a hash; it is false where all are to be looked at.
func (s *shelf) fronted(glob []dialect.GlobWord, hash uint64, words int) ([]int32, bool) {
	if words == 0 || len(s.read) <= nearLines {
		return nil, false
	}
	by := leafBy{words: words}
	if glob[0].Kind == dialect.Exact {
		by.first = glob[0].Text
	}
	n := s.near[by]
	if n == nil {
		if s.near == nil {
			s.near = map[leafBy]*leafNear{}
		}
		n = &leafNear{}
		s.near[by] = n
	}
	if n.asked++; n.asked <= nearAsked {
		return nil, false
	}
	if n.by == nil {
		n.by = map[uint64][]int32{}
		for i := range s.read {
			if l := &s.p.leaves[i]; !s.read[i] && l.may(glob) {
				n.note(s.dev, l, int32(i), words)
			}
		}
	}
	return n.by[hash], true
}

func (n *leafNear) note(dev *Device, l *leaf, i int32, words int) {
	line := dev.heads(l).says
	hash, ok := opening(line, words)
	if ok {
		n.by[hash] = append(n.by[hash], i)
	}
	if !l.neg {
		return
	}
	if other, ok2 := opening(dev.d.Negate+" "+line, words); ok2 && (!ok || other != hash) {
		n.by[other] = append(n.by[other], i)
	}
}
