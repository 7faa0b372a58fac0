package tree

import "slices"

// around is the blocks that a command stands in, as edits tell of them.
type around struct {
	blocks            []*node
	path, sent, exits []string // of each block: canonical, as it is sent, and the word that leaves it
}

// surroundings gives the blocks around a command. Those of the command before, which mostly
// stands in the same ones, are not written anew; edits share them.
func (d *differ) surroundings(c *cmd) *around {
	d.outer = d.appendBlocks(d.outer[:0], c)
	if in := d.in; in != nil && slices.Equal(in.blocks, d.outer) {
		return in
	}
	d.in = &around{blocks: slices.Clone(d.outer)}
	if n := len(d.outer); n > 0 {
		row := make([]string, 3*n)
		d.in.path, d.in.sent, d.in.exits = row[:0:n], row[n:n:2*n], row[2*n:2*n]
	}
	for _, b := range d.outer {
		t := d.treeOfNode(b)
		d.in.path, d.in.sent = append(d.in.path, t.shown(b)), append(d.in.sent, d.written(b))
		d.in.exits = append(d.in.exits, exitWord(t, b))
	}
	return d.in
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
