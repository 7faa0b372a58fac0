package render_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"plumbline/internal/diag"
	"slices"

	"plumbline/internal/network"
)

// dice makes networks that nobody wrote. They hold what platforms can say more often than
// what only some can.
type dice struct {
	*rand.Rand
	names []name
	at    int // of the last address
}

// thrown gives the network of a seed, with ports as a platform calls them.
func thrown(seed uint64, names []name) *network.Network {
	r := &dice{Rand: rand.New(rand.NewPCG(seed, 7)), names: names}
	n := new(network.Network)
	for i := range 2 {
		n.Devices = append(n.Devices, r.device(fmt.Sprint("r", i)))
	}
	n.Sort()
	return n
}

func (r *dice) one(in int) bool { return r.IntN(in) == 0 }

// some gives one of a list.
func some[T any](r *dice, list []T) T { return list[r.IntN(len(list))] }

// addr gives an address that nobody has yet.
func (r *dice) addr(six bool) netip.Addr {
	r.at++
	if six {
		return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(r.at >> 8), byte(r.at), 15: 1})
	}
	return netip.AddrFrom4([4]byte{10, byte(r.at >> 8), byte(r.at), 1})
}

func (r *dice) port() string { return called(r.names, fmt.Sprint("eth", 1+r.IntN(8))) }

func (r *dice) device(name string) *network.Device {
	d := &network.Device{Name: name, System: &network.System{Hostname: name}, Interfaces: r.interfaces()}
	id := r.addr(false)
	if !r.one(4) {
		d.IGP = r.igp(id)
	}
	if d.IGP != nil && r.one(4) {
		d.MPLS = r.labels(d.IGP)
	}
	d.Policy = r.policy()
	d.BGP = r.bgp(id, d.Policy)
	if r.one(2) {
		d.EVPN = r.evpn(d.BGP)
	}
	if r.one(2) {
		d.VRF = r.tables(id, d.BGP.ASN, d.Policy)
	}
	d.VRF = r.carried(d)
	d.BFD = r.watched(d)
	if r.one(2) {
		d.Baseline, d.ACL = r.baseline(), r.reach()
	}
	return d
}

// labels gives a label domain over the interior protocol.
func (r *dice) labels(g *network.IGP) *network.MPLS {
	m := &network.MPLS{Domain: "core", RouterID: g.RouterID, Signalling: some(r, []string{"ldp", "sr"}), TTL: some(r, []string{"uniform", "pipe"})}
	if m.Signalling == "sr" {
		m.Protocol, m.Index = g.Protocol, 1+r.IntN(90)
	}
	for _, p := range g.Ports {
		if !p.Passive {
			m.Ports = append(m.Ports, network.LabelPort{Name: p.Name})
		}
	}
	return m
}

// carried gives sessions that tables go over, where labels carry them.
func (r *dice) carried(d *network.Device) *network.VRF {
	if d.MPLS == nil {
		return d.VRF
	}
	v := &network.VRF{ASN: d.BGP.ASN, RouterID: d.BGP.RouterID}
	if d.VRF != nil {
		v = d.VRF
	}
	for _, n := range d.BGP.Neighbors {
		if n.Source.IsValid() && n.Relation == "internal" {
			v.Peers = append(v.Peers, network.TablePeer{Addr: n.Addr, Client: n.Client})
		}
	}
	for i := range v.Tables {
		v.Tables[i].VNI = 0
	}
	if len(v.Peers) == 0 && len(v.Tables) == 0 {
		return nil
	}
	return v
}

// watched gives what a device needs to watch those of its neighbors that it watches.
func (r *dice) watched(d *network.Device) *network.BFD {
	f := &network.BFD{Interval: rate, Multiplier: network.BFDMultiplier}
	if d.IGP != nil {
		for _, p := range d.IGP.Ports {
			if p.BFD > 0 {
				f.Watch(p.Name, diag.Pos{})
			}
		}
	}
	if len(f.Ports) == 0 {
		f.Watch(r.port(), diag.Pos{}) // a session stands on some port
	}
	if !watches(d) {
		return nil
	}
	return f
}

// watches tells whether a device watches a neighbor.
func watches(d *network.Device) bool {
	var sessions []network.Neighbor
	if d.BGP != nil {
		sessions = slices.Clone(d.BGP.Neighbors)
	}
	if d.VRF != nil {
		for _, t := range d.VRF.Tables {
			sessions = append(sessions, t.Neighbors...)
		}
	}
	return slices.ContainsFunc(sessions, func(n network.Neighbor) bool { return n.BFD > 0 }) ||
		d.IGP != nil && slices.ContainsFunc(d.IGP.Ports, func(p network.IGPPort) bool { return p.BFD > 0 })
}

// rate is how often a watched neighbor is heard of.
const rate = 250

func (r *dice) interfaces() *network.Interfaces {
	out := new(network.Interfaces)
	add := func(p network.Port) {
		if !slices.ContainsFunc(out.Ports, func(o network.Port) bool { return o.Name == p.Name }) {
			out.Ports = append(out.Ports, p)
		}
	}
	addrs := func(bits4, bits6 int) (list []network.Addr) {
		list = append(list, network.Addr{Prefix: netip.PrefixFrom(r.addr(false), bits4)})
		if r.one(2) {
			list = append(list, network.Addr{Prefix: netip.PrefixFrom(r.addr(true), bits6)})
		}
		return list
	}
	add(network.Port{Name: "lo", Use: "loopback", Addrs: addrs(32, 128)})
	for range 1 + r.IntN(4) {
		add(network.Port{Name: r.port(), Use: some(r, []string{"link", "outside", "exchange"}), Description: "to there", MTU: some(r, []int{0, 1500, 9000}), Addrs: addrs(24+r.IntN(8), 64)})
	}
	for _, vlan := range []int{20, 30}[:r.IntN(3)] {
		p := network.Port{Name: r.port(), Use: "outside", MTU: 9000, Segments: []network.PortSegment{{VLAN: vlan, Untagged: r.one(2)}, {VLAN: vlan + 1}, {VLAN: vlan + 2}}}
		p.Segments = p.Segments[:1+r.IntN(3)]
		add(p)
		add(network.Port{Name: fmt.Sprint("vlan", vlan), Use: "gateway", VLAN: vlan, MTU: 1500, MAC: "02:00:00:00:00:01", Addrs: addrs(24, 64)})
	}
	if r.one(4) {
		parent := r.port()
		add(network.Port{Name: parent, Use: "outside", MTU: 9000})
		add(network.Port{Name: parent + ".212", Use: "handoff", Parent: parent, VLAN: 212, MTU: 9000, VRF: "red", Addrs: addrs(31, 127)})
	}
	return out
}

func (r *dice) igp(id netip.Addr) *network.IGP {
	g := &network.IGP{Protocol: some(r, []string{"ospf", "isis"}), RouterID: id, IPv4: true, IPv6: r.one(2)}
	g.Ports = []network.IGPPort{{Name: "lo", IPv4: true, IPv6: g.IPv6, Passive: true}}
	for i := range 1 + r.IntN(3) {
		g.Ports = append(g.Ports, network.IGPPort{Name: called(r.names, fmt.Sprint("eth", i+1)), IPv4: true, IPv6: g.IPv6, Cost: 11 + r.IntN(5000)})
	}
	if r.one(4) {
		for i := range g.Ports[1:] {
			g.Ports[i+1].BFD = rate
		}
	}
	return g
}

func (r *dice) bgp(id netip.Addr, p *network.Policy) *network.BGP {
	b := &network.BGP{ASN: 64496, RouterID: id, LongestPath: 50}
	for range 1 + r.IntN(6) {
		b.Neighbors = append(b.Neighbors, r.neighbor(b.ASN, id, p, r.one(3)))
	}
	for range r.IntN(4) {
		six := r.one(2)
		o := network.Originated{Prefix: netip.PrefixFrom(r.addr(six), 24+r.IntN(8)).Masked(), Discard: r.one(2)}
		if o.Discard && r.one(2) {
			o.Policy = "OWN"
		}
		if !slices.ContainsFunc(b.Origins, func(other network.Originated) bool { return other.Prefix == o.Prefix }) {
			b.Origins = append(b.Origins, o)
		}
	}
	return b
}

// neighbor gives a session, inside our own system or with another.
func (r *dice) neighbor(asn uint32, id netip.Addr, p *network.Policy, inside bool) network.Neighbor {
	six := r.one(2)
	n := network.Neighbor{Addr: r.addr(six), ASN: asn, Relation: "internal", Description: "over there"}
	if inside {
		n.NextHopSelf, n.Client = r.one(2), r.one(40)
		if !six {
			n.Source = id
		}
		return n
	}
	n.ASN, n.Relation = 64500+uint32(r.IntN(9)), some(r, []string{"customer", "peer", "provider", "peer", "route_server"})
	n.SingleHop, n.FirstAS = n.Relation != "route_server", n.Relation != "route_server"
	n.Role, n.Strict, n.SendDefault = map[string]string{"customer": "provider", "peer": "peer"}[n.Relation], r.one(60), r.one(40)
	n.Import, n.Export = r.route(p, six), r.route(p, six)
	if r.one(2) {
		n.MaxPrefixes = 1 + r.IntN(5000)
	}
	if n.SingleHop && r.one(4) {
		n.BFD = rate
	}
	return n
}

// route gives the name of a policy of a family.
func (r *dice) route(p *network.Policy, six bool) string {
	fit := slices.DeleteFunc(slices.Clone(p.Routes), func(o network.RoutePolicy) bool { return o.IPv6 != six || o.Name == "OWN" })
	if len(fit) == 0 {
		return ""
	}
	return some(r, fit).Name
}

func (r *dice) evpn(b *network.BGP) *network.EVPN {
	e := &network.EVPN{ASN: b.ASN}
	for _, n := range b.Neighbors {
		if r.one(2) {
			e.Peers = append(e.Peers, network.EVPNPeer{Addr: n.Addr, Unchanged: n.ASN != b.ASN && r.one(2), Client: n.ASN == b.ASN && r.one(9), Policy: "evpn"})
		}
	}
	if r.one(2) {
		e.VTEP = b.RouterID
		for _, vlan := range []int{20, 30, 40}[:r.IntN(4)] {
			e.L2 = append(e.L2, network.L2VNI{Name: fmt.Sprint("n", vlan), VLAN: vlan, VNI: 10000 + vlan, RD: fmt.Sprintf("10.0.0.9:%d", vlan), RT: fmt.Sprintf("64:%d", 10000+vlan)})
		}
	}
	return e
}

func (r *dice) tables(id netip.Addr, asn uint32, p *network.Policy) *network.VRF {
	v := &network.VRF{ASN: asn, RouterID: id}
	for i, name := range []string{"red", "blue"}[:1+r.IntN(2)] {
		t := network.Table{Name: name, RD: fmt.Sprintf("10.0.0.9:%d", 1000+i), RT: fmt.Sprintf("64:%d", 50000+i)}
		if !r.one(3) {
			t.VNI = 50000 + i
		}
		for j := range r.IntN(3) {
			t.Imports = append(t.Imports, network.Target{RT: fmt.Sprintf("64:%d", 60000+j)})
		}
		for range 1 + r.IntN(3) {
			six := r.one(3)
			t.Nets = append(t.Nets, network.Subnet{Prefix: netip.PrefixFrom(r.addr(six), 24).Masked()})
		}
		if r.one(2) {
			n := r.neighbor(asn, id, p, false)
			n.Relation, n.FirstAS, n.SingleHop, n.Role = "handoff", true, true, ""
			t.Neighbors = append(t.Neighbors, n)
		}
		v.Tables = append(v.Tables, t)
	}
	return v
}
