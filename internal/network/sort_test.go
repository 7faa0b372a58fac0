package network

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func many() *Network {
	n := new(Network)
	for _, name := range []string{"r1", "r2", "r3"} {
		d := &Device{Name: name, Interfaces: new(Interfaces), IGP: new(IGP), Policy: new(Policy), BGP: new(BGP)}
		for _, p := range []string{"10.0.0.0/24", "10.0.0.0/25", "10.0.1.0/24", "2001:db8::/32"} {
			x := netip.MustParsePrefix(p)
			d.Interfaces.Ports = append(d.Interfaces.Ports, Port{Name: p, Addrs: []Addr{{Prefix: x}}})
			d.IGP.Ports = append(d.IGP.Ports, IGPPort{Name: p})
			d.BGP.Origins = append(d.BGP.Origins, Originated{Prefix: x})
			d.Policy.PrefixSets = append(d.Policy.PrefixSets, PrefixSet{Name: p, Items: []PrefixItem{{Prefix: x}}})
			d.Policy.PathSets = append(d.Policy.PathSets, PathSet{Name: p})
			d.Policy.CommunitySets = append(d.Policy.CommunitySets, CommunitySet{Name: p})
			d.Policy.Routes = append(d.Policy.Routes, RoutePolicy{Name: p})
		}
		for _, a := range []string{"10.0.0.1", "10.0.0.2", "2001:db8::1"} {
			d.BGP.Neighbors = append(d.BGP.Neighbors, Neighbor{Addr: netip.MustParseAddr(a)})
		}
		n.Devices = append(n.Devices, d)
	}
	return n
}

// TestSort holds the law: whatever order facts came in, they leave in one.
func TestSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		n := many()
		swap := func(n int, f func(i, j int)) { r.Shuffle(n, f) }
		swap(len(n.Devices), func(i, j int) { n.Devices[i], n.Devices[j] = n.Devices[j], n.Devices[i] })
		for _, d := range n.Devices {
			swap(4, func(i, j int) {
				d.Interfaces.Ports[i], d.Interfaces.Ports[j] = d.Interfaces.Ports[j], d.Interfaces.Ports[i]
			})
			swap(4, func(i, j int) { d.IGP.Ports[i], d.IGP.Ports[j] = d.IGP.Ports[j], d.IGP.Ports[i] })
			swap(4, func(i, j int) { d.BGP.Origins[i], d.BGP.Origins[j] = d.BGP.Origins[j], d.BGP.Origins[i] })
			swap(3, func(i, j int) { d.BGP.Neighbors[i], d.BGP.Neighbors[j] = d.BGP.Neighbors[j], d.BGP.Neighbors[i] })
			p := d.Policy
			swap(4, func(i, j int) { p.PrefixSets[i], p.PrefixSets[j] = p.PrefixSets[j], p.PrefixSets[i] })
			swap(4, func(i, j int) { p.PathSets[i], p.PathSets[j] = p.PathSets[j], p.PathSets[i] })
			swap(4, func(i, j int) { p.CommunitySets[i], p.CommunitySets[j] = p.CommunitySets[j], p.CommunitySets[i] })
			swap(4, func(i, j int) { p.Routes[i], p.Routes[j] = p.Routes[j], p.Routes[i] })
		}
		n.Sort()
		if diff := cmp.Diff(many(), n, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
			t.Fatalf("the order reached the model: %s", diff)
		}
	}
}

func TestDevice(t *testing.T) {
	n := many()
	if d := n.Device("r2"); d == nil || d.Name != "r2" {
		t.Error("r2 is not found")
	}
	if n.Device("r4") != nil {
		t.Error("a device is found that is not there")
	}
	if b := n.Device("r1").BGP; !b.IPv4() || !b.IPv6() || new(BGP).IPv4() {
		t.Error("the families of a speaker are wrong")
	}
}
