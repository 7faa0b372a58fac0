package replay

import "hash/maphash"

// lookup finds the lines of a block by their identities. It holds nothing but the lines, so that a
// block of thousands of them asks for little.
type lookup struct {
	seed  maphash.Seed
	rows  []*entry // at the hash of its identity or behind it; nil is free
	count int
}

func newLookup(size int) *lookup {
	return &lookup{seed: maphash.MakeSeed(), rows: make([]*entry, roomFor(size))}
}

// place is where the line of an identity stands, or would stand.
func (l *lookup) place(id []byte) int {
	mask := len(l.rows) - 1
	at := int(maphash.Bytes(l.seed, id)) & mask
	for l.rows[at] != nil && l.rows[at].id != string(id) {
		at = (at + 1) & mask
	}
	return at
}

// put notes a line, in the place of one with the same identity.
func (l *lookup) put(e *entry) {
	var space [128]byte
	at := l.place(append(space[:0], e.id...))
	if l.rows[at] == nil {
		l.count++
	}
	if l.rows[at] = e; 2*l.count <= len(l.rows) {
		return
	}
	old := l.rows
	l.rows, l.count = make([]*entry, 2*len(old)), 0
	for _, e := range old {
		if e != nil {
			l.put(e)
		}
	}
}

// cut forgets the line of an identity. What stands behind its place moves up.
func (l *lookup) cut(id string) {
	var space [128]byte
	mask, free := len(l.rows)-1, l.place(append(space[:0], id...))
	if l.rows[free] == nil {
		return
	}
	l.count--
	for at := (free + 1) & mask; l.rows[at] != nil; at = (at + 1) & mask {
		home := int(maphash.String(l.seed, l.rows[at].id)) & mask
		if (at-home)&mask >= (at-free)&mask { // it would be found from its home
			l.rows[free], free = l.rows[at], at
		}
	}
	l.rows[free] = nil
}
