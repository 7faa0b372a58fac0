package validate_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var spot = diag.Pos{File: "intent/p.yaml", Line: 3, Col: 1}

func randomItem(r *rand.Rand) network.PrefixItem {
	i := network.PrefixItem{From: spot}
	switch r.IntN(6) {
	case 0:
		i.Prefix = netip.MustParsePrefix("0.0.0.0/0")
	case 1:
		i.Prefix = netip.MustParsePrefix("198.51.100.0/24")
	default:
		bits := 26 + r.IntN(7)
		i.Prefix = netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(r.IntN(16))}), bits).Masked()
	}
	switch r.IntN(4) {
	case 0:
		i.Max = i.Prefix.Bits() + r.IntN(33-i.Prefix.Bits())
	case 1:
		i.Min = i.Prefix.Bits() + r.IntN(33-i.Prefix.Bits())
	case 2:
		i.Min = i.Prefix.Bits() + r.IntN(33-i.Prefix.Bits())
		i.Max = i.Min + r.IntN(33-i.Min)
	}
	return i
}

func randomSet(r *rand.Rand, name string) network.PrefixSet {
	s := network.PrefixSet{Name: name, From: spot}
	for range 1 + r.IntN(4) {
		s.Items = append(s.Items, randomItem(r))
	}
	return s
}

// one gives one of some words, and nothing half of the times.
func one(r *rand.Rand, words ...string) string {
	if r.IntN(2) == 0 {
		return ""
	}
	return words[r.IntN(len(words))]
}

func randomTerm(r *rand.Rand) network.Term {
	t := network.Term{Does: []string{"accept", "accept", "reject", "reject", "next"}[r.IntN(5)], From: spot}
	t.Prefixes = one(r, "A", "B", "C")
	if r.IntN(3) == 0 {
		t.Path = one(r, "LONG", "RESERVED", "FREE")
	}
	if r.IntN(3) == 0 {
		t.Communities = one(r, "GSHUT", "HOLE")
	}
	if r.IntN(3) == 0 {
		t.Large = one(r, "OURS", "EXPORT")
	}
	switch r.IntN(6) {
	case 0:
		t.NextHops = "HOPS"
	case 1:
		t.NextHop = sampleHops[r.IntN(len(sampleHops))]
	}
	if t.Does != "reject" && r.IntN(3) == 0 {
		t.Strip = one(r, "OURS", "EXPORT")
		t.Mark = one(r, "64496:1:1", "64496:1:2")
		t.Shut = r.IntN(3) == 0
	}
	if t.Does == "accept" && r.IntN(2) == 0 {
		t.Prefer, t.Preference = true, 100*r.IntN(3)
	}
	return t
}

func randomPolicy(r *rand.Rand) *network.Policy {
	p := &network.Policy{From: spot}
	for _, n := range []string{"A", "B", "C"} {
		p.PrefixSets = append(p.PrefixSets, randomSet(r, n))
	}
	p.PrefixSets = append(p.PrefixSets, network.PrefixSet{Name: "HOPS", From: spot, Items: []network.PrefixItem{{Prefix: netip.MustParsePrefix("198.18.0.0/24"), Max: 32}}})
	p.PathSets = []network.PathSet{
		{Name: "LONG", Longer: 50, From: spot},
		{Name: "RESERVED", Holds: []network.ASRange{{First: 64512, Last: 65534}, {First: 0, Last: 0}}, From: spot},
		{Name: "FREE", Holds: []network.ASRange{{First: 174, Last: 174}, {First: 701, Last: 701}}, From: spot},
	}
	values := func(vs ...string) (out []network.CommunityItem) {
		for _, v := range vs {
			out = append(out, network.CommunityItem{Value: v})
		}
		return out
	}
	p.CommunitySets = []network.CommunitySet{
		{Name: "GSHUT", Items: values("65535:0"), From: spot},
		{Name: "HOLE", Items: values("65535:666"), From: spot},
		{Name: "OURS", Large: true, Of: 64496, From: spot},
		{Name: "EXPORT", Large: true, Items: values("64496:1:0", "64496:1:1"), From: spot},
	}
	route := network.RoutePolicy{Name: "in", From: spot}
	for range 1 + r.IntN(6) {
		route.Terms = append(route.Terms, randomTerm(r))
	}
	p.Routes = []network.RoutePolicy{route}
	return p
}

func copyPolicy(p *network.Policy) *network.Policy {
	c := *p
	c.PrefixSets = slices.Clone(p.PrefixSets)
	for i := range c.PrefixSets {
		c.PrefixSets[i].Items = slices.Clone(c.PrefixSets[i].Items)
	}
	c.PathSets = slices.Clone(p.PathSets)
	c.CommunitySets = slices.Clone(p.CommunitySets)
	c.Routes = slices.Clone(p.Routes)
	c.Routes[0].Terms = slices.Clone(p.Routes[0].Terms)
	return &c
}

// edit changes a policy in one of the ways that people do, and says in which.
func edit(r *rand.Rand, p *network.Policy) string {
	terms := p.Routes[0].Terms
	t := &terms[r.IntN(len(terms))]
	set := &p.PrefixSets[r.IntN(3)]
	switch r.IntN(9) {
	case 0:
		for _, f := range []*string{&t.Prefixes, &t.Path, &t.Communities, &t.Large, &t.NextHops} {
			if *f != "" {
				*f = ""
				return "condition removed"
			}
		}
		t.NextHop = netip.Addr{}
		return "condition removed"
	case 1:
		if t.Prefixes == "" {
			t.Prefixes = "A"
			return "condition added"
		}
		for i := range p.PrefixSets {
			if p.PrefixSets[i].Name == t.Prefixes {
				p.PrefixSets[i].Items = nil
			}
		}
		return "set emptied"
	case 2:
		r.Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
		return "terms reordered"
	case 3:
		set.Items = append(set.Items, randomItem(r))
		return "set grew"
	case 4:
		if len(set.Items) > 1 {
			set.Items = set.Items[1:]
		}
		return "set shrank"
	case 5:
		set.Items[0] = randomItem(r)
		return "set changed"
	case 6:
		if len(terms) > 1 {
			at := r.IntN(len(terms))
			p.Routes[0].Terms = slices.Delete(terms, at, at+1)
		}
		return "term removed"
	case 7:
		p.Routes[0].Terms = append([]network.Term{randomTerm(r)}, terms...)
		return "term added"
	}
	*t = randomTerm(r)
	return "term changed"
}

// netWith is a network with one router that asks a policy.
func netWith(p *network.Policy) *network.Network {
	return &network.Network{Devices: []*network.Device{{Name: "r1", At: spot, Policy: p}}}
}
