package validate

import (
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var clocks = Rule{
	ID: "design/clocks", Label: "R-SYS-3", Severity: diag.Warn, JudgedBy: "check",
	Sentence: "A device asks others for the time and sends its logs to others, and not all its servers of time are devices of one site.",
	Motive:   "A clock that asks itself is always right, and a site that goes dark takes the time of all others along (RFC 8633).",
	Check: func(v View, ds *diag.List) {
		owner := map[netip.Addr]*network.Device{}
		for _, d := range v.Is.Devices {
			owner[d.Reach.Address] = d
		}
		everyAddr(v.Is, func(d *network.Device, p *network.Port, a *network.Addr) {
			if p.MAC == "" { // a gateway is at many places
				owner[a.Prefix.Addr()] = d
			}
		})
		for _, d := range v.Is.Devices {
			b := d.Baseline
			if b == nil {
				continue
			}
			for what, servers := range map[string][]netip.Addr{"asks itself for the time": b.NTP, "sends its logs to itself": b.Syslog} {
				if i := slices.IndexFunc(servers, func(a netip.Addr) bool { return owner[a] == d }); i >= 0 {
					ds.Warnf(b.From, "design/clocks", "%s %s, at %s", d.Name, what, servers[i])
				}
			}
			if site := onlySite(owner, b.NTP); site != "" {
				ds.Warnf(b.From, "design/clocks", "all servers of time are devices at %s", site)
			}
		}
	},
}

// onlySite gives the site at which all servers are, where they are devices of ours.
func onlySite(owner map[netip.Addr]*network.Device, servers []netip.Addr) (site string) {
	for i, a := range servers {
		d := owner[a]
		if d == nil || d.System == nil || i > 0 && d.System.Site != site {
			return ""
		}
		site = d.System.Site
	}
	return site
}
