package tree

import (
	"slices"

	"plumbline/internal/tree/dialect"
)

// alike tells whether all under two lines is written in the same way. Hashes say that it
// is not; that it is, only the lines themselves do.
func alike(a, b *node) bool {
	if a.ord != b.ord && !a.level && !b.level {
		return false
	}
	x, y := a.first, b.first
	for ; x != nil && y != nil; x, y = x.next, y.next {
		if x.moved || y.moved || x.text != y.text || !alike(x, y) {
			return false
		}
	}
	return x == nil && y == nil
}

// pairs pairs lines of one text, most of which stand in the same order.
func (d *differ) pairs(h, w *node) {
	for k := h.first; k != nil; k = k.next {
		k.mate = nil
	}
	for k := w.first; k != nil; k = k.next {
		k.mate = nil
	}
	x, y := h.first, w.first
	for x != nil && y != nil {
		switch {
		case same(x, y):
			x.mate, y.mate = y, x
		case x.next != nil && same(x.next, y): // one too many here
			x = x.next
			continue
		case y.next != nil && same(x, y.next): // one too few
			y = y.next
			continue
		case x.next != nil && y.next != nil && same(x.next, y.next): // one that changed
		default:
			d.scattered(x, w)
			return
		}
		x, y = x.next, y.next
	}
}

func same(x, y *node) bool { return x.own == y.own && x.text == y.text }

// scattered pairs lines from x on with the lines of w that are left, wherever they stand.
func (d *differ) scattered(x, w *node) {
	left := map[string][]*node{}
	for y := w.first; y != nil; y = y.next {
		if y.mate == nil {
			left[y.text] = append(left[y.text], y)
		}
	}
	for ; x != nil; x = x.next {
		if ys := left[x.text]; x.mate == nil && len(ys) > 0 {
			x.mate, ys[0].mate = ys[0], x
			left[x.text] = ys[1:]
		}
	}
}

// respelled takes partners apart that are spelled in another way, where a line of the block
// has no partner: what it turns into may stand in the block that they are moved to.
func (d *differ) respelled(h, w *node) {
	if !lonely(h) && !lonely(w) || !slices.ContainsFunc(d.kids(w), func(r *dialect.Rule) bool { return r.Of != nil }) {
		return
	}
	for k := h.first; k != nil; k = k.next {
		if k.mate == nil {
			continue
		}
		if r := d.have.rule(k); r != nil && (r.Of != nil && (r.Of.Up != r.Up || r.Adds) || r.Add != "") {
			k.mate.mate, k.mate = nil, nil
		}
	}
}

// lonely tells whether a line of a block has no partner.
func lonely(n *node) bool {
	for k := n.first; k != nil; k = k.next {
		if k.mate == nil {
			return true
		}
	}
	return false
}

// level brings the lines that have no partner yet into canonical form.
func (d *differ) level(t *Tree, n *node) {
	if n.level {
		return
	}
	alone := false
	for k := n.first; k != nil; k = k.next {
		alone = alone || k.mate == nil
	}
	if !alone {
		return
	}
	t.twice(n)
	t.tidy(n, func(k *node) bool { return k.mate == nil })
	t.twice(n) // a range that was taken apart may hold one of the others
	var before *node
	for k := n.first; k != nil; k = k.next {
		if k.mate == nil {
			if k.first != nil {
				t.settle(k)
			}
			if t.silent(k) || t.hollow(k) {
				k.unlink(before)
				continue
			}
		}
		before = k
	}
}

// twice makes a line without a partner, which was given before with one, one line with it.
func (t *Tree) twice(n *node) {
	with := map[string]*node{}
	for k := n.first; k != nil; k = k.next {
		if k.mate != nil {
			with[k.text] = k
		}
	}
	var before *node
	for k := n.first; k != nil; k = k.next {
		old := with[k.text]
		if k.mate != nil || old == nil || t.rule(k) == nil && k.first == nil {
			before = k
			continue
		}
		for c := k.first; c != nil; {
			next := c.next
			old.add(c)
			c = next
		}
		old.moved, old.mate.moved = true, true
		k.unlink(before)
	}
}

// byKey pairs the lines that are left: the same line with another value, or spelled
// otherwise.
func (d *differ) byKey(h, w *node) {
	left := map[string][]*node{}
	for k := h.first; k != nil; k = k.next {
		if k.mate == nil {
			key := d.have.key(k)
			left[key] = append(left[key], k)
		}
	}
	if len(left) == 0 {
		return
	}
	for k := w.first; k != nil; k = k.next {
		if k.mate != nil {
			continue
		}
		key := d.want.key(k)
		if ks := left[key]; len(ks) > 0 {
			k.mate, ks[0].mate = ks[0], k
			left[key] = ks[1:]
		}
	}
}
