package replay

import "hash/maphash"

// lookup finds the lines of a block by their identities. It holds nothing but the lines and what
// their identities hash to, so that a block of thousands of them asks for little.
type lookup struct {
	seed   maphash.Seed
	rows   []*entry // at the hash of its identity or behind it; nil is free
	hashes []uint32 // of the lines in the rows: most others are told apart without being looked at
	count  int
}

func newLookup(size int) *lookup {
	n := roomFor(size)
	return &lookup{seed: maphash.MakeSeed(), rows: make([]*entry, n), hashes: make([]uint32, n)}
}

// find gives the line of an identity; nil is none.
func (l *lookup) find(id []byte) *entry {
	at, _ := l.place(id)
	return l.rows[at]
}

// place is where the line of an identity stands, or would stand, and its hash.
func (l *lookup) place(id []byte) (at int, hash uint32) {
	mask := len(l.rows) - 1
	hash = uint32(maphash.Bytes(l.seed, id))
	for at = int(hash) & mask; l.rows[at] != nil && (l.hashes[at] != hash || l.rows[at].id != string(id)); {
		at = (at + 1) & mask
	}
	return at, hash
}

// put notes a line, in the place of one with the same identity.
func (l *lookup) put(e *entry) {
	var space [128]byte
	at, hash := l.place(append(space[:0], e.id...))
	if l.rows[at] == nil {
		l.count++
	}
	if l.rows[at], l.hashes[at] = e, hash; 2*l.count > len(l.rows) {
		l.grow()
	}
}

func (l *lookup) grow() {
	rows, hashes := l.rows, l.hashes
	l.rows, l.hashes = make([]*entry, 2*len(rows)), make([]uint32, 2*len(rows))
	mask := len(l.rows) - 1
	for i, e := range rows {
		if e == nil {
			continue
		}
		at := int(hashes[i]) & mask
		for l.rows[at] != nil {
			at = (at + 1) & mask
		}
		l.rows[at], l.hashes[at] = e, hashes[i]
	}
}

// cut forgets the line of an identity. What stands behind its place moves up.
func (l *lookup) cut(id string) {
	var space [128]byte
	mask := len(l.rows) - 1
	free, _ := l.place(append(space[:0], id...))
	if l.rows[free] == nil {
		return
	}
	l.count--
	for at := (free + 1) & mask; l.rows[at] != nil; at = (at + 1) & mask {
		home := int(l.hashes[at]) & mask
		if (at-home)&mask >= (at-free)&mask { // it would be found from its home
			l.rows[free], l.hashes[free], free = l.rows[at], l.hashes[at], at
		}
	}
	l.rows[free] = nil
}
