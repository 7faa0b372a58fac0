package tree

import (
	"slices"
	"strconv"

	"plumbline/internal/tree/dialect"
)

// entries are the commands that change the entries of one list which lets through and holds
// back, of which the first that speaks of something counts.
type entries struct{ sets, dels []*cmd }

// force puts the commands of lists in the one order that is safe while a list is in use: new
// entries from the first to the last, then removals from the last to the first. At every
// step the first entry that speaks of something is then the first one of the old list or of
// the new one. It is a wish: an entry that has to make room for another one goes before.
func (d *differ) force() {
	if !d.want.d.AtOnce() {
		return
	}
	d.lists = d.entries()
	for _, l := range d.lists {
		inOrder(l.sets, func(a, b int) int { return a - b })
		inOrder(l.dels, func(a, b int) int { return b - a })
	}
}

// inOrder deals the places that some commands have in the script out to them anew.
func inOrder(cs []*cmd, compare func(a, b int) int) {
	var places []int32
	for _, c := range cs {
		places = append(places, c.seq)
	}
	slices.Sort(places)
	slices.SortStableFunc(cs, func(a, b *cmd) int { return compare(a.number(), b.number()) })
	for i, c := range cs {
		c.seq = places[i]
	}
}

// number is the place of an entry in its list.
func (c *cmd) number() int {
	n, _ := strconv.Atoi(c.n.m.slot(numbering(c.n.m.rule)))
	return n
}

// numbering is the slot that orders the entries of a list; "" where none does.
func numbering(r *dialect.Rule) string {
	if r.Sequence != "" {
		return r.Sequence
	}
	for _, e := range dialect.Slots(r.Pattern) {
		if e.Type == "int" && !e.Value {
			return e.Name
		}
	}
	return ""
}

// entries gives the commands of each numbered list by the name that it is used by.
func (d *differ) entries() map[string]*entries {
	out := map[string]*entries{}
	for _, c := range d.cmds {
		t := d.treeOf(c)
		r := t.rule(c.n)
		if r == nil || r.Block() || c.taken || c.n.m.neg || numbering(r) == "" {
			continue
		}
		def := r.Def
		if def == nil && r.Up != nil {
			def = r.Up.Def
		}
		if def == nil {
			continue
		}
		name := t.named(c.n, def)
		if out[name] == nil {
			out[name] = &entries{}
		}
		if c.del {
			out[name].dels = append(out[name].dels, c)
		} else {
			out[name].sets = append(out[name].sets, c)
		}
	}
	return out
}

// complete lets a new user of a list wait until the list is as it will be.
func (d *differ) complete(c *cmd, name string) {
	l := d.lists[name]
	if l == nil {
		return
	}
	if old := d.live(c); old != nil {
		if r := d.have.rule(old); r != nil && d.have.named(old, r.Ref) == name {
			return
		}
	}
	for _, o := range slices.Concat(l.sets, l.dels) {
		before(o.taker(), c)
	}
}
