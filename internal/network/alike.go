package network

import (
	"slices"

	"plumbline/internal/diag"
)

// alike tells whether two states of a device say the same of all that it may share with others,
// wherever they say it: most devices of a network are so, and need no closer look.
func alike(a, b *Device) bool {
	return samePorts(a.Interfaces, b.Interfaces) && sameIGP(a.IGP, b.IGP) && sameLabels(a.MPLS, b.MPLS) &&
		sameSpeaker(a.BGP, b.BGP) && a.asn("any") == b.asn("any") && sameDomains(a.EVPN, b.EVPN) && slices.EqualFunc(a.tables(), b.tables(), sameTable)
}

func samePorts(a, b *Interfaces) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.EqualFunc(a.Ports, b.Ports, func(p, q Port) bool {
		return p.Name == q.Name && p.Use == q.Use && p.MTU == q.MTU && p.VLAN == q.VLAN && p.VRF == q.VRF && p.LACP == q.LACP &&
			slices.EqualFunc(p.Addrs, q.Addrs, func(x, y Addr) bool { return x.Prefix == y.Prefix && x.Shared == y.Shared })
	})
}

func sameIGP(a, b *IGP) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Protocol == b.Protocol && a.Domain == b.Domain &&
		slices.EqualFunc(a.Ports, b.Ports, func(p, q IGPPort) bool { return p.Name == q.Name && p.Passive == q.Passive })
}

func sameLabels(a, b *MPLS) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Signalling == b.Signalling && slices.EqualFunc(a.Ports, b.Ports, func(p, q LabelPort) bool { return p.Name == q.Name })
}

func sameSpeaker(a, b *BGP) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ASN == b.ASN && slices.EqualFunc(a.Neighbors, b.Neighbors, sameNeighbor)
}

func sameNeighbor(a, b Neighbor) bool {
	a.From, b.From = diag.Pos{}, diag.Pos{}
	return a == b
}

func sameDomains(a, b *EVPN) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.EqualFunc(a.L2, b.L2, func(x, y L2VNI) bool { return x.Name == y.Name && x.VNI == y.VNI && x.RT == y.RT })
}

func sameTable(a, b Table) bool {
	return a.Name == b.Name && a.VNI == b.VNI && slices.Equal(a.targets(), b.targets()) && slices.EqualFunc(a.Neighbors, b.Neighbors, sameNeighbor)
}

// keyed tells whether a session of a device has a password.
func (d *Device) keyed() bool {
	for _, ns := range d.talks() {
		if slices.ContainsFunc(ns, func(n Neighbor) bool { return n.Password != "" }) {
			return true
		}
	}
	return false
}
