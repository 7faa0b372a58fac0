package validate

import (
	"maps"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var backboneConnected = Rule{
	ID: "igp/backbone-connected", Label: "R-IGP-1", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Every router of the interior protocol reaches every other over links of it.",
	Motive:   "Cloudflare, Atlanta 2020, and Facebook, 2021: a backbone in two parts takes the way to repair it along.",
	Check: func(v View, ds *diag.List) {
		on := map[netip.Prefix][]*network.Device{}
		domains := map[string][]*network.Device{}
		for _, d := range v.Is.Devices {
			if d.IGP == nil || d.Interfaces == nil {
				continue
			}
			domains[d.IGP.Domain] = append(domains[d.IGP.Domain], d)
			for _, net := range speaking(d) {
				on[net] = append(on[net], d)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(domains)) {
			all := domains[name]
			seen := reached(all[0], on)
			for _, d := range all {
				if !seen[d] {
					ds.Failf(d.At, "igp/backbone-connected", "no chain of links leads from %s to %s", all[0].Name, d.Name).Also = []diag.Pos{all[0].At}
				}
			}
		}
	},
}

// reached gives every device that a chain of subnets leads to.
func reached(from *network.Device, on map[netip.Prefix][]*network.Device) map[*network.Device]bool {
	seen := map[*network.Device]bool{from: true}
	for todo := []*network.Device{from}; len(todo) > 0; todo = todo[1:] {
		for _, net := range speaking(todo[0]) {
			for _, d := range on[net] {
				if !seen[d] {
					seen[d] = true
					todo = append(todo, d)
				}
			}
		}
	}
	return seen
}

// speaking gives the subnets in which a device meets others by the interior protocol.
func speaking(d *network.Device) (out []netip.Prefix) {
	for _, x := range d.IGP.Ports {
		for _, p := range d.Interfaces.Ports {
			for _, a := range p.Addrs {
				if p.Name == x.Name && !x.Passive {
					out = append(out, a.Prefix.Masked())
				}
			}
		}
	}
	return out
}
