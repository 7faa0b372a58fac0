package validate

import (
	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var noOOB = Rule{
	ID: "inventory/no-oob", Label: "R-INV-3", Severity: diag.Warn, JudgedBy: "check",
	Sentence: "At every site some device has a second way in.",
	Motive:   "Rogers, July 2022: with the network down there was no way to the routers that would have mended it.",
	Check: func(v View, ds *diag.List) {
		first := map[string]*network.Device{}
		oob := map[string]bool{}
		for _, d := range v.Is.Devices {
			if d.System == nil {
				continue
			}
			if first[d.System.Site] == nil {
				first[d.System.Site] = d
			}
			oob[d.System.Site] = oob[d.System.Site] || d.Reach.OOB.IsValid()
		}
		for site, d := range first {
			if !oob[site] {
				ds.Warnf(d.At, "inventory/no-oob", "no device at %s has a second way in: give one of them an address oob", site)
			}
		}
	},
}
