package network

import (
	"cmp"
	"slices"

	"plumbline/internal/diag"
)

// BFDMultiplier is how many packets of a watched neighbor may be lost in a row before it is
// gone (the detection multiplier of RFC 5880): the same everywhere.
const BFDMultiplier = 3

// BFD is how fast a device finds out that a neighbor is gone, where a session or a port
// asks for it.
type BFD struct {
	Interval   int       // between packets, both ways, in milliseconds
	Multiplier int       // as many may be lost
	Ports      []BFDPort // that neighbors are watched on
	From       diag.Pos
}

// BFDPort is an interface that a neighbor is watched on.
type BFDPort struct {
	Name string `key:"1"`
	From diag.Pos
}

// Watch adds an interface that neighbors are watched on.
func (f *BFD) Watch(port string, at diag.Pos) {
	if !slices.ContainsFunc(f.Ports, func(p BFDPort) bool { return p.Name == port }) {
		f.Ports = append(f.Ports, BFDPort{Name: port, From: at})
	}
}

func (f *BFD) sort() {
	slices.SortFunc(f.Ports, func(a, b BFDPort) int { return cmp.Compare(a.Name, b.Name) })
}
