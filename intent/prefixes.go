package intent

// Prefixes is a named set of prefixes that other objects speak of.
type Prefixes struct {
	Head

	// What is in the set.
	Prefixes []Prefix `yaml:"prefixes"`
	// How long the more specifics may be that count as well; left out, none do.
	UpTo UpTo `yaml:"up_to,optional"`
}

// UpTo is a longest length for each family.
type UpTo struct {
	// For the IPv4 prefixes, in bits.
	IPv4 int `yaml:"ipv4,optional" is:"1..32"`
	// For the IPv6 prefixes, in bits.
	IPv6 int `yaml:"ipv6,optional" is:"1..128"`
}

// of gives the length for a family; 0 where there is none.
func (u UpTo) of(six bool) int {
	if six {
		return u.IPv6
	}
	return u.IPv4
}

// Expand adds nothing by itself, others name the set; it sees that the set is sound.
func (p *Prefixes) Expand(b *Build) {
	if n := len(p.Prefixes); n > 10000 {
		b.Fail(&p.Prefixes, "prefixes/too-many", "a set holds at most 10000 prefixes, this has %d", n)
	}
	seen := map[Prefix]bool{}
	families := map[bool]bool{}
	for _, x := range p.Prefixes {
		seen[x], families[x.Addr().Is6()] = true, true
	}
	if p.UpTo.IPv4 != 0 && !families[false] {
		b.Fail(&p.UpTo.IPv4, "schema/excluded-field", "no prefix of this set is of IPv4: leave this length out")
	}
	if p.UpTo.IPv6 != 0 && !families[true] {
		b.Fail(&p.UpTo.IPv6, "schema/excluded-field", "no prefix of this set is of IPv6: leave this length out")
	}
	for i := range p.Prefixes {
		x := &p.Prefixes[i]
		most := p.UpTo.of(x.Addr().Is6())
		if most == 0 {
			continue
		}
		if most < x.Bits() || most > x.Addr().BitLen() {
			b.Fail(&p.UpTo, "prefixes/up-to", "up_to is %d: want %d to %d, since %s is in the set", most, x.Bits(), x.Addr().BitLen(), x)
		}
		for bits := range x.Bits() {
			if outer, err := x.Addr().Prefix(bits); err == nil && seen[Prefix{outer}] {
				b.Fail(x, "prefixes/inside", "%s lies inside %s, which with up_to says the same", x, outer)
			}
		}
	}
}

// idle tells of sets that no object names.
func (b *Build) idle() {
	for _, p := range every[Prefixes](b) {
		if !b.used[p.Head] {
			b.Diags.Warnf(b.At(&p.Name), "prefixes/unused", "no object names the set %s: take its file away, or name it", p.Name)
		}
	}
}
