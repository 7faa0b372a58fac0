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

	// Once says that neither text says a thing twice in one block, as no device does and as
	// Print, Digest and Expect leave a tree: what is written alike on both sides is then not
	// looked at. Else both are read whole before they are compared.
	Once bool
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
	have.settle(have.root)
	want.settle(want.root)
	out := &Tree{d: want.d, root: want.root.copy(nil)}
	s := sparing{o: o, have: have, want: out, was: deployed}
	var was *node
	if deployed != nil {
		deployed.settle(deployed.root)
		was = deployed.root
	}
	s.block(have.root, out.root, was)
	s.stays(want)
	return out, s.c
}

// sparing goes through what is live and copies what must stay into want.
type sparing struct {
	o               Options
	have, want, was *Tree
	c               Coverage
}

func (s *sparing) block(have, want, was *node) {
	wanted, left := s.want.keys(want), s.was.keys(was)
	for h := have.kid(); h != nil; h = h.next {
		if s.have.rule(h) == nil && !s.have.body(have) {
			s.c.Unruled++
		}
		key := s.have.key(h)
		w, l := wanted[key], left[key]
		switch r := s.have.rule(h); {
		case w != nil && r != nil && r.Rewrite:
			s.c.Managed += 1 + count(h)
		case w != nil:
			s.c.Managed++
			s.block(h, w, l)
		case l != nil && !slices.Contains(s.o.Leave, s.have.path(h)):
			s.c.Managed++
			s.under(h, want, l)
		default:
			s.keep(h, want)
		}
	}
}

func count(n *node) (lines int) {
	n.walk(func(*node) { lines++ })
	return lines
}

// under handles a block of ours that is no longer wanted: foreign lines in it stay, and
// with them its header.
func (s *sparing) under(h, want, left *node) {
	h.kid()
	if h.m != nil {
		h.m.lent = true
	}
	header := &node{text: h.text, own: h.own, m: h.m, exit: h.exit, parent: want, level: true}
	s.block(h, header, left)
	if header.kid() != nil {
		want.add(header)
	}
}

// keep copies a foreign line with all that stands under it.
func (s *sparing) keep(h, want *node) {
	k := h.copy(want)
	want.add(k)
	s.mark(k)
	k.walk(func(n *node) {
		if s.have.rule(n) == nil && !s.have.body(n.parent) {
			s.c.Unruled++
		}
		s.mark(n)
	})
}

func (s *sparing) mark(n *node) {
	n.foreign, n.no = true, 0
	s.c.Unmanaged++
	s.c.Foreign = append(s.c.Foreign, s.want.path(n))
}
