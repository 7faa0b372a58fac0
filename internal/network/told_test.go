package network

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// teller is a device with one session that lets its own prefix out, and one that lets nothing out.
func teller() *Device {
	return &Device{
		Name: "r1", System: &System{}, Interfaces: &Interfaces{Ports: []Port{{Name: "eth1"}}},
		Policy: &Policy{
			PrefixSets: []PrefixSet{{Name: "OURS", Items: []PrefixItem{{Prefix: netip.MustParsePrefix("203.0.113.0/24")}}}, {Name: "THEIRS"}},
			Routes: []RoutePolicy{
				{Name: "out", Terms: []Term{{Does: "accept", Prefixes: "OURS"}, {Does: "reject"}}},
				{Name: "in", Terms: []Term{{Does: "accept", Prefixes: "THEIRS"}}},
			},
		},
		BGP: &BGP{
			ASN: 65001, Origins: []Originated{{Prefix: netip.MustParsePrefix("203.0.113.0/24")}},
			Neighbors: []Neighbor{{Addr: netip.MustParseAddr("192.0.2.1"), ASN: 65002, Import: "in", Export: "out"}, {Addr: netip.MustParseAddr("192.0.2.2"), ASN: 65001}},
		},
		VRF: &VRF{Tables: []Table{{Name: "red", RT: "65001:1"}}},
	}
}

// TestTold holds which changes others learn of, by one change each.
func TestTold(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Device)
		told   string
	}{
		"nothing":                  {func(*Device) {}, ""},
		"what a session is called": {func(d *Device) { d.BGP.Neighbors[0].Description = "new" }, ""},
		"what is let in":           {func(d *Device) { d.Policy.Routes[1].Terms[0].Preference = 7 }, ""},
		"a set of what is let in":  {func(d *Device) { d.Policy.PrefixSets[1].IPv6 = true }, ""},
		"a port":                   {func(d *Device) { d.Interfaces.Ports = nil }, ""},
		"a session that goes":      {func(d *Device) { d.BGP.Neighbors, d.Policy.Routes = d.BGP.Neighbors[1:], d.Policy.Routes[1:] }, ""},
		"a prefix that goes":       {func(d *Device) { d.BGP.Origins = nil }, "BGP.Origins[203.0.113.0/24]"},
		"a prefix that comes": {func(d *Device) {
			d.BGP.Origins = append(d.BGP.Origins, Originated{Prefix: netip.MustParsePrefix("198.51.100.0/24")})
		}, "BGP.Origins[198.51.100.0/24]"},
		"a set of what is let out":  {func(d *Device) { d.Policy.PrefixSets[0].Items = nil }, "Policy.PrefixSets[OURS].Items[203.0.113.0/24]"},
		"a term of what is let out": {func(d *Device) { d.Policy.Routes[0].Terms = d.Policy.Routes[0].Terms[:1] }, "Policy.Routes[out].Terms"},
		"another policy":            {func(d *Device) { d.BGP.Neighbors[0].Export = "in" }, "BGP.Neighbors[192.0.2.1].Export"},
		"a policy that is left out": {func(d *Device) { d.BGP.Neighbors[1].Export = "out" }, "BGP.Neighbors[192.0.2.2]"},
		"a default route":           {func(d *Device) { d.BGP.Neighbors[0].SendDefault = true }, "BGP.Neighbors[192.0.2.1].SendDefault"},
		"reflection":                {func(d *Device) { d.BGP.Neighbors[1].Client = true }, "BGP.Neighbors[192.0.2.2]"},
		"the mark of a table":       {func(d *Device) { d.VRF.Tables[0].RT = "65001:2" }, "VRF.Tables[red].RT"},
	} {
		is := teller()
		is.Policy.Routes = slices.Clone(is.Policy.Routes)
		c.change(is)
		told := strings.Join(Told(teller(), is), " ")
		if (c.told == "") != (told == "") || !strings.HasPrefix(told, c.told) && !strings.Contains(told, " "+c.told) {
			t.Errorf("%s: told %q, want %q", name, told, c.told)
		}
	}
	if told := Told(nil, teller()); !slices.Contains(told, "BGP.Origins[203.0.113.0/24]") || !slices.Contains(told, "Policy.Routes[out]") {
		t.Errorf("a device that nothing is known of tells all: %v", told)
	}
}
