package tree

import (
	"plumbline/internal/tree/dialect"
)

// fold is text that stands under a line and was not read yet.
type fold struct {
	t    *Tree
	text string // of a block with its header, of the root the whole, of a run its blocks
	no   int32  // lines in front of it
	runs bool   // of a root: runs stand among its lines
	run  bool   // of a run

	few           bool  // of a block: only those of its lines that differ from another block were read
	front, differ int32 // how many lines stand in front of these, and how many they are in the text
	beside        *node // the other block, while both are compared
}

// kid gives the first line under a line, and reads what was not read yet.
func (n *node) kid() *node {
	if n.fold != nil {
		n.open()
	}
	return n.first
}

// holds tells whether there may be anything under a line.
func (n *node) holds() bool { return n.fold != nil || n.first != nil }

// untouched tells whether nothing of a text was looked at.
func (t *Tree) untouched() bool { return t.root.fold != nil && !t.root.fold.runs }

// Lines counts the lines of a text, and reads all of them.
func (t *Tree) Lines() (n int) {
	t.root.walk(func(*node) { n++ })
	return n
}

// open reads what stands under a line.
func (n *node) open() {
	f := n.fold
	switch {
	case f.runs:
		f.t.unroll()
		return
	case n.parent == nil:
		f.t.blocks()
		return
	case f.few:
		n.fill()
		return
	}
	n.read()
}

// read reads all lines of a block.
func (n *node) read() {
	f := n.fold
	n.fold = nil
	in := f.t.reader
	if f.t.reader = nil; in == nil {
		in = &inner{parser: parser{t: f.t}}
		in.each = in.line
	}
	in.stack, in.depths = append(in.stack[:0], f.t.root, n), append(in.depths[:0], -1, 0)
	in.under, in.no = false, int(f.no)
	dialect.Each(f.t.d, f.text, in.each)
	f.t.reader = in
	n.mix()
}

// inner reads what stands under a line. A tree has one for all its blocks.
type inner struct {
	parser
	each  func(dialect.Line)
	under bool // the header was read
	no    int  // lines in front of it
}

func (in *inner) line(l dialect.Line) {
	if in.under {
		l.No += in.no
		in.parser.line(l)
	}
	in.under = true
}

// blocks reads the lines at the first column.
func (t *Tree) blocks() []Note {
	t.root.fold = nil
	c := column{t: t, p: parser{t: t, stack: []*node{t.root}, depths: []int{-1}}}
	if dialect.Blocks(t.d, t.src, c.take) {
		return c.p.notes
	}
	dialect.Each(t.d, t.src, c.p.line)
	t.hash(nil)
	return c.p.notes
}

// column reads lines at the first column.
type column struct {
	t     *Tree
	p     parser
	folds []fold // room for the next ones
	no    int    // lines in front of the text that is read
}

// take reads the line that a block begins with. Where it is not certain that all behind it
// stands under it, that is read too.
func (c *column) take(b *dialect.Block) {
	t := c.t
	if b.Torn || b.Shut || b.Cut || b.End != "" && t.d.Texts(b.Head) {
		last := t.root.last
		dialect.Each(t.d, b.Text, func(l dialect.Line) {
			l.No += c.no + b.No - 1
			c.p.line(l)
		})
		t.hash(last)
		return
	}
	c.p.close(1)
	n := t.node(dialect.Line{No: c.no + b.No, Text: b.Head})
	n.own = hash(n.text)
	n.ord = n.own ^ n.own>>31
	t.root.add(n)
	if b.More || b.End != "" {
		n.fold = c.fold(fold{t: t, text: b.Text, no: int32(c.no + b.No - 1)})
	}
}

func (c *column) fold(f fold) *fold {
	if len(c.folds) == cap(c.folds) {
		c.folds = make([]fold, 0, 64)
	}
	c.folds = append(c.folds, f)
	return &c.folds[len(c.folds)-1]
}
