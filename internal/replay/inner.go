package replay

import (
	"cmp"
	"maps"
	"slices"

	"plumbline/internal/tree/dialect"
)

// innerBy is what blocks are found by: what one of their lines begins with.
type innerBy struct {
	first string
	words int
	whole bool // the line has no more words
}

// innerNear is those blocks, and how many such lines each has; it is made when it was asked for often
// enough, and kept as blocks and their lines come and go.
type innerNear struct {
	asked int
	by    map[uint64]map[*entry]int32
}

// inner gives the blocks in a block, in their order, with a line that may be like the second level of a
// glob; it is false where all are to be looked at. What the first level binds is not known here.
func (dev *Device) inner(in *entry, levels [][]dialect.GlobWord, known scope) ([]*entry, bool) {
	if len(levels) < 2 || in.under <= nearLines || levels[1][0].Kind != dialect.Exact || has(levels[0], dialect.Bind) {
		return nil, false
	}
	hash, words, may := foremost(levels[1], known)
	if !may {
		return nil, true
	}
	n := dev.nearsOf(in)
	by := innerBy{levels[1][0].Text, words, words == len(levels[1])}
	b := n.inner[by]
	if b == nil {
		if n.inner == nil {
			n.inner = map[innerBy]*innerNear{}
		}
		b = &innerNear{}
		n.inner[by] = b
	}
	if b.asked++; b.asked <= nearAsked {
		return nil, false
	}
	if b.by == nil {
		n.number(in)
		b.by = map[uint64]map[*entry]int32{}
		for x := range in.held() {
			for s := range x.held() {
				n.enclose(by, b, x, s, 1)
			}
		}
	}
	return slices.SortedFunc(maps.Keys(b.by[hash]), func(x, y *entry) int { return cmp.Compare(n.at[x], n.at[y]) }), true
}

// has tells whether a level of a glob has a word of a kind.
func has(glob []dialect.GlobWord, kind dialect.WordKind) bool {
	return slices.ContainsFunc(glob, func(w dialect.GlobWord) bool { return w.Kind == kind })
}

// within notes that a line comes to a block that has its place, or goes from it.
func (n *nears) within(x, s *entry, by int32) {
	if len(n.inner) == 0 {
		return
	}
	if _, placed := n.at[x]; !placed {
		return
	}
	for of, b := range n.inner {
		if b.by != nil {
			n.enclose(of, b, x, s, by)
		}
	}
}

// enclose notes for one number of words that a block has a line more, or one less.
func (n *nears) enclose(of innerBy, b *innerNear, x, s *entry, by int32) {
	n.each(s, of.words, func(line string, hash uint64) {
		if w, _ := nextWord(line); w != of.first || of.whole && counted(line) != of.words {
			return
		}
		some := b.by[hash]
		if some == nil {
			some = map[*entry]int32{}
			b.by[hash] = some
		}
		if some[x] += by; some[x] > 0 {
			return
		}
		if delete(some, x); len(some) == 0 {
			delete(b.by, hash)
		}
	})
}

// counted is how many words a line has.
func counted(line string) (n int) {
	for {
		w, rest := nextWord(line)
		if w == "" {
			return n
		}
		n, line = n+1, rest
	}
}
