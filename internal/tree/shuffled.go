package tree

import (
	"fmt"
	"slices"
	"strings"
)

// Lines that no rule knows are partners wherever they stand in their block. Whether their order has
// meaning nobody here can tell: where both texts have them in another one, nothing is sent for it, and
// that is told.

// shuffled tells of such lines of a block. Blocks whose partners stand in one order, nearly all of them,
// cost a look at each pair and no rule.
func (d *differ) shuffled(h, w *node) {
	if h.brief() || sorted(h, w) {
		return
	}
	at := map[*node]int{}
	for k := h.kid(); k != nil; k = k.next {
		at[k] = len(at)
	}
	var lines []*node
	for k := w.kid(); k != nil; k = k.next {
		if k.mate != nil && !k.foreign { // what is not ours is wanted in no place
			lines = append(lines, k)
		}
	}
	if !slices.ContainsFunc(astray(lines, at), d.stranger) {
		return
	}
	for _, group := range d.groups(w, lines) {
		out := d.strangers(astray(group, at))
		if len(out) == 0 { // those that a rule knows moved past them
			out = d.strangers(crossed(group, at))
		}
		if len(out) > 0 {
			d.notes = append(d.notes, d.unplaced(out))
		}
	}
}

// sorted tells whether the lines of two blocks that are partners stand in one order.
func sorted(h, w *node) bool {
	x := h.coarse()
	for y := w.coarse(); y != nil; y = y.next {
		if y.mate == nil {
			continue
		}
		for x != nil && x.mate == nil {
			x = x.next
		}
		if x != y.mate {
			return false
		}
		x = x.next
	}
	return true
}

func (d *differ) stranger(w *node) bool { return d.want.rule(w) == nil }

func (d *differ) strangers(of []*node) []*node {
	return slices.DeleteFunc(of, func(k *node) bool { return !d.stranger(k) })
}

// groups gives the lines of a block whose order among one another may have meaning, where a line that no
// rule knows is one of them. At the top, and in an object, those are the ones that begin alike.
func (d *differ) groups(w *node, lines []*node) (out [][]*node) {
	top := w.parent == nil
	of := map[string]int{}
	for _, k := range lines {
		if r := d.want.rule(k); r != nil && (top || !r.Ordered) {
			continue
		}
		word := ""
		if top || d.want.d.Syntax == "path" {
			word, _, _ = strings.Cut(k.text, " ")
		}
		i, known := of[word]
		if !known {
			i = len(out)
			of[word], out = i, append(out, nil)
		}
		out[i] = append(out[i], k)
	}
	return out
}

// astray gives the fewest wanted lines that stand elsewhere than live, among the others.
func astray(lines []*node, at map[*node]int) (out []*node) {
	pairs := make([][2]int, len(lines))
	for i, k := range lines {
		pairs[i] = [2]int{i, at[k.mate]}
	}
	stay := rising(pairs)
	for i, k := range lines {
		if len(stay) > 0 && stay[0][0] == i {
			stay = stay[1:]
			continue
		}
		out = append(out, k)
	}
	return out
}

// crossed gives the wanted lines that stand live on the other side of some other one.
func crossed(lines []*node, at map[*node]int) (out []*node) {
	least := make([]int, len(lines)+1) // the first place live of those from here on
	least[len(lines)] = len(at)
	for i := len(lines) - 1; i >= 0; i-- {
		least[i] = min(least[i+1], at[lines[i].mate])
	}
	most := -1
	for i, k := range lines {
		if is := at[k.mate]; is < most || is > least[i+1] {
			out = append(out, k)
		}
		most = max(most, at[k.mate])
	}
	return out
}

// unplaced tells of lines of one block that stand elsewhere.
func (d *differ) unplaced(lines []*node) Note {
	k := lines[0]
	n := Note{Line: int(k.no), Live: int(k.mate.no), Text: d.want.path(k) + ": no rule knows this line, and it stands in another order"}
	if more := len(lines) - 1; more > 0 {
		n.Text += fmt.Sprintf(", as %d more of its block", more)
	}
	n.Text += "; whether that matters is a guess, and it stays where it is"
	for _, k := range lines {
		n.Astray = append(n.Astray, d.want.shown(k))
	}
	return n
}

// Strangers gives the lines of a text that no rule knows, by their numbers.
func Strangers(t *Tree) map[int]bool {
	out := map[int]bool{}
	t.root.walk(func(n *node) {
		if t.rule(n) == nil {
			out[int(n.no)] = true
		}
	})
	return out
}
