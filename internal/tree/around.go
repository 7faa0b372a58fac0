package tree

import "slices"

// around is the blocks that a command stands in, as edits tell of them.
type around struct {
	Place
	blocks []*node
	inner  *Place // of an edit that opened a block there; nil is none
}

// opens is where an edit stands that opens a block, which a word leaves.
func (in *around) opens(exit string) *Place {
	if n := len(in.Exit); in.inner == nil || in.inner.Exit[n] != exit {
		in.inner = &Place{in.Path, in.Blocks, append(in.Exit[:n:n], exit)}
	}
	return in.inner
}

// surroundings gives the blocks around a command. Those of the command before, which mostly
// stands in the same ones, are not written anew; edits share them.
func (d *differ) surroundings(c *cmd) *around {
	d.outer = d.appendBlocks(d.outer[:0], c)
	if in := d.in; in != nil && slices.Equal(in.blocks, d.outer) {
		return in
	}
	d.in = d.arounds.next(len(d.outer))
	d.in.blocks = append(d.in.blocks, d.outer...)
	for _, b := range d.outer {
		t := d.treeOfNode(b)
		d.in.Path, d.in.Blocks = append(d.in.Path, t.shown(b)), append(d.in.Blocks, d.written(b))
		d.in.Exit = append(d.in.Exit, exitWord(t, b))
	}
	return d.in
}

// arounds is room for the blocks around edits, many in one row.
type arounds struct {
	made   []around
	blocks []*node
	words  []string
}

// next gives room for so many blocks.
func (a *arounds) next(n int) *around {
	const many = 32
	if len(a.made) == cap(a.made) {
		a.made = make([]around, 0, many)
	}
	if cap(a.blocks)-len(a.blocks) < n {
		a.blocks, a.words = make([]*node, 0, n+many), make([]string, 0, 3*(n+many))
	}
	at, w := len(a.blocks), len(a.words)
	a.blocks, a.words = a.blocks[:at+n], a.words[:w+3*n]
	a.made = append(a.made, around{blocks: a.blocks[at : at : at+n],
		Place: Place{a.words[w : w : w+n], a.words[w+n : w+n : w+2*n], a.words[w+2*n : w+2*n : w+3*n]}})
	return &a.made[len(a.made)-1]
}

// blocksOf gives the headers around a command as they will be when it runs: a header whose
// value changes is set before what stands under it is touched.
func (d *differ) blocksOf(c *cmd) []*node { return d.appendBlocks(nil, c) }

func (d *differ) appendBlocks(out []*node, c *cmd) []*node {
	for p := c.n.parent; p != nil && p.parent != nil; p = p.parent {
		b := p
		if c.del {
			if w := d.counterpart(p); w != nil && !d.inWant(p) {
				b = w
			}
		}
		out = append(out, b)
	}
	slices.Reverse(out)
	return out
}
