package policy_test

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/network"
	"plumbline/internal/policy"
)

func side(six bool, items []network.PrefixItem, terms ...network.Term) policy.Side {
	return policy.Side{
		Sets:   &network.Policy{PrefixSets: []network.PrefixSet{{Name: "A", IPv6: six, Items: items}}},
		Policy: &network.RoutePolicy{Name: "p", IPv6: six, Terms: terms},
	}
}

func item(p string, low, high int) network.PrefixItem {
	return network.PrefixItem{Prefix: netip.MustParsePrefix(p), Min: low, Max: high}
}

// TestCompare tells changes in the words that reviewers read.
func TestCompare(t *testing.T) {
	accept, all := network.Term{Does: "accept", Prefixes: "A"}, network.Term{Does: "accept"}
	reject := network.Term{Does: "reject", Prefixes: "A"}
	for _, c := range []struct {
		name              string
		was, is           policy.Side
		terms, sets, gone []string
	}{
		{"the last condition", side(true, []network.PrefixItem{item("2001:db8::/32", 0, 48)}, accept), side(true, []network.PrefixItem{item("2001:db8::/32", 0, 48)}, all),
			[]string{"::/0 up to /128 but not inside 2001:db8::/32", "2001:db8::/32 from /49 to /128"}, nil, nil},
		{"one more prefix", side(false, []network.PrefixItem{item("192.0.2.0/24", 0, 0)}, accept), side(false, []network.PrefixItem{item("192.0.2.0/24", 0, 0), item("198.51.100.0/24", 0, 26)}, accept),
			nil, []string{"198.51.100.0/24 up to /26"}, nil},
		{"one less, inside another that stays", side(false, []network.PrefixItem{item("192.0.2.0/24", 0, 32), item("192.0.2.128/25", 0, 0)}, accept), side(false, []network.PrefixItem{item("192.0.2.0/24", 0, 32)}, accept), nil, nil, nil},
		{"two halves for a whole", side(false, []network.PrefixItem{item("192.0.2.0/24", 25, 32)}, accept), side(false, []network.PrefixItem{item("192.0.2.0/25", 0, 32), item("192.0.2.128/25", 0, 32)}, accept), nil, nil, nil},
		{"a set that is gone is no new set", side(false, []network.PrefixItem{item("192.0.2.0/24", 0, 0)}, reject, all), policy.Side{Sets: new(network.Policy), Policy: &network.RoutePolicy{Terms: []network.Term{all}}},
			[]string{"192.0.2.0/24"}, nil, nil},
		{"no policy lets all through", side(false, nil, all), policy.Side{Sets: new(network.Policy)}, nil, nil, nil},
		{"nothing is let through any more", side(false, nil, all), side(false, nil), nil, nil, []string{"0.0.0.0/0 up to /32"}},
	} {
		d, err := policy.Compare(c.was, c.is)
		if err != nil || !slices.Equal(d.Terms.Lines(), c.terms) || !slices.Equal(d.Sets.Lines(), c.sets) || !slices.Equal(d.Gone.Lines(), c.gone) {
			t.Errorf("%s: by terms %q, by sets %q, gone %q, %v", c.name, d.Terms.Lines(), d.Sets.Lines(), d.Gone.Lines(), err)
		}
	}
}

// TestTooMany holds that what cannot be told apart is refused, and not cut off.
func TestTooMany(t *testing.T) {
	s := side(false, nil)
	for i := range 80 {
		name := fmt.Sprint("S", i)
		s.Sets.PrefixSets = append(s.Sets.PrefixSets, network.PrefixSet{Name: name, Items: []network.PrefixItem{item("192.0.2.0/24", 0, 0)}})
		s.Policy.Terms = append(s.Policy.Terms, network.Term{Does: "reject", Prefixes: name})
	}
	if _, err := policy.Compare(s, side(false, nil)); !errors.Is(err, policy.ErrTooMany) {
		t.Errorf("80 sets: %v", err)
	}
	s = side(false, nil)
	for i := range 14 {
		name := fmt.Sprint("C", i)
		s.Sets.CommunitySets = append(s.Sets.CommunitySets, network.CommunitySet{Name: name, Items: []network.CommunityItem{{Value: fmt.Sprint("1:", i)}}})
		s.Policy.Terms = append(s.Policy.Terms, network.Term{Does: "reject", Communities: name})
	}
	if _, err := policy.Compare(s, side(false, nil)); !errors.Is(err, policy.ErrTooMany) {
		t.Errorf("14 groups of communities: %v", err)
	}
}

func TestReordered(t *testing.T) {
	a, b := network.Term{Does: "accept", Prefixes: "A"}, network.Term{Does: "reject", Prefixes: "B"}
	pol := func(ts ...network.Term) *network.RoutePolicy {
		for i := range ts {
			ts[i].Seq = i
		}
		return &network.RoutePolicy{Terms: ts}
	}
	for _, c := range []struct {
		was, is *network.RoutePolicy
		want    bool
	}{{pol(a, b), pol(b, a), true}, {pol(a, b), pol(a, b), false}, {pol(a, b), pol(a, a), false}, {pol(a, b), pol(a), false}, {pol(a, a, b), pol(a, b, a), true}, {nil, pol(a), false}} {
		if policy.Reordered(c.was, c.is) != c.want {
			t.Errorf("%v to %v", c.was, c.is)
		}
	}
}

// TestWhole holds the law: every field that a term, or a set, has is compared. A new one
// means something, and Compare and Leak have to learn what.
func TestWhole(t *testing.T) {
	for what, fields := range map[any]string{
		network.Term{}:                    "Seq Does Prefixes Invalid Path Communities Large NextHop NextHops Strip Mark Shut Preference Prefer From",
		network.ASRange{}:                 "Seq Name First Last",
		network.PrefixItem{}:              "Seq Prefix Min Max From",
		network.CommunityItem{}:           "Seq Value",
		any((*network.PrefixSet)(nil)):    "Name IPv6 Items Fetched From",
		any((*network.PathSet)(nil)):      "Name Longer Holds From",
		any((*network.CommunitySet)(nil)): "Name Large Of Items From",
		any((*network.RoutePolicy)(nil)):  "Name IPv6 Terms From",
	} {
		x := reflect.TypeOf(what)
		if x.Kind() == reflect.Pointer {
			x = x.Elem()
		}
		var have []string
		for i := range x.NumField() {
			have = append(have, x.Field(i).Name)
		}
		if strings.Join(have, " ") != fields {
			t.Errorf("%s has the fields %v: those that are known are %s", x.Name(), have, fields)
		}
	}
}

// TestInvalid: a term about invalid origins keeps those routes out and no others.
func TestInvalid(t *testing.T) {
	open := policy.Side{Sets: &network.Policy{}, Policy: &network.RoutePolicy{Name: "in", Terms: []network.Term{{Does: "accept"}}}}
	shut := policy.Side{Sets: &network.Policy{}, Policy: &network.RoutePolicy{Name: "in", Terms: []network.Term{{Does: "reject", Invalid: true}, {Does: "accept"}}}}
	d, err := policy.Compare(open, shut)
	if err != nil || len(d.Terms) != 0 || len(d.Gone) != 1 || len(d.Gone[0].When) != 1 || !strings.Contains(d.Gone[0].When[0], "invalid") {
		t.Errorf("keeping invalid ones out means %+v, %v", d, err)
	}
	d, err = policy.Compare(shut, open)
	if err != nil || len(d.Gone) != 0 || len(d.Terms) != 1 || !strings.Contains(d.Terms[0].When[0], "invalid") {
		t.Errorf("letting invalid ones in means %+v, %v", d, err)
	}
}
