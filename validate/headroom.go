package validate

import (
	"maps"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// What a packet of a tenant grows by, in bytes, where it is carried: the label of the way and
// that of the table (RFC 3032, 4364), or the headers of VXLAN over IPv4 with the frame inside
// (RFC 7348).
const (
	labelsAdd = 2 * 4
	vxlanAdds = 50
)

var headroom = Rule{
	ID: "link/headroom", Label: "R-LINK-2, R-TTL-3", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "What enters a table fits into every link that carries the table, with two labels or the headers of VXLAN around it.",
	Motive:   "Routers inside cannot tell the sender of a packet with labels that it is too long (RFC 3032 section 3): long packets vanish, short ones pass.",
	Check: func(v View, ds *diag.List) {
		narrow, least := carriers(v.Is)
		for _, d := range v.Is.Devices {
			for i := 0; d.Interfaces != nil && i < len(d.Interfaces.Ports); i++ {
				p := &d.Interfaces.Ports[i]
				over, adds, words := carried(d, p.VRF)
				n := narrow[over]
				if p.MTU == 0 || over == "" || n == nil || p.MTU+adds <= n.MTU {
					continue
				}
				f := ds.Failf(p.From, "link/headroom", "packets of %d bytes enter %s at %s %s and have %d with %s: %s %s carries %d",
					p.MTU, p.VRF, d.Name, p.Name, p.MTU+adds, words, least[over].Name, n.Name, n.MTU)
				f.Hint = "give one of the two another mtu"
				f.Also = []diag.Pos{n.From}
				for _, whole := range d.Interfaces.Ports { // whose mtu its parts have
					if whole.Name == p.Parent {
						f.Also = append(f.Also, whole.From)
					}
				}
			}
		}
	},
}

// carried tells what a table of a device goes over, and what that adds; nothing where the
// device does not have the table, or takes it nowhere.
func carried(d *network.Device, table string) (over string, adds int, words string) {
	for i := 0; table != "" && d.VRF != nil && i < len(d.VRF.Tables); i++ {
		switch t := &d.VRF.Tables[i]; {
		case t.Name != table:
		case t.VNI > 0 && d.EVPN != nil:
			return "device " + d.Name, vxlanAdds, "the headers of VXLAN"
		case t.VNI == 0 && d.MPLS != nil:
			return "domain " + d.MPLS.Domain, labelsAdd, "two labels"
		}
	}
	return "", 0, ""
}

// carriers gives the narrowest port of each label domain, and of those by which a device meets
// its fabric; and whose they are.
func carriers(n *network.Network) (map[string]*network.Port, map[string]*network.Device) {
	ports, whose := map[string]*network.Port{}, map[string]*network.Device{}
	for _, d := range n.Devices {
		inside := map[string]string{}
		for i := 0; d.EVPN != nil && d.Interfaces != nil && i < len(d.Interfaces.Ports); i++ {
			if p := &d.Interfaces.Ports[i]; p.Use == "link" && p.VRF == "" && len(p.Addrs) > 0 {
				inside[p.Name] = "device " + d.Name
			}
		}
		for i := 0; d.MPLS != nil && i < len(d.MPLS.Ports); i++ {
			inside[d.MPLS.Ports[i].Name] = "domain " + d.MPLS.Domain
		}
		for _, name := range slices.Sorted(maps.Keys(inside)) {
			i := slices.IndexFunc(d.Interfaces.Ports, func(p network.Port) bool { return p.Name == name })
			over := inside[name]
			if p := &d.Interfaces.Ports[max(i, 0)]; i >= 0 && p.MTU > 0 && (ports[over] == nil || p.MTU < ports[over].MTU) {
				ports[over], whose[over] = p, d
			}
		}
	}
	return ports, whose
}
