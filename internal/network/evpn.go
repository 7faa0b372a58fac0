package network

import (
	"cmp"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// EVPN is how a device takes part in a fabric: over which of its sessions, and with which
// broadcast domains.
type EVPN struct {
	ASN   uint32
	VTEP  netip.Addr // where tunnels end; invalid on a spine, which has none
	Peers []EVPNPeer
	L2    []L2VNI
	From  diag.Pos
}

// EVPNPeer is a session of BGP that carries EVPN.
type EVPNPeer struct {
	Addr      netip.Addr `key:"1"`
	Unchanged bool       // the next hop is passed on as it came
	Client    bool       // routes are reflected to it
	Policy    string
	From      diag.Pos
}

// L2VNI is one broadcast domain on a device.
type L2VNI struct {
	Name string
	VLAN int
	VNI  int `key:"1"`
	RD   string
	RT   string
	From diag.Pos
}

func (e *EVPN) sort() {
	slices.SortFunc(e.Peers, func(a, b EVPNPeer) int { return a.Addr.Compare(b.Addr) })
	slices.SortFunc(e.L2, func(a, b L2VNI) int { return cmp.Compare(a.VNI, b.VNI) })
}
