package intent

import "plumbline/internal/diag"

// system is where a number of an autonomous system stands.
type system struct {
	fabric *Fabric // nil where it is that of a peering
	name   Name
	at     *ASN
}

// elsewhere sees that a system of the fabric is used nowhere else.
func (f *Fabric) elsewhere(b *Build, a *ASN) {
	for _, s := range b.holders(*a) {
		switch {
		case s.fabric == nil:
			b.Fail(a, "fabric/asn", "AS %d is that of the peering %s", *a, s.name).Also = []diag.Pos{b.At(s.at)}
		case s.fabric != f:
			b.Fail(a, "fabric/asn", "AS %d is in the fabric %s too", *a, s.name).Also = []diag.Pos{b.At(s.at)}
		}
	}
}

// holders gives who has a number: peerings first.
func (b *Build) holders(a ASN) []system {
	if b.systems == nil {
		b.systems = map[ASN][]system{}
		for _, p := range every[Peering](b) {
			b.systems[p.ASN] = append(b.systems[p.ASN], system{nil, p.Name, &p.ASN})
		}
		for _, o := range every[Fabric](b) {
			for i := range o.ASNs {
				x := &o.ASNs[i].Value
				b.systems[*x] = append(b.systems[*x], system{o, o.Name, x})
			}
		}
	}
	return b.systems[a]
}
