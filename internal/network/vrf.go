package network

import (
	"cmp"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// VRF is the routing tables of tenants on a device.
type VRF struct {
	ASN      uint32
	RouterID netip.Addr
	Tables   []Table
	Peers    []TablePeer // sessions that carry tables over labels
	From     diag.Pos
}

// TablePeer is a session of BGP that carries the routes of tables over labels.
type TablePeer struct {
	Addr   netip.Addr `key:"1"`
	Client bool       // routes are reflected to it
	From   diag.Pos
}

// IPv6 tells whether some table has anything to do in that family; one that passes routes
// on and has no table itself may have to.
func (v *VRF) IPv6() bool {
	return len(v.Tables) == 0 || slices.ContainsFunc(v.Tables, Table.IPv6)
}

// Table is one of them.
type Table struct {
	Name      string `key:"1"`
	VNI       int    // 0 where labels carry it
	RD        string
	RT        string   // what is told bears it
	Imports   []Target // what bears one of them is let in; its own is not among them
	Nets      []Subnet
	Neighbors []Neighbor
	From      diag.Pos
}

// Target is a route target.
type Target struct {
	RT   string `key:"1"`
	From diag.Pos
}

// Subnet is one that the device has in a table.
type Subnet struct {
	Prefix netip.Prefix `key:"1"`
	From   diag.Pos
}

// Is6 tells the family.
func (s Subnet) Is6() bool { return s.Prefix.Addr().Is6() }

// IPv4 tells whether the table has anything to do in that family.
func (t Table) IPv4() bool { return t.speaks(false) }

// IPv6 tells whether the table has anything to do in that family.
func (t Table) IPv6() bool { return t.speaks(true) }

func (t Table) speaks(six bool) bool {
	return slices.ContainsFunc(t.Nets, func(s Subnet) bool { return s.Is6() == six }) ||
		slices.ContainsFunc(t.Neighbors, func(n Neighbor) bool { return n.Is6() == six })
}

func (v *VRF) sort() {
	slices.SortFunc(v.Peers, func(a, b TablePeer) int { return a.Addr.Compare(b.Addr) })
	slices.SortFunc(v.Tables, func(a, b Table) int { return cmp.Compare(a.Name, b.Name) })
	for _, t := range v.Tables {
		slices.SortFunc(t.Imports, func(a, b Target) int { return cmp.Compare(a.RT, b.RT) })
		slices.SortFunc(t.Nets, func(a, b Subnet) int { return byPrefix(a.Prefix, b.Prefix) })
		slices.SortFunc(t.Neighbors, func(a, b Neighbor) int { return a.Addr.Compare(b.Addr) })
	}
}
