package validate

import (
	"net/netip"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var linkEnds = Rule{
	ID: "link/both-ends-agree", Label: "R-LINK-1", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "A link between two of ours has two ends, in one subnet for each family, with one largest packet.",
	Motive:   "A half-configured pair is the commonest fault; a smaller MTU at one end drops long packets in silence.",
	Check: func(v View, ds *diag.List) {
		type end struct {
			device *network.Device
			port   *network.Port
			from   diag.Pos
		}
		ends := map[netip.Prefix][]end{}
		var order []netip.Prefix
		everyAddr(v.Is, func(d *network.Device, p *network.Port, a *network.Addr) {
			if p.Use != "link" {
				return
			}
			net := a.Prefix.Masked()
			if len(ends[net]) == 0 {
				order = append(order, net)
			}
			ends[net] = append(ends[net], end{d, p, a.From})
		})
		for _, net := range order {
			es := ends[net]
			x, y := es[0], es[len(es)-1]
			switch {
			case len(es) != 2 || x.device == y.device:
				ds.Failf(x.from, "link/both-ends-agree", "the link subnet %s has %d ends: want two, on two devices", net, len(es))
			case x.port.MTU != y.port.MTU:
				ds.Failf(y.from, "link/both-ends-agree", "%s %s has mtu %d, the other end %s %s has %d", y.device.Name, y.port.Name, y.port.MTU, x.device.Name, x.port.Name, x.port.MTU).Also = []diag.Pos{x.from}
			case len(x.port.Addrs) != len(y.port.Addrs):
				ds.Failf(y.from, "link/both-ends-agree", "%s %s and %s %s do not have the same families", x.device.Name, x.port.Name, y.device.Name, y.port.Name).Also = []diag.Pos{x.from}
			}
		}
	},
}
