package replay

import (
	"hash/maphash"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// paper is a configuration of which so far only the lines at the first column were read. A
// device takes the blocks from it that something reaches; the others stay as they are
// written.
type paper struct {
	leaves []leaf
	index  *index
	side   int // of the pair: 0 is have, 1 is want
}

// leaf is a line at the first column and what stands under it.
type leaf struct {
	text string
	head string
	r    *dialect.Rule // nil for a line that no rule knows
	as   *reading      // nil: ask for it by heads
	line *spelling     // of another spelling with nothing else to say: the line that it stands for; nil where that is to be found out
	of   *trait
	slot int32 // of the index; -1 where nobody asks for it by its identity, since it is read at once and stands elsewhere
	twin int32 // the next leaf of the same identity; -1 is none
	mate int32 // the leaf of the other paper that is written in the same way; -1 is none
	neg  bool
	soon bool // it is read at once: what it means depends on others, or others on it
}

// index finds leaves by the identity of their line. Both papers of a pair share it.
type index struct {
	seed  maphash.Seed
	table []int32 // slots by the hash of what they stand for, each one more than it is; 0 is none
	ids   []string
	ends  [][2][2]int32 // by slot and side: the first and the last leaf; -1 is none
}

func newIndex(size int) *index {
	room := min(size, 1<<9) // lines of another spelling have no identity here
	return &index{seed: maphash.MakeSeed(), table: make([]int32, roomFor(size)), ids: make([]string, 0, room), ends: make([][2][2]int32, 0, room)}
}

// find gives the slot of an identity, else -1 and where in the table it would stand.
func (x *index) find(id []byte) (slot int32, at uint64) {
	mask := uint64(len(x.table) - 1)
	for at = maphash.Bytes(x.seed, id) & mask; x.table[at] != 0; at = (at + 1) & mask {
		if n := x.table[at] - 1; x.ids[n] == string(id) {
			return n, at
		}
	}
	return -1, at
}

// slot gives the slot of an identity, a new one where there is none. The text that is given need
// not last.
func (x *index) slot(id []byte, lasting func([]byte) string) int32 {
	n, at := x.find(id)
	if n >= 0 {
		return n
	}
	n = int32(len(x.ids))
	x.ids, x.ends = append(x.ids, lasting(id)), append(x.ends, [2][2]int32{{-1, -1}, {-1, -1}})
	if x.table[at] = n + 1; 2*len(x.ids) > len(x.table) {
		x.grow()
	}
	return n
}

func (x *index) grow() {
	x.table = make([]int32, 2*len(x.table))
	for n, id := range x.ids {
		_, at := x.find([]byte(id))
		x.table[at] = int32(n) + 1
	}
}

// binder reads two papers.
type binder struct {
	dev    *Device // that reads lines, and holds none
	index  *index
	traits map[*dialect.Rule]*trait
	last   leaf     // whose rule was asked for last, with its trait
	texts  []string // all that is ever said
	rules  map[*dialect.Rule]bool
	whole  bool // everything is read at once
	counts bool // and all entries of lists
	cut    bool // some value lacks its end
}

// bind reads the first column of have and want; it is false where blocks are told by other
// means. The scripts that lead from one to the other are asked for what they may bring. The
// device reads the lines, and keeps none.
func (dev *Device) bind(have, want string, scripts ...string) (*paper, *paper, bool) {
	d := dev.d
	if d.Flat() {
		return nil, nil, false
	}
	b, from, ok := dev.first(have, append(scripts, have, want))
	if !ok {
		return nil, nil, false
	}
	to := &paper{index: b.index, side: 1, leaves: make([]leaf, 0, len(from.leaves)+16)}
	p := pairing{binder: b, from: from, to: to}
	if !dialect.Blocks(d, want, p.take) {
		return nil, nil, false
	}
	p.scattered()
	from.mark(b)
	to.mark(b)
	to.recall(dev)
	if len(scripts) > 1 { // that lead there and back
		from.recall(dev)
	}
	return from, to, true
}

// first reads the first column of the text that a device holds; texts are all that is ever said.
func (dev *Device) first(have string, texts []string) (*binder, *paper, bool) {
	size := columns(have)
	b := &binder{dev: dev, traits: map[*dialect.Rule]*trait{}, texts: texts, index: newIndex(size), rules: map[*dialect.Rule]bool{}}
	p := &paper{index: b.index, leaves: make([]leaf, 0, size)}
	ok := dialect.Blocks(dev.d, have, func(block *dialect.Block) { b.read(p.next(), block) })
	return b, p, ok
}

// recall remembers how lines are read that stand behind their header and differ from the other
// paper: they are likely to be sent, and by themselves they are read as there.
func (p *paper) recall(dev *Device) {
	for i := range p.leaves {
		l := &p.leaves[i]
		if l.mate >= 0 || l.line == nil || !l.of.front.alone || !strings.HasSuffix(l.head, l.line.says) {
			continue
		}
		under := l.r.Of.Up.Under
		if at, known := dev.memory.find(under, l.line.says); known == nil {
			dev.memory.keep(at, meaning{under, l.line.says, l.r.Of, &l.line.reading})
		}
	}
}

// columns guesses how many lines of a text stand at the first column, from those of its first
// part: a row of leaves that is as long as it has to be costs half of one that grows.
func columns(text string) int {
	const part = 1 << 12
	head := text[:min(len(text), part)]
	n := strings.Count(head, "\n") - strings.Count(head, "\n ")
	return 16 + n*(len(text)+len(head))/(len(head)+1)
}

// next gives room for the next leaf.
func (p *paper) next() *leaf {
	if n := len(p.leaves); n < cap(p.leaves) { // nothing was there before
		p.leaves = p.leaves[:n+1]
	} else {
		p.leaves = append(p.leaves, leaf{})
	}
	return &p.leaves[len(p.leaves)-1]
}

// pairing reads a second paper, where it is written as the first one by what is known of that.
type pairing struct {
	*binder
	from, to *paper
	at       int   // the leaf of the first that should come next
	odd      []int // leaves of the second that stand elsewhere, or nowhere, in the first
}

func (p *pairing) take(block *dialect.Block) {
	one, j := p.from.leaves, len(p.to.leaves)
	for step := range 8 {
		if p.at+step < len(one) && one[p.at+step].head == block.Head {
			p.at += step
			break
		}
	}
	k := p.to.next()
	if p.at == len(one) || one[p.at].head != block.Head {
		if p.read(k, block); !k.soon { // else both are read
			p.odd = append(p.odd, j)
		}
		return
	}
	l := &one[p.at]
	*k = *l
	k.text, k.mate = block.Text, -1
	if l.text == k.text {
		k.mate, l.mate = int32(p.at), int32(j)
	} else {
		p.look(k, block)
	}
	p.at++
}

// scattered pairs those that stand elsewhere.
func (p *pairing) scattered() {
	if len(p.odd) == 0 {
		return
	}
	alone := map[string]int32{}
	for i := range p.from.leaves {
		if l := &p.from.leaves[i]; l.mate < 0 && !l.soon {
			alone[l.text] = int32(i)
		}
	}
	for _, j := range p.odd {
		k := &p.to.leaves[j]
		if i, ok := alone[k.text]; ok {
			delete(alone, k.text)
			k.mate, p.from.leaves[i].mate = i, int32(j)
		}
	}
}

// read reads the line of a block.
func (b *binder) read(l *leaf, block *dialect.Block) {
	d := b.dev.d
	l.text, l.head, l.twin, l.mate = block.Text, block.Head, -1, -1
	if block.More && b.again(block.Head) {
		l.r, l.of = b.last.r, b.last.of
		l.slot = b.index.slot(b.dev.chooser.space, b.dev.chooser.lasting)
		b.look(l, block)
		return
	}
	said := block.Head
	if rest, ok := strings.CutPrefix(said, d.Negate); ok && strings.HasPrefix(rest, " ") {
		said, l.neg = strings.TrimSpace(rest), true
	}
	c := &b.dev.chooser
	as := (*reader)(nil)
	if l.r, as = c.glance(d, d.All, said); l.r != nil {
		if l.of = b.trait(l.r); b.plain(l, block) {
			l.line, l.slot, l.soon = c.behind(l.r, as, l.of.front), -1, true
			b.tell(l)
			return
		}
		c.space = as.identity(c.space[:0], l.r)
	} else {
		c.space = append(append(c.space[:0], "? "...), strings.Join(dialect.Words(block.Head), " ")...)
	}
	l.slot = b.index.slot(c.space, c.lasting)
	if l.r != nil && !block.More { // those are soon read, nearly all
		l.as = c.keep(l.r, as)
	}
	b.look(l, block)
}

// plain tells whether a leaf is nothing but another spelling of one line.
func (b *binder) plain(l *leaf, block *dialect.Block) bool {
	r := l.r
	return r.Of != nil && !l.neg && !r.Adds && !r.Noise && !r.DeviceOnly && len(r.With) == 0 && !r.Of.Noise && !r.Of.DeviceOnly &&
		*block == dialect.Block{Text: block.Text, Head: block.Head, No: block.No}
}

// tell lets all that stands in the block of another spelling be read at once.
func (b *binder) tell(l *leaf) {
	if !l.of.told {
		b.rules[outermost(l.r.Of)], l.of.told = true, true
	}
}

// heads gives what a rule reads of the line of a leaf. It is kept where it was asked for, since few
// leaves are: of those that both papers have alike most are never read.
func (dev *Device) heads(l *leaf) *reading {
	if l.as != nil {
		return l.as
	}
	said := l.head
	if l.neg {
		said = strings.TrimSpace(strings.TrimPrefix(said, dev.d.Negate))
	}
	_, as := dev.choose(dev.d.All, said)
	return as
}

// look tells whether a block has to be read at once.
func (b *binder) look(l *leaf, block *dialect.Block) {
	r, d := l.r, b.dev.d
	l.soon, b.cut = true, b.cut || block.Cut
	switch {
	case block.Torn || block.Shut && b.dev.holding(&paper{}).take(block.Text) != 1:
		b.whole = true
	case r == nil:
	case block.End != "" && l.of.text && !slices.Contains(r.Exits, block.End):
		b.whole = true
	case r.Noise || r.DeviceOnly:
		b.whole = b.whole || block.More
	case r.Of != nil:
		b.tell(l)
	case r.Expand != "" && !l.neg && strings.ContainsAny(b.dev.heads(l).slots.get(r.Expand), "-, "):
		for _, e := range b.dev.made(b.dev.top, r, b.dev.heads(l), false) {
			b.rules[e.r] = true
			b.whole = b.whole || e.r == nil || e.up != b.dev.top
		}
	case r.Sequence != "" && r.Step != 0 && !l.neg && b.dev.heads(l).slots.get(r.Sequence) == "":
		b.counts = true
	case r.Ordered || !block.More && d.Gated() && d.Gates(b.dev.heads(l).says):
	default:
		l.soon = slices.ContainsFunc(l.of.early, func(words []string) bool { return holds(l.text, words) })
	}
}

// outermost gives the rule of the block at the top that a line of a rule stands in.
func outermost(r *dialect.Rule) *dialect.Rule {
	for r.Up != nil {
		r = r.Up
	}
	return r
}

// chain puts a leaf behind the others of its identity.
func (p *paper) chain(i int32) {
	if p.leaves[i].slot < 0 {
		return
	}
	ends := &p.index.ends[p.leaves[i].slot][p.side]
	p.leaves[i].twin = -1
	if ends[0] < 0 {
		ends[0] = i
	} else {
		p.leaves[ends[1]].twin = i
	}
	ends[1] = i
}

// mark lets leaves be read at once together with those that they have to do with.
func (p *paper) mark(b *binder) {
	for i := range p.leaves {
		p.chain(int32(i))
	}
	for i := range p.leaves {
		l := &p.leaves[i]
		l.soon = l.soon || b.whole || b.rules[l.r] || b.counts && l.r != nil && l.r.Sequence != ""
		if l.soon && l.slot >= 0 {
			for k := p.index.ends[l.slot][p.side][0]; k >= 0; k = p.leaves[k].twin {
				p.leaves[k].soon = true
			}
		}
	}
}

// holds tells whether all words stand somewhere in a text.
func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
