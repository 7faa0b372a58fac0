package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// settle brings every level of a tree into its canonical form.
func (t *Tree) settle(n *node) {
	if n.kid() == nil { // most lines
		n.level = true
		return
	}
	t.settleLevel(n)
	for k := n.kid(); k != nil; k = k.next {
		t.settle(k)
	}
	t.sweep(n)
}

// settleLevel brings what stands under one line into canonical form: noise left out, other
// spellings moved where they belong, ranges of numbers taken apart, a block that is given
// twice as one, of two lines with one key the later.
func (t *Tree) settleLevel(n *node) {
	if n.level {
		return
	}
	n.level = true
	if t.body(n) {
		return
	}
	t.tidy(n, func(*node) bool { return true })
}

// tidy does so for those lines that are asked for.
func (t *Tree) tidy(n *node, which func(*node) bool) {
	var last *node // in front of the next one
	for k := n.kid(); k != nil; {
		if t.moves.front = last; which(k) {
			t.spread(n, k)
		}
		if k.parent == n {
			last = k
		}
		if k = n.first; last != nil {
			k = last.next
		}
	}
	t.moves = moves{}
	size := 0
	for k := n.kid(); k != nil; k = k.next {
		if which(k) {
			size++
		}
	}
	if size == 0 {
		return
	}
	if size == 1 {
		t.only(n, which)
		return
	}
	seen := t.sought(n, size, which)
	var before *node
	for k := n.kid(); k != nil; k = k.next {
		if which(k) && (t.drop(k) || t.merged(k, seen)) {
			k.unlink(before)
			continue
		}
		before = k
	}
}

// sought is for so many lines of a block that are asked for, of which those are to be remembered whose key
// another one may have.
func (t *Tree) sought(n *node, size int, which func(*node) bool) *seen {
	once, again := newSketch(size), newSketch(size)
	twice := 0
	for k := n.kid(); k != nil; k = k.next {
		if !which(k) {
			continue
		}
		if h := hash(t.key(k)); t.rule(k) == nil || once.may(h) {
			again.add(h)
			twice += 2
		} else {
			once.add(h)
		}
	}
	return newSeen(min(size, twice), again)
}

// only does the rest of it where one line is asked for.
func (t *Tree) only(n *node, which func(*node) bool) {
	var before *node
	for k := n.kid(); k != nil; before, k = k, k.next {
		if which(k) {
			if t.drop(k) {
				k.unlink(before)
			}
			return
		}
	}
}

// body tells whether lines under a line are one text, in which rules know nothing.
func (t *Tree) body(n *node) bool {
	for ; n != nil && n.parent != nil; n = n.parent {
		if r := t.rule(n); r != nil && r.Rewrite {
			return true
		}
	}
	return false
}

// drop tells whether a line says nothing that could be wanted.
func (t *Tree) drop(k *node) bool {
	r := t.rule(k)
	if r == nil || k.gone {
		return k.gone
	}
	if r.Noise || r.DeviceOnly {
		t.notes = append(t.notes, Note{Line: int(k.no), Text: k.m.line + ": only the device says this, and it stays"})
		return true
	}
	return false
}

// merged makes of a line that was given before one line with it.
func (t *Tree) merged(k *node, seen *seen) bool {
	if r := t.rule(k); r != nil && r.Sequence != "" && k.m.slot(r.Sequence) == "" {
		return false // it has no number yet
	}
	key := t.key(k)
	if t.rule(k) != nil && !seen.again.may(hash(key)) {
		return false
	}
	old := seen.get(key)
	if old != nil && t.rule(k) == nil && k.kid() == nil { // equal lines that no rule knows are several
		last := "\x03" + k.m.line
		if twin := seen.get(last); twin != nil {
			k.twin = twin.twin
		}
		for ; old != nil; old = seen.get(key) {
			k.twin++
			key = t.key(k)
		}
		seen.set(last, k)
	}
	if old == nil {
		seen.set(key, k)
		return false
	}
	if t.block(old) {
		same := old.m.line == k.m.line
		if t.join(old, k); same {
			t.notes = append(t.notes, Note{Line: int(k.no), Text: k.m.line + ": given before; both are one block"})
			return true
		}
	}
	t.overwritten(old, k)
	old.text, old.m, old.no, old.own = k.text, k.m, k.no, k.own
	return true
}

// join gives a block what stands in one that is the same, under the same header or one with another
// value. A text that is entered as a whole takes the place of the one before.
func (t *Tree) join(old, k *node) {
	old.kid()
	if r := t.rule(k); r != nil && r.Rewrite {
		old.first, old.last = nil, nil
	}
	for c := k.kid(); c != nil; {
		next := c.next
		old.insert(c)
		c = next
	}
	old.level, old.moved = false, true
}

// sweep leaves out what a settled level says and a silent one would too: defaults, blocks
// that cannot be deleted and hold nothing, containers that hold nothing.
func (t *Tree) sweep(n *node) {
	if t.body(n) {
		return
	}
	var before *node
	for k := n.kid(); k != nil; k = k.next {
		if t.silent(k) || t.hollow(k) {
			k.unlink(before)
			continue
		}
		before = k
	}
}

// hollow tells whether a block says nothing because it holds nothing.
func (t *Tree) hollow(k *node) bool {
	r := t.rule(k)
	if r == nil || k.kid() != nil || !r.Block() || k.m.neg {
		return false
	}
	return t.fixed(k) || t.d.Flat() && t.d.Acts != "file" && len(r.Kids) > 0 && !r.Keyed() && !r.Valued() && !r.Presence
}

// fixed tells whether a block cannot be deleted.
func (t *Tree) fixed(k *node) bool {
	r := t.rule(k)
	if r == nil || !r.Fixed {
		return false
	}
	return r.FixedClass == "" || t.class(k) == r.FixedClass
}

// class gives the class of the interface that a line or a block around it names.
func (t *Tree) class(n *node) string {
	for ; n != nil && n.parent != nil; n = n.parent {
		m := t.match(n)
		if m == nil {
			continue
		}
		for _, e := range dialect.Slots(m.rule.Pattern) {
			if e.Type == "ifname" && m.slot(e.Name) != "" {
				return classOf(t.d, m.slot(e.Name))
			}
		}
	}
	return ""
}

// classOf gives the class of an interface: the one with the longest beginning that fits,
// else the letters of its name. A beginning that ends with * and a sign asks for that sign
// behind it: Ethernet*. are the parts of ports.
func classOf(d *dialect.Dialect, name string) string {
	best, class := 0, strings.TrimRight(name, "0123456789/.:")
	for c, heads := range d.Classes {
		for _, h := range heads {
			h, sign, _ := strings.Cut(h, "*")
			if in, ok := strings.CutPrefix(name, h); !ok || !strings.Contains(in, sign) {
				continue
			}
			if h += sign; len(h) > best || len(h) == best && c < class {
				best, class = len(h), c
			}
		}
	}
	return class
}

// defaultOf gives what a silent device means by the rule of a line: on, off, a value or "".
func (t *Tree) defaultOf(n *node) string {
	r := t.rule(n)
	if r == nil || r.Default == "" {
		return ""
	}
	if !t.applies(n) { // a switch that is on by itself only sometimes is off else, and the other way round
		switch r.Default {
		case "on":
			return "off"
		case "off":
			return "on"
		}
		return ""
	}
	table, ok := strings.CutPrefix(r.Default, "@")
	if !ok {
		return r.Default
	}
	return t.d.Tables[table][t.class(n)]
}

// silent tells whether a line says what a silent device means anyway.
func (t *Tree) silent(n *node) bool {
	switch def := t.defaultOf(n); def {
	case "":
		return false
	case "on":
		return !n.m.neg && n.kid() == nil
	case "off":
		return n.m.neg
	default:
		if n.m.neg { // without its value it is what it is by itself
			return !slices.ContainsFunc(n.m.bind, func(b bound) bool { return b.e.Value })
		}
		return n.m.value() == def
	}
}

// value is the canonical line from its first value on.
func (m *matched) value() string {
	rest := m.line
	for range headWords(m.rule.Pattern) {
		_, rest, _ = strings.Cut(rest, " ")
	}
	return rest
}

// headWords counts the elements in front of the first value.
func headWords(es []dialect.Elem) (n int) {
	for i := range es {
		if es[i].Value || es[i].Kind == dialect.Group || es[i].Kind == dialect.Rest {
			break
		}
		if es[i].Kind != dialect.Silent {
			n++
		}
	}
	return n
}

// applies tells whether the condition of a rule's default holds.
func (t *Tree) applies(n *node) bool {
	r := n.m.rule
	for i := range r.Unless {
		if t.says(n, &r.Unless[i]) {
			return false
		}
	}
	for i := range r.If {
		if t.says(n, &r.If[i]) {
			return true
		}
	}
	return len(r.If) == 0
}

// says tells whether a line is there that a condition names. A switch that is off is none, unless
// the condition asks for that.
func (t *Tree) says(n *node, g *dialect.Glob) bool {
	return slices.ContainsFunc(t.find(n, g), func(k *node) bool { return !k.m.neg || g.Off(t.d.Negate) })
}

// steady tells whether silence about a live line will mean what it means now, as where one of two
// lines goes that say so.
func (d *differ) steady(n *node) bool {
	in := d.counterpart(n.parent)
	if p := n.parent; in == nil && p.parent == d.have.root && d.have.fixed(p) { // it stays, and holds nothing
		in = &node{text: p.text, m: p.m, parent: d.want.root}
	}
	if in == nil || n.m.rule == nil || len(n.m.rule.If)+len(n.m.rule.Unless) == 0 {
		return in != nil
	}
	return d.have.applies(n) == d.want.applies(&node{text: n.text, m: n.m, parent: in})
}

// copy makes a node of its own with all that stands under it.
func (n *node) copy(parent *node) *node {
	n.kid()
	if n.m != nil {
		n.m.lent = true
	}
	c := *n
	c.parent, c.first, c.last, c.next, c.met, c.cmd = parent, nil, nil, nil, nil, nil
	for k := n.kid(); k != nil; k = k.next {
		c.add(k.copy(&c))
	}
	return &c
}
