package network

import (
	"net/netip"
	"testing"
)

// TestDefaultMoves: a default route may go where facts say something of it, and else it may not.
func TestDefaultMoves(t *testing.T) {
	device := func(edit func(*Device)) *Device {
		item := PrefixItem{Prefix: netip.MustParsePrefix("198.51.100.0/24")}
		d := &Device{Name: "r1", Policy: &Policy{PrefixSets: []PrefixSet{{Name: "P", Items: []PrefixItem{item}}}},
			BGP: &BGP{Neighbors: []Neighbor{{Addr: netip.MustParseAddr("192.0.2.1"), Import: "IN"}, {Addr: netip.MustParseAddr("192.0.2.2")}}}}
		if edit != nil {
			edit(d)
		}
		return d
	}
	for name, c := range map[string]struct {
		edit func(*Device)
		want bool
	}{
		"nothing":        {nil, false},
		"a description":  {func(d *Device) { d.BGP.Neighbors[0].Description = "x" }, false},
		"another prefix": {func(d *Device) { d.Policy.PrefixSets[0].Items[0].Prefix = netip.MustParsePrefix("203.0.113.0/24") }, false},
		"that prefix":    {func(d *Device) { d.Policy.PrefixSets[0].Items[0].Prefix = netip.MustParsePrefix("0.0.0.0/0") }, true},
		"that of IPv6":   {func(d *Device) { d.Policy.PrefixSets[0].Items[0].Prefix = netip.MustParsePrefix("::/0") }, true},
		"other policies": {func(d *Device) { d.BGP.Neighbors[0].Import = "OTHER" }, true},
		"it is told":     {func(d *Device) { d.BGP.Neighbors[0].SendDefault = true }, true},
		"a session goes": {func(d *Device) { d.BGP.Neighbors = d.BGP.Neighbors[:1] }, true},
		"a session comes": {func(d *Device) {
			d.BGP.Neighbors = append(d.BGP.Neighbors, Neighbor{Addr: netip.MustParseAddr("192.0.2.3")})
		}, false},
		"its limit, alone": {func(d *Device) { d.BGP.Neighbors[0].MaxPrefixes = 7 }, false},
	} {
		if have := DefaultMoves(device(nil), device(c.edit)); have != c.want {
			t.Errorf("%s: %v", name, have)
		}
	}
	if !DefaultMoves(nil, device(nil)) || !DefaultMoves(device(nil), nil) {
		t.Error("of a device that nothing is known of")
	}
}
