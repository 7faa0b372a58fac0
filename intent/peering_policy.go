package intent

import (
	"net/netip"
	"slices"

	"plumbline/internal/network"
)

// policy gives a device what decides on the routes of one family of a peering.
func (p *Peering) policy(b *Build, d *Design, x *Exchange, n *network.Device, a *Address) {
	six := a.Is6()
	d.common(b, n, six)
	all := d.policies(b, n)
	if slices.ContainsFunc(all.Routes, func(r network.RoutePolicy) bool { return r.Name == p.in(six) }) {
		return
	}
	at := b.At(&p.Relation)
	accept := network.Term{Does: "accept", Mark: d.large(p.relation()), Prefer: true, Preference: d.Tiers.Of(p.relation()), From: at}
	if p.IRR != "" {
		accept.Prefixes = p.allowed(b, all, six)
	}
	if p.Mode == "multilateral" {
		accept.NextHops = p.lan(b, x, all, six)
	} else {
		accept.NextHop = a.Addr
	}
	all.Routes = append(all.Routes,
		network.RoutePolicy{Name: p.in(six), IPv6: six, Terms: p.imports(b, all, accept, six), From: at},
		network.RoutePolicy{Name: p.out(six), IPv6: six, Terms: p.exports(b, all, b.site(n.Name), six), From: at})
}

// imports is the order of refusals, then what is left: with our marks taken off, worth
// nothing where its maker is about to go, else worth what the relation is worth.
func (p *Peering) imports(b *Build, all *network.Policy, accept network.Term, six bool) []network.Term {
	at, end := b.At(&p.Relation), suffix(six)
	var out []network.Term
	for _, set := range []string{"BOGONS", "LONG", "DEFAULT", "OWN", "LANS"} {
		if slices.ContainsFunc(all.PrefixSets, func(s network.PrefixSet) bool { return s.Name == set+end }) {
			out = append(out, network.Term{Does: "reject", Prefixes: set + end, From: at})
		}
	}
	leaving := accept
	leaving.Communities, leaving.Preference = "GSHUT", 0
	out = append(out,
		network.Term{Does: "reject", Path: "PATH-LONG", From: at},
		network.Term{Does: "reject", Path: "PATH-RESERVED", From: at})
	if p.Relation != "provider" && !slices.Contains(transitFree, p.ASN) {
		out = append(out, network.Term{Does: "reject", Path: "PATH-TRANSIT-FREE", From: at})
	}
	if d := b.Design(&p.Name); len(d.RPKI) > 0 {
		out = append(out, network.Term{Does: "reject", Invalid: true, From: b.At(&d.RPKI)})
	}
	out = append(out,
		network.Term{Does: "next", Strip: "OURS", From: at}, leaving, accept)
	for i := range out {
		out[i].Seq = 10 * (i + 1)
	}
	return out
}

// exports tells a customer everything, and all others what is ours and our customers'.
func (p *Peering) exports(b *Build, all *network.Policy, site string, six bool) []network.Term {
	t := network.Term{Does: "accept", Large: "EXPORT", From: b.At(&p.Relation)}
	if p.Relation == "customer" {
		t.Large = ""
	}
	out := append(keep(b, all, string(p.Relation), site, six), t)
	for i := range out {
		out[i].Seq = 10 * (i + 1)
	}
	return out
}

// allowed gives the set of what the registry lets them announce.
func (p *Peering) allowed(b *Build, all *network.Policy, six bool) string {
	name, at := string(p.Name)+suffix(six), b.At(&p.IRR)
	var items []network.PrefixItem
	lock := b.lock(&p.IRR)
	for _, x := range lock.prefixes {
		// What is longer than the Internet carries was refused before.
		if x.Addr().Is6() == six && x.Bits() <= longest(six) {
			items = append(items, within(x, longest(six), at))
		}
	}
	switch most := p.MaxPrefixes.of(six); {
	case lock.prefixes == nil: // said already
	case len(items) == 0:
		b.Fail(&p.IRR, "policy/empty-is-not-all", "%s holds no prefix of this family: the session would take nothing", p.IRR)
	case most*10 < len(items)*11:
		b.Fail(&p.MaxPrefixes, "peering/max-prefixes", "%d is too near: %s holds %d prefixes, and a tenth more must fit", most, p.IRR, len(items))
	}
	all.PrefixSets = append(all.PrefixSets, network.PrefixSet{Name: name, IPv6: six, Items: scatter(items), Fetched: lock.fetched, From: at})
	return name
}

// lan gives the set of next hops that a route server may name.
func (p *Peering) lan(b *Build, x *Exchange, all *network.Policy, six bool) string {
	name := string(x.Name) + "-hops" + suffix(six)
	if slices.ContainsFunc(all.PrefixSets, func(s network.PrefixSet) bool { return s.Name == name }) {
		return name
	}
	var items []network.PrefixItem
	for i := range x.LAN {
		if l := &x.LAN[i]; l.Addr().Is6() == six {
			items = append(items, within(netip.Prefix(l.Prefix), l.Addr().BitLen(), b.At(l)))
		}
	}
	all.PrefixSets = append(all.PrefixSets, network.PrefixSet{Name: name, IPv6: six, Items: number(items), From: b.At(&x.LAN)})
	return name
}
