package validate

import (
	"cmp"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var addressOverlap = Rule{
	ID: "address/overlap", Label: "PL0207", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "No subnet of ours lies inside another.",
	Motive:   "The more specific one wins everywhere, and hosts of the other go dark from some places only.",
	Check: func(v View, ds *diag.List) {
		type use struct {
			net  netip.Prefix
			d    *network.Device
			p    *network.Port
			from diag.Pos
		}
		var all []use
		everyAddr(v.Is, func(d *network.Device, p *network.Port, a *network.Addr) {
			all = append(all, use{a.Prefix.Masked(), d, p, a.From})
		})
		inOrder := make([]*use, len(all))
		for i := range all {
			inOrder[i] = &all[i]
		}
		slices.SortStableFunc(inOrder, func(a, b *use) int { return cmp.Or(cmp.Compare(a.p.VRF, b.p.VRF), a.net.Compare(b.net)) })
		var over []*use // the subnets that the next one may lie in, outermost first
		for _, u := range inOrder {
			for len(over) > 0 && (over[len(over)-1].p.VRF != u.p.VRF || !over[len(over)-1].net.Overlaps(u.net)) {
				over = over[:len(over)-1]
			}
			if n := len(over); n > 0 && over[n-1].net != u.net {
				o := over[n-1]
				ds.Failf(u.from, "address/overlap", "%s of %s %s lies inside %s of %s %s", u.net, u.d.Name, u.p.Name, o.net, o.d.Name, o.p.Name).Also = []diag.Pos{o.from}
			}
			over = append(over, u)
		}
	},
}
