package intent

import (
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

func compare(a, b string) int { return strings.Compare(a, b) }

// Link is a cable, a bundle or a circuit.
type Link struct {
	Head

	// Its two ends, where both are ours.
	Between []LinkEnd `yaml:"between,optional"`
	// Who is at the other end where it is not ours: a server, a provider, a customer.
	Outside Text `yaml:"outside,optional"`
	// Our end of a link to the outside; two are one bundle over two leaves.
	Ports []LinkEnd `yaml:"ports,optional"`
	// How fast it is.
	Speed Speed `yaml:"speed"`
	// The largest packet, in bytes.
	MTU int `yaml:"mtu" is:"1280..9216"`
	// How often the ends of a bundle tell each other that they are there.
	LACP Pace `yaml:"lacp,optional"`
	// With fewer members the bundle is down.
	MinLinks int `yaml:"min_links,optional" is:"1..16"`
	// What the interior protocol counts for it, in both directions.
	Cost int `yaml:"cost,optional" is:"1..16777214"`
	// The name of the circuit, for the descriptions at both ends.
	Label Text `yaml:"label,optional"`
}

// LinkEnd is one end of a link.
type LinkEnd struct {
	// The device that it is on.
	Device Name `yaml:"device" of:"device"`
	// Its interface there; with members, the bundle that they make.
	Interface Interface `yaml:"interface"`
	// The ports of a bundle, sixteen at most.
	Members []Interface `yaml:"members,optional"`
	// At most one address of each family.
	Addresses []IfAddr `yaml:"addresses,optional" take:"link4/31 link6/127"`
}

// Expand gives both ends their addresses and descriptions, and the interior protocol
// its cost.
func (l *Link) Expand(b *Build) {
	if l.Cost != 0 && l.known(b) && !l.interior(b) {
		b.Fail(&l.Cost, "schema/excluded-field", "cost is what the interior protocol counts between two devices of the backbone: leave it out here").Also = l.roles(b)
	}
	if !l.bundled(b) {
		return
	}
	switch inside, outside := len(l.Between) > 0, l.Outside != ""; {
	case inside == outside:
		b.Fail(&l.Name, "schema/exactly-one", "a link has either between, its two ends that are ours, or outside and ports")
	case outside && len(l.Ports) == 0:
		b.Fail(&l.Outside, "schema/missing-field", "a link to the outside needs ports")
	case outside && len(l.Ports) > 1:
		l.double(b)
	case outside:
		l.end(b, &l.Ports[0], string(l.Outside), "outside")
	case len(l.Ports) > 0:
		b.Fail(&l.Ports, "schema/exactly-one", "both ends of a link between two of ours stand in between, none in ports")
	case len(l.Between) != 2:
		b.Fail(&l.Between, "link/ends", "a link has two ends, this has %d", len(l.Between))
	case l.Between[0].Device == l.Between[1].Device:
		b.Fail(&l.Between[1].Device, "link/ends", "both ends are on %s", l.Between[1].Device).Also = []diag.Pos{b.At(&l.Between[0].Device)}
	default:
		l.inside(b)
	}
}

func (l *Link) inside(b *Build) {
	x, y := &l.Between[0], &l.Between[1]
	for _, pair := range [][2]*LinkEnd{{x, y}, {y, x}} {
		far := pair[1]
		l.end(b, pair[0], string(far.Device)+":"+string(far.Interface), "link")
	}
	for i := range x.Addresses {
		a := &x.Addresses[i]
		if !slices.ContainsFunc(y.Addresses, func(o IfAddr) bool { return o.Masked() == a.Masked() && o.Addr() != a.Addr() }) {
			fault := b.Fail(a, "link/subnet", "the other end has no address in %s", a.Masked())
			for j := range y.Addresses {
				if o := &y.Addresses[j]; o.Addr().Is6() == a.Addr().Is6() {
					fault.Also = append(fault.Also, b.At(o))
				}
			}
		}
	}
	if len(x.Addresses) != len(y.Addresses) {
		b.Fail(&y.Addresses, "link/families", "both ends have the same families: %d addresses here, %d there", len(y.Addresses), len(x.Addresses)).Also = []diag.Pos{b.At(&x.Addresses)}
	}
	if l.interior(b) {
		l.backbone(b)
	}
}

// end gives one end its port.
func (l *Link) end(b *Build, e *LinkEnd, far, use string) {
	d := b.On(&e.Device)
	text := far
	if l.Label != "" {
		text += " " + string(l.Label)
	}
	p := network.Port{Use: use, Description: text, MTU: l.MTU}
	p.Addrs = addresses(b, e.Addresses)
	l.bundle(b, e, d, &p)
	b.Port(d, &e.Interface, p)
}

// addresses gives the facts of a list of addresses, one of each family at most.
func addresses(b *Build, list []IfAddr) (out []network.Addr) {
	seen := map[bool]diag.Pos{}
	for i := range list {
		a := &list[i]
		if first, second := seen[a.Addr().Is6()]; second {
			b.Fail(a, "link/families", "one address of each family: %s is the second", a).Also = []diag.Pos{first}
			continue
		}
		seen[a.Addr().Is6()] = b.At(a)
		out = append(out, network.Addr{Prefix: a.Prefix, From: b.At(a)})
	}
	return out
}

// backbone puts both ends into the interior protocol.
func (l *Link) backbone(b *Build) {
	d := b.Design(&l.Name)
	if d == nil || d.IGP == "" {
		return
	}
	most := 65535
	if d.IGP == "isis" {
		most = 16777214
	}
	if l.Cost < 1 || l.Cost > most {
		b.Fail(&l.Cost, "schema/range", "a link of the backbone needs a cost from 1 to %d, the most that %s can say", most, map[Protocol]string{"ospf": "OSPF", "isis": "IS-IS"}[d.IGP]).Also = []diag.Pos{b.At(&d.IGP)}
	}
	if len(l.Between[0].Addresses) == 0 {
		b.Fail(&l.Between[0].Interface, "schema/missing-field", "a link of the backbone needs addresses at both ends")
	}
	for i := range l.Between {
		e := &l.Between[i]
		p := network.IGPPort{Name: string(e.Interface), Cost: l.Cost, From: b.At(&l.Cost)}
		for j := range e.Addresses {
			a := &e.Addresses[j]
			pool, use, point := d.Pools.Link4, "link4", 31
			if a.Addr().Is6() {
				pool, use, point = d.Pools.Link6, "link6", 127
			}
			p.IPv4, p.IPv6 = p.IPv4 || !a.Addr().Is6(), p.IPv6 || a.Addr().Is6()
			b.pool(a, pool, a.Addr(), use)
			if a.Bits() != point {
				b.Fail(a, "link/subnet", "%s: a link of the backbone is a /%d", a, point)
			}
		}
		n := b.On(&e.Device)
		igp := d.igp(b, n)
		p.BFD = d.watch(b, n, &e.Interface)
		igp.Ports = append(igp.Ports, p)
		igp.IPv4, igp.IPv6 = igp.IPv4 || p.IPv4, igp.IPv6 || p.IPv6
	}
}

// known tells whether every end is on a device that there is.
func (l *Link) known(b *Build) bool {
	return !slices.ContainsFunc(l.Between, func(e LinkEnd) bool { return b.Gear(string(e.Device)) == nil })
}

// interior tells whether both ends carry our routing.
func (l *Link) interior(b *Build) bool {
	return len(l.Between) == 2 && backbone(b, &l.Between[0]) && backbone(b, &l.Between[1])
}

// backbone tells whether an end is on a device that carries our routing.
func backbone(b *Build, e *LinkEnd) bool {
	g := b.Gear(string(e.Device))
	return g != nil && slices.Contains(backboneRoles, string(g.Role)) && b.fabricOf(g.Name) == nil
}

// speaks tells whether an end has an address of a family.
func (e *LinkEnd) speaks(six bool) bool {
	return slices.ContainsFunc(e.Addresses, func(x IfAddr) bool { return x.Addr().Is6() == six })
}

// reaches tells whether an address lies in the subnet of an end.
func (e *LinkEnd) reaches(a netip.Addr) bool {
	return slices.ContainsFunc(e.Addresses, func(x IfAddr) bool { return x.Masked().Contains(a) })
}

// roles tells where both ends are named, and where their roles stand.
func (l *Link) roles(b *Build) (at []diag.Pos) {
	for i := range l.Between {
		at = append(at, b.At(&l.Between[i].Device))
		if g := b.Gear(string(l.Between[i].Device)); g != nil {
			at = append(at, b.role(g)...)
		}
	}
	return at
}
