package intent

import (
	"fmt"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/inventory"
)

// marks is the policy that marks the prefixes of a service.
func (a *Anycast) marks() string { return "ANYCAST-" + string(a.Name) }

// hosts is the set of what the hosts of a service answer on, of one family.
func (a *Anycast) hosts(six bool) string { return "ANYCAST-" + string(a.Name) + suffix(six) }

// edge gives an edge router the prefixes, told only while some host answers.
func (a *Anycast) edge(b *Build, d *Design, g *inventory.Device) {
	n := b.net.Device(g.Name)
	at, bgp, p := a.at(b, g.Site), d.speaker(b, n), d.policies(b, n)
	for j := range a.Prefixes {
		x := &a.Prefixes[j]
		bgp.Origins = append(bgp.Origins, network.Originated{Prefix: x.Prefix, Policy: a.marks(), Aggregate: true, Least: a.MinSites, From: b.At(x)})
	}
	p.Routes = append(p.Routes, network.RoutePolicy{Name: a.marks(), From: at, Terms: []network.Term{
		{Seq: 10, Does: "accept", Mark: d.large("own"), Shut: a.state(g.Site) == "draining", From: at},
	}})
}

// lines gives the links between a host and the routers of its site, with the end of the
// host first.
func lines(b *Build, g *inventory.Device) (out [][2]*LinkEnd) {
	for _, l := range every[Link](b) {
		if len(l.Between) != 2 {
			continue
		}
		x, y := &l.Between[0], &l.Between[1]
		if string(y.Device) == g.Name {
			x, y = y, x
		}
		if far := b.Gear(string(y.Device)); string(x.Device) == g.Name && far != nil && far.Site == g.Site && backbone(b, y) && len(x.Addresses) == len(y.Addresses) && len(x.Addresses) > 0 {
			out = append(out, [2]*LinkEnd{x, y})
		}
	}
	return out
}

// services gives those that a device answers, by name.
func services(b *Build, device string) (out []*Anycast) {
	for _, a := range every[Anycast](b) {
		if slices.Contains(a.Hosts, Name(device)) {
			out = append(out, a)
		}
	}
	return out
}

// serves tells whether a router has hosts of anycast services.
func (b *Build) serves(router string) bool {
	if b.routers == nil {
		b.routers = map[string]bool{}
		for _, a := range every[Anycast](b) {
			for _, h := range a.Hosts {
				if g := b.Gear(string(h)); g != nil {
					for _, l := range lines(b, g) {
						b.routers[string(l[1].Device)] = true
					}
				}
			}
		}
	}
	return b.routers[router]
}

// host gives a host the addresses of the service; the first of its services gives it its
// sessions too.
func (a *Anycast) host(b *Build, d *Design, field *Name) {
	n, g := b.net.Device(string(*field)), b.Gear(string(*field))
	all, ls := services(b, g.Name), lines(b, g)
	switch {
	case g.Role != "host" && g.Role != "dns":
		b.Fail(field, "anycast/hosts", "%s is of role %s: hosts of a service are of role host or dns", *field, g.Role).Also = b.role(g)
		return
	case a.state(g.Site) == "":
		b.Fail(field, "anycast/hosts", "%s is at %s, which is none of the sites", *field, g.Site).Also = []diag.Pos{b.At(&g.Site)}
		return
	case len(ls) == 0:
		b.Fail(field, "anycast/hosts", "%s has no link with addresses to a router of the backbone at %s", *field, g.Site).Also = b.cabled(*field)
		return
	}
	if all[0] == a {
		a.speak(b, d, field, n, all, ls)
	}
	if n.BGP == nil {
		return // said of the first of its services
	}
	for i := range a.Addresses {
		x := &a.Addresses[i]
		if !slices.ContainsFunc(ls, func(l [2]*LinkEnd) bool { return l[0].speaks(x.Is6()) }) {
			b.Fail(field, "anycast/hosts", "%s has no link with an address of the family of %s", *field, x).Also = []diag.Pos{b.At(x)}
		}
		addr := network.Addr{Prefix: netip.PrefixFrom(x.Addr, x.BitLen()), Shared: string(a.Name), From: b.At(x)}
		lo := slices.IndexFunc(n.Interfaces.Ports, func(p network.Port) bool { return p.Name == "lo" })
		n.Interfaces.Ports[lo].Addrs = append(n.Interfaces.Ports[lo].Addrs, addr)
		n.BGP.Origins = append(n.BGP.Origins, network.Originated{Prefix: addr.Prefix, Check: a.Check.String(), From: b.At(&a.Check)})
	}
}

// String gives the protocol and the port.
func (p Probe) String() string { return fmt.Sprintf("%s/%d", p.Protocol, p.Port) }

// speak gives a host its speaker, and a session over each of its links at both ends.
func (a *Anycast) speak(b *Build, d *Design, field *Name, n *network.Device, all []*Anycast, ls [][2]*LinkEnd) {
	at := b.At(field)
	b.add(n, network.Port{Name: "lo", Use: "loopback", From: at}, field)
	n.BGP = &network.BGP{ASN: uint32(d.AnycastASN), From: at}
	for _, l := range ls {
		for i := range l[0].Addresses {
			x := &l[0].Addresses[i]
			if !x.Addr().Is6() && (!n.BGP.RouterID.IsValid() || x.Addr().Less(n.BGP.RouterID)) {
				n.BGP.RouterID = x.Addr()
			}
			j := slices.IndexFunc(l[1].Addresses, func(y IfAddr) bool { return y.Masked() == x.Masked() })
			if j >= 0 && d.pointed(b, x) {
				a.session(b, d, field, n, l, x, &l[1].Addresses[j])
			}
		}
	}
	if !n.BGP.RouterID.IsValid() {
		b.Fail(field, "anycast/hosts", "%s has no link with an IPv4 address: it is its router id", *field)
	}
	for _, six := range []bool{false, true} {
		a.policies(b, d, field, n, all, ls, six)
	}
}

// pointed sees that an end of a link between two routers is of the form and the pool of such.
func (d *Design) pointed(b *Build, a *IfAddr) bool {
	pool, use := d.Pools.Link4, "link4"
	if a.Addr().Is6() {
		pool, use = d.Pools.Link6, "link6"
	}
	b.pool(a, pool, a.Addr(), use)
	if a.Bits() != a.Addr().BitLen()-1 {
		b.Fail(a, "link/subnet", "%s: a link of the backbone, or to an anycast host, is a /%d", a, a.Addr().BitLen()-1)
		return false
	}
	return true
}

// session gives both ends of a subnet of a link their session.
func (a *Anycast) session(b *Build, d *Design, field *Name, n *network.Device, l [2]*LinkEnd, ours, theirs *IfAddr) {
	router, end := b.net.Device(string(l[1].Device)), suffix(ours.Addr().Is6())
	bgp := d.speaker(b, router)
	bgp.Neighbors = append(bgp.Neighbors, network.Neighbor{
		Addr: ours.Addr(), ASN: uint32(d.AnycastASN), Intent: string(a.Name), Relation: "anycast", Description: n.Name,
		SingleHop: true, FirstAS: true, SendDefault: true, Import: "HOST-" + n.Name + "-in" + end, Export: "HOST-out" + end,
		MaxPrefixes: max(10, 2*len(services(b, n.Name))), BFD: d.watch(b, router, &l[1].Interface), From: b.At(field),
	})
	n.BGP.Neighbors = append(n.BGP.Neighbors, network.Neighbor{
		Addr: theirs.Addr(), ASN: uint32(d.ASN), Intent: string(a.Name), Relation: "anycast", Description: router.Name,
		SingleHop: true, FirstAS: true, Import: "UP-in" + end, Export: "UP-out" + end, MaxPrefixes: 10, BFD: d.watch(b, n, &l[0].Interface), From: b.At(field),
	})
}

// policies says what a host and its routers tell each other: the addresses of the services
// up, a default route down.
func (a *Anycast) policies(b *Build, d *Design, field *Name, n *network.Device, all []*Anycast, ls [][2]*LinkEnd, six bool) {
	at, end, host := b.At(field), suffix(six), d.policies(b, n)
	has := func(l [2]*LinkEnd) bool { return l[0].speaks(six) }
	if !slices.ContainsFunc(ls, has) {
		return
	}
	anything := func(p *network.Policy, name string) {
		zero := netip.PrefixFrom(unspecified(six), 0)
		p.PrefixSets = append(p.PrefixSets, network.PrefixSet{Name: name, IPv6: six, Items: number([]network.PrefixItem{{Prefix: zero, From: at}}), From: at})
		p.Routes = append(p.Routes, network.RoutePolicy{Name: name, IPv6: six, From: at, Terms: []network.Term{{Seq: 10, Does: "accept", Prefixes: name, From: at}}})
	}
	anything(host, "UP-in"+end)
	up := network.RoutePolicy{Name: "UP-out" + end, IPv6: six, From: at}
	down := network.RoutePolicy{Name: "HOST-" + n.Name + "-in" + end, IPv6: six, From: at}
	down.Terms = append(down.Terms, network.Term{Seq: 5, Does: "next", Strip: "OURS", From: at})
	for _, s := range all {
		set, state := s.set(b, six), s.state(b.Gear(n.Name).Site)
		if len(set.Items) == 0 {
			continue
		}
		host.PrefixSets = append(host.PrefixSets, set)
		t := network.Term{Seq: 10 * (len(up.Terms) + 1), Does: "accept", Prefixes: set.Name, From: at}
		up.Terms = append(up.Terms, t)
		t.From = s.at(b, b.Gear(n.Name).Site)
		t.Prefer = state == "draining" // worth nothing: others are taken where there are any
		if state == "drained" {
			t.Does = "reject"
		}
		down.Terms = append(down.Terms, t)
	}
	host.Routes = append(host.Routes, up)
	for _, l := range ls {
		p := d.policies(b, b.net.Device(string(l[1].Device)))
		if !has(l) || named(p, down.Name) {
			continue
		}
		d.communities(p, b.At(&d.ASN))
		for _, s := range all {
			if set := s.set(b, six); len(set.Items) > 0 && !held(p, set.Name) {
				p.PrefixSets = append(p.PrefixSets, set)
			}
		}
		p.Routes = append(p.Routes, down)
		if !named(p, "HOST-out"+end) {
			anything(p, "HOST-out"+end)
		}
	}
}

// set holds what the hosts of the service answer on, of one family.
func (a *Anycast) set(b *Build, six bool) network.PrefixSet {
	s := network.PrefixSet{Name: a.hosts(six), IPv6: six, From: b.At(&a.Addresses)}
	for i := range a.Addresses {
		if x := &a.Addresses[i]; x.Is6() == six {
			s.Items = append(s.Items, network.PrefixItem{Prefix: netip.PrefixFrom(x.Addr, x.BitLen()), From: b.At(x)})
		}
	}
	s.Items = scatter(s.Items)
	return s
}

// at is where it is said what a site does.
func (a *Anycast) at(b *Build, site string) diag.Pos {
	for i := range a.Sites {
		if string(a.Sites[i].Key) == site {
			return b.At(&a.Sites[i].Value)
		}
	}
	return b.At(&a.Sites)
}

// named tells whether there is a policy of a name, and held whether there is a set.
func named(p *network.Policy, name string) bool {
	return slices.ContainsFunc(p.Routes, func(r network.RoutePolicy) bool { return r.Name == name })
}

func held(p *network.Policy, name string) bool {
	return slices.ContainsFunc(p.PrefixSets, func(s network.PrefixSet) bool { return s.Name == name })
}

func unspecified(six bool) netip.Addr {
	if six {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// keep gives a router the terms that keep back from a neighbor what others have to hear of
// or nobody: the addresses of anycast hosts, and services that do not stand at this site.
func keep(b *Build, p *network.Policy, relation, site string, six bool) (out []network.Term) {
	set := network.PrefixSet{Name: "ANYCAST-HOSTS" + suffix(six), IPv6: six}
	if relation != "customer" {
		set.Name = "ANYCAST-AWAY" + suffix(six)
	}
	for _, a := range every[Anycast](b) {
		set.From = b.At(&a.Sites)
		switch {
		case relation == "customer":
			set.Items = append(set.Items, a.set(b, six).Items...)
		case !a.told(site):
			for i := range a.Prefixes {
				if x := &a.Prefixes[i]; x.Addr().Is6() == six {
					set.Items = append(set.Items, network.PrefixItem{Prefix: x.Prefix, From: b.At(x)})
				}
			}
		}
	}
	if len(set.Items) == 0 {
		return nil
	}
	if set.Items = scatter(set.Items); !held(p, set.Name) {
		p.PrefixSets = append(p.PrefixSets, set)
	}
	return []network.Term{{Does: "reject", Prefixes: set.Name, From: set.From}}
}
