package render_test

import (
	"fmt"
	"net/netip"

	"plumbline/internal/network"
)

func (r *dice) policy() *network.Policy {
	p := &network.Policy{
		PathSets: []network.PathSet{
			{Name: "PATH-LONG", Longer: 50},
			{Name: "PATH-RESERVED", Holds: []network.ASRange{{Seq: 5, Name: "zero"}, {Seq: 10, Name: "private16", First: 64496, Last: 65534}}},
		},
		CommunitySets: []network.CommunitySet{
			{Name: "GSHUT", Items: []network.CommunityItem{{Seq: 5, Value: "65535:0"}}},
			{Name: "TAGS", Items: []network.CommunityItem{{Seq: 5, Value: "64496:1"}, {Seq: 10, Value: "64496:2"}}},
			{Name: "OURS", Large: true, Of: 64496},
			{Name: "EXPORT", Large: true, Items: []network.CommunityItem{{Seq: 5, Value: "64496:1:0"}, {Seq: 10, Value: fmt.Sprint("64496:1:", r.IntN(90))}}},
		},
		Routes: []network.RoutePolicy{
			{Name: "OWN", Terms: []network.Term{{Seq: 10, Does: "accept", Mark: "64496:1:0"}}},
			{Name: "evpn", Terms: []network.Term{{Seq: 10, Does: "accept"}}},
		},
	}
	for i := range 1 + r.IntN(4) {
		six := r.one(2)
		set := network.PrefixSet{Name: fmt.Sprint("set", i, "-", map[bool]int{false: 4, true: 6}[six]), IPv6: six}
		for j := range 1 + r.IntN(4) {
			set.Items = append(set.Items, r.item(six, 5*(j+1)))
		}
		p.PrefixSets = append(p.PrefixSets, set)
		p.Routes = append(p.Routes, r.routes(p, set))
	}
	return p
}

// item gives prefixes that no other item holds.
func (r *dice) item(six bool, seq int) network.PrefixItem {
	i := network.PrefixItem{Seq: seq, Prefix: netip.PrefixFrom(r.addr(six), 24).Masked()}
	if six {
		i.Prefix = netip.PrefixFrom(i.Prefix.Addr(), 48).Masked()
	}
	if r.one(2) {
		i.Min = i.Prefix.Bits() + 1 + r.IntN(3)
	}
	if r.one(2) {
		i.Max = i.Prefix.Bits() + 4 + r.IntN(4)
	}
	return i
}

// routes gives a policy of the family of a set.
func (r *dice) routes(p *network.Policy, set network.PrefixSet) network.RoutePolicy {
	out := network.RoutePolicy{Name: "for-" + set.Name, IPv6: set.IPv6}
	for i := range 1 + r.IntN(4) {
		t := network.Term{Seq: 10 * (i + 1), Does: some(r, []string{"accept", "accept", "reject", "next"})}
		switch r.IntN(8) {
		case 0:
			t.Path = "PATH-RESERVED"
		case 1:
			t.Path, t.Does = "PATH-LONG", "reject"
		case 2:
			t.Communities = "GSHUT"
		case 3:
			t.Large = "EXPORT"
		}
		hop := r.IntN(5)
		switch {
		case t.Path == "PATH-LONG": // asked alone
		case hop == 0:
			t.NextHop = r.addr(set.IPv6)
		case hop == 1:
			t.NextHops = set.Name
		}
		if t.Path != "PATH-LONG" && r.one(2) {
			t.Prefixes = set.Name
		}
		if t.Does != "reject" {
			r.changes(&t)
		}
		out.Terms = append(out.Terms, t)
	}
	return out
}

func (r *dice) changes(t *network.Term) {
	if r.one(3) {
		t.Strip = "OURS"
	}
	if r.one(2) {
		t.Mark = fmt.Sprint("64496:1:", r.IntN(90))
	}
	if r.one(2) {
		t.Prefer, t.Preference = true, r.IntN(500)
	}
	t.Shut = r.one(60)
}
