package tree

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// number gives the entries of numbered lists their numbers where they are written without.
// Live ones count up from the first as the device does; a wanted one that is live keeps its
// number, and a new one goes into the gap, so that nothing else has to move.
func (d *differ) number(h, w *node) {
	for _, r := range d.told(d.want, w).numbered {
		for list, want := range d.want.lists(w, r) {
			if !slices.ContainsFunc(want, func(k *node) bool { return k.m.slot(r.Sequence) == "" }) {
				continue
			}
			have := d.have.lists(h, r)[list]
			d.have.count(have, r)
			d.place(have, want, r)
			for _, k := range append(have, want...) {
				k.mate = nil
			}
		}
	}
}

// kids gives the rules of what stands under a line.
func (t *Tree) kids(n *node) []*dialect.Rule {
	if n == t.root {
		return t.d.Rules
	}
	if r := t.rule(n); r != nil {
		return r.Kids
	}
	return nil
}

// lists gives the entries of the numbered lists of a block, by what names the list.
func (t *Tree) lists(n *node, r *dialect.Rule) map[string][]*node {
	out := map[string][]*node{}
	for k := n.kid(); k != nil; k = k.next {
		m := t.match(k)
		if m == nil || m.neg || m.rule.Sequence != r.Sequence || !sameList(m.rule, r) {
			continue
		}
		out[listName(m)] = append(out[listName(m)], k)
	}
	return out
}

// sameList tells whether the entries of two rules are of one list: those of a block are,
// and those whose lines begin with the same words.
func sameList(a, b *dialect.Rule) bool {
	return a == b || len(dialect.Slots(a.Pattern)) > 0 && dialect.Slots(a.Pattern)[0].Name == a.Sequence && dialect.Slots(b.Pattern)[0].Name == b.Sequence
}

// listName is the key slots of an entry but its number.
func listName(m *matched) string {
	var out []string
	for _, e := range dialect.Slots(m.rule.Pattern) {
		if !e.Value && e.Name != m.rule.Sequence {
			out = append(out, m.slot(e.Name))
		}
	}
	return strings.Join(out, "\x00")
}

// count numbers live entries.
func (t *Tree) count(entries []*node, r *dialect.Rule) {
	last := 0
	for _, k := range entries {
		n, err := strconv.Atoi(k.m.slot(r.Sequence))
		if err != nil {
			n = last + r.Step
			t.numbered(k, n)
		}
		if !t.match(k).rule.Ahead {
			last = n
		}
	}
}

// numbered writes an entry with its number.
func (t *Tree) numbered(k *node, n int) {
	r := k.m.rule
	k.text, k.m, k.own = spell(r, k.m.with(r.Sequence, strconv.Itoa(n))), nil, 0
}

// place gives wanted entries the numbers of equal live ones, in order, and others a number
// between their neighbours. Where there is no room all are numbered anew. What stands in front
// of an entry has its number.
func (d *differ) place(have, want []*node, r *dialect.Rule) {
	ahead := func(k *node) bool { return k.m.rule.Ahead }
	if slices.ContainsFunc(want, ahead) {
		defer d.heads(want, r)
		have, want = slices.DeleteFunc(slices.Clone(have), ahead), slices.DeleteFunc(slices.Clone(want), ahead)
	}
	stay := common(values(d.have, have), values(d.want, want))
	numbers := make([]int, len(want))
	for i, j := range stay {
		numbers[i], _ = strconv.Atoi(have[j].m.slot(r.Sequence))
	}
	for i := 0; i < len(want); {
		if numbers[i] != 0 {
			i++
			continue
		}
		end := i
		for end < len(want) && numbers[end] == 0 {
			end++
		}
		if !fillGap(numbers, i, end, r.Step) {
			for k := range numbers {
				numbers[k] = (k + 1) * r.Step
			}
			break
		}
		i = end
	}
	for i, k := range want {
		if k.m.slot(r.Sequence) == "" {
			d.want.numbered(k, numbers[i])
		}
	}
}

// heads gives what stands in front of entries their numbers, which they have by now; behind the
// last one it is the next.
func (d *differ) heads(want []*node, r *dialect.Rule) {
	next, last := 0, 0
	for _, k := range slices.Backward(want) {
		m := d.want.match(k)
		n, err := strconv.Atoi(m.slot(r.Sequence))
		switch {
		case !m.rule.Ahead:
			next, last = n, max(last, n)
		case err != nil && next != 0:
			d.want.numbered(k, next)
		}
	}
	for _, k := range want {
		if d.want.match(k).slot(r.Sequence) == "" {
			d.want.numbered(k, last-last%r.Step+r.Step)
		}
	}
}

// fillGap spreads numbers from one entry to another evenly; behind the last by whole steps.
func fillGap(numbers []int, from, to, step int) bool {
	low := 0
	if from > 0 {
		low = numbers[from-1]
	}
	if to == len(numbers) {
		for i := from; i < to; i++ {
			numbers[i] = low - low%step + (i-from+1)*step
		}
		return true
	}
	each := (numbers[to] - low) / (to - from + 1)
	for i := from; i < to && each > 0; i++ {
		numbers[i] = low + (i-from+1)*each
	}
	return each > 0
}

// values gives entries without their numbers.
func values(t *Tree, entries []*node) (out []string) {
	for _, k := range entries {
		m := t.match(k)
		v := m.rule.Text
		for _, e := range dialect.Slots(m.rule.Pattern) {
			if e.Name != m.rule.Sequence {
				v += "\x00" + m.slot(e.Name)
			}
		}
		out = append(out, v)
	}
	return out
}

// common gives, for entries of want, those of have that stay: a longest run of equal ones
// in the same order.
func common(have, want []string) map[int]int {
	at := map[string][]int{}
	for j, v := range have {
		at[v] = append(at[v], j)
	}
	var pairs [][2]int
	for i, v := range want {
		if js := at[v]; len(js) > 0 {
			pairs = append(pairs, [2]int{i, js[0]})
			at[v] = js[1:]
		}
	}
	out := map[int]int{}
	for _, p := range rising(pairs) {
		out[p[0]] = p[1]
	}
	return out
}

// rising gives a longest run of pairs whose second parts rise (patience sorting).
func rising(pairs [][2]int) (out [][2]int) {
	var tops, prev []int
	prev = make([]int, len(pairs))
	for i, p := range pairs {
		at, _ := slices.BinarySearchFunc(tops, p[1], func(t, v int) int { return pairs[t][1] - v })
		prev[i] = -1
		if at > 0 {
			prev[i] = tops[at-1]
		}
		if at == len(tops) {
			tops = append(tops, i)
		} else {
			tops[at] = i
		}
	}
	if len(tops) == 0 {
		return nil
	}
	for i := tops[len(tops)-1]; i >= 0; i = prev[i] {
		out = append(out, pairs[i])
	}
	slices.Reverse(out)
	return out
}

// orders moves lines whose order has meaning and is another one. A platform with whole
// paths has a command that moves; elsewhere a line is taken away and set again, behind all
// others.
func (d *differ) orders(h, w *node) {
	for _, r := range d.told(d.want, w).ordered {
		want := d.family(d.want, w, r)
		if d.want.d.Flat() && d.want.d.Acts != "message" { // a message cannot move anything
			d.moves(d.family(d.have, h, r), want)
		} else {
			d.appends(d.family(d.have, h, r), want)
		}
	}
}

// family gives the lines of a block that are of one rule.
func (d *differ) family(t *Tree, n *node, r *dialect.Rule) (out []*node) {
	for k := n.kid(); k != nil; k = k.next {
		if t.rule(k) == r && !k.m.neg {
			out = append(out, k)
		}
	}
	return out
}

// moves says of every wanted line that will not stand where it should behind which it does.
// Live lines stay in their order, and new ones come behind them in the order that they are
// wanted in.
func (d *differ) moves(have, want []*node) {
	place := map[*node]int{}
	for i, k := range want {
		place[k] = i
	}
	var now []*node
	for _, k := range have {
		if k.mate != nil {
			now = append(now, k.mate)
		}
	}
	for _, k := range want {
		if k.mate == nil {
			now = append(now, k)
		}
	}
	stays := staying(now, place)
	var fresh *node
	for i, k := range want {
		if k.mate == nil {
			d.inTurn(fresh, k)
			fresh = k
		}
		if stays[i] {
			continue
		}
		where := "before " + d.want.head(first(now, k))
		if i > 0 {
			where = "after " + d.want.head(want[i-1])
		}
		d.cmds = append(d.cmds, &cmd{n: k, why: Change, more: &extra{move: where}, seq: int32(len(d.cmds))})
	}
}

// staying gives the places of a longest run of lines that stand in order; of several runs
// the one whose lines stand in front, so that what comes from behind is moved.
func staying(now []*node, place map[*node]int) map[int]bool {
	var pairs [][2]int
	for j := len(now) - 1; j >= 0; j-- {
		pairs = append(pairs, [2]int{j, -place[now[j]]})
	}
	stays := map[int]bool{}
	for _, p := range rising(pairs) {
		stays[-p[1]] = true
	}
	return stays
}

// first is the first of some lines but one.
func first(of []*node, but *node) *node {
	if of[0] == but && len(of) > 1 {
		return of[1]
	}
	return of[0]
}

// inTurn remembers that a new line comes after another one.
func (d *differ) inTurn(a, b *node) {
	if a != nil {
		d.turns = append(d.turns, [2]*node{a, b})
	}
}

// head is a line as far as its value, as it was written.
func (t *Tree) head(n *node) string { return t.match(n).upToValue() }

// appends keeps the longest beginning of what is wanted that stands in order, and sets all
// behind it again.
func (d *differ) appends(have, want []*node) {
	at := map[*node]int{}
	for j, k := range have {
		at[k] = j
	}
	last, broken := -1, false
	var fresh *node
	for _, k := range want {
		j, live := at[k.mate]
		if !broken && k.mate != nil && live && j > last {
			last = j
			continue
		}
		broken = true
		if k.mate != nil {
			d.add(k.mate, true, Change, nil)
			d.remade[k] = k.mate
			k.mate.mate, k.mate = nil, nil
		}
		d.inTurn(fresh, k)
		fresh = k
	}
}
