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
			table string
			net   netip.Prefix
			name  string
			from  diag.Pos
		}
		var all []use
		everyAddr(v.Is, func(d *network.Device, p *network.Port, a *network.Addr) {
			all = append(all, use{p.VRF, a.Prefix.Masked(), d.Name + " " + p.Name, a.From})
		})
		slices.SortStableFunc(all, func(a, b use) int { return cmp.Or(cmp.Compare(a.table, b.table), a.net.Compare(b.net)) })
		var over []use // the subnets that the next one may lie in, outermost first
		for _, u := range all {
			for len(over) > 0 && (over[len(over)-1].table != u.table || !over[len(over)-1].net.Overlaps(u.net)) {
				over = over[:len(over)-1]
			}
			if n := len(over); n > 0 && over[n-1].net != u.net {
				o := over[n-1]
				ds.Failf(u.from, "address/overlap", "%s of %s lies inside %s of %s", u.net, u.name, o.net, o.name).Also = []diag.Pos{o.from}
			}
			over = append(over, u)
		}
	},
}
