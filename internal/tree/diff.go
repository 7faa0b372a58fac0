package tree

import (
	"fmt"
	"strings"
)

// Why is the reason of an edit.
type Why string

// The reasons.
const (
	Change   Why = "change"   // wanted and live differ
	Cascade  Why = "cascade"  // another edit takes it away, so it is sent again
	Recreate Why = "recreate" // its owner cannot be changed in place
)

// Edit is one command: a line that is set, or one that is taken away.
type Edit struct {
	Path    []string // the headers of the blocks it stands in, canonical
	Del     bool
	Line    string // the wanted line, or for a removal the live one
	Send    string // the command itself
	No      int    // the wanted line it comes from, 0 for a removal: the key into Origins
	Why     Why
	Cause   int      // with a cascade: the wanted line of the edit behind it
	Unruled bool     // no rule of the dialect knows this line
	Proof   int      // how well its rule is proved, 0 to 4
	Resets  []string // what it resets on the device
	Lockout bool     // it touches the way in
	Foreign bool     // under Options.Guard: it removes what is not ours
}

// Diff gives the commands that lead from have to want, in an order that a device takes.
// The error names commands that need one another in a circle.
func Diff(have, want *Tree, o Options) ([]Edit, []Note, error) {
	d := &differ{o: o, have: have, want: want, done: map[*node]*cmd{}}
	d.blocks(have.root, want.root)
	d.close()
	ordered, err := d.order()
	if err != nil {
		return nil, nil, err
	}
	var notes []Note
	out := make([]Edit, 0, len(ordered))
	for _, c := range ordered {
		e := d.edit(c)
		if e.Unruled {
			notes = append(notes, Note{e.No, e.Line + ": no rule knows this line; how it acts is a guess"})
		}
		out = append(out, e)
	}
	return out, notes, nil
}

// cmd is one command on its way: which node it is for, and what must come before it.
type cmd struct {
	n     *node // of want for a set, of have for a removal
	del   bool
	why   Why
	cause *node
	seq   int // where it was found: the tie-break
	phase int
	after map[*cmd]bool
	taken bool // another removal takes the line along: nothing is sent
}

type differ struct {
	o          Options
	have, want *Tree
	cmds       []*cmd
	done       map[*node]*cmd // by node, so that nothing is sent twice
}

func (d *differ) add(n *node, del bool, why Why, cause *node) *cmd {
	if c, ok := d.done[n]; ok {
		return c
	}
	c := &cmd{n: n, del: del, why: why, cause: cause, seq: len(d.cmds)}
	d.cmds, d.done[n] = append(d.cmds, c), c
	return c
}

// blocks compares two blocks that are the same block.
func (d *differ) blocks(have, want *node) {
	index := map[string]*node{}
	for _, k := range want.kids {
		index[k.key()] = k
	}
	paired := map[*node]bool{}
	for _, h := range have.kids {
		w := index[h.key()]
		if w == nil {
			d.remove(h)
			continue
		}
		paired[w] = true
		d.pair(h, w)
	}
	for _, w := range want.kids {
		if !paired[w] {
			d.set(w, Change, nil)
		}
	}
}

// pair compares two lines with one key.
func (d *differ) pair(h, w *node) {
	switch {
	case h.line == w.line:
		d.blocks(h, w)
	case w.attr("replace") == "recreate":
		d.add(h, true, Recreate, nil)
		d.set(w, Recreate, nil)
	case w.attr("replace") == "undo-first" && !h.m.neg && !w.m.neg:
		d.add(h, true, Change, nil)
		d.set(w, Change, nil)
	default:
		d.add(w, false, Change, nil)
		d.blocks(h, w)
	}
}

// remove takes a line away. A block goes with its header; one that cannot be deleted
// loses its lines one by one.
func (d *differ) remove(h *node) {
	if h.has("fixed") && h.m.rule.Block() {
		for _, k := range h.kids {
			d.remove(k)
		}
		return
	}
	d.add(h, true, Change, nil)
}

// set sends a wanted line and all that stands under it.
func (d *differ) set(w *node, why Why, cause *node) {
	if !w.has("fixed") || !w.m.rule.Block() { // what is always there is entered, not made
		d.add(w, false, why, cause)
	}
	for _, k := range w.kids {
		d.set(k, why, cause)
	}
}

// close follows what a command takes with it: what a removed owner owns is not removed
// again, and what is still wanted of it is sent again; so is what a command wipes. Each
// wanted line is sent at most once more.
func (d *differ) close() {
	for i := 0; i < len(d.cmds); i++ {
		c := d.cmds[i]
		if c.n.m == nil || c.taken {
			continue
		}
		if c.del && !c.n.m.neg {
			d.owned(c, c.n)
			d.gone(c, c.n)
		}
		if d.wipes(c) {
			for _, g := range c.n.m.rule.List("wipes") {
				d.cascade(c, g)
			}
		}
	}
	d.prune()
}

// wipes tells whether the condition of a rule's wipes holds for a command.
func (d *differ) wipes(c *cmd) bool {
	ifs := c.n.m.rule.List("if")
	for _, g := range ifs {
		if len(d.want.find(c.n, g)) > 0 {
			return true
		}
	}
	return len(ifs) == 0
}

// cascade handles the live lines that a command takes with it.
func (d *differ) cascade(c *cmd, glob string) {
	from := c.n
	if !c.del {
		if from = counterpart(d.have, c.n); from == nil {
			return
		}
	}
	d.cascadeFrom(c, from, glob)
}

func (d *differ) cascadeFrom(c *cmd, from *node, glob string) {
	for _, n := range d.have.find(from, glob) {
		if n == from {
			continue
		}
		d.implied(n)
		if w := counterpart(d.want, n); w != nil {
			if r := d.done[w]; r == nil {
				d.set(w, Cascade, c.n)
			}
		}
	}
}

// gone: what stood under a removed header goes with it, and what that owned.
func (d *differ) gone(c *cmd, h *node) {
	for _, k := range h.kids {
		d.implied(k)
		d.owned(c, k)
		d.gone(c, k)
	}
}

func (d *differ) owned(c *cmd, n *node) {
	if n.m == nil {
		return
	}
	for _, g := range n.m.rule.List("owns") {
		d.cascadeFrom(c, n, g)
	}
}

// implied drops the removal of a line that another removal takes along.
func (d *differ) implied(n *node) {
	if c := d.done[n]; c != nil && c.del {
		c.taken = true
	}
}

// sent is the command of a line that will be sent; nil where there is none.
func (d *differ) sent(n *node) *cmd {
	if c := d.done[n]; c != nil && !c.taken {
		return c
	}
	return nil
}

func (d *differ) prune() {
	kept := d.cmds[:0]
	for _, c := range d.cmds {
		if !c.taken {
			kept = append(kept, c)
		}
	}
	d.cmds = kept
}

// counterpart is the line of a tree with the same keys from the top down.
func counterpart(t *Tree, n *node) *node {
	if n.parent == nil {
		return t.root
	}
	p := counterpart(t, n.parent)
	if p == nil {
		return nil
	}
	return p.child(n.key())
}

func (d *differ) edit(c *cmd) Edit {
	e := Edit{Path: d.path(c), Del: c.del, Line: c.n.line, Send: c.n.line, Why: c.why, Unruled: c.n.m == nil}
	if !c.del {
		e.No = c.n.no
	}
	if c.cause != nil {
		e.Cause = c.cause.no
	}
	e.Foreign = d.o.Guard && c.del && !c.n.m.off() && (d.o.Deployed == nil || counterpart(d.o.Deployed, c.n) == nil)
	switch {
	case c.del && c.n.m == nil:
		e.Send = negate(d.have.d.Negate, c.n.line)
	case c.del:
		e.Send = c.n.m.undo(d.have.d)
	}
	if c.n.m != nil {
		fmt.Sscanf(c.n.attr("proof"), "%d", &e.Proof)
		if r := c.n.attr("resets"); r != "" {
			e.Resets = []string{fill(r, c.n.binds())}
		}
		e.Lockout = c.n.has("lockout")
	}
	return e
}

// path gives the headers around a command as they will be when it runs: a header whose
// value changes is set before what stands under it is touched.
func (d *differ) path(c *cmd) []string {
	if !c.del {
		return c.n.above()
	}
	var out []string
	for p := c.n.parent; p != nil && p.parent != nil; p = p.parent {
		header := p.line
		if w := counterpart(d.want, p); w != nil {
			header = w.line
		}
		out = append([]string{header}, out...)
	}
	return out
}

func negate(word, line string) string {
	if rest, ok := strings.CutPrefix(line, word+" "); ok {
		return rest
	}
	return word + " " + line
}
