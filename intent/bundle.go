package intent

import (
	"crypto/sha256"
	"fmt"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// Pace is how often the ends of a bundle tell each other that they are there.
type Pace string

// Values are each second, or each half minute.
func (Pace) Values() []string { return []string{"fast", "slow"} }

// bundled sees that what is said of a bundle fits together.
func (l *Link) bundled(b *Build) bool {
	before := len(b.Diags)
	ends, members := l.ends(), 0
	for i := range ends {
		n := len(ends[i].Members)
		members = max(members, n)
		switch {
		case n > 16:
			b.Fail(&ends[i].Members, "schema/range", "%d members: want 1 to 16", n)
		case n != len(ends[0].Members):
			b.Fail(&ends[i].Interface, "link/bundle", "both ends have as many members: %d here, %d at the other", n, len(ends[0].Members)).Also = []diag.Pos{b.At(&ends[0].Interface)}
		case n == 0 && len(l.Ports) == 2:
			b.Fail(&ends[i].Interface, "link/bundle", "a bundle over two devices names its members at both")
		}
	}
	switch bundle := members > 0; {
	case bundle && l.LACP == "":
		b.Fail(&l.Name, "schema/missing-field", "a bundle needs lacp: how often its ends tell each other that they are there")
	case !bundle && l.LACP != "" && len(l.Ports) != 2:
		b.Fail(&l.LACP, "schema/excluded-field", "lacp goes with members alone")
	case !bundle && l.MinLinks != 0:
		b.Fail(&l.MinLinks, "schema/excluded-field", "min_links goes with members alone")
	case l.MinLinks > members:
		b.Fail(&l.MinLinks, "schema/range", "min_links is %d, and the bundle has %d members", l.MinLinks, members)
	}
	return len(b.Diags) == before
}

// ends gives the ends that are ours.
func (l *Link) ends() []LinkEnd {
	if len(l.Between) > 0 {
		return l.Between
	}
	return l.Ports
}

// double gives a server a bundle over two leaves: to both it is one port.
func (l *Link) double(b *Build) {
	x, y := &l.Ports[0], &l.Ports[1]
	if b.On(&x.Device).Name == "" || b.On(&y.Device).Name == "" {
		return
	}
	switch f := b.fabricOf(string(x.Device)); {
	case len(l.Ports) > 2:
		b.Fail(&l.Ports[2], "link/ends", "a bundle is over one device or two")
		return
	case x.Device == y.Device:
		b.Fail(&y.Device, "link/ends", "both ports are on %s: one port with members is a bundle there", y.Device).Also = []diag.Pos{b.At(&l.Ports[0].Device)}
		return
	case f == nil || b.fabricOf(string(y.Device)) != f || b.spine(x) || b.spine(y):
		b.Fail(&y.Device, "link/bundle", "%s and %s are no two leaves of one fabric", x.Device, y.Device)
		return
	}
	for i := range l.Ports {
		if e := &l.Ports[i]; len(e.Addresses) > 0 {
			b.Fail(&e.Addresses, "link/bundle", "a bundle over two devices has no addresses: segments come out of it")
		}
	}
	b.claim("segment of "+l.esi(), &l.Name, "link/bundle", "the name gives the same number of a bundle as another: choose another name")
	for i := range l.Ports {
		l.end(b, &l.Ports[i], string(l.Outside), "outside")
	}
}

func (b *Build) spine(e *LinkEnd) bool {
	g := b.Gear(string(e.Device))
	return g == nil || g.Role == "spine"
}

// esi is the number of the bundle in the fabric (RFC 7432, type 0), made of its name;
// system is who both leaves say that they are.
func (l *Link) esi() string    { return l.number("00", 0, 9) }
func (l *Link) system() string { return l.number("02", 9, 14) }

func (l *Link) number(first string, from, to int) string {
	sum := sha256.Sum256([]byte(l.Name))
	for _, octet := range sum[from:to] {
		first += fmt.Sprintf(":%02x", octet)
	}
	return first
}

// bundle gives a port what a bundle has.
func (l *Link) bundle(b *Build, e *LinkEnd, d *network.Device, p *network.Port) {
	p.LACP, p.MinLinks = string(l.LACP), l.MinLinks
	for i := range e.Members {
		m := &e.Members[i]
		b.take(d, string(*m), m)
		p.Members = append(p.Members, network.Member{Name: string(*m), From: b.At(m)})
	}
	if len(l.Ports) == 2 {
		p.ESI, p.LACPSystem = l.esi(), l.system()
	}
}
