package tree

import "plumbline/internal/tree/dialect"

// follows gives those lines of a block, at both ends, that it has from another block of which
// it is and stays a member: what changes there changes here, and nothing is sent for it.
func (d *differ) follows(h, w *node) map[*node]bool {
	if !d.told(d.want, w).inherits {
		return nil
	}
	out := map[*node]bool{}
	for k := w.kid(); k != nil; k = k.next {
		r := d.want.rule(k)
		if r == nil || len(r.Inherits) == 0 || k.mate == nil || k.m.neg || d.have.line(k.mate) != d.want.line(k) {
			continue
		}
		for i := range r.Inherits {
			d.differs(k.mate, &r.Inherits[i])
			g := r.Inherits[i].Beside()
			for _, n := range d.want.find(k, &g) {
				out[n] = true
			}
			for _, n := range d.have.find(k.mate, &g) {
				out[n] = true
			}
		}
	}
	return out
}

// differs notes where a live member is not as what it is a member of: no command mends that.
func (d *differ) differs(k *node, g *dialect.Glob) {
	t := d.have
	header := dialect.Glob{From: g.From, Levels: g.Levels[:1]}
	for _, n := range t.find(k, &header) {
		t.settle(n)
	}
	theirs := map[string]bool{}
	for _, n := range t.find(k, g) {
		theirs[t.line(n)] = true
	}
	beside := g.Beside()
	for _, n := range t.find(k, &beside) {
		t.settle(n)
		if !theirs[t.line(n)] && !t.silent(n) {
			d.notes = append(d.notes, Note{Line: int(n.no), Text: t.shown(n.parent) + ": " + t.shown(n) + ": it differs from what " + t.line(k) + " gives it, and nothing is sent for it"})
		}
	}
}

// member: what a new member follows is as it will be before it joins, and stays so until an old
// one has left.
func (d *differ) member(c *cmd) {
	for _, t := range []*Tree{d.want, d.have} {
		d.each(t, c, d.treeOf(c).rule(c.n).Inherits, func(o *cmd) {
			if c.del {
				before(c, o)
			} else {
				before(o, c)
			}
		})
	}
}
