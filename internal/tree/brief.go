package tree

import (
	"slices"

	"plumbline/internal/tree/dialect"
)

// Of a block that both trees have mostly a line or two differ. Where all its lines stand in one column,
// and nothing is to be known of the others, only those that differ become lines of the trees. The others
// stay as they are written until something looks into one of the two blocks: then both are read, and
// lines that are alike are partners.

// few is how many lines are looked for one by one.
const few = 4

// halves is two texts of a block, side by side.
type halves struct {
	front, back string      // what both begin with, the header too, and what both end with
	differ      [2][]string // the lines between, of each
	room        [2][few]string
	column      string // what stands in front of each line
	outer       bool   // a word that closes the block was read
	before      int    // how many lines say something in front
	no          int    // lines in front
}

// brief reads of two blocks with one header only what differs, and tells whether it did. What it does
// not do then, pairs and all up to byKey would do without any effect.
func (d *differ) brief(h, w *node) bool {
	a, b := h.fold, w.fold
	if a == nil || b == nil || a.few || b.few || h.level || w.level || a.text == b.text {
		return false
	}
	r := d.have.rule(h)
	if r == nil || r.Rewrite || r != d.want.rule(w) || h.m.line != w.m.line {
		return false
	}
	told := d.told(d.want, w)
	if told.inherits || len(told.numbered)+len(told.ordered) > 0 {
		return false
	}
	p := &d.apart
	if !p.cut(a.text, b.text) || !p.single(d.have, told) {
		return false
	}
	x, ok := d.have.plain(h, p.differ[0], p.no)
	if !ok {
		return false
	}
	y, ok := d.want.plain(w, p.differ[1], p.no)
	if !ok {
		return false
	}
	a.leave(h, x, p, 0, w)
	b.leave(w, y, p, 1, h)
	return true
}

// brief tells whether of a block only what differs was read.
func (n *node) brief() bool { return n.fold != nil && n.fold.few }

// leave leaves under a line those of some lines that say something.
func (f *fold) leave(n *node, lines []node, p *halves, of int, beside *node) {
	f.few, f.front, f.differ, f.beside = true, int32(p.before), int32(len(p.differ[of])), beside
	for i := range lines {
		k := &lines[i]
		if f.t.silent(k) {
			continue
		}
		if n.last == nil {
			n.first = k
		} else {
			n.last.next = k
		}
		n.last = k
	}
}

// cut finds what two texts of a block have alike, by whole lines. It is false where more than a few
// lines lie between.
func (p *halves) cut(a, b string) bool {
	n, m := dialect.Around(a, b)
	if n == 0 { // the header is written in another way
		return false
	}
	p.front, p.back = a[:n], a[len(a)-m:]
	a, b = a[n:], b[n:]
	for i, text := range [2]string{a[:len(a)-m], b[:len(b)-m]} {
		p.differ[i] = p.room[i][:0]
		for text != "" {
			if len(p.differ[i]) == few {
				return false
			}
			var line string
			line, text = dialect.CutLine(text)
			p.differ[i] = append(p.differ[i], line)
		}
	}
	return true
}

// single tells whether all lines stand in one column, each is a line by itself, and none of those that
// differ is written twice.
func (p *halves) single(t *Tree, told *told) bool {
	p.column, p.outer = "", false
	_, front := dialect.CutLine(p.front)
	for i := range p.differ {
		for k, raw := range p.differ[i] {
			line, ok := p.line(t.d, raw)
			if !ok || line == "" || i == 1 && slices.Contains(p.differ[0], line) {
				return false
			}
			p.differ[i][k] = line
		}
	}
	var ok bool
	if p.no, p.before, ok = p.common(t, told, front); !ok || p.outer {
		return false
	}
	p.no++ // the header
	_, _, ok = p.common(t, told, p.back)
	return ok
}

// common looks at lines that both have, and counts them and those of them that say something.
func (p *halves) common(t *Tree, told *told, text string) (all, say int, ok bool) {
	for text != "" {
		var raw string
		raw, text = dialect.CutLine(text)
		all++
		line, ok := p.line(t.d, raw)
		if !ok || slices.Contains(p.differ[0], line) || slices.Contains(p.differ[1], line) {
			return 0, 0, false
		}
		if line == "" {
			continue
		}
		if say++; told.spelled && told.moves(t, line) {
			return 0, 0, false
		}
	}
	return all, say, true
}

// line gives what a line says; "" is nothing. It is false where it is not one line under the header.
func (p *halves) line(d *dialect.Dialect, raw string) (string, bool) {
	line, at := dialect.Trim(raw)
	if line == "" {
		return "", true
	}
	switch {
	case !d.Says(line):
		return "", true
	case at == 0:
		p.outer = true
		return "", true
	case p.outer || !d.Ordinary(line):
		return "", false
	case p.column == "":
		p.column = raw[:at]
	}
	return line, p.column == raw[:at]
}

// plain makes lines of those that differ, and tells whether each of them stays what it is and where it
// is, and is another one than the others.
func (t *Tree) plain(n *node, lines []string, front int) ([]node, bool) {
	out := t.row(len(lines))
	for i, line := range lines {
		k := &out[i]
		*k = node{text: line, no: n.fold.no + int32(front+i+1), own: hash(line), parent: n}
		k.ord = k.own ^ k.own>>31
		r := t.rule(k)
		if r == nil || r.Of != nil || r.Expand != "" || r.Noise || r.DeviceOnly || r.Block() || len(r.If)+len(r.Unless) > 0 {
			return nil, false
		}
		for o := range i {
			if out[o].m.key == k.m.key {
				return nil, false
			}
		}
	}
	return out, true
}

// row takes so many nodes of the tree, one behind the other.
func (t *Tree) row(n int) []node {
	if cap(t.nodes)-len(t.nodes) < n {
		t.nodes = make([]node, 0, 128)
	}
	t.nodes = t.nodes[:len(t.nodes)+n]
	return t.nodes[len(t.nodes)-n:]
}

// fill reads a block of which only what differs was read, and the one that it was compared with.
func (n *node) fill() {
	o, front := n.fold.beside, n.fold.front
	x, behind := n.others()
	if o == nil {
		return
	}
	y, after := o.others()
	for range front {
		x.mate, y.mate = y, x
		x, y = x.next, y.next
	}
	for ; behind != nil; behind, after = behind.next, after.next {
		behind.mate, after.mate = after, behind
	}
}

// others reads all lines of a block and keeps those that differ as they are now. It gives the first line,
// and the first one behind these.
func (n *node) others() (first, behind *node) {
	f, kept, last := n.fold, n.first, n.last
	n.first, n.last = nil, nil
	n.read()
	first, behind = n.first, n.first
	var before *node
	for range f.front {
		before, behind = behind, behind.next
	}
	for range f.differ {
		behind = behind.next
	}
	if kept == nil {
		kept, last = behind, before
	} else {
		last.next = behind
	}
	if before == nil {
		n.first = kept
	} else {
		before.next = kept
	}
	if behind == nil {
		n.last = last
	}
	return first, behind
}
