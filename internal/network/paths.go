package network

import (
	"cmp"
	"net/netip"
	"slices"
)

// LastPaths gives, for each device, those at the other ends of links without which the two
// would not reach each other: both ends of such a link are never changed together.
func (n *Network) LastPaths() map[string][]string {
	p := paths{cables: map[string][]string{}, at: map[string]int{}, low: map[string]int{}, out: map[string][]string{}}
	on := map[netip.Prefix][]string{}
	for _, d := range n.Devices {
		if d.Interfaces == nil {
			continue
		}
		for _, port := range d.Interfaces.Ports {
			if i := slices.IndexFunc(port.Addrs, func(a Addr) bool { return a.Prefix.IsValid() && !a.Prefix.IsSingleIP() }); port.Use == "link" && i >= 0 {
				on[port.Addrs[i].Prefix.Masked()] = append(on[port.Addrs[i].Prefix.Masked()], d.Name)
			}
		}
	}
	nets := make([]netip.Prefix, 0, len(on))
	for net := range on {
		nets = append(nets, net)
	}
	slices.SortFunc(nets, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	for _, net := range nets {
		for _, a := range on[net] {
			for _, b := range on[net] {
				if a != b {
					p.cables[a] = append(p.cables[a], b)
				}
			}
		}
	}
	for _, d := range n.Devices {
		if p.at[d.Name] == 0 {
			p.visit(d.Name, "")
		}
	}
	return p.out
}

// paths finds the links that hold a network together (Tarjan). Two cables between the same
// devices are two ways.
type paths struct {
	cables  map[string][]string
	at, low map[string]int // when it was met; the earliest one reached from behind it
	out     map[string][]string
}

func (p *paths) visit(d, from string) {
	p.at[d] = len(p.at) + 1
	p.low[d] = p.at[d]
	came := false
	for _, to := range p.cables[d] {
		switch {
		case to == from && !came: // the cable we came by
			came = true
		case p.at[to] > 0:
			p.low[d] = min(p.low[d], p.at[to])
		default:
			p.visit(to, d)
			p.low[d] = min(p.low[d], p.low[to])
			if p.low[to] > p.at[d] {
				p.out[d], p.out[to] = append(p.out[d], to), append(p.out[to], d)
			}
		}
	}
}
