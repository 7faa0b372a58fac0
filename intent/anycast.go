package intent

import (
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Anycast is one service that several sites answer under the same addresses.
type Anycast struct {
	Head

	// What the world sees of it, from every site that takes part.
	Prefixes []Prefix `yaml:"prefixes"`
	// What each host answers on, one address of each family at most.
	Addresses []Address `yaml:"addresses"`
	// What each site does: it serves, it is drained of its users, or it is out.
	Sites []strict.Entry[Name, SiteState] `yaml:"sites" of:"site"`
	// Who answers.
	Hosts []Name `yaml:"hosts" of:"device"`
	// How many sites serve whatever changes.
	MinSites int `yaml:"min_sites" is:"1.."`
	// What must answer on a host; while it does not, the host takes its route back.
	Check Probe `yaml:"check"`
}

// Probe is what a host asks itself.
type Probe struct {
	// The port that must answer.
	Port int `yaml:"port" is:"1..65535"`
	// The protocol that it answers by.
	Protocol Transport `yaml:"protocol"`
}

// Transport is a protocol with ports.
type Transport string

// Values are the two that services use.
func (Transport) Values() []string { return []string{"tcp", "udp"} }

// SiteState is what a site does for an anycast service.
type SiteState string

// Values are the three states, in the order in which a site leaves.
func (SiteState) Values() []string { return []string{"serving", "draining", "drained"} }

// state gives what a site does for the service; nothing where it takes no part.
func (a *Anycast) state(site string) SiteState {
	for _, s := range a.Sites {
		if string(s.Key) == site {
			return s.Value
		}
	}
	return ""
}

// told tells whether the world hears of the service from a site.
func (a *Anycast) told(site string) bool {
	return a.state(site) == "serving" || a.state(site) == "draining"
}

// Expand gives the hosts their addresses, their routers what they accept of them, and the
// edges of the sites the prefixes.
func (a *Anycast) Expand(b *Build) {
	d := b.Design(&a.Name)
	if d == nil || !a.sound(b, d) {
		return
	}
	for i := range a.Hosts {
		a.host(b, d, &a.Hosts[i])
	}
	for i := range b.inv.Devices {
		if g := &b.inv.Devices[i]; g.Role == "edge" && a.told(g.Site) {
			a.edge(b, d, g)
		}
	}
}

// sound sees that the fields fit each other and the design.
func (a *Anycast) sound(b *Build, d *Design) bool {
	before := len(b.Diags)
	if d.AnycastASN == 0 {
		b.Fail(&a.Name, "schema/missing-field", "an anycast service needs anycast_asn in the design")
	}
	if d.DrainHold == 0 {
		b.Fail(&a.Name, "schema/missing-field", "an anycast service needs drain_hold in the design")
	}
	a.space(b, d)
	a.answers(b)
	a.places(b)
	return len(b.Diags) == before
}

// space sees that the prefixes are ours, that the world takes them, and that nothing else
// uses them.
func (a *Anycast) space(b *Build, d *Design) {
	for i := range a.Prefixes {
		p := &a.Prefixes[i]
		if !slices.ContainsFunc(d.Owned, func(o Prefix) bool { return covers(o.Prefix, p.Prefix) }) {
			b.Fail(p, "anycast/prefixes", "%s is in none of our owned prefixes", p).Also = []diag.Pos{b.At(&d.Owned)}
		}
		if most := longest(p.Addr().Is6()); p.Bits() > most {
			b.Fail(p, "anycast/prefixes", "%s is longer than /%d: others would refuse it", p, most)
		}
		if !slices.ContainsFunc(a.Addresses, func(x Address) bool { return p.Contains(x.Addr) }) {
			b.Fail(p, "anycast/prefixes", "no address of %s lies in %s: it would never be told", a.Name, p)
		}
		for j := range d.Aggregates {
			if g := &d.Aggregates[j]; covers(p.Prefix, g.Prefix) {
				b.Fail(p, "address/overlap", "the aggregate %s lies in %s: each edge would tell it, whatever the sites do", g, p).Also = []diag.Pos{b.At(g)}
			}
		}
		for _, o := range every[Anycast](b) {
			for j := range o.Prefixes {
				if q := &o.Prefixes[j]; q != p && q.Overlaps(p.Prefix) && (o.Name < a.Name || o == a && j < i) {
					b.Fail(p, "address/overlap", "%s and %s of %s overlap", p, q, o.Name).Also = []diag.Pos{b.At(q)}
				}
			}
		}
	}
}

// answers sees that the addresses lie in the prefixes, one of each family.
func (a *Anycast) answers(b *Build) {
	families := map[bool]bool{}
	for i := range a.Addresses {
		x := &a.Addresses[i]
		if !slices.ContainsFunc(a.Prefixes, func(p Prefix) bool { return p.Contains(x.Addr) }) {
			b.Fail(x, "anycast/addresses", "%s is in none of the prefixes of %s", x, a.Name)
		}
		if families[x.Is6()] {
			b.Fail(x, "anycast/addresses", "one address of each family: %s is the second", x)
		}
		families[x.Is6()] = true
	}
}

// places sees that every site has a host, that every host is at a site, and that enough
// sites serve.
func (a *Anycast) places(b *Build) {
	serving, have, known := 0, []string{}, true
	for i := range a.Hosts {
		known = b.On(&a.Hosts[i]).Name != "" && known
	}
	for _, s := range b.inv.Sites {
		have = append(have, s.Name)
	}
	for i := range a.Sites {
		s := &a.Sites[i]
		if s.Value == "serving" {
			serving++
		}
		if !slices.Contains(have, string(s.Key)) {
			b.Fail(&s.Key, "reference/missing", "no site %q in the inventory", s.Key).Hint = diag.Nearest(string(s.Key), have)
			continue
		}
		at := func(g *inventory.Device) bool { return g != nil && g.Site == string(s.Key) }
		if known && !slices.ContainsFunc(a.Hosts, func(n Name) bool { return at(b.Gear(string(n))) }) {
			b.Fail(&s.Key, "anycast/sites", "no host of %s is at %s", a.Name, s.Key)
		}
		edge := func(d inventory.Device) bool { return d.Role == "edge" && at(&d) }
		if !slices.ContainsFunc(b.inv.Devices, edge) {
			b.Fail(&s.Key, "anycast/sites", "no edge router is at %s: the world would not hear of %s from there", s.Key, a.Name)
		}
	}
	switch {
	case a.MinSites > len(a.Sites):
		b.Fail(&a.MinSites, "schema/range", "min_sites is %d, and there are %d sites", a.MinSites, len(a.Sites))
	case serving < a.MinSites:
		b.Fail(&a.Sites, "anycast/min-sites", "%d sites serve, and min_sites is %d", serving, a.MinSites).Also = []diag.Pos{b.At(&a.MinSites)}
	}
}

// anycast holds the fields that only anycast services use.
func (d *Design) anycast(b *Build) {
	if d.DrainHold != 0 && (d.DrainHold < 60 || d.DrainHold > 3600) {
		b.Fail(&d.DrainHold, "schema/range", "drain_hold is %s: want 60s to 3600s", d.DrainHold)
	}
	if d.AnycastASN == 0 {
		return
	}
	if !d.AnycastASN.private() {
		b.Fail(&d.AnycastASN, "design/anycast-asn", "AS %d is not private: hosts have 64512 to 65534, or 4200000000 and more", d.AnycastASN)
	}
	if d.AnycastASN == d.ASN {
		b.Fail(&d.AnycastASN, "design/anycast-asn", "AS %d is that of the network", d.ASN).Also = []diag.Pos{b.At(&d.ASN)}
	}
	for _, p := range every[Peering](b) {
		if p.ASN == d.AnycastASN {
			b.Fail(&d.AnycastASN, "design/anycast-asn", "AS %d is that of the peering %s", p.ASN, p.Name).Also = []diag.Pos{b.At(&p.ASN)}
		}
	}
	for _, f := range every[Fabric](b) {
		for i := range f.ASNs {
			if x := &f.ASNs[i].Value; *x == d.AnycastASN {
				b.Fail(&d.AnycastASN, "design/anycast-asn", "AS %d is in the fabric %s", *x, f.Name).Also = []diag.Pos{b.At(x)}
			}
		}
	}
}
