package validate

import (
	"net/netip"

	"plumbline/internal/network"
	"plumbline/internal/policy"
)

// withdrawn is all that two networks tell, found when first asked for.
type withdrawn struct{ was, is map[netip.Prefix]bool }

// retired parts what a policy lets through newly: routes of prefixes that the network had and
// has no more, or of those that the site of the router begins to tell, from all others. A
// condition that kept the first apart kept nothing else: what it was for is gone.
func (w *withdrawn) retired(v View, c change) (kept, gone policy.Set) {
	if w.was == nil {
		w.was, w.is = told(v.Was), told(v.Is)
	}
	before, now := site(v.Was, c.device), site(v.Is, c.device)
	idle := func(r policy.Region) bool {
		p := r.Within
		if p.Bits() == 0 || r.Low != p.Bits() || r.High != p.Bits() {
			return false // the default route, and what lies inside a prefix, may be anybody's
		}
		q := covering(now, p.Addr())
		return w.was[p] && !w.is[p] || w.is[p] && q.IsValid() && q.Bits() <= p.Bits() && !before[q]
	}
	for _, b := range c.delta.Terms {
		var in, out []policy.Region
		for _, r := range b.Prefixes {
			if idle(r) {
				out = append(out, r)
			} else {
				in = append(in, r)
			}
		}
		if len(in) > 0 {
			kept = append(kept, policy.Box{Prefixes: in, When: b.When})
		}
		if len(out) > 0 {
			gone = append(gone, policy.Box{Prefixes: out, When: b.When})
		}
	}
	return kept, gone
}

// site gives what the routers at the site of one tell others by themselves.
func site(n *network.Network, at *network.Device) map[netip.Prefix]bool {
	out := map[netip.Prefix]bool{}
	for _, d := range n.Devices {
		if d.System == nil || at.System == nil || d.System.Site != at.System.Site {
			continue
		}
		for i := 0; d.BGP != nil && i < len(d.BGP.Origins); i++ {
			if o := &d.BGP.Origins[i]; o.Check == "" { // a host answers whether its site is told or not
				out[o.Prefix.Masked()] = true
			}
		}
	}
	return out
}
