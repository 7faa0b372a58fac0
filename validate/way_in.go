package validate

import (
	"net/netip"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var wayIn = Rule{
	ID: "inventory/way-in", Label: "R-INV-2", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "The address that a device is managed by lies in no prefix that the same change takes away.",
	Motive:   "Facebook, 4 October 2021: what was withdrawn took the way to the routers, and their names, along.",
	Check: func(v View, ds *diag.List) {
		var was, is map[netip.Prefix]bool // found when first needed
		for _, d := range v.Is.Devices {
			then := v.Was.Device(d.Name)
			if then == nil || !d.Reach.Address.IsValid() || d.Reach.Address != then.Reach.Address {
				continue
			}
			if was == nil {
				was, is = told(v.Was), told(v.Is)
			}
			if lost := covering(was, d.Reach.Address); lost.IsValid() && !covering(is, d.Reach.Address).IsValid() {
				ds.Failf(d.Reach.From, "inventory/way-in", "%s is managed by %s, and the change takes %s away, which it lies in", d.Name, d.Reach.Address, lost).
					Hint = "give the device another address first, in a change of its own"
			}
		}
	},
}

// told gives every prefix that the network has or tells of.
func told(n *network.Network) map[netip.Prefix]bool {
	out := map[netip.Prefix]bool{}
	everyAddr(n, func(_ *network.Device, _ *network.Port, a *network.Addr) { out[a.Prefix.Masked()] = true })
	for _, d := range n.Devices {
		for i := 0; d.BGP != nil && i < len(d.BGP.Origins); i++ {
			out[d.BGP.Origins[i].Prefix.Masked()] = true
		}
		for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
			for _, s := range d.VRF.Tables[i].Nets {
				out[s.Prefix.Masked()] = true
			}
		}
	}
	return out
}

// covering gives the longest of some prefixes that an address lies in.
func covering(all map[netip.Prefix]bool, a netip.Addr) netip.Prefix {
	for bits := a.BitLen(); bits >= 0; bits-- {
		if p, err := a.Prefix(bits); err == nil {
			if all[p] {
				return p
			}
		}
	}
	return netip.Prefix{}
}
