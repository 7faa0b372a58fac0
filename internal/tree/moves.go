package tree

import "plumbline/internal/tree/dialect"

// moves is what is known of the blocks that lines are moved to, while they move.
type moves struct {
	byKey  map[*node]map[string]*node // the lines of a block by their keys
	in     *node                      // where the last header was looked for
	header string
	block  *node
	sought bool // one was

	front  *node           // the line in front of the one that moves; nil is none
	behind bool            // the block stands behind the line that moves into it
	made   map[*node]bool  // headers that were missing
	came   map[*node]*node // of such a block: the last line that was moved before those it had
}

// put adds a line to a block at its place in the text. Lines move in the order of the text: in a
// block that stands before them it is the last; in one that stands behind them it comes before
// what stood there from the start.
func (t *Tree) put(at, c *node) {
	if !t.moves.behind {
		at.add(c)
		return
	}
	if t.moves.came == nil {
		t.moves.came = map[*node]*node{}
	}
	after := t.moves.came[at]
	t.moves.came[at] = c
	first := at.kid()
	if after != nil {
		first = after.next
	}
	if first == nil {
		at.add(c)
		return
	}
	if c.parent, c.next = at, first; after == nil {
		at.first = c
	} else {
		after.next = c
	}
}

// stands tells whether a block stands behind a line of the block around.
func (n *node) stands(behind *node) bool {
	if n.no != behind.no {
		return n.no > behind.no
	}
	x := behind.next
	for x != nil && x != n && x.no == n.no {
		x = x.next
	}
	return x == n
}

// enter finds the block whose header another spelling stands for, or makes it. Of lines that
// follow one another most go to the same block.
func (t *Tree) enter(in *node, r *dialect.Rule, m *matched, k *node) *node {
	if t.written, _ = m.spell(t.written[:0], r.Pattern); t.moves.last(in, string(t.written)) {
		return t.place(in, k)
	}
	return t.into(in, string(t.written), k)
}

// last tells whether a header is the one that was looked for last.
func (m *moves) last(in *node, header string) bool { return in == m.in && header == m.header }

// into finds the block of a header, or makes it, for a line that moves there.
func (t *Tree) into(in *node, header string, k *node) *node {
	if !t.moves.last(in, header) {
		t.moves.in, t.moves.header, t.moves.block = in, header, t.seek(in, header, k)
	}
	return t.place(in, k)
}

// place gives that block, and notes whether it stands behind the line.
func (t *Tree) place(in, k *node) *node {
	if in == k.parent {
		t.moves.behind = !t.moves.made[t.moves.block] && t.moves.block.stands(k)
	}
	return t.moves.block
}

// seek finds a block by its header, or makes it.
func (t *Tree) seek(in *node, header string, line *node) *node {
	probe := &node{text: header, no: line.no, parent: in}
	if !t.moves.sought { // often the only one
		t.moves.sought = true
		for k := in.kid(); k != nil; k = k.next {
			if t.key(k) == t.key(probe) {
				return k
			}
		}
		t.begin(in, probe, line)
		return probe
	}
	if t.moves.byKey[in] == nil {
		if t.moves.byKey == nil {
			t.moves.byKey = map[*node]map[string]*node{}
		}
		t.moves.byKey[in] = map[string]*node{}
		for k := in.kid(); k != nil; k = k.next {
			t.known(k)
		}
	}
	if k := t.moves.byKey[in][t.key(probe)]; k != nil {
		return k
	}
	t.begin(in, probe, line)
	t.known(probe)
	return probe
}

// begin adds a header that was missing. It stands behind no line: all that is in it moves there.
func (t *Tree) begin(in, header, line *node) {
	if header.m = nil; in != line.parent {
		t.put(in, header)
		return
	}
	if in.add(header); t.moves.made == nil {
		t.moves.made = map[*node]bool{}
	}
	t.moves.made[header] = true
}

// known notes a line by its key, where lines of its block are looked for by theirs: the first
// of several counts.
func (t *Tree) known(k *node) {
	keys := t.moves.byKey[k.parent]
	if keys == nil {
		return
	}
	if key := t.key(k); keys[key] == nil {
		keys[key] = k
	}
}
