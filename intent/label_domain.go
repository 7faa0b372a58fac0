package intent

import (
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/strict"
)

// LabelDomain is the routers that pass packets on by labels, with one answer to what a hop
// inside counts.
type LabelDomain struct {
	Head

	// The routers, those that only pass labels on among them.
	Routers []Name `yaml:"routers" of:"device"`
	// How they tell each other labels.
	Signalling Signalling `yaml:"signalling"`
	// The number of each router in the block of segments; with sr alone.
	SIDs []strict.Entry[Name, int] `yaml:"sids,optional" of:"device" is:"1..7999"`
	// What a hop inside counts, on every router alike.
	TTL TTL `yaml:"ttl"`
}

// Signalling is a way to tell labels.
type Signalling string

// Values are label distribution (RFC 5036), and segments that the interior protocol tells.
func (Signalling) Values() []string { return []string{"ldp", "sr"} }

// TTL is what a label domain does with the life of a packet (RFC 3443).
type TTL string

// Values say that hops inside are seen, or that the domain looks like one hop.
func (TTL) Values() []string { return []string{"uniform", "pipe"} }

// Expand gives every router its labels, and the links inside theirs.
func (l *LabelDomain) Expand(b *Build) {
	d := b.Design(&l.Name)
	if d == nil || !l.sound(b) {
		return
	}
	inside := l.links(b)
	if !l.whole(b, inside) {
		return
	}
	for i := range l.Routers {
		l.router(b, d, &l.Routers[i], inside)
	}
	l.tables(b, d)
}

// sound sees that every router is one of the backbone, in this domain alone, and has a
// number where segments need one.
func (l *LabelDomain) sound(b *Build) bool {
	before := len(b.Diags)
	if len(l.Routers) < 2 {
		b.Fail(&l.Routers, "label-domain/routers", "a label domain has at least two routers")
	}
	for i := range l.Routers {
		field := &l.Routers[i]
		b.On(field)
		g := b.Gear(string(*field))
		if g == nil {
			continue
		}
		if !g.Role.Backbone() || b.fabricOf(g.Name) != nil {
			b.Fail(field, "label-domain/routers", "%s is no router of the backbone", *field)
		}
		b.claim("labels of "+g.Name, field, "label-domain/routers", "%s is in another label domain already", *field)
	}
	numbers := map[int]*int{}
	for i := range l.SIDs {
		s := &l.SIDs[i]
		if b.On(&s.Key).Name != "" && !slices.Contains(l.Routers, s.Key) {
			b.Fail(&s.Key, "label-domain/sids", "%s is none of the routers", s.Key)
		}
		if twin := numbers[s.Value]; twin != nil {
			b.Fail(&s.Value, "label-domain/sids", "the segment %d is that of another router", s.Value).Also = []diag.Pos{b.At(twin)}
		}
		numbers[s.Value] = &s.Value
	}
	switch sr := l.Signalling == "sr"; {
	case sr && len(l.SIDs) == 0:
		b.Fail(&l.Signalling, "schema/missing-field", "sr needs sids: the number of each router")
	case !sr && len(l.SIDs) > 0:
		b.Fail(&l.SIDs, "schema/excluded-field", "sids go with sr alone")
	case sr:
		for i := range l.Routers {
			if l.sid(l.Routers[i]) == 0 {
				b.Fail(&l.Routers[i], "label-domain/sids", "%s has no number in sids", l.Routers[i])
			}
		}
	}
	return len(b.Diags) == before
}

func (l *LabelDomain) sid(router Name) int {
	for _, s := range l.SIDs {
		if s.Key == router {
			return s.Value
		}
	}
	return 0
}

// links gives those of the backbone that lead from a router of the domain to another.
func (l *LabelDomain) links(b *Build) (out []*Link) {
	for _, x := range every[Link](b) {
		if x.interior(b) && slices.Contains(l.Routers, x.Between[0].Device) && slices.Contains(l.Routers, x.Between[1].Device) {
			out = append(out, x)
		}
	}
	return out
}

// whole sees that the links inside lead from every router to every other.
func (l *LabelDomain) whole(b *Build, inside []*Link) bool {
	seen := []Name{l.Routers[0]}
	for i := 0; i < len(seen); i++ {
		for _, x := range inside {
			for j := range x.Between {
				far := x.Between[1-j].Device
				if x.Between[j].Device == seen[i] && !slices.Contains(seen, far) {
					seen = append(seen, far)
				}
			}
		}
	}
	before := len(b.Diags)
	for i := range l.Routers {
		if !slices.Contains(seen, l.Routers[i]) {
			b.Fail(&l.Routers[i], "label-domain/connected", "no chain of links inside the domain leads from %s to %s", l.Routers[0], l.Routers[i]).Also = []diag.Pos{b.At(&l.Routers[0])}
		}
	}
	return len(b.Diags) == before
}

// router gives a router its place in the domain.
func (l *LabelDomain) router(b *Build, d *Design, field *Name, inside []*Link) {
	n, at := b.net.Device(string(*field)), b.At(field)
	m := &network.MPLS{
		Domain: string(l.Name), RouterID: loopback(b.Gear(n.Name), false), Signalling: string(l.Signalling),
		Index: l.sid(*field), TTL: string(l.TTL), From: at,
	}
	if l.Signalling == "sr" {
		m.Protocol = string(d.IGP)
	}
	for _, x := range inside {
		for j := range x.Between {
			if e := &x.Between[j]; e.Device == *field {
				m.Ports = append(m.Ports, network.LabelPort{Name: string(e.Interface), From: b.At(&e.Interface)})
			}
		}
	}
	n.MPLS = m
}
