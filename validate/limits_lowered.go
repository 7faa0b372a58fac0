package validate

import (
	"maps"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var limitsLowered = Rule{
	ID: "peering/limits-lowered", Label: "R-PEER-7", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "A change lowers the limits of one peering, or of at most 30 % of those of a relation.",
	Motive:   "Optus, 8 November 2023: limits that were too low at many places at once, and about 90 routers cut themselves off.",
	Check: func(v View, ds *diag.List) {
		was := map[string]map[netip.Addr]int{}
		sessions(v.Was, func(d *network.Device, nb *network.Neighbor) {
			if was[d.Name] == nil {
				was[d.Name] = map[netip.Addr]int{}
			}
			was[d.Name][nb.Addr] = nb.MaxPrefixes
		})
		all, lower := map[string]map[string]bool{}, map[string]map[string]*network.Neighbor{}
		sessions(v.Is, func(d *network.Device, nb *network.Neighbor) {
			if all[nb.Relation] == nil {
				all[nb.Relation], lower[nb.Relation] = map[string]bool{}, map[string]*network.Neighbor{}
			}
			name := called(nb)
			all[nb.Relation][name] = true
			if then, there := was[d.Name][nb.Addr]; there && nb.MaxPrefixes < then {
				lower[nb.Relation][name] = nb
			}
		})
		for relation, low := range lower {
			if len(low) < 2 || len(low)*10 <= len(all[relation])*3 {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(low)) {
				ds.Failf(low[name].From, "peering/limits-lowered", "%s is one of %d peerings of relation %s, of %d, whose limits fall at once", name, len(low), relation, len(all[relation])).
					Hint = "lower a few, see that they stay up, and go on in the next change"
			}
		}
	},
}
