package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

const inactive = dialect.Inactive

// Script writes edits in the platform's words: the very bytes that will be sent, indented
// as the configuration is. Entering configuration mode and saving are the driver's.
func Script(d *dialect.Dialect, es []Edit) []byte {
	w := &writer{b: make([]byte, 0, room(es))}
	for i := range es {
		e := &es[i]
		if d.Flat() {
			w.line(e.Send)
			continue
		}
		w.enter(e.Blocks, e.Exit)
		w.line(e.Send)
		if e.Opens {
			w.open, w.exits = append(append(w.open[:0], e.Blocks...), e.Send), e.Exit
		}
	}
	w.enter(nil, nil)
	return w.b
}

// room guesses how long a script becomes: one that grows asks for twice as much.
func room(es []Edit) (n int) {
	for i := range es {
		e := &es[i]
		n += len(e.Send) + len(e.Blocks) + 1
		if i > 0 && !e.Opens && len(e.Blocks) > 0 && len(es[i-1].Blocks) > 0 && &e.Blocks[0] == &es[i-1].Blocks[0] {
			continue // the blocks are open
		}
		for depth, header := range e.Blocks {
			n += 2*depth + len(header) + 2
		}
		for depth, word := range e.Exit {
			n += depth + len(word) + 1
		}
	}
	return n
}

// writer knows which blocks are open, and the words that leave them.
type writer struct {
	b           []byte
	open, exits []string
}

func (w *writer) line(text string) {
	if text == "" {
		return
	}
	for range w.open {
		w.b = append(w.b, ' ')
	}
	w.b = append(append(w.b, text...), '\n')
}

// enter leaves the open blocks that path is not in, and opens the ones it is in.
func (w *writer) enter(path, exits []string) {
	same := 0
	for same < len(path) && same < len(w.open) && path[same] == w.open[same] {
		same++
	}
	for len(w.open) > same {
		exit := w.exits[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		w.line(exit)
	}
	for _, header := range path[same:] {
		w.line(header)
		w.open = append(w.open, header)
	}
	if len(w.open) > 0 {
		w.exits = exits
	}
}

// edits adds what is sent for a command: one line, and with a text that is sent whole its
// lines.
func (d *differ) edits(out []Edit, c *cmd) []Edit {
	t := d.treeOf(c)
	in := d.surroundings(c)
	e := Edit{Place: &in.Place, Aside: &d.nothing, Del: c.del, Line: t.shown(c.n), Why: c.why, Unruled: t.rule(c.n) == nil}
	if r := t.rule(c.n.parent); c.n.text == inactive {
		if e.Unruled = false; r != nil {
			e.Proof = r.Proof // it is known as well as the line that it switches
		}
	}
	if !c.del {
		e.No = int(c.n.no)
	}
	if c.cause != nil {
		e.Cause = int(c.cause.no)
	}
	var takes string
	e.Foreign, takes = d.foreign(c)
	if !c.del && !c.moves() && c.old != nil && !c.old.off() {
		if was := d.have.shown(c.old); was != e.Line {
			e.Was, e.Over = was, d.o.Guard && (d.o.Deployed == nil || d.o.Deployed.has(d.have, c.old) == nil)
		}
	}
	if c.more != nil && c.more.head != nil && !c.more.head.old.off() {
		h := c.more.head.old
		e.Was = strings.TrimSuffix(d.have.shown(h)+" "+e.Was, " ")
		e.Over = e.Over || d.o.Guard && (d.o.Deployed == nil || d.o.Deployed.has(d.have, h) == nil)
	}
	d.about(c, t, &e, takes)
	if c.moves() {
		e.Send = d.flat("insert", c, t.head(c.n)) + " " + c.more.move
		return append(out, e)
	}
	var sends []string
	if c.more != nil {
		sends = c.more.delta
	}
	if sends == nil {
		sends = d.inParts(c, t)
	}
	for _, s := range sends {
		e.Send = s
		out = append(out, e)
	}
	if len(sends) == 0 {
		e.Send = d.command(c, t)
		out = append(out, e)
	}
	if r := t.rule(c.n); !c.del && r != nil && r.Rewrite {
		out = append(out, d.text(c, e)...)
	}
	return out
}

// about adds what the rule says beside, and which line it takes away that is not ours.
func (d *differ) about(c *cmd, t *Tree, e *Edit, takes string) {
	r := t.rule(c.n)
	beside := Aside{Takes: takes}
	if r == nil { // a block that no rule knows is entered by its header, as others are
		if !c.del && !t.d.Flat() && c.n.kid() != nil && !t.body(c.n.parent) {
			e.Opens, e.Place = true, d.in.opens(exitWord(t, c.n))
		}
	} else {
		e.Proof, e.Lockout, e.Filter = r.Proof, r.Lockout, r.Filter
		if c.del {
			beside.Confirm, beside.Answer = r.Confirm, r.Answer
		}
		if d.frozen(c, r) {
			beside.Thaw = r.Thaw
		}
		if r.Resets != "" {
			beside.Resets = []string{t.name(r.Resets, c.n)}
		}
		if !c.del && !c.n.m.neg && r.Block() && !t.d.Flat() {
			e.Opens, e.Place = true, d.in.opens(exitWord(t, c.n))
		}
	}
	if beside.Resets != nil || beside.Thaw+beside.Takes+beside.Confirm+beside.Answer != "" {
		aside := beside // apart only where it is needed
		e.Aside = &aside
	}
}

// written is a header as it is sent.
func (d *differ) written(b *node) string { return dialect.Fold(b.text) }

func (d *differ) treeOfNode(n *node) *Tree {
	if d.inWant(n) {
		return d.want
	}
	return d.have
}

// exitWord is the word that leaves a block, for a script.
func exitWord(t *Tree, n *node) string {
	if exit := t.exit(n); exit != "" {
		return exit
	}
	return "exit"
}

// inParts is what is sent for a line that is a set of numbers longer than the platform takes in
// one command: it begins with some of them, and gets the others added. Nil is one command.
func (d *differ) inParts(c *cmd, t *Tree) []string {
	r := t.rule(c.n)
	if c.del || r == nil || r.IDs == "" || r.Add == "" || c.n.m.neg {
		return nil
	}
	set, ok := readIDs(c.n.m.slot(r.IDs))
	parts := chunks(r, r.Add, set)
	if !ok || len(parts) < 2 {
		return nil
	}
	out := []string{spell(r, c.n.m.with(r.IDs, parts[0]))}
	for _, part := range parts[1:] {
		out = append(out, d.fillIDs(r.Add, r.IDs, part, c.n))
	}
	return out
}

// command is what is sent for a line.
func (d *differ) command(c *cmd, t *Tree) string {
	switch {
	case c.n.text == inactive && t.d.Flat():
		up := &cmd{n: c.n.parent, del: c.del}
		if c.del {
			return d.flat("activate", up, t.shortest(c.n.parent))
		}
		return d.flat("deactivate", up, t.shortest(c.n.parent))
	case t.d.Flat() && c.del:
		if r := t.rule(c.n); r != nil && r.Undo != "" && r.Undo != "key" && r.Undo != "full" {
			return t.undo(c.n)
		}
		return d.flat(t.d.Negate, c, t.shortest(c.n))
	case t.d.Flat():
		return d.flat(t.d.Set, c, dialect.Fold(c.n.text))
	case c.del:
		return t.undo(c.n)
	}
	if t.rule(c.n) == nil {
		return dialect.Fold(c.n.text)
	}
	return c.n.text
}

// shortest is a line as far as its value, or all of it where no rule knows its value.
func (t *Tree) shortest(n *node) string {
	m := t.match(n)
	if m == nil || m.rule.Undo == "full" || m.rule.Many {
		return dialect.Fold(n.text)
	}
	return m.upToValue()
}

// flat is a command with the whole path.
func (d *differ) flat(word string, c *cmd, line string) string {
	var path []string
	for _, b := range d.blocksOf(c) {
		path = append(path, d.written(b))
	}
	return word + " " + join(d.want.d, append(path, line))
}

func join(d *dialect.Dialect, path []string) string {
	if d.Syntax == "path" {
		return dialect.JoinPath(path)
	}
	if d.Acts == "file" { // these commands change a text: where a block begins must be seen
		return strings.Join(path, " { ")
	}
	return strings.Join(path, " ")
}

// text gives the lines of a block that is sent whole, in order, each as deep as it stood.
func (d *differ) text(c *cmd, of Edit) (out []Edit) {
	in := &Place{append(slices.Clone(of.Path), of.Line), append(slices.Clone(of.Blocks), of.Send), of.Exit}
	var down func(n *node, above []string)
	down = func(n *node, above []string) {
		for k := n.kid(); k != nil; k = k.next {
			e := Edit{Place: in, Aside: &d.nothing, Line: k.text, No: int(k.no), Why: of.Why, Proof: of.Proof}
			inner := append(slices.Clone(above), k.text)
			if e.Send = strings.Repeat("  ", len(above)) + k.text; d.want.d.Flat() {
				e.Send = d.flat(d.want.d.Set, c, join(d.want.d, append([]string{d.written(c.n)}, inner...)))
			}
			out = append(out, e)
			down(k, inner)
		}
	}
	down(c.n, nil)
	return out
}

// foreign tells whether a command takes away what is not ours, and which line: by removing
// it, or by giving its place in a list to another entry.
func (d *differ) foreign(c *cmd) (bool, string) {
	old := c.n
	if !c.del {
		r := d.want.rule(c.n)
		if old = c.old; old == nil || r == nil || r.Def == nil || r.Block() {
			return false, ""
		}
	}
	if !d.o.Guard || old.off() || d.inWant(old) {
		return false, ""
	}
	return d.o.Deployed == nil || d.o.Deployed.has(d.have, old) == nil, d.have.shown(old)
}

// has finds the line of a tree with the same keys from the top down.
func (t *Tree) has(of *Tree, n *node) *node {
	if n.parent == nil {
		return t.root
	}
	in := t.has(of, n.parent)
	if in == nil {
		return nil
	}
	t.settleLevel(in)
	key := of.key(n)
	for k := in.kid(); k != nil; k = k.next {
		if t.key(k) == key {
			return k
		}
	}
	return nil
}
