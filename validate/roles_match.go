package validate

import (
	"net/netip"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// opposite is the other end of each role (RFC 9234).
var opposite = map[string]string{"customer": "provider", "provider": "customer", "peer": "peer", "rs-client": "rs", "rs": "rs-client", "": ""}

var rolesMatch = Rule{
	ID: "peering/roles-match", Label: "R-PEER-4", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Where both ends of a session are ours, both ends hold it, and with opposite roles.",
	Motive:   "With roles that do not fit the session stays down (RFC 9234); with one end only it never comes up.",
	Check: func(v View, ds *diag.List) {
		owner := map[netip.Addr]*network.Device{}
		everyAddr(v.Is, func(d *network.Device, _ *network.Port, a *network.Addr) { owner[a.Prefix.Addr()] = d })
		for _, d := range v.Is.Devices {
			for i := 0; d.BGP != nil && i < len(d.BGP.Neighbors); i++ {
				nb := &d.BGP.Neighbors[i]
				far := owner[nb.Addr]
				if far == nil {
					continue
				}
				back := answer(far, d, owner, nb.Is6())
				switch {
				case back == nil:
					ds.Failf(nb.From, "peering/roles-match", "%s has a session with %s, and %s has none with %s", d.Name, far.Name, far.Name, d.Name)
				case opposite[nb.Role] != back.Role:
					ds.Failf(nb.From, "peering/roles-match", "%s is %q to %s, which is %q to it", d.Name, nb.Role, far.Name, back.Role).Also = []diag.Pos{back.From}
				}
			}
		}
	},
}

// answer gives the session of far that leads back to d.
func answer(far, d *network.Device, owner map[netip.Addr]*network.Device, six bool) *network.Neighbor {
	for i := 0; far.BGP != nil && i < len(far.BGP.Neighbors); i++ {
		if nb := &far.BGP.Neighbors[i]; owner[nb.Addr] == d && nb.Is6() == six {
			return nb
		}
	}
	return nil
}
