package network

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
)

// TestMoved holds what changes do to counts, by one change each.
func TestMoved(t *testing.T) {
	prefix := netip.MustParsePrefix("198.51.100.0/24")
	for name, c := range map[string]struct {
		change func(*Device)
		want   string
	}{
		"nothing":                 {func(*Device) {}, "{[] 0 0 false}"},
		"a port":                  {func(d *Device) { d.Interfaces.Ports = nil }, "{[] 0 0 false}"},
		"what a session is for":   {func(d *Device) { d.BGP.Neighbors[0].Description = "new" }, "{[] 0 0 false}"},
		"a limit":                 {func(d *Device) { d.BGP.Neighbors[0].MaxPrefixes = 7 }, "{[default 192.0.2.1] -1 -1 false}"},
		"what a policy lets in":   {func(d *Device) { d.Policy.Routes[1].Terms[0].Preference = 7 }, "{[default 192.0.2.1] -1 -1 false}"},
		"a set that it asks":      {func(d *Device) { d.Policy.PrefixSets[1].IPv6 = true }, "{[default 192.0.2.1] -1 -1 false}"},
		"a policy of no session":  {func(d *Device) { d.Policy.Routes = append(d.Policy.Routes, RoutePolicy{Name: "idle"}) }, "{[] 0 0 false}"},
		"it lets nothing through": {func(d *Device) { d.Policy.Routes[0].Terms = nil }, "{[default 192.0.2.1] -1 -1 true}"},
		"a session that comes": {func(d *Device) {
			d.BGP.Neighbors = append(d.BGP.Neighbors, Neighbor{Addr: netip.MustParseAddr("192.0.2.3")})
		}, "{[] -1 0 false}"},
		"a session that goes":  {func(d *Device) { d.BGP.Neighbors = d.BGP.Neighbors[1:] }, "{[] 0 -1 true}"},
		"a prefix that comes":  {func(d *Device) { d.BGP.Origins = append(d.BGP.Origins, Originated{Prefix: prefix}) }, "{[] 1 0 false}"},
		"a prefix that goes":   {func(d *Device) { d.BGP.Origins = nil }, "{[] 0 1 true}"},
		"a prefix, marked":     {func(d *Device) { d.BGP.Origins[0].Policy = "out" }, "{[] 1 1 false}"},
		"the number of us all": {func(d *Device) { d.BGP.ASN = 65009 }, "{[default 192.0.2.1 default 192.0.2.2] -1 -1 false}"},
		"the mark of a table":  {func(d *Device) { d.VRF.Tables[0].RT = "65001:2" }, "{[] -1 -1 false}"},
		"a table that goes":    {func(d *Device) { d.VRF.Tables = nil }, "{[] -1 -1 true}"},
		"a session of a table": {func(d *Device) {
			d.VRF.Tables[0].Neighbors = []Neighbor{{Addr: netip.MustParseAddr("192.0.2.7")}}
		}, "{[red 192.0.2.7] -1 -1 false}"},
	} {
		is := teller()
		is.Policy.Routes, is.Policy.PrefixSets = slices.Clone(is.Policy.Routes), slices.Clone(is.Policy.PrefixSets)
		c.change(is)
		if have := fmt.Sprint(Moved(teller(), is)); have != c.want {
			t.Errorf("%s: %s, want %s", name, have, c.want)
		}
	}
	if have := fmt.Sprint(Moved(nil, teller())); have != "{[default 192.0.2.1 default 192.0.2.2] -1 -1 true}" {
		t.Errorf("of what nothing is known: %s", have)
	}
	if have := fmt.Sprint(Moved(nil, &Device{Name: "r1"})); have != "{[] 0 0 false}" {
		t.Errorf("of what speaks no BGP: %s", have)
	}
}

// TestOutside: a session whose far end is on one of ours is none from outside.
func TestOutside(t *testing.T) {
	far := &Device{Name: "r2", Interfaces: &Interfaces{Ports: []Port{{Addrs: []Addr{{Prefix: netip.MustParsePrefix("192.0.2.2/31")}}}}}}
	n := &Network{[]*Device{teller(), far}}
	if have := fmt.Sprint(n.Outside([]string{"r1", "r3"})); have != "map[r1:[default 192.0.2.1]]" {
		t.Error(have)
	}
}

func TestLimits(t *testing.T) {
	d := teller()
	d.BGP.Neighbors[0].MaxPrefixes = 200
	if have := fmt.Sprint(d.Limits(), (*Device)(nil).Limits()); have != "map[default 192.0.2.1:200] map[]" {
		t.Error(have)
	}
}
