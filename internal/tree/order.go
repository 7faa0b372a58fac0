package tree

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// The phases of a script. Inside a phase commands follow their blocks.
const (
	clearing = iota - 1 // removals of what no rule knows, where nothing acts before all is sent
	setting             // additions and changes
	removing            // removals
	lastly              // what touches the way in: first what opens one, then what closes one
	closing
)

// order sorts commands so that each finds what it needs and leaves nothing dangling:
// definitions before their use, last uses before removals, providers before dependents,
// partners in conflict gone before their successor comes, the way in last.
func (d *differ) order() ([]*cmd, error) {
	d.have.nears, d.want.nears = nears{}, nears{} // nothing moves a line from here on
	defer func() { d.have.nears, d.want.nears = nil, nil }()
	d.overtaken()
	d.phases()
	d.force()
	d.edges()
	out, stuck := d.sort()
	for range maxSplits {
		if stuck == nil || !d.split(stuck) && !d.cede(stuck) {
			break
		}
		d.edges()
		out, stuck = d.sort()
	}
	for range maxSplits {
		if stuck != nil || !d.early(out) {
			break
		}
		d.edges()
		out, stuck = d.sort()
	}
	if stuck != nil {
		var names []string
		for _, c := range stuck {
			names = append(names, d.edits(nil, c)[0].Send)
		}
		return nil, fmt.Errorf("these commands need one another in a circle: %s", strings.Join(names, "; "))
	}
	return out, nil
}

// maxSplits bounds how often two lines that change places are taken apart.
const maxSplits = 1 << 12

func (d *differ) phases() {
	for _, c := range d.cmds {
		r := d.treeOf(c).rule(c.n)
		switch {
		case r != nil && r.Lockout && c.del && d.want.d.AtOnce():
			c.phase = closing
		case r != nil && r.Lockout:
			c.phase = lastly
		case c.del && r == nil && c.n.text != inactive && !d.want.d.AtOnce(): // it may hold the value that a new line overwrites
			c.phase = clearing
		case c.del:
			c.phase = removing
		}
	}
}

// edges says of all commands anew what must come before what.
func (d *differ) edges() {
	for _, c := range d.cmds {
		c.next, c.waits = c.one[:0], 0
	}
	d.headers()
	d.names()
	d.relations()
	d.moving()
	d.onward()
}

// onward: what a line clears that another command takes along comes after that command.
func (d *differ) onward() {
	d.along(func(n *node, r *dialect.Rule, by *cmd) {
		x := &cmd{n: n, del: true}
		d.each(d.want, x, r.Wipes, func(o *cmd) { before(by, o) })
		d.each(d.want, x, r.Owns, func(o *cmd) { before(by, o) })
	})
}

// before demands that a comes before b.
func before(a, b *cmd) {
	if a == nil || b == nil || a == b || a.taken || b.taken {
		return
	}
	for _, x := range a.next {
		if x == b {
			return
		}
		if len(a.next) > 8 {
			break // an edge twice is no harm; looking for it is
		}
	}
	a.next = append(a.next, b)
	b.waits++
}

// live is the live line that a set takes the place of.
func (d *differ) live(c *cmd) *node {
	if c.old != nil {
		return c.old
	}
	if old := d.remade[c.n]; old != nil {
		return old
	}
	return d.counterpart(c.n)
}

// goneAbove is the removal of a block or owner around a line that is sent again.
func (d *differ) goneAbove(n *node) *cmd {
	for p := n.parent; p != nil && p.parent != nil; p = p.parent {
		if old := d.counterpart(p); old != nil {
			if r := d.sent(old); r != nil && r.del {
				return r
			}
		}
	}
	return nil
}

// named gives kind:name of a line that defines or uses one.
func (t *Tree) named(n *node, of *dialect.Name) string {
	if of == nil {
		return ""
	}
	if of.Template != "" {
		return of.Kind + ":" + t.name(of.Template, n)
	}
	out := of.Kind
	for i, s := range of.Slots {
		v, _, ok := t.slot(n, s)
		if !ok && len(of.Slots) == 1 {
			return ""
		}
		if i == 0 {
			out += ":" + v
		} else {
			out += "," + v
		}
	}
	return out
}

// names: a definition comes before its users, and goes after them.
func (d *differ) names() {
	if d.want.d.Acts == "file" { // it is read as a whole
		return
	}
	defs := d.definitions()
	if len(defs) == 0 {
		return
	}
	d.along(func(n *node, r *dialect.Rule, by *cmd) {
		d.release(by, d.have.named(n, r.Ref), defs)
	})
	for _, c := range d.cmds {
		uses := d.uses(c)
		for _, ref := range uses {
			if !c.del {
				d.complete(c, ref)
			}
			for _, def := range defs[ref] {
				switch {
				case !c.del && !def.del && !d.want.within(c.n, ref):
					before(def, c)
					d.contents(def.n, c, kind(ref))
				case c.del && def.del && !slices.Contains(defs[ref], c): // what uses itself goes as a whole
					before(c, def)
				}
			}
		}
		if c.del { // a changed user lets go of the old name by taking the new one
			continue
		}
		if old := d.live(c); old != nil {
			if r := d.have.rule(old); r != nil && !slices.Contains(uses, d.have.named(old, r.Ref)) {
				d.release(c, d.have.named(old, r.Ref), defs)
			}
		}
	}
}

// within tells whether a line stands in a block that defines a name: then that is there.
func (t *Tree) within(n *node, name string) bool {
	for p := n.parent; p != nil; p = p.parent {
		if r := t.rule(p); r != nil && r.Def != nil && t.named(p, r.Def) == name {
			return true
		}
	}
	return false
}

// uses gives the names that a command's line uses; a removal lets go of all that goes
// with it too.
func (d *differ) uses(c *cmd) (out []string) {
	t := d.treeOf(c)
	r := t.rule(c.n)
	if r == nil {
		return nil
	}
	if name := t.named(c.n, r.Ref); name != "" {
		out = append(out, name)
	}
	if !c.del {
		return out
	}
	collect := func(n *node) {
		if r := t.rule(n); r != nil && r.Ref != nil {
			out = append(out, t.named(n, r.Ref))
		}
	}
	c.n.walk(collect)
	for i := range r.Owns {
		for _, n := range d.have.find(c.n, &r.Owns[i]) {
			collect(n)
		}
	}
	return out
}

// contents: what a definition holds is there before its first user looks at it. A policy
// without its conditions would match everything for a moment. What it uses of its own kind
// may come later: two policies may call one another.
func (d *differ) contents(def *node, user *cmd, kind string) {
	for k := def.kid(); k != nil; k = k.next {
		r := d.want.rule(k)
		if o := d.sent(k); o != nil && !o.del && (r == nil || r.Ref == nil || r.Ref.Kind != kind) {
			before(o, user)
		}
		d.contents(k, user, kind)
	}
}

func kind(name string) string {
	k, _, _ := strings.Cut(name, ":")
	return k
}

// relations: needs, conflicts, unique values, owners and what they own, cascades, gates.
func (d *differ) relations() {
	free := d.frees()
	for _, c := range d.cmds {
		r := d.treeOf(c).rule(c.n)
		if r == nil || c.moves() {
			continue
		}
		d.gates(c)
		d.conditions(c, r)
		d.member(c)
		d.explicit(c, r)
		d.switches(c, r)
		if c.del {
			d.removal(c, r)
			continue
		}
		if r.Unique != nil {
			name := d.want.space(c.n, r)
			d.room(free.of[name], c, r)
			free.around(name, c.n, r, func(old *cmd) { d.room(old, c, r) })
		}
		d.each(d.want, c, r.Needs, func(o *cmd) {
			if !o.del {
				before(o, c)
			}
		})
		d.each(d.have, c, r.Needs, func(o *cmd) {
			if o.del && o.n.m.neg { // what was switched off and is on by itself
				before(o, c)
			}
		})
		d.each(d.have, c, r.Conflicts, func(o *cmd) {
			if o.del {
				before(o, c)
			}
		})
		d.each(d.want, c, r.Conflicts, func(o *cmd) {
			if !o.del { // c is refused while o is there; where both are wanted, o bears c
				before(c, o)
			}
		})
		d.each(d.want, c, r.Owns, func(o *cmd) {
			if !d.owns(o, c) {
				before(c, o)
			}
		})
		d.each(d.want, c, r.Wipes, func(o *cmd) { before(c, o) })
	}
}

// owns tells whether the line of a command owns that of another: two that own one another
// may come in any order.
func (d *differ) owns(c, o *cmd) (yes bool) {
	if r := d.treeOf(c).rule(c.n); r != nil {
		d.each(d.want, c, r.Owns, func(x *cmd) { yes = yes || x == o })
	}
	return yes
}

// conditions: a switch that is on by itself where another line says so, or where none says
// otherwise, can only be off while it would be on, and need only be said to be on while it
// would not.
func (d *differ) conditions(c *cmd, r *dialect.Rule) {
	d.turners(c, r, func(o *cmd, on bool) {
		if !c.del && c.n.m.neg == on {
			before(o, c)
		}
	})
}

// overtaken leaves out removals of switches that a device does not show any more when another
// command has made what they say the default.
func (d *differ) overtaken() {
	for _, c := range d.cmds {
		if r := d.treeOf(c).rule(c.n); r != nil && c.del && !c.taken && !d.steady(c.n) {
			d.turners(c, r, func(o *cmd, on bool) {
				if c.n.m.neg != on && !o.taken && !c.taken {
					d.drops(o, c.n)
				}
			})
		}
	}
}

// turners visits the commands that turn what a silent device means by the switch of another.
func (d *differ) turners(c *cmd, r *dialect.Rule, f func(o *cmd, on bool)) {
	if r.Default != "on" {
		return
	}
	for _, t := range []*Tree{d.want, d.have} {
		turned := func(on bool) func(*cmd) {
			return func(o *cmd) {
				if o.del == (t == d.have) { // a line comes in want and goes in have
					f(o, on != o.del)
				}
			}
		}
		d.each(t, c, r.If, turned(true))
		d.each(t, c, r.Unless, turned(false))
	}
}

// room: what holds a value lets go of it before another line takes it. Where the device
// would ignore the new line else, there is none of both for a moment.
func (d *differ) room(old, c *cmd, r *dialect.Rule) {
	if old == nil || old == c {
		return
	}
	before(old, c)
	if r.Clash == "ignore" && old.del {
		old.why, c.why = Split, Split
	}
}

// removal: what needs a line goes before it does, and what it takes along comes again after.
func (d *differ) removal(c *cmd, r *dialect.Rule) {
	d.lastOf(c, r, func(o *cmd) { before(c, o) })
	d.each(d.have, c, r.HeldBy, func(o *cmd) { before(o, c) })
	d.each(d.want, c, r.HeldBy, func(o *cmd) {
		if !o.del {
			before(c, o)
		}
	})
	d.each(d.want, c, r.Owns, func(o *cmd) { before(c, o) })
	d.each(d.want, c, r.Wipes, func(o *cmd) { before(c, o) })
	d.each(d.have, c, r.Needs, func(o *cmd) {
		if o.del {
			before(c, o)
		}
	})
}

// gates: a line at the top before those that need it.
func (d *differ) gates(c *cmd) {
	if !d.want.d.Gates(d.treeOf(c).line(c.n)) || c.n.parent.parent != nil {
		return
	}
	for _, o := range d.cmds {
		if u := d.treeOf(o).rule(o.n); u != nil && u.Gate == c.n.m.line && !o.del {
			before(c, o)
		}
	}
}
