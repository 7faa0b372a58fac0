package tree

import "plumbline/internal/tree/dialect"

// Blocks that two texts have alike, one behind the other, stand among the lines of their roots as
// one run each until something looks at the lines themselves: then the runs of both are read, and
// their lines are partners. Who does without says so by asking for what is coarse.

// coarse gives the first line under a line, or the run that it is in; of a block of which only what
// differs was read, the first of that.
func (n *node) coarse() *node {
	if n.fold != nil && (n.fold.runs || n.fold.few) {
		return n.first
	}
	return n.kid()
}

// run tells whether it stands for a run.
func (n *node) run() bool { return n.fold != nil && n.fold.run }

// sides reads the first columns of two texts side by side, and pairs their lines as pairs does. It
// is false, and reads nothing, where more has to be known of a text.
func (d *differ) sides() bool {
	h, w := d.have, d.want
	if h == w || h.d != w.d || !h.untouched() || !w.untouched() {
		return false
	}
	x, y := newSide(h), newSide(w)
	if x.cut.Odd() || y.cut.Odd() {
		return false
	}
	h.root.fold, w.root.fold = nil, nil
	a, b := share(x, y)
	for a != nil && b != nil {
		switch {
		case a.mate != nil || same(a, b): // also a run
			a.mate, b.mate = b, a
		case x.after(a) != nil && same(x.after(a), b): // one too many here
			a = a.next
			continue
		case y.after(b) != nil && same(a, y.after(b)): // one too few
			b = b.next
			continue
		case x.after(a) != nil && y.after(b) != nil && same(a.next, b.next): // one that changed
		default:
			x.all()
			y.all()
			d.scattered(a, w.root)
			a, b = nil, nil
			continue
		}
		if a.next != nil || b.next != nil {
			a, b = x.after(a), y.after(b)
		} else {
			a, b = share(x, y)
		}
	}
	x.all()
	y.all()
	x.done(w)
	y.done(h)
	return true
}

// side is a text that is read beside another one.
type side struct {
	column
	cut  *dialect.Cutter
	runs bool
}

func newSide(t *Tree) *side {
	return &side{column: column{t: t, p: parser{t: t, stack: []*node{t.root}, depths: []int{-1}}}, cut: dialect.Cut(t.d, t.src)}
}

// share reads the next line of both texts: a run, where they go on alike.
func share(x, y *side) (a, b *node) {
	n := x.cut.Shared(y.cut)
	if n == 0 {
		return x.after(x.t.root.last), y.after(y.t.root.last)
	}
	a, b = x.run(n), y.run(n)
	a.mate, b.mate = b, a
	return a, b
}

func (s *side) run(n int) *node {
	text := s.cut.Rest()[:n]
	k := s.t.node(dialect.Line{})
	s.t.root.add(k)
	k.fold = s.fold(fold{t: s.t, text: text, no: int32(s.cut.Skip(n)), run: true})
	s.runs = true
	return k
}

// after gives the line behind another one, behind nil the first; nil is none.
func (s *side) after(n *node) *node {
	for {
		next := s.t.root.first
		if n != nil {
			next = n.next
		}
		if next != nil || !s.cut.Next() {
			return next
		}
		s.take(&s.cut.Block)
	}
}

// all reads what is left.
func (s *side) all() {
	for s.cut.Next() {
		s.take(&s.cut.Block)
	}
}

func (s *side) done(other *Tree) {
	if s.runs {
		s.t.root.fold, s.t.beside = &fold{t: s.t, runs: true}, other
	}
}

// part lets each of two trees go its own way again.
func (d *differ) part() {
	d.have.beside, d.want.beside = nil, nil
	for _, n := range d.marked {
		if n.met = nil; n.fold != nil {
			n.fold.beside = nil
		}
	}
	for _, row := range d.rows {
		for i := range row {
			row[i].n.cmd = nil
		}
	}
}

// unroll reads the runs of a tree, and those of the one that it is compared with.
func (t *Tree) unroll() {
	mine, o := t.spill(), t.beside
	if o == nil {
		return
	}
	t.beside, o.beside = nil, nil
	o.spill()
	for _, k := range mine {
		for x, y := k.first, k.mate.first; ; x, y = x.next, y.next {
			if x.mate, y.mate = y, x; x == k.last {
				break
			}
		}
	}
}

// spill puts the lines of runs in their places, and gives the runs with what became of each.
func (t *Tree) spill() (runs []*node) {
	r := t.root
	k := r.first
	r.fold, r.first, r.last = nil, nil, nil
	c := column{t: t, p: parser{t: t, stack: []*node{r}, depths: []int{-1}}}
	for k != nil {
		next, last := k.next, r.last
		if !k.run() {
			r.add(k)
			k = next
			continue
		}
		c.no = int(k.fold.no)
		dialect.Blocks(t.d, k.fold.text, c.take)
		if k.first, k.last = r.first, r.last; last != nil {
			k.first = last.next
		}
		runs = append(runs, k)
		k = next
	}
	return runs
}
