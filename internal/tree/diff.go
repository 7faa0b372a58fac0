package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Diff gives the commands that lead from have to want, in an order that a device takes.
// The error names commands that need one another in a circle. Of a line that a text gives twice the
// later one counts, and a block that it gives twice is one; see Options.Once. Both trees are read on and marked
// meanwhile: no other comparison may use one of them at the same time.
func Diff(have, want *Tree, o Options) ([]Edit, []Note, error) {
	if have.untouched() && want.untouched() && have.d == want.d && have.src == want.src {
		return nil, nil, nil
	}
	if !o.Once {
		have.settle(have.root)
		want.settle(want.root)
	}
	if len(have.d.Turns) > 0 {
		if first, now, err := turn(have, want, o); err != nil || now != nil {
			return after(first, now, want, o, err)
		}
	}
	d := &differ{o: o, have: have, want: want, marked: make([]*node, 0, 64), remade: map[*node]*node{},
		defined: map[family]map[string]bool{}, fell: map[*node]bool{}, tell: map[*dialect.Index]*told{}}
	defer d.part()
	d.blocks(have.root, want.root)
	d.close()
	ordered, err := d.order()
	if err != nil {
		return nil, nil, err
	}
	notes := append(d.notes, twofold(have, want)...)
	out := make([]Edit, 0, len(ordered))
	for _, c := range ordered {
		at := len(out)
		if out = d.edits(out, c); len(out) > at && out[at].Unruled {
			e := &out[at]
			notes = append(notes, Note{Line: e.No, Text: strings.Join(append(e.Path[:len(e.Path):len(e.Path)], e.Line), " / ") + ": no rule knows this line; how it acts is a guess"})
		}
		if len(out) > at && out[at].Thaw != "" {
			notes = append(notes, Note{Line: out[at].No, Text: out[at].Line + ": the device goes on as before until \"" + out[at].Thaw + "\" is typed there"})
		}
	}
	return out, notes, nil
}

// cmd is one command on its way: which node it is for, and what must come before it.
type cmd struct {
	n     *node  // of want for a set, of have for a removal
	old   *node  // the live line that a set takes the place of
	more  *extra // what few commands have; nil is nothing
	cause *node
	next  []*cmd  // what must come after it
	one   [1]*cmd // room for that: mostly it is one
	by    *cmd    // the command that takes it along
	seq   int32   // where it was found: the tie-break
	waits int32
	place int32 // in the script
	phase int8
	why   Why
	del   bool
	taken bool // another command takes the line along: nothing is sent
	out   bool
}

type extra struct {
	move  string   // it stands where it should not: the words that say where to
	delta []string // the commands that change a set of numbers
	head  *cmd     // of a header that is set with it
}

// moves tells whether a command moves its line.
func (c *cmd) moves() bool { return c.more != nil && c.more.move != "" }

type differ struct {
	o          Options
	have, want *Tree
	cmds       []*cmd
	rows       [][]cmd                    // all of them, and room for the next ones
	marked     []*node                    // blocks that were compared
	turns      [][2]*node                 // new lines whose order has meaning
	defined    map[family]map[string]bool // names that lines of a wanted block define
	remade     map[*node]*node            // wanted lines that move, and the live ones that are removed for them
	dropped    []*cmd                     // removals that other commands make
	lostTo     []loss                     // live lines that go with a command, wanted again or not
	fell       map[*node]bool             // live lines that some command takes along
	tell       map[*dialect.Index]*told   // by the rules of a block
	toldOf     *dialect.Index             // the last one that was asked for
	toldIs     *told
	apart      halves              // room for what two blocks have alike
	lists      map[string]*entries // commands of lists that let through and hold back
	notes      []Note
	in         *around // the blocks around the last edit
	nothing    Aside   // of edits that have nothing of it
	outer      []*node // room for the blocks around the next one
	arounds    arounds
}

func (d *differ) add(n *node, del bool, why Why, cause *node) *cmd {
	if n.cmd != nil {
		return n.cmd
	}
	last := len(d.rows) - 1
	if last < 0 || len(d.rows[last]) == cap(d.rows[last]) {
		d.rows = append(d.rows, make([]cmd, 0, 64))
		last++
	}
	d.rows[last] = append(d.rows[last], cmd{n: n, del: del, why: why, cause: cause, seq: int32(len(d.cmds))})
	c := &d.rows[last][len(d.rows[last])-1]
	if len(d.cmds) == cap(d.cmds) {
		d.cmds = slices.Grow(d.cmds, 32+len(d.cmds))
	}
	d.cmds, n.cmd = append(d.cmds, c), c
	return c
}

// blocks compares two blocks that are the same block.
func (d *differ) blocks(h, w *node) {
	h.met, w.met = w, h
	d.marked = append(d.marked, h, w)
	if r := d.want.rule(w); r != nil && r.Rewrite {
		if !alike(h, w) {
			d.add(w, false, Change, nil).old = h
		}
		return
	}
	if !h.brief() {
		if h.parent != nil || !d.sides() {
			d.pairs(h, w)
		}
		d.respelled(h, w)
		d.level(d.have, h)
		d.level(d.want, w)
		d.number(h, w)
	}
	d.byKey(h, w)
	d.shuffled(h, w)
	d.orders(h, w)
	theirs := d.follows(h, w)
	for k := h.coarse(); k != nil; k = k.next {
		if k.mate == nil && !theirs[k] {
			d.remove(k)
		}
	}
	for k := w.coarse(); k != nil; k = k.next {
		switch {
		case theirs[k] || k.run():
		case k.mate == nil:
			d.set(k, Change, nil)
		case k.holds() || k.mate.holds() || k.text != k.mate.text:
			d.pair(k.mate, k)
		}
	}
}

// pair compares two lines with one key.
func (d *differ) pair(h, w *node) {
	if h.text == w.text && !h.moved && !w.moved && !d.brief(h, w) && alike(h, w) {
		return
	}
	r := d.want.rule(w)
	switch {
	case d.have.line(h) == d.want.line(w) || d.secret(h, w):
		d.blocks(h, w)
	case r != nil && r.Replace == "recreate":
		d.add(h, true, Recreate, nil)
		d.set(w, Recreate, nil)
	case r != nil && r.Replace == "undo-first" && !h.m.neg && !w.m.neg:
		d.add(h, true, Change, nil)
		d.set(w, Change, nil)
	case r != d.have.rule(h): // another branch of a choice: what stood under the old one goes with it
		d.set(w, Change, nil)
	default:
		c := d.add(w, false, Change, nil)
		c.old = h
		if r != nil && r.IDs != "" {
			if delta := d.delta(h, w); delta != nil {
				c.more = &extra{delta: delta}
			}
		}
		d.blocks(h, w)
	}
}

// remove takes a line away. A block goes with its header; one that cannot be deleted
// loses its lines one by one.
func (d *differ) remove(h *node) {
	d.have.settle(h)
	if r := d.have.rule(h); r != nil && r.Block() && d.have.fixed(h) {
		for k := h.kid(); k != nil; k = k.next {
			d.remove(k)
		}
		return
	}
	d.add(h, true, Change, nil)
}

// set sends a wanted line and all that stands under it.
func (d *differ) set(w *node, why Why, cause *node) {
	d.want.settle(w)
	d.sendAll(w, why, cause)
}

func (d *differ) sendAll(w *node, why Why, cause *node) {
	r := d.want.rule(w)
	block := r != nil && r.Block()
	if (!block || !d.want.fixed(w)) && !(d.want.d.Flat() && carried(w, r)) { // what is always there is entered, not made
		d.add(w, false, why, cause)
	}
	if r != nil && r.Rewrite {
		return
	}
	if block && why != Cascade {
		d.born(w, r)
	}
	var last *node // of those whose order has meaning
	for k := w.kid(); k != nil; k = k.next {
		if kr := d.want.rule(k); kr != nil && kr.Ordered {
			if last != nil && d.want.rule(last) == kr {
				d.inTurn(last, k)
			}
			last = k
		}
		d.sendAll(k, why, cause)
	}
}

// carried tells whether a header comes to be with what stands under it.
func carried(w *node, r *dialect.Rule) bool {
	return w.kid() != nil && w.kid().text != dialect.Inactive && (r == nil || !r.Rewrite)
}

// born removes again the lines that a new block has by itself and that are not wanted.
func (d *differ) born(w *node, r *dialect.Rule) {
	for _, line := range r.Birth {
		b := &node{text: line, parent: w}
		key := d.want.key(b)
		wanted := false
		for k := w.kid(); k != nil; k = k.next {
			if d.want.key(k) != key {
				continue
			}
			wanted = true
			if d.want.line(k) == d.want.line(b) { // it is there already: nothing to send
				c := d.add(k, false, Change, nil)
				c.taken = true
			}
		}
		if !wanted {
			d.add(b, true, Change, nil)
		}
	}
}

// secret tells whether two lines differ in nothing but a secret that is the same one, as far
// as anybody can tell. What is wanted is then what is there: the live form is kept.
func (d *differ) secret(h, w *node) bool {
	a, b := d.have.match(h), d.want.match(w)
	if a == nil || b == nil || b.veiled() == "" || a.veiled() != b.veiled() || a.rule != b.rule || a.neg != b.neg {
		return false
	}
	verdict, kept := Same, false
	for _, e := range dialect.Slots(b.rule.Pattern) {
		if e.Type != "secret" {
			continue
		}
		ref, live := b.slot(e.Name), a.slot(e.Name)
		switch {
		case ref == live:
			continue
		case !placeholder(ref):
			return false
		}
		one := Unknown
		if d.o.Same != nil {
			one = d.o.Same([]byte(sealed(ref)), []byte(sealed(live)))
		}
		if one == Differs {
			return false
		}
		verdict, kept = min(verdict, one), true
	}
	if !kept {
		return false
	}
	if verdict == Unknown {
		d.notes = append(d.notes, Note{Line: int(w.no), Text: b.shown + ": whether the device holds this secret is not known"})
	}
	h.m.lent = true
	w.text, w.own, w.m = h.text, h.own, h.m
	return true
}

// sealed is the last word of a value of secrets, without quotes: the form stands before it.
func sealed(v string) string {
	if i := strings.LastIndexByte(v, ' '); i >= 0 {
		v = v[i+1:]
	}
	return bare(v)
}

// placeholder tells whether a value stands for a secret that is kept elsewhere.
func placeholder(v string) bool {
	v = sealed(v)
	return strings.HasPrefix(v, "‹secret:") || strings.HasPrefix(v, "<secret:") || strings.HasPrefix(v, "secret://")
}

// delta gives the commands that turn one set of numbers into another; nil where the whole
// value is sent.
func (d *differ) delta(h, w *node) (out []string) {
	r := w.m.rule
	have, ok1 := readIDs(h.m.slot(r.IDs))
	want, ok2 := readIDs(w.m.slot(r.IDs))
	if !ok1 || !ok2 || h.m.neg || w.m.neg || r.Add == "" || r.Del == "" {
		return nil
	}
	less := func(a, b []int) []int {
		return slices.DeleteFunc(slices.Clone(a), func(n int) bool { _, in := slices.BinarySearch(b, n); return in })
	}
	for _, part := range chunks(r, r.Add, less(want, have)) {
		out = append(out, d.fillIDs(r.Add, r.IDs, part, w))
	}
	for _, part := range chunks(r, r.Del, less(have, want)) {
		out = append(out, d.fillIDs(r.Del, r.IDs, part, w))
	}
	return out
}

func (d *differ) fillIDs(template, slot, value string, w *node) string {
	return d.want.fill(strings.ReplaceAll(template, "{"+slot+"}", value), w)
}

// chunks writes a set in as many values as the platform wants it in.
func chunks(r *dialect.Rule, template string, set []int) (out []string) {
	if len(set) == 0 {
		return nil
	}
	now := ""
	items := 0
	for _, part := range ranges(set) {
		longer := now + "," + part
		full := r.Chunk > 0 && (!r.ChunkBytes && items == r.Chunk || r.ChunkBytes && len(template)+len(longer) > r.Chunk)
		switch {
		case now == "":
			longer = part
		case full:
			out, longer, items = append(out, now), part, 0
		}
		now = longer
		items++
	}
	return append(out, now)
}
