package intent

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/strict"
)

// VRF is a routing table of a tenant. Nothing passes between two tables unless both say so.
type VRF struct {
	Head

	// Its number in the network: route distinguishers are made from it.
	ID int `yaml:"id" is:"1..4000" take:"vrf"`
	// The fabric, or the label domain, that carries it.
	Over Name `yaml:"over" of:"fabric or label_domain"`
	// Its number in the fabric; no other vrf or segment of the network has it. Over labels it
	// has none.
	VNI int `yaml:"vni,optional" is:"1..16777215" take:"vni"`
	// Tables whose routes it takes; they take its routes too.
	Imports []Name `yaml:"imports,optional" of:"vrf"`
	// Where it leaves the fabric.
	Handoffs []Handoff `yaml:"handoffs,optional"`
}

// Handoff is a tagged exit of a table, with a neighbor behind it.
type Handoff struct {
	// The link to the outside.
	Link Name `yaml:"link" of:"link"`
	// Its tag there.
	VLAN int `yaml:"vlan" is:"2..4094"`
	// Our addresses, by device.
	Addresses []strict.Entry[Name, []IfAddr] `yaml:"addresses" of:"device"`
	// Who is there.
	Peer HandoffPeer `yaml:"peer"`
	// What they may tell us.
	Accept Name `yaml:"accept" of:"prefixes"`
	// What we tell them.
	Send Send `yaml:"send"`
}

// HandoffPeer is the neighbor at a handoff.
type HandoffPeer struct {
	// Its autonomous system.
	ASN ASN `yaml:"asn"`
	// Its addresses, one of each family at most.
	Addresses []Address `yaml:"addresses"`
	// Where the password of the session is kept.
	Password strict.Secret `yaml:"password,optional"`
}

// Send is what a table tells at a handoff.
type Send string

// Values are its subnets, or nothing but a default route.
func (Send) Values() []string { return []string{"all", "default"} }

// Expand gives every leaf that has a subnet or an exit of the table the table itself.
func (v *VRF) Expand(b *Build) {
	c, ok := v.over(b)
	d := b.Design(&v.Name)
	b.claim(fmt.Sprint("vrf ", v.ID), &v.ID, "vrf/number", "the id %d is that of another vrf", v.ID)
	if !ok || d == nil {
		return
	}
	if d.RT == 0 {
		b.Fail(&v.Name, "schema/missing-field", "a vrf needs rt in the design")
		return
	}
	if v.VNI != 0 {
		b.claim(fmt.Sprint("vni ", v.VNI), &v.VNI, "segment/number", "the VNI %d is taken", v.VNI)
	}
	v.imports(b)
	leaves := v.leaves(b, c)
	for i := range v.Imports {
		if other, ok := b.set.byName[Head{"vrf", v.Imports[i]}].(*VRF); ok {
			for _, n := range slices.Sorted(maps.Keys(other.leaves(b, c))) {
				if leaves[n] != nil {
					b.Fail(&v.Imports[i], "vrf/imports", "%s has both tables: taking routes over within one device is not in this version", n).
						Also = append(v.ways(b, n), other.ways(b, n)...)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(leaves)) {
		if b.net.Device(name) == nil {
			continue // said where the fabric, or the link, names it
		}
		v.table(b, d, c, b.net.Device(name), leaves[name])
	}
	for i := range v.Handoffs {
		v.handoff(b, d, c, &v.Handoffs[i])
	}
}

// segments gives the segments whose subnets are in the table.
func (v *VRF) segments(b *Build) (out []*Segment) {
	for _, s := range every[Segment](b) {
		if s.VRF == v.Name {
			out = append(out, s)
		}
	}
	return out
}

// leaves gives the devices that have the table, each with the fields of its subnets.
func (v *VRF) leaves(b *Build, c carrier) map[string][]*Prefix {
	out := map[string][]*Prefix{}
	on := func(name string, nets ...*Prefix) {
		if !c.has(b, name) {
			return // said where it is named
		}
		if out[name] == nil {
			out[name] = []*Prefix{}
		}
		for _, n := range nets {
			if !slices.Contains(out[name], n) {
				out[name] = append(out[name], n)
			}
		}
	}
	add := func(l *Link, nets ...*Prefix) {
		for i := 0; l != nil && i < len(l.Ports); i++ {
			on(string(l.Ports[i].Device), nets...)
		}
	}
	for _, s := range v.segments(b) {
		for j := range s.Subnets {
			if s.Router != "" {
				on(string(s.Router), &s.Subnets[j])
				continue
			}
			for i := range s.Attach {
				l, _ := b.set.byName[Head{"link", s.Attach[i].Link}].(*Link)
				add(l, &s.Subnets[j])
			}
		}
	}
	for i := range v.Handoffs {
		l, _ := b.set.byName[Head{"link", v.Handoffs[i].Link}].(*Link)
		add(l)
	}
	return out
}

// ways tells what brings the table to a leaf: its exits there, and the segments that are
// in it.
func (v *VRF) ways(b *Build, leaf string) (at []diag.Pos) {
	on := func(name Name) bool {
		l, _ := b.set.byName[Head{"link", name}].(*Link)
		return l != nil && len(l.Ports) > 0 && string(l.Ports[0].Device) == leaf
	}
	for _, s := range v.segments(b) {
		for i := range s.Attach {
			if on(s.Attach[i].Link) {
				at = append(at, b.At(&s.Attach[i].Link), b.At(&s.VRF))
			}
		}
	}
	for i := range v.Handoffs {
		if on(v.Handoffs[i].Link) {
			at = append(at, b.At(&v.Handoffs[i].Link))
		}
	}
	return at
}

// imports sees that tables which take routes from each other both say so, and that no
// subnet is in both.
func (v *VRF) imports(b *Build) {
	for i := range v.Imports {
		field := &v.Imports[i]
		o := Find[VRF](b, field)
		if o == nil {
			continue
		}
		if o == v || o.Over != v.Over || !slices.Contains(o.Imports, v.Name) {
			b.Fail(field, "vrf/imports", "%s does not import %s: both say so, over the same fabric or label domain", o.Name, v.Name).Also = []diag.Pos{b.At(&o.Name)}
			continue
		}
		for _, x := range v.subnets(b) {
			for _, y := range o.subnets(b) {
				if x.Overlaps(y.Prefix) {
					b.Fail(x, "address/overlap", "%s and %s of %s overlap, and the tables import each other", x, y, o.Name).Also = []diag.Pos{b.At(y)}
				}
			}
		}
	}
}

// subnets gives the fields of the subnets that are in the table.
func (v *VRF) subnets(b *Build) (out []*Prefix) {
	for _, s := range v.segments(b) {
		for i := range s.Subnets {
			out = append(out, &s.Subnets[i])
		}
	}
	return out
}

// table gives a device the table.
func (v *VRF) table(b *Build, d *Design, c carrier, n *network.Device, nets []*Prefix) {
	g, at := b.Gear(n.Name), b.At(&v.Name)
	if n.VRF == nil {
		n.VRF = &network.VRF{ASN: c.asn(d, n.Name), RouterID: loopback(g, false), From: at}
	}
	t := network.Table{
		Name: string(v.Name), VNI: v.VNI, RD: fmt.Sprintf("%s:%d", loopback(g, false), 10000+v.ID),
		RT: v.rt(d), From: at,
	}
	for i := range v.Imports {
		if o, ok := b.set.byName[Head{"vrf", v.Imports[i]}].(*VRF); ok {
			t.Imports = append(t.Imports, network.Target{RT: o.rt(d), From: b.At(&v.Imports[i])})
		}
	}
	for _, x := range nets {
		t.Nets = append(t.Nets, network.Subnet{Prefix: x.Prefix, From: b.At(x)})
	}
	n.VRF.Tables = append(n.VRF.Tables, t)
}

// asn gives the autonomous system of a member.
func (f *Fabric) asn(d *Design, name string) uint32 {
	for i := range f.ASNs {
		if string(f.ASNs[i].Key) == name {
			return uint32(f.ASNs[i].Value)
		}
	}
	return uint32(d.ASN)
}

// handoff gives the device of an exit its tagged port and its session.
func (v *VRF) handoff(b *Build, d *Design, c carrier, h *Handoff) {
	l := Find[Link](b, &h.Link)
	accept := Find[Prefixes](b, &h.Accept)
	if l == nil || accept == nil {
		return
	}
	if l.Outside == "" || len(l.Ports) != 1 {
		b.Fail(&h.Link, "vrf/handoff", "%s is no link to the outside with one port: others are not in this version", h.Link)
		return
	}
	e := &l.Ports[0]
	n := b.net.Device(string(e.Device))
	if n == nil || !c.has(b, n.Name) {
		b.Fail(&h.Link, "vrf/handoff", "%s is on %s, which is not in %s", h.Link, e.Device, c.what()).Also = []diag.Pos{b.At(&e.Device), c.members(b)}
		return
	}
	if len(h.Addresses) != 1 || h.Addresses[0].Key != e.Device {
		at := any(&h.Addresses)
		if len(h.Addresses) == 1 {
			at = &h.Addresses[0].Key
		}
		b.Fail(at, "vrf/handoff", "addresses are those of %s, the end of %s", e.Device, h.Link).Also = []diag.Pos{b.At(&e.Device)}
		return
	}
	if h.Peer.ASN == ASN(c.asn(d, n.Name)) {
		b.Fail(&h.Peer.ASN, "vrf/handoff", "AS %d is that of %s", h.Peer.ASN, n.Name)
	}
	p := network.Port{
		Name: fmt.Sprintf("%s.%d", e.Interface, h.VLAN), Use: "handoff", Description: string(v.Name), MTU: l.MTU,
		VLAN: h.VLAN, Parent: string(e.Interface), VRF: string(v.Name), Addrs: addresses(b, h.Addresses[0].Value), From: b.At(&h.VLAN),
	}
	b.add(n, p, &h.VLAN)
	if i := slices.IndexFunc(n.VRF.Tables, func(t network.Table) bool { return t.Name == string(v.Name) }); i >= 0 {
		v.neighbors(b, d, h, accept, n, &n.VRF.Tables[i])
	}
}

// neighbors gives a table its sessions at an exit, and what decides on their routes.
func (v *VRF) neighbors(b *Build, d *Design, h *Handoff, accept *Prefixes, n *network.Device, t *network.Table) {
	families := map[bool]bool{}
	for i := range h.Peer.Addresses {
		a := &h.Peer.Addresses[i]
		six := a.Is6()
		if !slices.ContainsFunc(h.Addresses[0].Value, func(o IfAddr) bool { return o.Masked().Contains(a.Addr) && o.Addr() != a.Addr }) || families[six] {
			b.Fail(a, "vrf/handoff", "%s is in no subnet of ours there, is ours, or is a second one of its family", a)
			continue
		}
		families[six] = true
		name := fmt.Sprintf("%s-%s", v.Name, h.Link)
		size := v.policy(b, d, h, accept, n, name, six)
		if size == 0 {
			b.Fail(&h.Accept, "policy/empty-is-not-all", "%s holds no prefix of the family of %s: the session would take nothing", h.Accept, a)
		}
		t.Neighbors = append(t.Neighbors, network.Neighbor{
			Addr: a.Addr, ASN: uint32(h.Peer.ASN), Intent: string(v.Name), Relation: "handoff", Description: string(h.Link),
			SingleHop: true, FirstAS: true, SendDefault: h.Send == "default", Password: h.Peer.Password.String(),
			Import: name + "-in" + suffix(six), Export: name + "-out" + suffix(six), MaxPrefixes: max(10, 2*size), From: b.At(a),
		})
	}
}

// policy lets in what accept holds and out what send says; it gives the size of the set.
func (v *VRF) policy(b *Build, d *Design, h *Handoff, accept *Prefixes, n *network.Device, name string, six bool) int {
	p, at, end := d.policies(b, n), b.At(&h.Accept), suffix(six)
	var in, out []network.PrefixItem
	for i := range accept.Prefixes {
		if x := &accept.Prefixes[i]; x.Addr().Is6() == six {
			in = append(in, within(x.Prefix, accept.UpTo.of(six), at))
		}
	}
	for _, x := range v.subnets(b) {
		if x.Addr().Is6() == six && h.Send == "all" {
			out = append(out, network.PrefixItem{Prefix: x.Prefix, From: b.At(x)})
		}
	}
	if h.Send == "default" {
		all := netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if six {
			all = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
		out = append(out, network.PrefixItem{Prefix: all, From: b.At(&h.Send)})
	}
	if len(out) == 0 {
		b.Fail(&h.Send, "policy/empty-is-not-all", "the vrf %s has no subnet of this family: there is nothing to tell", v.Name)
	}
	for _, x := range []struct {
		end   string
		items []network.PrefixItem
		at    diag.Pos
	}{{"-in" + end, in, at}, {"-out" + end, out, b.At(&h.Send)}} {
		p.PrefixSets = append(p.PrefixSets, network.PrefixSet{Name: name + x.end, IPv6: six, Items: scatter(x.items), From: x.at})
		p.Routes = append(p.Routes, network.RoutePolicy{Name: name + x.end, IPv6: six, From: x.at, Terms: []network.Term{{Seq: 10, Does: "accept", Prefixes: name + x.end, From: x.at}}})
	}
	return len(in)
}
