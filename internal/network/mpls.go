package network

import (
	"cmp"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// First and last label of the block that segment indexes are counted in, everywhere.
const (
	FirstSegment = 16000
	LastSegment  = 23999
)

// MPLS is how a device takes part in a label domain.
type MPLS struct {
	Domain     string
	RouterID   netip.Addr
	Signalling string // ldp, sr
	Protocol   string // the interior protocol that tells segments; empty with ldp
	Index      int    // of the segment of the device; 0 with ldp
	TTL        string // uniform: the hops inside count; pipe: they are hidden
	Ports      []LabelPort
	From       diag.Pos
}

// Loopback is the prefix that the segment of the device leads to.
func (m *MPLS) Loopback() netip.Prefix { return netip.PrefixFrom(m.RouterID, 32) }

// Label is the label that the segment of the device has.
func (m *MPLS) Label() int { return FirstSegment + m.Index }

// LabelPort is an interface that labels are used on.
type LabelPort struct {
	Name string `key:"1"`
	From diag.Pos
}

func (m *MPLS) sort() {
	slices.SortFunc(m.Ports, func(a, b LabelPort) int { return cmp.Compare(a.Name, b.Name) })
}
