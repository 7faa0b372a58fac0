package intent

import (
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/inventory"
)

// meshMost is how many speakers a full mesh may have.
const meshMost = 8

// sessions gives the backbone its internal sessions: with the reflectors where there are
// some, else each with every other.
func (d *Design) sessions(b *Build, all []*inventory.Device) {
	pass := d.passing(b)
	if len(d.Reflectors) == 0 && len(all) > meshMost {
		b.Fail(&d.Name, "design/mesh-too-big", "a full mesh has at most %d speakers, the backbone has %d: name reflectors", meshMost, len(all))
		return
	}
	if len(d.Reflectors) == 0 {
		pass = all
	}
	for _, r := range pass {
		for _, g := range all {
			mutual := slices.Contains(pass, g)
			if g != r {
				d.session(b, r, g, !mutual)
			}
			if g != r && !mutual {
				d.session(b, g, r, false)
			}
		}
	}
}

// passing gives the reflectors, and says what stands against one.
func (d *Design) passing(b *Build) (out []*inventory.Device) {
	if n := len(d.Reflectors); n == 1 || n > 4 {
		b.Fail(&d.Reflectors, "schema/range", "%d reflectors: want 2 to 4", n)
	}
	sites := map[string]*Name{}
	for i := range d.Reflectors {
		field := &d.Reflectors[i]
		b.On(field)
		g := b.Gear(string(*field))
		if g == nil {
			continue
		}
		if g.Role != "reflector" && g.Role != "core" || b.fabricOf(g.Name) != nil {
			b.Fail(field, "design/reflectors", "%s is of role %s: a reflector is a device of the backbone of role reflector or core", g.Name, g.Role).Also = b.role(g)
			continue
		}
		if first := sites[g.Site]; first != nil {
			b.Fail(field, "design/reflectors", "%s stands at %s, as %s does: reflectors are at different sites", g.Name, g.Site, *first).Also = []diag.Pos{b.At(first), b.At(&g.Site), b.At(&b.Gear(string(*first)).Site)}
		}
		sites[g.Site] = field
		out = append(out, g)
	}
	return out
}

// session adds what a device needs for its internal sessions to another, which may be one
// that it passes routes on to.
func (d *Design) session(b *Build, g, peer *inventory.Device, client bool) {
	bgp := d.speaker(b, b.net.Device(string(g.Name)))
	for _, six := range []bool{false, true} {
		ours, theirs := loopback(g, six), loopback(peer, six)
		if !ours.IsValid() || !theirs.IsValid() {
			continue
		}
		bgp.Neighbors = append(bgp.Neighbors, network.Neighbor{
			Addr: theirs, ASN: uint32(d.ASN), Relation: "internal", Description: string(peer.Name),
			Source: ours, NextHopSelf: slices.Contains([]string{"edge", "border"}, string(g.Role)) || b.serves(g.Name), Client: client, From: b.At(&peer.Loopbacks),
		})
	}
}

// watching holds the rate at which routers watch each other.
func (d *Design) watching(b *Build) {
	if d.BFD != 0 && (d.BFD < 100 || d.BFD > 1000) {
		b.Fail(&d.BFD, "schema/range", "bfd is %s: want 100ms to 1000ms", d.BFD)
	}
}

// watch tells how many milliseconds lie between the packets by which a device watches who is
// met at a port, and gives it what it needs for that; 0 where nobody is watched.
func (d *Design) watch(b *Build, n *network.Device, port *Interface) int {
	if d.BFD == 0 {
		return 0
	}
	if n.BFD == nil {
		n.BFD = &network.BFD{Interval: int(d.BFD), Multiplier: network.BFDMultiplier, From: b.At(&d.BFD)}
	}
	n.BFD.Watch(string(*port), b.At(port))
	return int(d.BFD)
}

// RPKICache is a server that tells which system may originate a prefix (RFC 8210).
type RPKICache struct {
	// Where it answers.
	Address Address `yaml:"address"`
	// The port that it answers at.
	Port int `yaml:"port" is:"1..65535"`
}

// origins holds the servers that tell whose a route is.
func (d *Design) origins(b *Build) {
	if len(d.RPKI) > 4 {
		b.Fail(&d.RPKI, "schema/range", "%d servers: want 1 to 4", len(d.RPKI))
	}
	for _, p := range every[Peering](b) {
		if p.Relation != "provider" && len(d.RPKI) == 0 && !d.Lab {
			b.Diags.Warnf(b.At(&d.Name), "design/no-cache", "%s is a %s, and nobody tells whose its routes are: give rpki, servers that know", p.Name, p.Relation).Also = []diag.Pos{b.At(&p.Relation)}
			break
		}
	}
	if len(d.RPKI) == 1 {
		b.Diags.Warnf(b.At(&d.RPKI[0]), "design/one-cache", "one server alone: while it is away nobody tells whose a route is")
	}
	for i := range d.RPKI {
		for j := range d.RPKI[:i] {
			if d.RPKI[i] == d.RPKI[j] {
				b.Fail(&d.RPKI[i].Address, "schema/duplicate-element", "port %d of %s stands here twice", d.RPKI[i].Port, d.RPKI[i].Address).Also = []diag.Pos{b.At(&d.RPKI[j].Address)}
			}
		}
	}
}

// caches gives a speaker the servers that it asks whose a route is.
func (d *Design) caches(b *Build, bgp *network.BGP) {
	for i := 0; len(bgp.Caches) < len(d.RPKI); i++ {
		bgp.Caches = append(bgp.Caches, network.Cache{Addr: d.RPKI[i].Address.Addr, Port: d.RPKI[i].Port, Preference: i + 1, From: b.At(&d.RPKI[i])})
	}
}
