// Package network is the model: what every device should hold, in no vendor's words.
//
// Every exported pointer field of Device is one group of facts. A platform renders a
// group with the template file of the same name, and with nothing else: field name =
// file name. The model holds outcomes only; a knob of one vendor has no place here.
package network

import (
	"cmp"
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
	At       diag.Pos // its line in the inventory

	Interfaces *Interfaces
	BGP        *BGP
	// System, IGP, Policy, EVPN, ACL, Zone, Cluster: one line here and one file each.
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
// read can never reach a device.
func (n *Network) Sort() {
	slices.SortFunc(n.Devices, func(a, b *Device) int { return cmp.Compare(a.Name, b.Name) })
	for _, d := range n.Devices {
		if d.Interfaces != nil {
			slices.SortFunc(d.Interfaces.Ports, func(a, b Port) int { return cmp.Compare(a.Name, b.Name) })
		}
		if d.BGP != nil {
			slices.SortFunc(d.BGP.Neighbors, func(a, b Neighbor) int { return a.Addr.Compare(b.Addr) })
		}
	}
}
