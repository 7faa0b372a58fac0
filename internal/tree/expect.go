package tree

import "slices"

// Verdict is what a comparison of a wanted secret with a live one gives.
type Verdict uint8

// The verdicts.
const (
	Unknown Verdict = iota
	Same
	Differs
)

// Options is how two trees are compared.
type Options struct {
	Same  func(ref, live []byte) Verdict // compares secrets; nil knows nothing
	Leave []string                       // sections that stay, by their header lines

	// Guard marks removals of lines that Deployed, what our last push left, does not have:
	// they are somebody else's. A nil Deployed is a first contact: every line is.
	Guard    bool
	Deployed *Tree
}

// Coverage is how much of a live configuration is ours.
type Coverage struct {
	Managed   int      // lines that intent owns
	Unmanaged int      // lines that stay because nothing of ours owns them
	Unruled   int      // lines that no rule of the dialect knows
	Foreign   []string // the canonical paths of the unmanaged ones
}

// Expect gives what a device will hold: what is wanted, and every live line that is
// neither wanted nor was left by our last push. deployed is what that push left, nil at
// first contact: then nothing live is ever removed. After this no stage knows of
// exceptions: what is not ours is the same on both sides.
func Expect(have, want, deployed *Tree, o Options) (*Tree, Coverage) {
	out := &Tree{d: want.d, root: want.root.copy(nil)}
	var c Coverage
	var was *node
	if deployed != nil {
		was = deployed.root
	}
	spare(have.root, out.root, was, o, &c)
	return out, c
}

// spare goes through what is live in one block and copies what must stay into want.
func spare(have, want, was *node, o Options, c *Coverage) {
	for _, h := range have.kids {
		if h.m == nil {
			c.Unruled++
		}
		var left *node
		if was != nil {
			left = was.child(h.key())
		}
		w := want.child(h.key())
		switch {
		case w != nil:
			c.Managed++
			spare(h, w, left, o, c)
		case left != nil && !slices.Contains(o.Leave, h.line):
			c.Managed++
			spareUnder(h, want, left, o, c)
		default:
			keep(h, want, c)
		}
	}
}

// spareUnder handles a block of ours that is no longer wanted: foreign lines in it stay,
// and with them its header.
func spareUnder(h, want, left *node, o Options, c *Coverage) {
	header := &node{line: h.line, m: h.m, exit: h.exit, parent: want}
	spare(h, header, left, o, c)
	if len(header.kids) > 0 {
		want.kids = append(want.kids, header)
	}
}

// keep copies a foreign line with all that stands under it.
func keep(h, want *node, c *Coverage) {
	k := h.copy(want)
	k.no = 0
	want.kids = append(want.kids, k)
	var count func(*node)
	count = func(n *node) {
		n.foreign, n.no = true, 0
		c.Unmanaged++
		c.Foreign = append(c.Foreign, n.path())
		for _, k := range n.kids {
			if k.m == nil {
				c.Unruled++
			}
			count(k)
		}
	}
	count(k)
}

func (n *node) copy(parent *node) *node {
	c := *n
	c.parent, c.kids, c.byKey, c.sized = parent, nil, nil, 0
	for _, k := range n.kids {
		c.kids = append(c.kids, k.copy(&c))
	}
	return &c
}
