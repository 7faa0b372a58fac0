package validate

import (
	"net/netip"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var moreSpecific = Rule{
	ID: "anycast/more-specific", Label: "R-ANY-3", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Nothing in the network is a part of the prefix of an anycast service, but the addresses that its hosts answer on.",
	Motive:   "Verizon, June 2019: a more specific route wins everywhere, so one subnet of the prefix draws what was meant for every site (RFC 4786).",
	Check: func(v View, ds *diag.List) {
		told := map[netip.Prefix]*network.Originated{}
		origins(v.Is, func(_ *network.Device, o *network.Originated) {
			if o.Aggregate {
				told[o.Prefix] = o
			}
		})
		part := func(p netip.Prefix, at diag.Pos, what string) {
			for whole, o := range told {
				if p.Bits() > whole.Bits() && whole.Contains(p.Addr()) {
					f := ds.Failf(at, "anycast/more-specific", "%s lies in %s of an anycast service, and wins against it wherever it is known", what, whole)
					f.Also, f.Hint = []diag.Pos{o.From}, "take it out of the prefix of the service"
				}
			}
		}
		origins(v.Is, func(d *network.Device, o *network.Originated) {
			if !o.Aggregate && o.Check == "" {
				part(o.Prefix, o.From, "the route "+o.Prefix.String()+" that "+d.Name+" tells")
			}
		})
		for i := range v.Is.Devices {
			d := v.Is.Devices[i]
			if len(told) == 0 || d.Interfaces == nil {
				continue
			}
			for _, p := range d.Interfaces.Ports {
				for _, a := range p.Addrs {
					if a.Shared == "" && p.VRF == "" {
						part(a.Prefix, a.From, a.Prefix.String()+" on "+d.Name+" "+p.Name)
					}
				}
			}
		}
	},
}

// origins visits every route that a speaker tells by itself.
func origins(n *network.Network, visit func(*network.Device, *network.Originated)) {
	for _, d := range n.Devices {
		if d.BGP == nil {
			continue
		}
		for i := range d.BGP.Origins {
			visit(d, &d.BGP.Origins[i])
		}
	}
}
