package validate

import (
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var oneWave = Rule{
	ID: "change/one-wave", Label: "PL0210", Severity: diag.Warn, JudgedBy: "check",
	Sentence: "What two devices share changes only where both may be changed in one wave.",
	Motive:   "Between the two waves a session or link with two values is down, and no plan can be made of it (plan/pair-apart).",
	Check: func(v View, ds *diag.List) {
		was := map[string]*network.Device{}
		for _, d := range v.Was.Devices {
			was[d.Name] = d
		}
		var last map[string][]string
		told := map[[2]string]bool{}
		for _, p := range network.Pairs(was, v.Is) {
			a, b := v.Is.Device(p.A), v.Is.Device(p.B)
			if ends := [2]string{p.A, p.B}; p.Secret != "" || told[ends] {
				continue
			} else if told[ends] = true; last == nil {
				last = v.Is.LastPaths()
			}
			why := ""
			switch {
			case a.Reach.Group != "" && a.Reach.Group == b.Reach.Group:
				why = "are of one redundancy group, " + a.Reach.Group
			case slices.Contains(last[p.A], p.B):
				why = "have no other path between them"
			default:
				continue
			}
			f := ds.Warnf(p.AtA, "change/one-wave", "%s changes at both ends, and %s and %s %s: they are never changed in one wave", p.What, p.A, p.B, why)
			f.Also = []diag.Pos{p.AtB}
			f.Hint = "two requests: first another link, session, segment or table with the new value; then what had the old one goes"
		}
	},
}
