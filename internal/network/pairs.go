package network

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/diag"
)

// Pair is a value that two devices share and that changes at both: as long as one of them has
// the new one and the other the old one, they do not hear each other.
type Pair struct {
	A, B     string
	What     string   // in words, such as "the mtu of the link eth2 - eth2"
	AtA, AtB diag.Pos // what asks for it, at each of the two
	// The reference of a secret that both hold, whose text nobody knows here. Only where both
	// are sent a new one is it a pair.
	Secret string
}

// Pairs gives what changes at two devices and has to change at both at once. What the two did
// not agree on before, or do not agree on after, asks for nothing, and neither does what each
// end takes whatever the other one says. Devices that are in one alone have no pairs.
func Pairs(was map[string]*Device, is *Network) []Pair {
	var both [2][]*Device // those that are in was and in is, and that may have any
	for _, d := range is.Devices {
		if old := was[d.Name]; old != nil && (!alike(old, d) || d.keyed()) { // both ends change, or it is none
			both[0], both[1] = append(both[0], was[d.Name]), append(both[1], d)
		}
	}
	out := slices.Concat(linkPairs(both[0], both[1]), sessionPairs(both[0], both[1]), overlayPairs(both[0], both[1]))
	slices.SortStableFunc(out, func(a, b Pair) int {
		return cmp.Or(strings.Compare(a.A, b.A), strings.Compare(a.B, b.B), strings.Compare(a.What, b.What))
	})
	return slices.CompactFunc(out, func(a, b Pair) bool { return a.A == b.A && a.B == b.B && a.What == b.What })
}

// shared is one value that two ends must agree on.
type shared[T any] struct {
	name string
	fits func(a, b T) bool
}

// clash tells which values two ends share before and after, and do not while one of them has
// the new one alone.
func clash[T any](all []shared[T], wasA, wasB, isA, isB T) (names []string) {
	for _, s := range all {
		if s.fits(wasA, wasB) && s.fits(isA, isB) && !(s.fits(isA, wasB) && s.fits(wasA, isB)) {
			names = append(names, s.name)
		}
	}
	return names
}

// side is one end of a link.
type side struct {
	d   *Device
	p   Port
	net netip.Prefix
}

// wire is a link between two devices, by one subnet that both ends are in.
type wire struct{ a, b side }

func (w wire) devices() [2]string { return [2]string{w.a.d.Name, w.b.d.Name} }

// cable is what of a link lies between two ports.
type cable struct{ a, portA, b, portB string }

func (w wire) cable() cable { return cable{w.a.d.Name, w.a.p.Name, w.b.d.Name, w.b.p.Name} }

// wires finds the links between devices, by the names of the devices at their ends.
func wires(ds []*Device) map[[2]string][]wire {
	type place struct {
		vrf string
		net netip.Prefix
	}
	on := map[place][]side{}
	for _, d := range ds {
		for i := 0; d.Interfaces != nil && i < len(d.Interfaces.Ports); i++ {
			p := d.Interfaces.Ports[i]
			for _, a := range p.Addrs {
				if p.Use == "link" && a.Prefix.IsValid() && !a.Prefix.IsSingleIP() && !a.Prefix.Addr().IsLinkLocalUnicast() {
					at := place{p.VRF, a.Prefix.Masked()}
					on[at] = append(on[at], side{d, p, at.net})
				}
			}
		}
	}
	out := map[[2]string][]wire{}
	for _, ends := range on {
		for i, a := range ends {
			for _, b := range ends[i+1:] {
				w := wire{a, b}
				if a.d.Name > b.d.Name {
					w = wire{b, a}
				}
				if a.d != b.d {
					out[w.devices()] = append(out[w.devices()], w)
				}
			}
		}
	}
	for _, ws := range out {
		slices.SortFunc(ws, func(x, y wire) int { return byPrefix(x.a.net, y.a.net) })
	}
	return out
}

func linkPairs(was, is []*Device) (out []Pair) {
	before := wires(was)
	for ends, now := range wires(is) {
		known := map[cable]bool{}
		for _, w := range slices.Concat(before[ends], now) {
			known[w.cable()] = true
		}
		for _, w := range now {
			old, found := w.before(before[ends], now)
			if !found {
				continue
			}
			for _, what := range clash(linkValues(known), old.a, old.b, w.a, w.b) {
				out = append(out, Pair{
					A: ends[0], B: ends[1], What: "the " + what + " of the link " + w.a.p.Name + " - " + w.b.p.Name, AtA: w.a.p.From, AtB: w.b.p.From,
				})
			}
		}
	}
	return out
}

// before finds what a link was: the same subnet, or the same ports with a subnet that is gone.
func (w wire) before(old, now []wire) (wire, bool) {
	i := slices.IndexFunc(old, func(o wire) bool { return o.a.net == w.a.net })
	if i < 0 {
		i = slices.IndexFunc(old, func(o wire) bool {
			return o.cable() == w.cable() && o.a.net.Addr().Is6() == w.a.net.Addr().Is6() &&
				!slices.ContainsFunc(now, func(n wire) bool { return n.a.net == o.a.net })
		})
	}
	if i < 0 {
		return wire{}, false
	}
	return old[i], true
}

// linkValues are what both ends of a link must say alike, where cables are known to lie.
func linkValues(known map[cable]bool) []shared[side] {
	return []shared[side]{
		{"subnet", func(a, b side) bool { return a.net == b.net }},
		{"port", func(a, b side) bool { return known[wire{a, b}.cable()] }},
		{"mtu", func(a, b side) bool { return a.p.MTU == b.p.MTU }},
		{"vlan", func(a, b side) bool { return a.p.VLAN == b.p.VLAN }},
		{"bundle", func(a, b side) bool { return (a.p.LACP == "") == (b.p.LACP == "") }},
		{"interior protocol", func(a, b side) bool {
			x, y := a.meets(), b.meets()
			return x && y && a.d.IGP.Protocol == b.d.IGP.Protocol && a.d.IGP.Domain == b.d.IGP.Domain
		}},
		{"signalling of labels", func(a, b side) bool {
			return a.labels() && b.labels() && a.d.MPLS.Signalling == b.d.MPLS.Signalling
		}},
	}
}

// meets tells whether the interior protocol meets somebody on a port.
func (s side) meets() bool {
	return s.d.IGP != nil && slices.ContainsFunc(s.d.IGP.Ports, func(p IGPPort) bool { return p.Name == s.p.Name && !p.Passive })
}

func (s side) labels() bool {
	return s.d.MPLS != nil && slices.ContainsFunc(s.d.MPLS.Ports, func(p LabelPort) bool { return p.Name == s.p.Name })
}
