package intent

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// Segment is one broadcast domain with its gateway: over a fabric, or over plain links.
type Segment struct {
	Head

	// The fabric that carries it.
	Fabric Name `yaml:"fabric,optional" of:"fabric"`
	// The links that carry it, where no fabric does; they make a tree.
	Trunks []Name `yaml:"trunks,optional" of:"link"`
	// Its number on ports.
	VLAN int `yaml:"vlan" is:"2..4094" take:"vlan"`
	// Its number in the fabric; no other segment or vrf of the network has it.
	VNI int `yaml:"vni,optional" is:"1..16777215" take:"vni"`
	// Its subnets, one of each family at most; left out, it has no gateway.
	Subnets []Prefix `yaml:"subnets,optional" take:"segment4/24 segment6/64"`
	// The routing table that the subnets are in; left out, the one of the device itself.
	VRF Name `yaml:"vrf,optional" of:"vrf"`
	// The one gateway, where links carry it and it has subnets.
	Router Name `yaml:"router,optional" of:"device"`
	// The largest packet, in bytes.
	MTU int `yaml:"mtu" is:"1280..9216"`
	// Where it comes out.
	Attach []Attachment `yaml:"attach,optional"`
	// Servers that hand out addresses; the gateways pass requests on to them.
	DHCPRelay []Address `yaml:"dhcp_relay,optional"`
}

// Attachment is a port that a segment comes out of.
type Attachment struct {
	// A link to the outside.
	Link Name `yaml:"link" of:"link"`
	// Whether frames bear the number of the segment there.
	Tag Tag `yaml:"tag"`
}

// Tag tells how a segment comes out of a port.
type Tag string

// Values are the two ways.
func (Tag) Values() []string { return []string{"tagged", "untagged"} }

// Expand gives each device of the segment its part: the number on its ports, the gateway,
// and the broadcast domain of the fabric.
func (s *Segment) Expand(b *Build) {
	if !s.sound(b) {
		return
	}
	if s.Fabric == "" {
		s.plain(b)
		return
	}
	f, d := Find[Fabric](b, &s.Fabric), b.Design(&s.Name)
	if f == nil || d == nil {
		return
	}
	if most := f.MTU - 50; s.MTU > most {
		b.Fail(&s.MTU, "segment/mtu", "VXLAN adds 50 bytes: over %s, whose mtu is %d, a segment has at most %d", f.Name, f.MTU, most).Also = []diag.Pos{b.At(&f.MTU)}
	}
	if s.VRF != "" {
		if v := Find[VRF](b, &s.VRF); v != nil && v.Over != s.Fabric {
			b.Fail(&s.VRF, "segment/router", "%s is over %s and not over %s", v.Name, v.Over, s.Fabric).Also = []diag.Pos{b.At(&v.Over)}
		}
	}
	b.claim(fmt.Sprint("vni ", s.VNI), &s.VNI, "segment/number", "the VNI %d is taken", s.VNI)
	b.claim(fmt.Sprint("vlan ", f.Name, s.VLAN), &s.VLAN, "segment/number", "the VLAN %d of %s is taken", s.VLAN, f.Name)
	if len(s.Attach) == 0 {
		b.Diags.Warnf(b.At(&s.Name), "segment/attach", "%s comes out nowhere", s.Name)
	}
	for _, n := range s.attached(b, f) {
		at := b.At(&s.VNI)
		if g := b.Gear(n.Name); n.EVPN != nil {
			rd, rt := fmt.Sprintf("%s:%d", loopback(g, false), s.VLAN), fmt.Sprintf("%d:%d", d.RT, s.VNI)
			n.EVPN.L2 = append(n.EVPN.L2, network.L2VNI{Name: string(s.Name), VLAN: s.VLAN, VNI: s.VNI, RD: rd, RT: rt, From: at})
		}
		s.gateway(b, d, n, true)
	}
}

// sound sees that the fields fit each other.
func (s *Segment) sound(b *Build) bool {
	before := len(b.Diags)
	switch {
	case (s.Fabric == "") == (len(s.Trunks) == 0):
		b.Fail(&s.Name, "schema/exactly-one", "a segment has either fabric or trunks")
	case s.Fabric != "" && s.VNI == 0:
		b.Fail(&s.Fabric, "schema/missing-field", "a segment over a fabric needs vni")
	case s.Fabric == "" && s.VNI != 0:
		b.Fail(&s.VNI, "schema/excluded-field", "vni goes with fabric alone")
	}
	if (s.Router != "") != (len(s.Trunks) > 0 && len(s.Subnets) > 0) {
		b.Fail(&s.Router, "segment/router", "router is given exactly where trunks carry a segment with subnets")
	}
	if s.VLAN >= 1002 && s.VLAN <= 1005 {
		b.Fail(&s.VLAN, "schema/range", "the VLANs 1002 to 1005 are reserved")
	}
	if len(s.Subnets) == 0 && (s.VRF != "" || len(s.DHCPRelay) > 0) {
		b.Fail(&s.Subnets, "schema/missing-field", "vrf and dhcp_relay go with subnets")
	}
	if len(s.DHCPRelay) > 4 {
		b.Fail(&s.DHCPRelay, "schema/range", "%d servers: want 1 to 4", len(s.DHCPRelay))
	}
	if s.VRF != "" && s.Fabric == "" {
		s.labelled(b)
	}
	return len(b.Diags) == before
}

// labelled sees that the router of a segment over plain links can have its table.
func (s *Segment) labelled(b *Build) {
	v := Find[VRF](b, &s.VRF)
	if v == nil || s.Router == "" || b.On(&s.Router).Name == "" {
		return
	}
	l, ok := b.set.byName[Head{"label_domain", v.Over}].(*LabelDomain)
	if !ok || !slices.Contains(l.Routers, s.Router) {
		b.Fail(&s.Router, "segment/router", "over plain links a table is one over labels, and %s is in no label domain that carries %s", s.Router, v.Name).Also = []diag.Pos{b.At(&v.Over)}
	}
}

// attached gives the devices that the segment comes out of, and its number to their ports.
func (s *Segment) attached(b *Build, f *Fabric) (out []*network.Device) {
	for i := range s.Attach {
		a := &s.Attach[i]
		l := Find[Link](b, &a.Link)
		if l == nil {
			continue
		}
		if l.Outside == "" || len(l.Ports) == 0 || len(l.Ports[0].Addresses) > 0 {
			b.Fail(&a.Link, "segment/attach", "%s is no link to the outside without addresses", a.Link)
			continue
		}
		if s.MTU > l.MTU {
			b.Fail(&s.MTU, "segment/mtu", "%d is more than the mtu %d of the link %s", s.MTU, l.MTU, l.Name).Also = []diag.Pos{b.At(&l.MTU)}
		}
		if a.Tag == "untagged" {
			b.claim("untagged "+string(a.Link), &a.Tag, "segment/attach", "%s has an untagged segment already", a.Link)
		}
		for j := range l.Ports {
			if n := s.port(b, f, a, &l.Ports[j]); n != nil && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// port gives an end of a link the number of the segment; nil where it can have none.
func (s *Segment) port(b *Build, f *Fabric, a *Attachment, e *LinkEnd) *network.Device {
	if f != nil && b.fabricOf(string(e.Device)) != f {
		b.Fail(&a.Link, "segment/attach", "%s is on %s, which is not in the fabric %s", a.Link, e.Device, f.Name).Also = []diag.Pos{b.At(&e.Device)}
		return nil
	}
	n := b.net.Device(string(e.Device))
	if n != nil { // else it is said at the link
		b.vlans = append(b.vlans, vlan{n.Name, e.Interface, s.VLAN, a.Tag, f != nil, b.At(&a.Tag)})
	}
	return n
}

// plain carries the segment over links: they make a tree, and every device on it has the
// number on its ports.
func (s *Segment) plain(b *Build) {
	root := map[Name]Name{}
	find := func(n Name) Name {
		for root[n] != "" && root[n] != n {
			n = root[n]
		}
		return n
	}
	on := map[Name]bool{}
	for i := range s.Trunks {
		l := Find[Link](b, &s.Trunks[i])
		if l == nil {
			return
		}
		if len(l.Between) != 2 || len(l.Between[0].Addresses) > 0 {
			b.Fail(&s.Trunks[i], "segment/tree", "%s is no link between two of ours without addresses", l.Name)
			return
		}
		x, y := find(l.Between[0].Device), find(l.Between[1].Device)
		if x == y {
			b.Fail(&s.Trunks[i], "segment/tree", "%s closes a loop", l.Name).Also = s.ends(b)
			return
		}
		root[x] = y
		for j := range l.Between {
			e := &l.Between[j]
			on[e.Device] = true
			b.vlans = append(b.vlans, vlan{string(e.Device), e.Interface, s.VLAN, "tagged", false, b.At(&s.Trunks[i])})
		}
	}
	var first *Name
	for _, n := range slices.Sorted(maps.Keys(on)) {
		if first != nil && find(n) != find(*first) {
			b.Fail(&s.Trunks, "segment/tree", "the trunks do not hang together").Also = s.ends(b)
			return
		}
		first = &n
		b.claim(fmt.Sprint("vlan of ", n, s.VLAN), &s.VLAN, "segment/number", "the VLAN %d of %s is taken", s.VLAN, n)
	}
	for _, n := range s.attached(b, nil) {
		if !on[Name(n.Name)] {
			b.Fail(&s.Attach, "segment/attach", "%s is on none of the trunks", n.Name).Also = s.attachedOn(b, n.Name)
		}
	}
	if d := b.Design(&s.Name); d != nil && s.Router != "" {
		if n := b.On(&s.Router); !on[s.Router] {
			b.Fail(&s.Router, "segment/tree", "%s is on none of the trunks", s.Router)
		} else {
			s.gateway(b, d, n, false)
		}
	}
}

// gateway gives a device the address that hosts send to.
func (s *Segment) gateway(b *Build, d *Design, n *network.Device, shared bool) {
	if len(s.Subnets) == 0 {
		return
	}
	if d.Gateway == "" {
		b.Fail(&s.Subnets, "schema/missing-field", "a segment with subnets needs gateway in the design")
		return
	}
	p := network.Port{Name: fmt.Sprint("vlan", s.VLAN), Use: "gateway", Description: string(s.Name), MTU: s.MTU, VLAN: s.VLAN, VRF: string(s.VRF), From: b.At(&s.VLAN)}
	if shared {
		p.MAC = string(d.AnycastMAC)
	}
	for i := range s.DHCPRelay {
		p.Relay = append(p.Relay, s.DHCPRelay[i].Addr)
	}
	families := map[bool]bool{}
	for i := range s.Subnets {
		x := &s.Subnets[i]
		if six := x.Addr().Is6(); families[six] || six && x.Bits() != 64 || !six && x.Bits() > 30 {
			b.Fail(x, "segment/subnets", "%s: one subnet of each family, a /64 in IPv6 and /30 or shorter in IPv4", x)
			return
		} else {
			families[six] = true
		}
		s.pool(b, d, x)
		p.Addrs = append(p.Addrs, network.Addr{Prefix: netip.PrefixFrom(gateway(x.Prefix, d.Gateway), x.Bits()), From: b.At(x)})
	}
	b.add(n, p, &s.VLAN)
}

// pool sees that a subnet is from the pool of segments, or is ours.
func (s *Segment) pool(b *Build, d *Design, x *Prefix) {
	pool, use := d.Pools.Segment4, "segment4"
	if x.Addr().Is6() {
		pool, use = d.Pools.Segment6, "segment6"
	}
	if slices.ContainsFunc(d.Owned, func(o Prefix) bool { return covers(o.Prefix, x.Prefix) }) || pool.IsValid() && covers(pool.Prefix, x.Prefix) {
		return
	}
	b.Fail(x, "address/outside-pool", "%s is neither in the pool %s nor in owned", x, use).Also = append(b.poolAt(use), b.At(&d.Owned))
}

// gateway gives the first or the last address that a host of a subnet can have.
func gateway(p netip.Prefix, which Gateway) netip.Addr {
	if which == "first" {
		return p.Addr().Next()
	}
	raw := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(raw)
	if last.Is4() {
		return last.Prev()
	}
	return last
}

// vlan is the number of a segment on a port.
type vlan struct {
	device string
	port   Interface
	number int
	tag    Tag
	fabric bool
	at     diag.Pos
}

// tagPorts gives ports the numbers of their segments; by then all ports are there.
func (b *Build) tagPorts() {
	for _, v := range b.vlans {
		d := b.net.Device(v.device)
		for i := 0; d != nil && d.Interfaces != nil && i < len(d.Interfaces.Ports); i++ {
			if p := &d.Interfaces.Ports[i]; p.Name == string(v.port) {
				p.Segments = append(p.Segments, network.PortSegment{VLAN: v.number, Untagged: v.tag == "untagged", Fabric: v.fabric, From: v.at})
			}
		}
	}
}

// ends tells where the ends of the trunks are.
func (s *Segment) ends(b *Build) (at []diag.Pos) {
	for _, t := range s.Trunks {
		l, _ := b.set.byName[Head{"link", t}].(*Link)
		for i := 0; l != nil && i < len(l.Between); i++ {
			at = append(at, b.At(&l.Between[i].Device))
		}
	}
	return at
}

// attachedOn tells where the links that the segment comes out of name a device.
func (s *Segment) attachedOn(b *Build, device string) (at []diag.Pos) {
	for i := range s.Attach {
		l, _ := b.set.byName[Head{"link", s.Attach[i].Link}].(*Link)
		for j := 0; l != nil && j < len(l.Ports); j++ {
			if string(l.Ports[j].Device) == device {
				at = append(at, b.At(&l.Ports[j].Device))
			}
		}
	}
	return at
}
