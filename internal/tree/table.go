package tree

import "hash/maphash"

// table numbers texts in the order in which they come. A block of thousands of lines asks for less
// by it than by a map.
type table struct {
	seed  maphash.Seed
	rows  []row // at the hash of a text or behind it
	texts []string
}

// row is a text in a table: its number and one more, and its hash, so that most others are told apart
// without being looked at; 0 is free.
type row struct {
	no   int32
	hash uint32
}

func newTable(size int) table {
	room := 8
	for room < 2*size {
		room *= 2
	}
	return table{seed: maphash.MakeSeed(), rows: make([]row, room), texts: make([]string, 0, size)}
}

// find gives the number of a text, -1 where it has none, and where it stands or would stand.
func (t *table) find(text string) (no int32, hash, at uint32) {
	mask := uint32(len(t.rows) - 1)
	hash = uint32(maphash.String(t.seed, text))
	for at = hash & mask; t.rows[at].no != 0; at = (at + 1) & mask {
		if r := t.rows[at]; r.hash == hash && t.texts[r.no-1] == text {
			return r.no - 1, hash, at
		}
	}
	return -1, hash, at
}

// number gives the number of a text, the next one where it has none.
func (t *table) number(text string) int32 {
	no, hash, at := t.find(text)
	if no >= 0 {
		return no
	}
	t.texts = append(t.texts, text)
	if t.rows[at] = (row{int32(len(t.texts)), hash}); 2*len(t.texts) > len(t.rows) {
		t.grow()
	}
	return int32(len(t.texts)) - 1
}

func (t *table) grow() {
	old := t.rows
	t.rows = make([]row, 2*len(old))
	mask := uint32(len(t.rows) - 1)
	for _, r := range old {
		at := r.hash & mask
		for t.rows[at].no != 0 && r.no != 0 {
			at = (at + 1) & mask
		}
		if r.no != 0 {
			t.rows[at] = r
		}
	}
}

// sketch is a set of hashes of which it is known for certain that one is not in it.
type sketch []uint64

func newSketch(size int) sketch {
	room := 1
	for 4*room < size { // sixteen bits for each
		room *= 2
	}
	return make(sketch, room)
}

func (s sketch) bit(hash uint64) (at int, bit uint64) {
	return int(hash>>6) & (len(s) - 1), 1 << (hash & 63)
}

func (s sketch) add(hash uint64) {
	at, bit := s.bit(hash)
	s[at] |= bit
}

// may tells whether a hash may be in it.
func (s sketch) may(hash uint64) bool {
	at, bit := s.bit(hash)
	return s[at]&bit != 0
}

// seen is lines by a text, the last one of each.
type seen struct {
	table
	nodes []*node
	again sketch // hashes of the texts that may come again: of no other one anything is kept
}

func newSeen(size int, again sketch) *seen {
	return &seen{newTable(size), make([]*node, 0, size), again}
}

func (s *seen) get(text string) *node {
	if no, _, _ := s.find(text); no >= 0 {
		return s.nodes[no]
	}
	return nil
}

func (s *seen) set(text string, n *node) {
	if no := s.number(text); int(no) < len(s.nodes) {
		s.nodes[no] = n
	} else {
		s.nodes = append(s.nodes, n)
	}
}
