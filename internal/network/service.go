package network

import (
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// Service is a prefix that some sites tell of whatever happens.
type Service struct {
	Least int      // how many sites serve
	From  diag.Pos // where that is asked
}

// Services gives them by their prefixes.
func (n *Network) Services() map[netip.Prefix]Service {
	out := map[netip.Prefix]Service{}
	for _, d := range n.Devices {
		if d.BGP == nil {
			continue
		}
		for _, o := range d.BGP.Origins {
			if o.Least > 0 {
				out[o.Prefix] = Service{o.Least, o.From}
			}
		}
	}
	return out
}

// Serves tells whether a device tells the world of a prefix, and drains nobody from it.
func (d *Device) Serves(prefix netip.Prefix) bool {
	if d == nil || d.BGP == nil || d.Policy == nil {
		return false
	}
	i := slices.IndexFunc(d.BGP.Origins, func(o Originated) bool { return o.Aggregate && o.Prefix == prefix })
	if i < 0 {
		return false
	}
	policy := d.BGP.Origins[i].Policy
	return !slices.ContainsFunc(d.Policy.Routes, func(r RoutePolicy) bool {
		return r.Name == policy && slices.ContainsFunc(r.Terms, func(t Term) bool { return t.Shut })
	})
}
