package tree

import (
	"cmp"
	"container/heap"
	"slices"

	"plumbline/internal/tree/dialect"
)

// headers: a block before what stands in it; the removal of a line before its new value.
func (d *differ) headers() {
	for _, c := range d.cmds {
		if c.del { // a header that changes is set first, so that its block is entered as it will be
			p := c.n.parent
			if !d.inWant(c.n) {
				p = d.counterpart(p)
			}
			for ; p != nil && p.parent != nil; p = p.parent {
				if up := d.sent(p); c.why == Split && up != nil && up.del { // taken out of its block before that goes
					before(c, up)
				} else {
					before(up, c)
				}
			}
			continue
		}
		for p := c.n.parent; p != nil; p = p.parent {
			before(d.sent(p), c)
		}
		if old := d.live(c); old != nil {
			if r := old.cmd; r != nil && (!r.taken || r.del) {
				before(r.taker(), c)
			}
		}
		before(d.goneAbove(c.n), c)
	}
}

// moving: a line is set before it is moved, and moves come in their order.
func (d *differ) moving() {
	for _, t := range d.turns {
		var lead *cmd
		d.within(t[0], func(o *cmd) {
			if lead == nil {
				lead = o
			}
		})
		d.within(t[1], func(o *cmd) { before(lead, o) })
	}
	var last *cmd
	begun := map[*node]bool{}
	for _, c := range d.cmds {
		if !c.moves() {
			continue
		}
		for p := c.n.parent.kid(); p != nil && !begun[c.n.parent]; p = p.next { // the others come after this one
			d.within(p, func(o *cmd) { before(o, c) })
		}
		begun[c.n.parent] = true
		before(last, c)
		last = c
	}
}

// explicit: what a rule says of the order by itself. What comes after other lines goes before
// they do.
func (d *differ) explicit(c *cmd, r *dialect.Rule) {
	for _, t := range []*Tree{d.want, d.have} {
		d.each(t, c, r.Before, func(o *cmd) {
			switch {
			case c.del && o.del:
				before(o, c)
			case c.del || !o.del || o != d.goneAbove(c.n): // its own block that goes takes those lines along
				before(c, o)
			}
		})
		d.each(t, c, r.After, func(o *cmd) {
			if c.del {
				before(c, o)
			} else {
				before(o, c)
			}
		})
	}
}

// within visits the commands of a line and of all under it.
func (d *differ) within(n *node, f func(*cmd)) {
	if o := d.sent(n); o != nil && !o.del && !o.moves() {
		f(o)
	}
	for k := n.kid(); k != nil; k = k.next {
		d.within(k, f)
	}
}

// sort is Kahn's algorithm with a heap; among ready commands the block of the last one is
// preferred, so that a block is entered as seldom as possible. What is stuck waits in a
// circle.
func (d *differ) sort() (out, stuck []*cmd) {
	ready, later := d.ready(), &queue{} // what became ready while others were sent
	for out = make([]*cmd, 0, len(d.cmds)); len(ready)+later.Len() > 0; {
		var c *cmd
		if len(ready) > 0 && (later.Len() == 0 || ready[0].less((*later)[0])) {
			c, ready = ready[0], ready[1:]
		} else {
			c = heap.Pop(later).(*cmd)
		}
		c.out = true
		out = append(out, c)
		for _, n := range c.next {
			if n.waits--; n.waits == 0 {
				heap.Push(later, n)
			}
		}
	}
	for _, c := range d.cmds {
		if !c.out && !c.taken {
			stuck = append(stuck, c)
		}
	}
	return d.gather(out), stuck
}

// ready gives the commands that wait for nothing, in their order.
func (d *differ) ready() []*cmd {
	out := make([]*cmd, 0, len(d.cmds))
	for _, c := range d.cmds {
		if c.out = false; c.waits == 0 && !c.taken {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, compare)
	return out
}

// gather lets a header wait for the first line that stands under it, where nothing else
// waits for the header, and else lets the lines under it come to it: its block is entered
// once.
func (d *differ) gather(in []*cmd) []*cmd {
	switch {
	case d.want.d.Acts == "message": // it deletes all that it deletes before it updates
		updates := slices.DeleteFunc(slices.Clone(in), func(c *cmd) bool { return c.del })
		return append(slices.DeleteFunc(in, func(c *cmd) bool { return !c.del }), updates...)
	case d.want.d.Flat():
		return d.carry(in)
	}
	for i := range in {
		in[i].place = int32(i)
	}
	for i := len(in) - 1; i >= 0; i-- {
		c, first := in[i], int32(len(in))
		if c.del || c.moves() {
			continue
		}
		for _, n := range c.next {
			if n.out && n.under(c) {
				first = min(first, n.place)
			}
		}
		waits := func(n *cmd) bool { return n.out && !n.under(c) && n.place < first }
		switch {
		case first == int32(len(in)):
		case !slices.ContainsFunc(c.next, waits):
			c.place = first
		default:
			come(in, i)
		}
	}
	out := slices.Clone(in)
	slices.SortStableFunc(out, func(a, b *cmd) int { return cmp.Compare(a.place, b.place) })
	return out
}

// carry leaves out a header whose value changes where the first line that is set under it says
// the new value too, and nothing comes before that line which waits for the header. One that
// resets something or may lock out is sent, so that this is said of it.
func (d *differ) carry(in []*cmd) []*cmd {
	for i := range in {
		in[i].place = int32(i)
	}
	return slices.DeleteFunc(in, func(c *cmd) bool {
		r := d.want.rule(c.n)
		if c.del || c.old == nil || c.more != nil || r == nil || !r.Block() || r.Rewrite || r.Lockout || len(r.Resets) > 0 {
			return false
		}
		var first *cmd
		for _, n := range c.next {
			if n.out && (first == nil || n.place < first.place) {
				first = n
			}
		}
		if first == nil || first.del || first.more != nil && first.more.head != c || first.n.text == dialect.Inactive || !first.under(c) {
			return false
		}
		first.more = &extra{head: c}
		return true
	})
}

// come puts the lines under a header behind it, over others of their phase that none of
// them waits for.
func come(in []*cmd, at int) {
	c, header := in[at], int32(at)
	for i := at + 1; i < len(in); i++ {
		n := in[i]
		bars := func(m *cmd) bool { return m.place != header && (m.phase != n.phase || slices.Contains(m.next, n)) }
		if n.under(c) && int(n.place) == i && !slices.ContainsFunc(in[at+1:i], bars) {
			n.place = header
		}
	}
}

// under tells whether a command stands in the block that another one opens.
func (c *cmd) under(header *cmd) bool {
	for p := c.n.parent; p != nil && p.parent != nil; p = p.parent {
		if p == header.n || p == header.old {
			return true
		}
	}
	return false
}

// queue is a heap of ready commands: by phase, then as they were found.
type queue []*cmd

// Len, Less, Swap, Push and Pop are what container/heap calls.
func (q queue) Len() int { return len(q) }

// Less puts the earlier phase first, then source order.
func (q queue) Less(i, j int) bool { return q[i].less(q[j]) }

func (c *cmd) less(o *cmd) bool { return compare(c, o) < 0 }

func compare(a, b *cmd) int {
	if a.phase != b.phase {
		return int(a.phase - b.phase)
	}
	return int(a.seq - b.seq)
}

// Swap exchanges two.
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push adds one.
func (q *queue) Push(x any) { *q = append(*q, x.(*cmd)) }

// Pop takes the last one.
func (q *queue) Pop() any {
	old := *q
	c := old[len(old)-1]
	*q = old[:len(old)-1]
	return c
}
