package tree

import "plumbline/internal/tree/dialect"

// loss is a live line that goes with a command.
type loss struct {
	n  *node
	by *cmd
}

// drops leaves out the removal of a live line that a command takes along.
func (d *differ) drops(c *cmd, n *node) {
	if r := d.done[n]; r != nil && r.del {
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

// acting is the command of a line: its own, or the removal of a block around it, or what
// takes either along.
func (d *differ) acting(n *node) *cmd {
	if c := d.done[n]; c != nil && (!c.taken || c.by != nil) {
		return c.taker()
	}
	for p := n.parent; p != nil && p.parent != nil; p = p.parent {
		if c := d.done[p]; c != nil && c.del && (!c.taken || c.by != nil) {
			return c.taker()
		}
	}
	return nil
}
