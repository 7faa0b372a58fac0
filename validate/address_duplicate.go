package validate

import (
	"net/netip"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var addressDuplicate = Rule{
	ID: "address/duplicate", Label: "PL0208", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "An address belongs to one interface of one device.",
	Motive:   "Two holders of one address answer in turn; sessions flap and nobody sees why.",
	Check: func(v View, ds *diag.List) {
		type holder struct {
			ip    netip.Addr
			table string
		}
		type use struct {
			at     diag.Pos
			shared string // by what, where more than one device may have it
		}
		first := map[holder]use{}
		everyAddr(v.Is, func(d *network.Device, p *network.Port, a *network.Addr) {
			ip := a.Prefix.Addr()
			now := use{at: a.From}
			if p.Use == "gateway" && p.MAC != "" {
				now.shared = p.Description
			}
			if a.Shared != "" {
				now.shared = a.Shared
			}
			was, twice := first[holder{ip, p.VRF}]
			if twice && (was.shared == "" || was.shared != now.shared) {
				ds.Failf(a.From, "address/duplicate", "%s of %s %s belongs to another interface already", ip, d.Name, p.Name).Also = []diag.Pos{was.at}
				return
			}
			if !twice {
				first[holder{ip, p.VRF}] = now
			}
		})
	},
}

func everyAddr(n *network.Network, do func(*network.Device, *network.Port, *network.Addr)) {
	for _, d := range n.Devices {
		if d.Interfaces == nil {
			continue
		}
		for i := range d.Interfaces.Ports {
			p := &d.Interfaces.Ports[i]
			for j := range p.Addrs {
				do(d, p, &p.Addrs[j])
			}
		}
	}
}

// sessions gives every session that leaves our own system.
func sessions(n *network.Network, do func(*network.Device, *network.Neighbor)) {
	for _, d := range n.Devices {
		if d.BGP == nil {
			continue
		}
		for i := range d.BGP.Neighbors {
			if nb := &d.BGP.Neighbors[i]; nb.ASN != d.BGP.ASN {
				do(d, nb)
			}
		}
		for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
			for j := range d.VRF.Tables[i].Neighbors {
				do(d, &d.VRF.Tables[i].Neighbors[j])
			}
		}
	}
}
