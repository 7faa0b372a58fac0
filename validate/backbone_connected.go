package validate

import (
	"net/netip"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var backboneConnected = Rule{
	ID: "igp/backbone-connected", Label: "R-IGP-1", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Every router of the interior protocol reaches every other over links of it.",
	Motive:   "Cloudflare, Atlanta 2020, and Facebook, 2021: a backbone in two parts takes the way to repair it along.",
	Check: func(v View, ds *diag.List) {
		on := map[netip.Prefix][]*network.Device{}
		var all []*network.Device
		for _, d := range v.Is.Devices {
			if d.IGP == nil || d.Interfaces == nil {
				continue
			}
			all = append(all, d)
			for _, net := range speaking(d) {
				on[net] = append(on[net], d)
			}
		}
		if len(all) < 2 {
			return
		}
		seen := map[*network.Device]bool{all[0]: true}
		for todo := all[:1]; len(todo) > 0; todo = todo[1:] {
			for _, net := range speaking(todo[0]) {
				for _, d := range on[net] {
					if !seen[d] {
						seen[d] = true
						todo = append(todo[:len(todo):len(todo)], d)
					}
				}
			}
		}
		for _, d := range all {
			if !seen[d] {
				ds.Failf(d.At, "igp/backbone-connected", "no chain of links leads from %s to %s", all[0].Name, d.Name).Also = []diag.Pos{all[0].At}
			}
		}
	},
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
