package tree

import (
	"cmp"
	"math/bits"
	"slices"

	"plumbline/internal/tree/dialect"
)

// nears finds the lines of blocks by the words that they have in some places, so that a glob which names
// those words does not look at all lines of a block once for every command. It is there while trees stand
// as they are.
type nears map[nearBy]*near

// nearBy is what lines are found by: those under a block, or under the lines of it that so many levels of
// a glob select, by some of their words.
type nearBy struct {
	in     *node
	level  *dialect.GlobWord // the first one of these levels; nil is the block itself
	levels int
	words  wordSet
}

// wordSet is a set of the first places of a line, one bit each.
type wordSet uint32

const maxWords = 32

// near is lines in the order of what those words hash to, those of one hash as they stand. It is
// made when it was asked for often enough.
type near struct {
	asked int
	rows  []nearRow
}

type nearRow struct {
	hash uint64
	n    *node
}

// The lines that are looked through one by one, and how often they are.
const (
	nearLines = 32
	nearAsked = 8
)

// front is the hash of the words that a line must have to fit a level, and where it must have them; it is
// false where no line can.
func (f finder) front(level []dialect.GlobWord, e *env) (hash uint64, words wordSet, ok bool) {
	for i := range level[:min(len(level), maxWords)] {
		g := &level[i]
		w := g.Text
		switch g.Kind {
		case dialect.Tail:
			return hash, words, true
		case dialect.Exact:
		case dialect.Bound:
			if slices.ContainsFunc(level[:i], func(b dialect.GlobWord) bool { return b.Kind == dialect.Bind && b.Text == g.Text }) {
				continue // each line says it itself
			}
			v, ok := e.get(g.Text)
			if !ok {
				v, _, ok = f.of.slot(f.at, g.Text)
			}
			if !ok {
				return 0, 0, false
			}
			w = g.Pre + v + g.Post
		default:
			continue
		}
		hash, words = further(hash, w), words|1<<i
	}
	return hash, words, true
}

func further(h uint64, word string) uint64 { return (h<<7|h>>57)*0x9e3779b97f4a7c15 ^ hash(word) }

// fixed counts the levels in front of the last one that select the same lines whoever looks.
func fixed(levels [][]dialect.GlobWord) (n int) {
	for n < len(levels)-1 && !slices.ContainsFunc(levels[n], func(g dialect.GlobWord) bool {
		return g.Kind == dialect.Bound || g.Kind == dialect.Bind
	}) {
		n++
	}
	return n
}

// nearby gives the lines among which those are that levels of a glob select, and which of the levels they
// are to be compared with; it is false where all of the block are to be looked at.
func (f finder) nearby(in *node, levels [][]dialect.GlobWord, e *env) (rows []nearRow, left [][]dialect.GlobWord, ok bool) {
	if f.t.nears == nil || f.plain || !in.many() {
		return nil, nil, false
	}
	by := nearBy{in: in, levels: fixed(levels)}
	if by.levels > 0 {
		by.level = &levels[0][0]
	}
	left = levels[by.levels:]
	hash, words, may := f.front(left[0], e)
	if !may {
		return nil, left, true
	}
	if words == 0 {
		return nil, nil, false
	}
	by.words = words
	n := f.t.nears[by]
	if n == nil {
		n = &near{}
		f.t.nears[by] = n
	}
	if n.asked++; n.asked <= nearAsked {
		return nil, nil, false
	}
	if n.rows == nil {
		n.rows = make([]nearRow, 0, nearLines)
		f.gather(in, levels[:by.levels], words, n)
		slices.SortStableFunc(n.rows, func(a, b nearRow) int { return cmp.Compare(a.hash, b.hash) })
	}
	from, _ := slices.BinarySearchFunc(n.rows, hash, func(r nearRow, h uint64) int { return cmp.Compare(r.hash, h) })
	to := from
	for to < len(n.rows) && n.rows[to].hash == hash {
		to++
	}
	return n.rows[from:to], left, true
}

// many tells whether a block holds more lines than are looked through one by one.
func (n *node) many() bool {
	left := nearLines
	for k := n.kid(); k != nil && left >= 0; k = k.next {
		left--
	}
	return left < 0
}

// gather notes the lines under those that levels select by their words in some places; a switch that is off by
// those behind the negating word too.
func (f finder) gather(in *node, levels [][]dialect.GlobWord, words wordSet, to *near) {
	if len(levels) > 0 {
		var blocks []hit
		finder{t: f.t, of: f.t, at: in, plain: true}.down(in, levels, nil, &blocks)
		for _, b := range blocks {
			f.gather(b.n, nil, words, to)
		}
		return
	}
	var space [24]dialect.Word
	for k := in.kid(); k != nil; k = k.next {
		all := dialect.AppendWords(space[:0], f.t.line(k))
		to.note(all, words, k)
		if k.m.neg {
			to.note(all[1:], words, k)
		}
	}
}

func (n *near) note(line []dialect.Word, words wordSet, k *node) {
	if len(line) < bits.Len32(uint32(words)) {
		return
	}
	var h uint64
	for left := words; left != 0; left &= left - 1 {
		h = further(h, line[bits.TrailingZeros32(uint32(left))].Text)
	}
	if last := len(n.rows) - 1; last < 0 || n.rows[last] != (nearRow{h, k}) {
		n.rows = append(n.rows, nearRow{h, k})
	}
}
