package validate

import (
	"maps"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// enoughToChoose is from how many routers on a network can be asked for a second way.
const enoughToChoose = 4

var singlePoint = Rule{
	ID: "igp/single-point", Label: "R-IGP-2", Severity: diag.Warn, JudgedBy: "check",
	Sentence: "In an interior protocol of four routers or more, no router and no link is the only way between others.",
	Motive:   "Cloudflare, Atlanta 2020: what everything goes through takes everything along.",
	Check: func(v View, ds *diag.List) {
		domains := map[string][]*network.Device{}
		for _, d := range v.Is.Devices {
			if d.IGP != nil && d.Interfaces != nil {
				domains[d.IGP.Domain] = append(domains[d.IGP.Domain], d)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(domains)) {
			if all := domains[name]; len(all) >= enoughToChoose {
				cuts(all[0], cables(all), func(d *network.Device, c *cable, _ ...[]*network.Device) {
					if c == nil {
						ds.Warnf(d.At, "igp/single-point", "%s is the only way between some of the others", d.Name)
						return
					}
					ds.Warnf(c.from, "igp/single-point", "the link between %s and %s is the only way between them", d.Name, c.to.Name)
				})
			}
		}
	},
}
