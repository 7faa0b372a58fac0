package validate

import (
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var wayIn = Rule{
	ID: "inventory/way-in", Label: "R-INV-2, R-ANY-4", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "The address that a device is managed by, and those of the servers that it asks for names, lie in no prefix that the same change takes away.",
	Motive:   "Facebook, 4 October 2021: what was withdrawn took the way to the routers, and their names, along.",
	Check: func(v View, ds *diag.List) {
		var was, is map[netip.Prefix]bool // found when first needed
		lost := func(a netip.Addr) netip.Prefix {
			if was == nil {
				was, is = told(v.Was), told(v.Is)
			}
			if !a.IsValid() || covering(is, a).IsValid() {
				return netip.Prefix{}
			}
			return covering(was, a)
		}
		servers := map[netip.Addr]bool{} // each is said once
		for _, d := range v.Is.Devices {
			then := v.Was.Device(d.Name)
			if then == nil {
				continue
			}
			if p := lost(d.Reach.Address); p.IsValid() && d.Reach.Address == then.Reach.Address {
				ds.Failf(d.Reach.From, "inventory/way-in", "%s is managed by %s, and the change takes %s away, which it lies in", d.Name, d.Reach.Address, p).
					Hint = "give the device another address first, in a change of its own"
			}
			for i := 0; d.Baseline != nil && then.Baseline != nil && i < len(d.Baseline.DNS); i++ {
				a := d.Baseline.DNS[i]
				if p := lost(a); p.IsValid() && !servers[a] && slices.Contains(then.Baseline.DNS, a) {
					servers[a] = true
					ds.Failf(d.Baseline.From, "inventory/way-in", "%s asks %s for names, and the change takes %s away, which it lies in", d.Name, a, p).
						Hint = "give the devices another server first, in a change of its own"
				}
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
