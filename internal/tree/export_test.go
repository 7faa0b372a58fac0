package tree

import (
	"math/rand/v2"
	"strings"
)

// Neighbours writes a typed configuration that is mostly BGP neighbours and their filters.
func Neighbours(seed uint64) []byte {
	return []byte(strings.ReplaceAll(random(rand.New(rand.NewPCG(seed, 3))), "eth0", "eth3"))
}

// Open reads the first column of a tree, as it stands.
func (t *Tree) Open() { t.root.kid() }

// Runs counts the runs of a tree that were not read.
func (t *Tree) Runs() (n int) {
	for k := t.root.coarse(); k != nil; k = k.next {
		if k.run() {
			n++
		}
	}
	return n
}

// Numbers gives the numbers of the lines of a tree.
func (t *Tree) Numbers() (out []int32) {
	t.root.walk(func(n *node) { out = append(out, n.no) })
	return out
}

// Briefs counts the blocks of a tree of which only what differs was read.
func (t *Tree) Briefs() (n int) {
	for k := t.root.coarse(); k != nil; k = k.next {
		if k.brief() {
			n++
		}
	}
	return n
}
