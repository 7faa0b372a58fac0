package tree

import (
	"slices"

	"plumbline/internal/tree/dialect"
)

// frees gives the command that makes room for each unique value.
func (d *differ) frees() rooms {
	out := rooms{of: map[string]*cmd{}}
	note := func(n *node, c *cmd) {
		if r := d.have.rule(n); r != nil && r.Unique != nil && r.Clash != "steal" && !n.m.neg && !d.inWant(n) {
			name := d.have.space(n, r)
			out.of[name] = c
			out.note(name, n, r, c)
		}
	}
	for _, c := range d.cmds {
		old := c.n
		if !c.del {
			if old = d.live(c); old == nil || d.sent(old) != nil {
				continue
			}
		}
		note(old, c)
		if c.del {
			c.n.walk(func(k *node) { note(k, c) })
		}
	}
	for _, l := range d.lostTo { // it is free before the line has its new value
		note(l.n, l.by.taker())
		l.n.walk(func(k *node) { note(k, l.by.taker()) })
	}
	out.sort()
	return out
}

// split takes one of two lines that change places away for a moment.
func (d *differ) split(stuck []*cmd) bool {
	for _, c := range stuck {
		r := d.treeOf(c).rule(c.n)
		if c.del || r == nil || r.Unique == nil {
			continue
		}
		old := d.live(c)
		gone := func(l loss) bool { return l.n == old }
		if old == nil || d.held(old) || old.cmd != nil || slices.ContainsFunc(d.lostTo, gone) || d.have.space(old, r) == d.want.space(c.n, r) {
			continue
		}
		x := d.add(old, true, Split, c.n)
		x.phase, x.seq = setting, c.seq
		c.why = Split
		return true
	}
	return false
}

// early takes a value that a line holds alone out of a block, where the block can go only after the way in
// has changed, and who takes the value would come after the way in with it.
func (d *differ) early(out []*cmd) bool {
	if !d.want.d.AtOnce() {
		return false
	}
	last := slices.IndexFunc(out, func(c *cmd) bool { return c.phase >= lastly })
	return last >= 0 && d.cede(out[last:])
}

// cede takes a value that one of some commands gives to a line out of a block that goes and holds it.
func (d *differ) cede(cmds []*cmd) bool {
	var free rooms
	for _, c := range cmds {
		r := d.treeOf(c).rule(c.n)
		if c.phase >= lastly || c.del || r == nil || r.Unique == nil {
			continue
		}
		if free.of == nil {
			free = d.frees()
		}
		name := d.want.space(c.n, r)
		if n := d.holder(free.of[name], name); n != nil {
			x := d.add(n, true, Split, c.n)
			x.phase, x.seq = setting, c.seq
			return true
		}
	}
	return false
}

// holder is the line of a block that goes which holds a value, where nothing is done to it by itself.
func (d *differ) holder(block *cmd, name string) (line *node) {
	if block == nil || !block.del {
		return nil
	}
	block.n.walk(func(n *node) {
		r := d.have.rule(n)
		if r != nil && r.Unique != nil && n.cmd == nil && !n.m.neg && !d.held(n) && d.have.space(n, r) == name {
			line = n
		}
	})
	return line
}

// held tells whether a live line cannot be taken away while others stand.
func (d *differ) held(n *node) bool {
	r := d.have.rule(n)
	return r != nil && slices.ContainsFunc(r.HeldBy, func(g dialect.Glob) bool { return len(d.have.find(n, &g)) > 0 })
}

func (d *differ) each(t *Tree, c *cmd, globs []dialect.Glob, f func(*cmd)) {
	d.lines(t, c, globs, func(n *node) {
		if o := d.acting(n); o != nil && o != c {
			f(o)
		}
	})
}

// frozen tells whether a device does not follow a command: while one of the lines of its rule is
// there. Lines that a removal waits for are gone by then.
func (d *differ) frozen(c *cmd, r *dialect.Rule) (yes bool) {
	d.lines(d.have, c, r.Frozen, func(n *node) {
		o := d.acting(n)
		yes = yes || !c.del || o == nil || !o.del
	})
	return yes
}

// lines visits the lines of a tree that globs select, seen from the line of a command.
func (d *differ) lines(t *Tree, c *cmd, globs []dialect.Glob, f func(*node)) {
	if len(globs) == 0 {
		return
	}
	in := c.n.parent
	if d.inWant(c.n) != (t == d.want) {
		in = d.counterpart(in)
		if up := d.counterpart(c.n.parent.parent); in == nil && up != nil { // beside its block there may be lines all the same
			in = &node{parent: up}
		}
	}
	from := finder{t: t, of: d.treeOfNode(c.n), at: c.n}
	for i := range globs {
		if in == nil && globs[i].From != dialect.Top {
			continue
		}
		for _, n := range from.find(in, &globs[i]) {
			f(n)
		}
	}
}

// space names the value that a line holds alone, and the part of the device where it does.
func (t *Tree) space(n *node, r *dialect.Rule) string {
	name := t.named(n, r.Unique)
	if len(r.Within) == 0 || n.parent == nil {
		return name
	}
	var hits []hit
	finder{t: t, of: t, at: n}.down(n.parent, r.Within[0].Levels, nil, &hits)
	for _, h := range hits {
		if v, ok := h.e.get(r.Within[0].Bound()); ok && !h.n.m.neg {
			return name + "," + v
		}
	}
	return name + ","
}
