// Package network is the model: what every device should hold, in no vendor's words.
//
// Every exported pointer field of Device is one group of facts. A platform renders a
// group with the template file of the same name, and with nothing else: field name =
// file name. The model holds outcomes only; a knob of one vendor has no place here.
package network

import (
	"cmp"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// Network is every device with all that intent asks of it.
type Network struct{ Devices []*Device }

// Device is what one device should hold. DNS zones and clusters are devices too: they
// have other groups and another platform.
type Device struct {
	Name     string
	Platform string
	At       diag.Pos  // its line in the inventory
	Reach    Reach     // how it is managed
	Leave    []Section // what stays by a reviewed statement

	System     *System
	Baseline   *Baseline
	ACL        *ACL
	Interfaces *Interfaces
	BFD        *BFD // before all that speaks of it
	IGP        *IGP
	MPLS       *MPLS   // beside the interior protocol
	Policy     *Policy // before BGP, which speaks of it
	BGP        *BGP
	EVPN       *EVPN // inside the sessions of BGP
	VRF        *VRF
}

// Device finds a device of a sorted network by name; nil where there is none.
func (n *Network) Device(name string) *Device {
	i, found := slices.BinarySearchFunc(n.Devices, name, func(d *Device, name string) int {
		return cmp.Compare(d.Name, name)
	})
	if !found {
		return nil
	}
	return n.Devices[i]
}

// Sort puts everything into its one order, so that the order in which intents were
// read can never reach a device. Terms keep theirs: it has a meaning.
func (n *Network) Sort() {
	slices.SortFunc(n.Devices, func(a, b *Device) int { return cmp.Compare(a.Name, b.Name) })
	for _, d := range n.Devices {
		slices.SortFunc(d.Leave, func(a, b Section) int { return cmp.Or(cmp.Compare(a.Leave, b.Leave), cmp.Compare(a.Path, b.Path)) })
		if d.Interfaces != nil {
			slices.SortFunc(d.Interfaces.Ports, func(a, b Port) int { return cmp.Compare(a.Name, b.Name) })
			for _, p := range d.Interfaces.Ports {
				slices.SortFunc(p.Segments, func(a, b PortSegment) int { return cmp.Compare(a.VLAN, b.VLAN) })
				slices.SortFunc(p.Members, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
				slices.SortFunc(p.Addrs, func(a, b Addr) int { return byPrefix(a.Prefix, b.Prefix) })
			}
		}
		if d.IGP != nil {
			slices.SortFunc(d.IGP.Ports, func(a, b IGPPort) int { return cmp.Compare(a.Name, b.Name) })
		}
		if d.BGP != nil {
			slices.SortFunc(d.BGP.Origins, func(a, b Originated) int { return byPrefix(a.Prefix, b.Prefix) })
			slices.SortFunc(d.BGP.Caches, func(a, b Cache) int { return cmp.Compare(a.Preference, b.Preference) })
			slices.SortFunc(d.BGP.Neighbors, func(a, b Neighbor) int { return a.Addr.Compare(b.Addr) })
		}
		if d.Policy != nil {
			d.Policy.sort()
		}
		if d.EVPN != nil {
			d.EVPN.sort()
		}
		if d.VRF != nil {
			d.VRF.sort()
		}
		if d.BFD != nil {
			d.BFD.sort()
		}
		if d.MPLS != nil {
			d.MPLS.sort()
		}
		if d.Baseline != nil {
			d.Baseline.sort()
		}
		if d.ACL != nil {
			d.ACL.sort()
		}
	}
}

func (p *Policy) sort() {
	slices.SortFunc(p.PrefixSets, func(a, b PrefixSet) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(p.PathSets, func(a, b PathSet) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(p.CommunitySets, func(a, b CommunitySet) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Routes, func(a, b RoutePolicy) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range p.PrefixSets {
		slices.SortFunc(s.Items, func(a, b PrefixItem) int { return byPrefix(a.Prefix, b.Prefix) })
	}
}

// byPrefix orders prefixes by address, then by length.
func byPrefix(a, b netip.Prefix) int {
	return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}
