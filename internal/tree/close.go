package tree

import "plumbline/internal/tree/dialect"

// close follows what a command takes with it: what a removed owner owns is not removed
// again, and what is still wanted of it is sent again; so is what a command wipes. Each
// wanted line is sent at most once more.
func (d *differ) close() {
	d.have.nears = nears{} // what is sent again is settled first, and moves; what is there does not
	for i := 0; i < len(d.cmds); i++ {
		c := d.cmds[i]
		r := d.treeOf(c).rule(c.n)
		if r == nil || c.taken {
			continue
		}
		if c.del && !c.n.m.neg {
			d.goes(c, c.n)
			d.gone(c, c.n)
		}
		if len(r.Wipes) > 0 && d.wipes(c, r) {
			for g := range r.Wipes {
				d.cascade(c, &r.Wipes[g])
			}
		}
	}
	kept := d.cmds[:0]
	for _, c := range d.cmds {
		if !c.taken {
			kept = append(kept, c)
		}
	}
	d.cmds = kept
}

// treeOf gives the tree that a command's line is of.
func (d *differ) treeOf(c *cmd) *Tree {
	if c.del {
		return d.have
	}
	return d.want
}

// wipes tells whether the condition of a rule's wipes holds for a command.
func (d *differ) wipes(c *cmd, r *dialect.Rule) bool {
	last := true
	d.lastOf(c, r, func(*cmd) { last = false })
	if !last {
		return false
	}
	if in := d.counterpart(c.n.parent); len(r.Unless) > 0 && (!c.del || in != nil) {
		at := c.n
		if c.del {
			at = &node{text: at.text, m: at.m, parent: in}
		}
		for i := range r.Unless {
			if len(d.want.find(at, &r.Unless[i])) > 0 {
				return false
			}
			if from := d.standIn(c.n); !c.del && from != nil && len(d.have.find(from, &r.Unless[i])) > 0 {
				return false // it goes later than this comes
			}
		}
	}
	for i := range r.If {
		if len(d.want.find(c.n, &r.If[i])) > 0 {
			return true
		}
	}
	return len(r.If) == 0
}

// lastOf visits removals that come after one, of lines without which alone it clears others: of
// several that go the last one does.
func (d *differ) lastOf(c *cmd, r *dialect.Rule, f func(*cmd)) {
	if !c.del || len(r.Wipes) == 0 {
		return
	}
	for i := range r.Unless {
		for _, x := range d.have.find(c.n, &r.Unless[i]) {
			if o := x.cmd; o != nil && o.del && !o.taken && o.seq > c.seq {
				f(o)
			}
		}
	}
}

// cascade handles the live lines that a command takes with it.
func (d *differ) cascade(c *cmd, g *dialect.Glob) {
	from := c.n
	if !c.del {
		if from = d.counterpart(c.n); from == nil {
			if from = d.standIn(c.n); from == nil {
				return
			}
		}
	}
	d.lost(c, from, g)
}

// standIn is a wanted line as seen from the live block that it will stand in: it takes
// along what is there already.
func (d *differ) standIn(w *node) *node {
	in := d.counterpart(w.parent)
	if in == nil {
		return nil
	}
	return &node{text: w.text, m: w.m, parent: in, mate: w}
}

// lost drops the removal of live lines that go by themselves, and sends again what of them
// is still wanted.
func (d *differ) lost(c *cmd, from *node, g *dialect.Glob) {
	for _, n := range d.have.find(from, g) {
		if n != from && n != c.n {
			d.takeAlong(c, n)
		}
	}
}

// takeAlong handles one live line that a command takes with it, and what that line takes with
// it in turn.
func (d *differ) takeAlong(c *cmd, n *node) {
	if d.fell[n] {
		return
	}
	d.fell[n] = true
	d.drops(c, n)
	d.lostTo = append(d.lostTo, loss{n, c})
	w := d.counterpart(n)
	if w != nil && w != c.n && w.cmd == nil {
		d.set(w, Cascade, c.n)
	}
	for k := n.kid(); k != nil; k = k.next {
		d.drops(c, k)
	}
	r := d.have.rule(n)
	if r == nil || n.m.neg {
		return
	}
	d.goes(c, n)
	if len(r.Wipes) > 0 && len(r.If) == 0 {
		for g := range r.Wipes {
			d.lost(c, n, &r.Wipes[g])
		}
	}
}

// gone: what stood under a removed header goes with it, and what that owned.
func (d *differ) gone(c *cmd, h *node) {
	for k := h.kid(); k != nil; k = k.next {
		d.drops(c, k)
		d.goes(c, k)
		d.gone(c, k)
	}
}

// goes: what a removed line owns, what it opened the gate for, and where the platform says
// so what uses its name.
func (d *differ) goes(c *cmd, n *node) {
	r := d.have.rule(n)
	if r == nil {
		return
	}
	for i := range r.Owns {
		d.lost(c, n, &r.Owns[i])
	}
	for i := range r.HeldBy {
		d.steps(n, &r.HeldBy[i])
	}
	if r.InUse == "detach" && r.Def != nil {
		name := d.have.named(n, r.Def)
		d.have.root.walk(func(x *node) {
			if u := d.have.rule(x); u != nil && u.Ref != nil && !x.m.neg && d.have.named(x, u.Ref) == name {
				d.takeAlong(c, x)
			}
		})
	}
	if n.parent == d.have.root && d.have.d.Gates(d.have.line(n)) {
		d.have.root.walk(func(x *node) {
			if u := d.have.rule(x); u != nil && u.Gate == n.m.line {
				d.takeAlong(c, x)
				d.gone(c, x)
			}
		})
	}
}

// steps: what holds a line that is removed steps aside for it, and comes again behind it where
// it is wanted.
func (d *differ) steps(n *node, g *dialect.Glob) {
	for _, x := range d.have.find(n, g) {
		if x == n || d.acting(x) != nil {
			continue
		}
		w := d.counterpart(x)
		d.add(x, true, Recreate, n)
		if w != nil && w.cmd == nil {
			d.set(w, Recreate, n)
		}
	}
}

// sent is the command of a line that will be sent; nil where there is none.
func (d *differ) sent(n *node) *cmd {
	if c := n.cmd; c != nil && !c.taken {
		return c
	}
	return nil
}

// counterpart is the line of the other tree with the same keys from the top down.
func (d *differ) counterpart(n *node) *node {
	if n == nil {
		return nil
	}
	if n.met != nil {
		return n.met
	}
	if n.parent == nil {
		return nil
	}
	if n.parent.met != nil {
		return n.mate
	}
	if n.parent.kid() == nil { // it only looks as if it stood there
		return nil
	}
	p := d.counterpart(n.parent)
	if p == nil {
		return nil
	}
	return d.child(p, n)
}

// child finds in a block the line that n is in its own.
func (d *differ) child(in, n *node) *node {
	for k := in.kid(); k != nil; k = k.next {
		if k.text == n.text {
			return k
		}
	}
	t, o := d.have, d.want
	if d.inWant(n) {
		t, o = d.want, d.have
	}
	key := t.key(n)
	for k := in.kid(); k != nil; k = k.next {
		if o.key(k) == key {
			return k
		}
	}
	return nil
}

// inWant tells which tree a line is of.
func (d *differ) inWant(n *node) bool {
	for n.parent != nil {
		n = n.parent
	}
	return n == d.want.root
}
