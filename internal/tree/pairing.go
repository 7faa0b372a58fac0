package tree

import (
	"slices"

	"plumbline/internal/tree/dialect"
)

// alike tells whether all under two lines is written in the same way. Hashes say that it
// is not; that it is, only the lines themselves do.
func alike(a, b *node) bool {
	if a.fold != nil && b.fold != nil && !a.fold.few && !b.fold.few && a.fold.text == b.fold.text {
		return true
	}
	x, y := a.kid(), b.kid()
	if a.ord != b.ord && !a.level && !b.level {
		return false
	}
	for ; x != nil && y != nil; x, y = x.next, y.next {
		if x.moved || y.moved || x.text != y.text || !alike(x, y) {
			return false
		}
	}
	return x == nil && y == nil
}

// pairs pairs lines of one text, most of which stand in the same order.
func (d *differ) pairs(h, w *node) {
	for k := h.kid(); k != nil; k = k.next {
		k.mate = nil
	}
	for k := w.kid(); k != nil; k = k.next {
		k.mate = nil
	}
	x, y := h.kid(), w.kid()
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

// scattered pairs lines from x on with the lines of w that are left, wherever they stand. Most lines of a
// block of which all changed have no partner: nothing is kept of those.
func (d *differ) scattered(x, w *node) {
	size := unpaired(w)
	here, there := newSketch(size), newSketch(size)
	for k := x; k != nil; k = k.next {
		if k.mate == nil {
			here.add(k.own)
		}
	}
	both := 0
	for y := w.kid(); y != nil; y = y.next {
		if y.mate == nil && here.may(y.own) {
			there.add(y.own)
			both++
		}
	}
	if both == 0 {
		return
	}
	left := newQueues(both)
	for y := w.kid(); y != nil; y = y.next {
		if y.mate == nil && here.may(y.own) {
			left.push(y.text, y)
		}
	}
	for ; x != nil; x = x.next {
		if x.mate != nil || !there.may(x.own) {
			continue
		}
		if y := left.pop(x.text); y != nil {
			x.mate, y.mate = y, x
		}
	}
}

// unpaired counts the lines of a block that have no partner.
func unpaired(in *node) (n int) {
	for k := in.coarse(); k != nil; k = k.next {
		if k.mate == nil {
			n++
		}
	}
	return n
}

// queues hold lines by a text, those of one text in their order. A block of thousands of lines
// asks for few pieces of memory and not for one a line.
type queues struct {
	table
	ends  [][2]int32 // by the number of a text, places in lines: of the next one and of the last; -1 is none
	lines []queued
}

type queued struct {
	n    *node
	next int32 // of its text
}

func newQueues(size int) *queues {
	return &queues{newTable(size), make([][2]int32, 0, size), make([]queued, 0, size)}
}

func (q *queues) push(text string, n *node) {
	at := int32(len(q.lines))
	q.lines = append(q.lines, queued{n, -1})
	no := q.number(text)
	if int(no) == len(q.ends) {
		q.ends = append(q.ends, [2]int32{at, at})
		return
	}
	q.lines[q.ends[no][1]].next = at
	q.ends[no][1] = at
}

// pop takes the first line of a text; nil is none. All are pushed before.
func (q *queues) pop(text string) *node {
	no, _, _ := q.find(text)
	if no < 0 || q.ends[no][0] < 0 {
		return nil
	}
	line := q.lines[q.ends[no][0]]
	q.ends[no][0] = line.next
	return line.n
}

// respelled takes partners apart that are spelled in another way, where a line of the block
// has no partner: what it turns into may stand in the block that they are moved to.
func (d *differ) respelled(h, w *node) {
	may := d.told(d.have, h)
	if len(may.elsewhere) == 0 || !d.told(d.want, w).spelled || !lonely(h) && !lonely(w) {
		return
	}
	for k := h.kid(); k != nil; k = k.next {
		if k.mate == nil || !may.moves(d.have, k.text) {
			continue
		}
		if r := d.have.rule(k); r != nil && elsewhere(r) {
			k.mate.mate, k.mate = nil, nil
		}
	}
}

// told is what the rules of a block tell of its lines as a whole. Most tell nothing.
type told struct {
	spelled   bool      // there are other spellings
	inherits  bool      // a line makes its block follow another one
	heads     [256]bool // first bytes of such lines, which the next words ask for one by one
	elsewhere []string  // what begins lines that may say something of another block, so that no rule is looked up for others
	numbered  []*dialect.Rule
	ordered   []*dialect.Rule
}

// told gives that of a block.
func (d *differ) told(t *Tree, n *node) *told {
	var of *dialect.Index
	if n == t.root {
		of = t.d.All
	} else if r := t.rule(n); r != nil {
		of = r.Under
	}
	if d.toldOf == of && d.toldIs != nil { // mostly blocks of one rule follow one another
		return d.toldIs
	}
	known := d.tell[of]
	if known == nil {
		known = &told{}
		for _, r := range t.kids(n) {
			known.spelled, known.inherits = known.spelled || r.Of != nil, known.inherits || len(r.Inherits) > 0
			if elsewhere(r) {
				known.leads(t.d, r.First())
			}
			if r.Sequence != "" && r.Step != 0 {
				known.numbered = append(known.numbered, r)
			}
			if r.Ordered {
				known.ordered = append(known.ordered, r)
			}
		}
		d.tell[of] = known
	}
	d.toldOf, d.toldIs = of, known
	return known
}

// leads notes a word that begins lines which may say something of another block; "" begins all.
func (d *told) leads(of *dialect.Dialect, word string) {
	d.elsewhere = append(d.elsewhere, word)
	for c := range d.heads {
		d.heads[c] = d.heads[c] || word == "" || byte(c) == word[0] || of.Negate == "" || byte(c) == of.Negate[0]
	}
}

// moves tells whether a line may say something of another block.
func (d *told) moves(t *Tree, line string) bool {
	return line != "" && d.heads[line[0]] && slices.ContainsFunc(d.elsewhere, func(word string) bool { return t.begins(line, word) })
}

// elsewhere tells whether what a line of a rule says may stand in another block, or in several
// lines.
func elsewhere(r *dialect.Rule) bool {
	return r.Of != nil && (r.Of.Up != r.Up || r.Adds) || r.Add != ""
}

// lonely tells whether a line of a block has no partner.
func lonely(n *node) bool {
	for k := n.coarse(); k != nil; k = k.next {
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
	if !lonely(n) {
		return
	}
	t.twice(n)
	t.tidy(n, func(k *node) bool { return k.mate == nil })
	t.twice(n) // a range that was taken apart may hold one of the others
	var before *node
	for k := n.kid(); k != nil; k = k.next {
		if k.mate == nil {
			if k.kid() != nil {
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
	alone, paired := 0, 0
	for k := n.kid(); k != nil; k = k.next {
		if k.mate == nil {
			alone++
		} else {
			paired++
		}
	}
	if alone == 0 || paired == 0 {
		return
	}
	var with map[string]*node // of more than a few
	if alone > few {
		with = make(map[string]*node, paired)
		for k := n.kid(); k != nil; k = k.next {
			if k.mate != nil {
				with[k.text] = k
			}
		}
	}
	var before *node
	for k := n.kid(); k != nil; k = k.next {
		var old *node
		switch {
		case k.mate != nil:
		case with != nil:
			old = with[k.text]
		default:
			old = n.paired(k.text)
		}
		if old == nil || t.rule(k) == nil && k.kid() == nil {
			before = k
			continue
		}
		for c := k.kid(); c != nil; {
			next := c.next
			old.insert(c)
			c = next
		}
		old.moved, old.mate.moved = true, true
		k.unlink(before)
	}
}

// paired gives the last line of a block that has a partner and is written so; nil is none.
func (n *node) paired(text string) (last *node) {
	for k := n.kid(); k != nil; k = k.next {
		if k.mate != nil && k.text == text {
			last = k
		}
	}
	return last
}

// byKey pairs the lines that are left: the same line with another value, or spelled
// otherwise.
func (d *differ) byKey(h, w *node) {
	size := unpaired(h)
	if size == 0 {
		return
	}
	if size == 1 {
		d.oneByKey(h, w)
		return
	}
	x, y := h.coarse().alone(), w.coarse().alone()
	for ; x != nil && y != nil && d.have.key(x) == d.want.key(y); size-- { // mostly they stand in one order
		x.mate, y.mate = y, x
		x, y = x.next.alone(), y.next.alone()
	}
	if x == nil || y == nil {
		return
	}
	left := newQueues(size)
	for ; x != nil; x = x.next.alone() {
		left.push(d.have.key(x), x)
	}
	for ; y != nil; y = y.next.alone() {
		if old := left.pop(d.want.key(y)); old != nil {
			y.mate, old.mate = old, y
		}
	}
}

// alone gives the first line from one on that has no partner; nil is none.
func (n *node) alone() *node {
	for n != nil && n.mate != nil {
		n = n.next
	}
	return n
}

// oneByKey does so where one live line is left.
func (d *differ) oneByKey(h, w *node) {
	old := h.coarse()
	for old.mate != nil {
		old = old.next
	}
	for k := w.coarse(); k != nil; k = k.next {
		if k.mate == nil && d.want.key(k) == d.have.key(old) {
			k.mate, old.mate = old, k
			return
		}
	}
}
