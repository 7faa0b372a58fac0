package intent

import (
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Fabric is leaves and spines, and the cables between them, with EVPN over VXLAN.
type Fabric struct {
	Head

	// How the loopbacks of the fabric find each other.
	Underlay Underlay `yaml:"underlay"`
	// The autonomous system of each member, where the underlay is ebgp: one for all spines,
	// one for each leaf.
	ASNs []strict.Entry[Name, ASN] `yaml:"asns,optional" of:"device" take:"asn 64512..65534"`
	// The spines, where the underlay is no ebgp.
	Spines []Name `yaml:"spines,optional" of:"device"`
	// The leaves, where the underlay is no ebgp.
	Leaves []Name `yaml:"leaves,optional" of:"device"`
	// How fast every uplink is.
	Speed Speed `yaml:"speed"`
	// The largest packet of every uplink, in bytes.
	MTU int `yaml:"mtu" is:"1280..9216"`
	// The uplinks.
	Cables []Cable `yaml:"cables"`
}

// Underlay is the protocol below a fabric.
type Underlay string

// Values are the protocols that a fabric can stand on.
func (Underlay) Values() []string { return []string{"ebgp", "ospf", "isis"} }

// Cable is one uplink of a leaf.
type Cable struct {
	// The spine that it leads to.
	Spine Name `yaml:"spine" of:"device"`
	// The interface there.
	SpinePort Interface `yaml:"spine_port"`
	// The leaf that it comes from.
	Leaf Name `yaml:"leaf" of:"device"`
	// The interface there.
	LeafPort Interface `yaml:"leaf_port"`
	// Its IPv4 subnet; the spine takes the even address.
	Net Prefix `yaml:"net" take:"link4/31"`
	// Its IPv6 subnet; the spine takes the even address.
	Net6 Prefix `yaml:"net6,optional" take:"link6/127"`
}

// uplinkCost is what an interior protocol counts for an uplink: all are alike.
const uplinkCost = 10

// member is one device of a fabric, and the field that makes it one.
type member struct {
	field *Name
	gear  *inventory.Device
	dev   *network.Device
	asn   uint32
	spine bool

	loopbacks *[2][]network.PrefixItem // of all members, IPv4 and IPv6; the same for each
}

// fabricOf gives the fabric that has a device; nil where none has.
func (b *Build) fabricOf(device string) *Fabric {
	if b.fabrics == nil {
		b.fabrics = map[string]*Fabric{}
		for _, f := range every[Fabric](b) {
			for _, n := range f.names() {
				b.fabrics[string(*n)] = f
			}
		}
	}
	return b.fabrics[device]
}

// names gives the fields that name the members.
func (f *Fabric) names() (out []*Name) {
	for i := range f.ASNs {
		out = append(out, &f.ASNs[i].Key)
	}
	for i := range f.Spines {
		out = append(out, &f.Spines[i])
	}
	for i := range f.Leaves {
		out = append(out, &f.Leaves[i])
	}
	return out
}

// Expand gives every member its loopback and its sessions, and every cable its two ends.
func (f *Fabric) Expand(b *Build) {
	d := b.Design(&f.Name)
	if d == nil || !f.sound(b, d) {
		return
	}
	ms := f.members(b, d)
	if ms == nil || !f.cabled(b, ms) {
		return
	}
	lo := &[2][]network.PrefixItem{scatter(f.loopbacks(b, false)), scatter(f.loopbacks(b, true))}
	for _, m := range ms {
		m.loopbacks = lo
		f.member(b, d, m)
	}
	for i := range f.Cables {
		f.cable(b, d, ms, &f.Cables[i])
	}
	if f.Underlay != "ebgp" {
		f.reflect(b, d, ms)
	}
}

// sound sees that the fields fit each other.
func (f *Fabric) sound(b *Build, d *Design) bool {
	before := len(b.Diags)
	ebgp, lists := f.Underlay == "ebgp", len(f.Spines) > 0 || len(f.Leaves) > 0
	switch {
	case ebgp && lists:
		b.Fail(&f.Underlay, "schema/excluded-field", "the underlay ebgp takes its members from asns: leave spines and leaves out")
	case ebgp && len(f.ASNs) == 0:
		b.Fail(&f.Underlay, "schema/missing-field", "the underlay ebgp needs asns")
	case !ebgp && len(f.ASNs) > 0:
		b.Fail(&f.ASNs, "schema/excluded-field", "asns go with the underlay ebgp alone")
	case !ebgp && (len(f.Spines) == 0 || len(f.Leaves) == 0):
		b.Fail(&f.Underlay, "schema/missing-field", "the underlay %s needs spines and leaves", f.Underlay)
	}
	if d.RT == 0 {
		b.Fail(&f.Name, "schema/missing-field", "a fabric needs rt in the design")
	}
	if d.AnycastMAC == "" {
		b.Fail(&f.Name, "schema/missing-field", "a fabric needs anycast_mac in the design")
	}
	return len(b.Diags) == before
}

// members gives the devices of the fabric by name; nil where something stands against one.
func (f *Fabric) members(b *Build, d *Design) map[Name]*member {
	before, out := len(b.Diags), map[Name]*member{}
	for _, field := range f.names() {
		m := &member{field: field, dev: b.On(field), gear: b.Gear(string(*field)), asn: uint32(d.ASN)}
		if m.gear == nil {
			continue
		}
		m.spine = m.gear.Role == "spine"
		if twin := out[*field]; twin != nil {
			b.Fail(field, "fabric/members", "%s is a member already", *field).Also = []diag.Pos{b.At(twin.field)}
		}
		if other := b.fabricOf(string(*field)); other != f {
			b.Fail(field, "fabric/members", "%s is a member of the fabric %s too", *field, other.Name)
		}
		if !slices.Contains([]string{"spine", "leaf", "border"}, string(m.gear.Role)) {
			b.Fail(field, "fabric/members", "%s is of role %s: a fabric has devices of role spine, leaf and border", *field, m.gear.Role).Also = b.role(m.gear)
		}
		out[*field] = m
	}
	for i := range f.Spines {
		if m := out[f.Spines[i]]; m != nil && !m.spine {
			b.Fail(&f.Spines[i], "fabric/members", "%s is of role %s and no spine", f.Spines[i], m.gear.Role).Also = b.role(m.gear)
		}
	}
	for i := range f.Leaves {
		if m := out[f.Leaves[i]]; m != nil && m.spine {
			b.Fail(&f.Leaves[i], "fabric/members", "%s is a spine and no leaf", f.Leaves[i]).Also = b.role(m.gear)
		}
	}
	f.numbers(b, d, out)
	if len(b.Diags) > before {
		return nil
	}
	return out
}

// numbers sees that all spines share one private system, and that each leaf has its own.
func (f *Fabric) numbers(b *Build, d *Design, ms map[Name]*member) {
	spines, leaves := (*ASN)(nil), map[ASN]*ASN{}
	for i := range f.ASNs {
		a, m := &f.ASNs[i].Value, ms[f.ASNs[i].Key]
		if m == nil {
			continue
		}
		m.asn = uint32(*a)
		if !a.private() {
			b.Fail(a, "fabric/asn", "AS %d is not private: a fabric has 64512 to 65534, or 4200000000 and more", *a)
		}
		switch twin := leaves[*a]; {
		case *a == d.ASN:
			b.Fail(a, "fabric/asn", "AS %d is that of the network", *a)
		case m.spine && spines != nil && *spines != *a:
			b.Fail(a, "fabric/asn", "all spines have one AS, and another has %d", *spines).Also = slices.Concat(b.role(m.gear), f.roleBy(b, spines), []diag.Pos{b.At(spines)})
		case m.spine:
			spines = a
		case twin != nil:
			b.Fail(a, "fabric/asn", "AS %d is that of another leaf: each would refuse the routes of the other", *a).Also = append(b.role(m.gear), b.At(twin))
		default:
			leaves[*a] = a
		}
		f.elsewhere(b, a)
	}
	if one := leaves[deref(spines)]; spines != nil && one != nil {
		b.Fail(one, "fabric/asn", "AS %d is that of the spines", *one).Also = append(f.roleBy(b, one), b.At(spines))
	}
}

func deref(a *ASN) ASN {
	if a == nil {
		return 0
	}
	return *a
}

// cabled sees that every leaf has as many cables to every spine as any other.
func (f *Fabric) cabled(b *Build, ms map[Name]*member) bool {
	before, count := len(b.Diags), map[[2]Name]int{}
	for i := range f.Cables {
		c := &f.Cables[i]
		for _, end := range []struct {
			field *Name
			spine bool
		}{{&c.Spine, true}, {&c.Leaf, false}} {
			if m := ms[*end.field]; m == nil || m.spine != end.spine {
				b.Fail(end.field, "fabric/cables", "%s is no %s of the fabric", *end.field, map[bool]string{true: "spine", false: "leaf"}[end.spine]).Also = f.roleOf(b, *end.field)
			}
		}
		count[[2]Name{c.Spine, c.Leaf}]++
	}
	if len(b.Diags) > before {
		return false
	}
	want := count[[2]Name{f.Cables[0].Spine, f.Cables[0].Leaf}]
	for _, s := range f.names() {
		for _, l := range f.names() {
			if n := count[[2]Name{*s, *l}]; ms[*s].spine && !ms[*l].spine && n != want {
				b.Fail(l, "fabric/cables", "%s has %d cables to %s and the first leaf has %d: every leaf has as many to every spine", *l, n, *s, want).Also = f.ends(b, *l)
			}
		}
	}
	return len(b.Diags) == before
}

// member gives a device what it has whatever its cables are.
func (f *Fabric) member(b *Build, d *Design, m *member) {
	if !d.loopbacks(b, m.gear, m.dev) {
		return
	}
	at, id, v6 := b.At(m.field), loopback(m.gear, false), loopback(m.gear, true)
	m.dev.BGP = &network.BGP{ASN: m.asn, RouterID: id, From: at}
	m.dev.EVPN = &network.EVPN{ASN: m.asn, From: at}
	if !m.spine {
		m.dev.EVPN.VTEP = id
	}
	if f.Underlay != "ebgp" {
		m.dev.IGP = &network.IGP{
			Protocol: string(f.Underlay), Domain: string(f.Name), RouterID: id, IPv4: true, IPv6: v6.IsValid(), From: b.At(&f.Underlay),
			Ports: []network.IGPPort{{Name: "lo", IPv4: true, IPv6: v6.IsValid(), Passive: true, From: b.At(&m.gear.Loopbacks)}},
		}
		return
	}
	for _, a := range m.gear.Loopbacks {
		m.dev.BGP.Origins = append(m.dev.BGP.Origins, network.Originated{Prefix: netip.PrefixFrom(a, a.BitLen()), From: b.At(&m.gear.Loopbacks)})
	}
	f.policy(b, d, m)
}

// policy lets in and out exactly the loopbacks of the fabric.
func (f *Fabric) policy(b *Build, d *Design, m *member) {
	p, at := d.policies(b, m.dev), b.At(&f.Underlay)
	p.From = at
	for i, six := range []bool{false, true} {
		items := m.loopbacks[i]
		if len(items) == 0 {
			continue
		}
		set := string(f.Name) + "-loopbacks" + suffix(six)
		p.PrefixSets = append(p.PrefixSets, network.PrefixSet{Name: set, IPv6: six, Items: items, From: at})
		p.Routes = append(p.Routes, network.RoutePolicy{Name: set, IPv6: six, From: at, Terms: []network.Term{{Seq: 10, Does: "accept", Prefixes: set, From: at}}})
	}
	p.Routes = append(p.Routes, network.RoutePolicy{Name: f.evpn(), From: at, Terms: []network.Term{{Seq: 10, Does: "accept", From: at}}})
}

// evpn is the policy of EVPN inside the fabric: route targets decide, so it takes all.
func (f *Fabric) evpn() string { return string(f.Name) + "-evpn" }

// loopbacks gives those of the members, of one family.
func (f *Fabric) loopbacks(b *Build, six bool) (out []network.PrefixItem) {
	for _, n := range f.names() {
		g := b.Gear(string(*n))
		if a := loopback(g, six); a.IsValid() {
			out = append(out, network.PrefixItem{Prefix: netip.PrefixFrom(a, a.BitLen()), From: b.At(&g.Loopbacks)})
		}
	}
	return slices.Clip(out)
}

// cable gives both ends their ports, and what speaks over them.
func (f *Fabric) cable(b *Build, d *Design, ms map[Name]*member, c *Cable) {
	nets := []*Prefix{&c.Net}
	if c.Net6.IsValid() {
		nets = append(nets, &c.Net6)
	}
	up, down := network.Port{}, network.Port{}
	for i, n := range nets {
		pool, use := d.Pools.Link4, "link4"
		if i == 1 {
			pool, use = d.Pools.Link6, "link6"
		}
		if n.Addr().Is6() != (i == 1) || n.Bits() != n.Addr().BitLen()-1 {
			b.Fail(n, "fabric/cables", "%s: a cable has a /31 in net, and a /127 in net6 where there is one", n)
			return
		}
		b.pool(n, pool, n.Addr(), use)
		up.Addrs = append(up.Addrs, network.Addr{Prefix: n.Prefix, From: b.At(n)})
		down.Addrs = append(down.Addrs, network.Addr{Prefix: netip.PrefixFrom(n.Addr().Next(), n.Bits()), From: b.At(n)})
	}
	spine, leaf := ms[c.Spine], ms[c.Leaf]
	f.port(b, spine, &c.SpinePort, up, string(c.Leaf)+":"+string(c.LeafPort))
	f.port(b, leaf, &c.LeafPort, down, string(c.Spine)+":"+string(c.SpinePort))
	if f.Underlay != "ebgp" {
		f.interior(b, d, spine, &c.SpinePort, up)
		f.interior(b, d, leaf, &c.LeafPort, down)
		return
	}
	for i := range up.Addrs {
		f.session(b, d, spine, leaf, &c.SpinePort, down.Addrs[i])
		f.session(b, d, leaf, spine, &c.LeafPort, up.Addrs[i])
	}
}

func (f *Fabric) port(b *Build, m *member, field *Interface, p network.Port, far string) {
	p.Use, p.Description, p.MTU = "link", far, f.MTU
	b.Port(m.dev, field, p)
}

// interior puts an end of a cable into the interior protocol of the fabric.
func (f *Fabric) interior(b *Build, d *Design, m *member, name *Interface, p network.Port) {
	if m.dev.IGP == nil {
		return
	}
	port := network.IGPPort{Name: string(*name), Cost: uplinkCost, IPv4: true, IPv6: len(p.Addrs) > 1, BFD: d.watch(b, m.dev, name), From: p.Addrs[0].From}
	m.dev.IGP.Ports = append(m.dev.IGP.Ports, port)
	m.dev.IGP.IPv6 = m.dev.IGP.IPv6 || port.IPv6
}

// session gives a member its session with the other end of a cable.
func (f *Fabric) session(b *Build, d *Design, m, far *member, ours *Interface, theirs network.Addr) {
	if m.dev.BGP == nil {
		return
	}
	six := theirs.Is6()
	policy := string(f.Name) + "-loopbacks" + suffix(six)
	if six && len(m.loopbacks[1]) == 0 || !six && len(m.loopbacks[0]) == 0 {
		return // nothing of that family is to be found
	}
	m.dev.BGP.Neighbors = append(m.dev.BGP.Neighbors, network.Neighbor{
		Addr: theirs.Prefix.Addr(), ASN: far.asn, Intent: string(f.Name), Relation: "fabric", Description: far.dev.Name,
		SingleHop: true, FirstAS: true, Import: policy, Export: policy,
		MaxPrefixes: max(10, 2*(len(f.ASNs)+len(f.Spines)+len(f.Leaves))), BFD: d.watch(b, m.dev, ours), From: theirs.From,
	})
	if !six {
		m.dev.EVPN.Peers = append(m.dev.EVPN.Peers, network.EVPNPeer{Addr: theirs.Prefix.Addr(), Unchanged: m.spine, Policy: f.evpn(), From: theirs.From})
	}
}

// reflect gives spines and leaves their sessions for EVPN where the underlay has none.
func (f *Fabric) reflect(b *Build, d *Design, ms map[Name]*member) {
	for _, x := range f.names() {
		for _, y := range f.names() {
			m, far := ms[*x], ms[*y]
			if m.spine == far.spine || m.dev.BGP == nil || far.dev.BGP == nil {
				continue
			}
			at, addr := b.At(&far.gear.Loopbacks), loopback(far.gear, false)
			m.dev.BGP.Neighbors = append(m.dev.BGP.Neighbors, network.Neighbor{
				Addr: addr, ASN: uint32(d.ASN), Intent: string(f.Name), Relation: "internal", Description: far.dev.Name,
				Source: loopback(m.gear, false), EVPNOnly: true, From: at,
			})
			m.dev.EVPN.Peers = append(m.dev.EVPN.Peers, network.EVPNPeer{Addr: addr, Client: m.spine, From: at})
		}
	}
}
