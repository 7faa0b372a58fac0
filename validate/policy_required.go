package validate

import (
	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var policyRequired = Rule{
	ID: "peering/policy-required", Label: "R-PEER-1", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Every session with another system has a policy for each direction, a prefix filter, and a limit.",
	Motive:   "Verizon and DQE, 24 June 2019: neither filter nor limit, and about 20,000 prefixes of 2,400 networks went astray (RFC 8212).",
	Check: func(v View, ds *diag.List) {
		sessions(v.Is, func(d *network.Device, nb *network.Neighbor) {
			in, out := route(d, nb.Import), route(d, nb.Export)
			for way, r := range map[string]*network.RoutePolicy{"in": in, "out": out} {
				if r == nil || len(r.Terms) == 0 {
					ds.Failf(nb.From, "peering/policy-required", "%s and its neighbor %s: no policy %s", d.Name, nb.Addr, way)
				}
			}
			if in != nil && !filters(in) {
				ds.Failf(nb.From, "peering/policy-required", "%s of %s asks for no prefix", in.Name, d.Name)
			}
			if nb.MaxPrefixes < 1 {
				ds.Failf(nb.From, "peering/policy-required", "%s and its neighbor %s: no limit on the number of prefixes", d.Name, nb.Addr)
			}
		})
	},
}

func filters(r *network.RoutePolicy) bool {
	for _, t := range r.Terms {
		if t.Prefixes != "" {
			return true
		}
	}
	return false
}
