package tree

import (
	"cmp"
	"container/heap"
	"fmt"
	"strings"
)

// The phases of a script. Inside a phase commands follow their blocks.
const (
	setting  = iota // additions and changes
	removing        // removals
	lastly          // what touches the way in
)

// order sorts commands so that each finds what it needs and leaves nothing dangling:
// definitions before their use, last uses before removals, providers before dependents,
// partners in conflict gone before their successor comes, the way in last.
func (d *differ) order() ([]*cmd, error) {
	for _, c := range d.cmds {
		switch {
		case c.n.has("lockout"):
			c.phase = lastly
		case c.del:
			c.phase = removing
		}
	}
	d.headers()
	d.names()
	d.relations()
	return d.sort()
}

// before demands that a comes before b.
func before(a, b *cmd) {
	if a != nil && b != nil && a != b {
		if b.after == nil {
			b.after = map[*cmd]bool{}
		}
		b.after[a] = true
	}
}

// headers: a block before what stands in it; the removal of a line before its new value.
func (d *differ) headers() {
	for _, c := range d.cmds {
		if c.del { // a header that changes is set first, so that its block is entered as it will be
			if w := counterpart(d.want, c.n.parent); w != nil {
				before(d.sent(w), c)
			}
			continue
		}
		for p := c.n.parent; p != nil; p = p.parent {
			before(d.sent(p), c)
		}
		if old := counterpart(d.have, c.n); old != nil {
			if r := d.sent(old); r != nil {
				before(r, c)
			}
		}
		if old := d.goneAbove(c.n); old != nil {
			before(old, c)
		}
	}
}

// goneAbove is the removal of a block or owner around a line that is sent again.
func (d *differ) goneAbove(n *node) *cmd {
	for p := n.parent; p != nil && p.parent != nil; p = p.parent {
		if old := counterpart(d.have, p); old != nil {
			if r := d.sent(old); r != nil && r.del {
				return r
			}
		}
	}
	return nil
}

// names: a definition comes before its users, and goes after them.
func (d *differ) names() {
	defs := map[string][]*cmd{}
	for _, c := range d.cmds {
		if name := named(c.n, "def"); name != "" && (c.n.m == nil || !c.n.m.neg) {
			defs[name] = append(defs[name], c)
		}
	}
	for _, c := range d.cmds {
		for _, ref := range d.uses(c) {
			for _, def := range defs[ref] {
				switch {
				case !c.del && !def.del:
					before(def, c)
					d.contents(def.n, c)
				case c.del && def.del:
					before(c, def)
				}
			}
		}
		if c.del { // a changed user lets go of the old name by taking the new one
			continue
		}
		if old := counterpart(d.have, c.n); old != nil {
			for _, def := range defs[named(old, "ref")] {
				if def.del {
					before(c, def)
				}
			}
		}
	}
}

// uses gives the names that a command's line uses; a removal lets go of all that goes
// with it too.
func (d *differ) uses(c *cmd) (out []string) {
	collect := func(n *node) {
		if name := named(n, "ref"); name != "" {
			out = append(out, name)
		}
	}
	collect(c.n)
	if !c.del || c.n.m == nil {
		return out
	}
	(&Tree{root: c.n}).walk(collect)
	for _, g := range c.n.m.rule.List("owns") {
		for _, n := range d.have.find(c.n, g) {
			collect(n)
		}
	}
	return out
}

// contents: what a definition holds is there before its first user looks at it. A policy
// without its conditions would match everything for a moment.
func (d *differ) contents(def *node, user *cmd) {
	for _, k := range def.kids {
		if o := d.sent(k); o != nil && !o.del {
			before(o, user)
		}
		d.contents(k, user)
	}
}

// named gives kind:name of a line that defines or uses one.
func named(n *node, attr string) string {
	kind, slots, ok := strings.Cut(n.attr(attr), ":")
	if !ok {
		return ""
	}
	bind := n.binds()
	if strings.Contains(slots, "{") {
		return kind + ":" + fill(slots, bind)
	}
	out := []string{}
	for _, s := range strings.Split(slots, ",") {
		out = append(out, bind[s])
	}
	return kind + ":" + strings.Join(out, ",")
}

// relations: needs, conflicts, unique values, owners and what they own, cascades.
func (d *differ) relations() {
	held := map[string]*cmd{}
	for _, c := range d.cmds {
		if c.del {
			if u := unique(c.n); u != "" {
				held[u] = c
			}
		}
	}
	for _, c := range d.cmds {
		if c.n.m == nil {
			continue
		}
		r := c.n.m.rule
		if !c.del {
			if u := unique(c.n); u != "" {
				before(held[u], c)
			}
			d.each(d.want, c, r.List("needs"), func(o *cmd) { before(o, c) })
			d.each(d.have, c, r.List("conflicts"), func(o *cmd) {
				if o.del {
					before(o, c)
				}
			})
			d.each(d.want, c, r.List("owns"), func(o *cmd) { before(c, o) })
			d.each(d.want, c, r.List("wipes"), func(o *cmd) { before(c, o) })
			continue
		}
		// what needs this line goes before it does
		d.each(d.have, c, r.List("heldby"), func(o *cmd) { before(o, c) })
		d.each(d.want, c, r.List("owns"), func(o *cmd) { before(c, o) })
	}
	for _, c := range d.cmds {
		if c.del && c.n.m != nil {
			d.each(d.have, c, c.n.m.rule.List("needs"), func(o *cmd) {
				if o.del {
					before(c, o)
				}
			})
		}
	}
}

func (d *differ) each(t *Tree, c *cmd, globs []string, f func(*cmd)) {
	from := c.n
	if counterpart(t, from) != nil {
		from = counterpart(t, from)
	}
	for _, g := range globs {
		for _, n := range t.find(from, g) {
			if o := d.sent(n); o != nil && o != c {
				f(o)
			}
		}
	}
}

func unique(n *node) string {
	space, slots, ok := strings.Cut(n.attr("unique"), ":")
	if !ok {
		return ""
	}
	bind := n.binds()
	for _, s := range strings.Split(slots, ",") {
		space += "\x00" + bind[s]
	}
	return space
}

// sort is Kahn's algorithm with a heap; among ready commands the block of the last one is
// preferred, so that a block is entered as seldom as possible.
func (d *differ) sort() ([]*cmd, error) {
	waits, next := map[*cmd]int{}, map[*cmd][]*cmd{}
	ready := &queue{}
	for _, c := range d.cmds {
		waits[c] = 0
		for a := range c.after {
			if d.sent(a.n) == a {
				waits[c]++
				next[a] = append(next[a], c)
			}
		}
		if waits[c] == 0 {
			heap.Push(ready, c)
		}
	}
	var out []*cmd
	for ready.Len() > 0 {
		c := heap.Pop(ready).(*cmd)
		out = append(out, c)
		for _, n := range next[c] {
			if waits[n]--; waits[n] == 0 {
				heap.Push(ready, n)
			}
		}
	}
	if len(out) < len(d.cmds) {
		var names []string
		for _, c := range d.cmds {
			if waits[c] > 0 {
				names = append(names, d.edit(c).Send)
			}
		}
		return nil, fmt.Errorf("these commands need one another in a circle: %s", strings.Join(names, "; "))
	}
	return out, nil
}

// queue is a heap of ready commands: by phase, then as they were found.
type queue []*cmd

// Len, Less, Swap, Push and Pop are what container/heap calls.
func (q queue) Len() int { return len(q) }

// Less puts the earlier phase first, then source order.
func (q queue) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].phase, q[j].phase), cmp.Compare(q[i].seq, q[j].seq)) < 0
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
