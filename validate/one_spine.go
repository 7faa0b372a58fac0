package validate

import (
	"net/netip"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var oneSpine = Rule{
	ID: "fabric/one-spine", Label: "R-FAB-1", Severity: diag.Warn, JudgedBy: "check",
	Sentence: "A leaf speaks EVPN with two spines or more.",
	Motive:   "With one spine every upgrade of it takes the fabric down, and every failure (RFC 7938).",
	Check: func(v View, ds *diag.List) {
		holders := map[netip.Addr]string{}
		everyAddr(v.Is, func(d *network.Device, p *network.Port, a *network.Addr) {
			if p.VRF == "" {
				holders[a.Prefix.Addr()] = d.Name
			}
		})
		for _, d := range v.Is.Devices {
			if d.EVPN == nil || !d.EVPN.VTEP.IsValid() || len(d.EVPN.Peers) == 0 {
				continue
			}
			spines := map[string]bool{}
			for _, p := range d.EVPN.Peers {
				spines[holders[p.Addr]] = true
			}
			if first := holders[d.EVPN.Peers[0].Addr]; len(spines) == 1 && first != "" {
				ds.Warnf(d.EVPN.From, "fabric/one-spine", "%s hangs on %s alone: cable it to a second spine", d.Name, first)
			}
		}
	},
}
