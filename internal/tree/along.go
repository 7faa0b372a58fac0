package tree

import (
	"strings"

	"plumbline/internal/tree/dialect"
)

// loss is a live line that goes with a command.
type loss struct {
	n  *node
	by *cmd
}

// drops leaves out the removal of a live line that a command takes along.
func (d *differ) drops(c *cmd, n *node) {
	if r := n.cmd; r != nil && r.del {
		r.taken, r.by = true, c
		d.dropped = append(d.dropped, r)
	}
}

// taker is the command that takes the line of another one along, or that other one itself.
func (c *cmd) taker() *cmd {
	for c.taken && c.by != nil {
		c = c.by
	}
	return c
}

// along visits every live line that a command takes along, and what stands under it: that
// command lets go of what the line uses, and removes what it defines.
func (d *differ) along(f func(n *node, r *dialect.Rule, by *cmd)) {
	for _, c := range d.dropped {
		visit := func(n *node) {
			if r := d.have.rule(n); r != nil {
				f(n, r, c.taker())
			}
		}
		visit(c.n)
		c.n.walk(visit)
	}
}

// definitions gives the commands that bring each name into being, and those that take it away.
// A removal does not where the name stays defined: it waits for the lines that define it anew,
// if it need not make room for them.
func (d *differ) definitions() map[string][]*cmd {
	defs := map[string][]*cmd{}
	var staying []*cmd
	for _, c := range d.cmds {
		r := d.treeOf(c).rule(c.n)
		if r == nil || r.Def == nil || c.n.m.neg || c.moves() {
			continue
		}
		name := d.treeOf(c).named(c.n, r.Def)
		switch {
		case !c.del || !d.persists(c.n, name):
			defs[name] = append(defs[name], c)
		case r.Unique == nil && r.Replace != "undo-first":
			staying = append(staying, c)
		}
	}
	d.along(func(n *node, r *dialect.Rule, by *cmd) {
		if r.Def != nil && !n.m.neg {
			name := d.have.named(n, r.Def)
			defs[name] = append(defs[name], by)
		}
	})
	for _, c := range staying {
		d.afterAll(c, defs[d.have.named(c.n, d.have.rule(c.n).Def)])
	}
	return defs
}

// afterAll lets a removal wait for what defines its name anew, but for a line in its own place.
func (d *differ) afterAll(c *cmd, defs []*cmd) {
	for _, o := range defs {
		if !o.del && d.live(o) != c.n {
			before(o, c)
		}
	}
}

// release: what uses a name no more does so before the name is taken away.
func (d *differ) release(c *cmd, name string, defs map[string][]*cmd) {
	if name == "" {
		return
	}
	for _, def := range defs[name] {
		if def.del {
			before(c, def)
		}
	}
}

// persists tells whether lines that are wanted beside a removed one, and begin with the same
// words, define the same name: what uses it may stay.
func (d *differ) persists(n *node, name string) bool {
	in := d.counterpart(n.parent)
	if in == nil {
		return false
	}
	at := family{in, d.have.rule(n).Head()}
	if d.defined[at] == nil {
		d.defined[at] = map[string]bool{}
		for k := in.kid(); k != nil; k = k.next {
			if !strings.HasPrefix(k.text, at.head) {
				continue
			}
			if r := d.want.rule(k); r != nil && r.Def != nil && !k.m.neg {
				d.defined[at][d.want.named(k, r.Def)] = true
			}
		}
	}
	return d.defined[at][name]
}

// family is the lines of a block that begin with the same words.
type family struct {
	in   *node
	head string
}

// acting is the command of a line: its own, or the removal of a block around it, or what
// takes either along.
func (d *differ) acting(n *node) *cmd {
	if c := n.cmd; c != nil && (!c.taken || c.by != nil) {
		return c.taker()
	}
	for p := n.parent; p != nil && p.parent != nil; p = p.parent {
		if c := p.cmd; c != nil && c.del && (!c.taken || c.by != nil) {
			return c.taker()
		}
	}
	return nil
}
