package tree

import "hash/maphash"

// table numbers texts in the order in which they come. A block of thousands of lines asks for less
// by it than by a map.
type table struct {
	seed  maphash.Seed
	rows  []int32 // at the hash of a text or behind it: its number and one more; 0 is free
	texts []string
}

func newTable(size int) table {
	room := 8
	for room < 2*size {
		room *= 2
	}
	return table{seed: maphash.MakeSeed(), rows: make([]int32, room), texts: make([]string, 0, size)}
}

// find gives the number of a text, -1 where it has none, and its row.
func (t *table) find(text string) (no int32, row uint64) {
	mask := uint64(len(t.rows) - 1)
	for row = maphash.String(t.seed, text) & mask; t.rows[row] != 0; row = (row + 1) & mask {
		if no = t.rows[row] - 1; t.texts[no] == text {
			return no, row
		}
	}
	return -1, row
}

// number gives the number of a text, the next one where it has none.
func (t *table) number(text string) int32 {
	no, row := t.find(text)
	if no >= 0 {
		return no
	}
	t.texts = append(t.texts, text)
	if t.rows[row] = int32(len(t.texts)); 2*len(t.texts) > len(t.rows) {
		t.rows = make([]int32, 2*len(t.rows))
		for i, text := range t.texts {
			_, row := t.find(text)
			t.rows[row] = int32(i) + 1
		}
	}
	return int32(len(t.texts)) - 1
}

// seen is lines by a text, the last one of each.
type seen struct {
	table
	nodes []*node
}

func newSeen(size int) *seen { return &seen{newTable(size), make([]*node, 0, size)} }

func (s *seen) get(text string) *node {
	if no, _ := s.find(text); no >= 0 {
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
