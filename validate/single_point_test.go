package validate_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/network"
	"plumbline/validate"
)

type cable struct{ a, b int }

// laid is a network of n routers with some cables, each with both families.
func laid(n int, cables []cable) *network.Network {
	net := new(network.Network)
	for i := range n {
		net.Devices = append(net.Devices, &network.Device{Name: fmt.Sprint("r", i), At: spot, Interfaces: new(network.Interfaces), IGP: &network.IGP{Protocol: "ospf"}})
	}
	for k, c := range cables {
		for side, i := range []int{c.a, c.b} {
			d, name := net.Devices[i], fmt.Sprint("eth", k)
			d.Interfaces.Ports = append(d.Interfaces.Ports, network.Port{Name: name, From: spot, Addrs: []network.Addr{
				{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(k), byte(side)}), 31)},
				{Prefix: netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 1, 15: byte(side), 14: byte(k)}), 127)},
			}})
			d.IGP.Ports = append(d.IGP.Ports, network.IGPPort{Name: name, Cost: 10})
		}
	}
	return net
}

// parts counts the pieces that are left without a router, -1 for none, and a cable.
func parts(n int, cables []cable, without, cut int) (count int) {
	seen := map[int]bool{without: true}
	var walk func(int)
	walk = func(i int) {
		seen[i] = true
		for k, c := range cables {
			for _, way := range [][2]int{{c.a, c.b}, {c.b, c.a}} {
				if k != cut && way[0] == i && !seen[way[1]] {
					walk(way[1])
				}
			}
		}
	}
	for i := range n {
		if !seen[i] {
			count++
			walk(i)
		}
	}
	return count
}

// TestSinglePoint holds against taking every router and every cable away in turn.
func TestSinglePoint(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	found := 0
	for range 300 {
		n := 4 + r.IntN(5)
		var cables []cable
		for i := 1; i < n; i++ {
			cables = append(cables, cable{r.IntN(i), i})
		}
		for range r.IntN(n) {
			if c := (cable{r.IntN(n), r.IntN(n)}); c.a != c.b {
				cables = append(cables, c)
			}
		}
		var want []string
		for i := range n {
			if parts(n, cables, i, -1) > 1 {
				want = append(want, fmt.Sprintf("r%d is the only way between some of the others", i))
			}
		}
		for k, c := range cables {
			if parts(n, cables, -1, k) > 1 {
				want = append(want, fmt.Sprintf("the link between r%d and r%d", min(c.a, c.b), max(c.a, c.b)))
			}
		}
		var have []string
		for _, d := range validate.Run(validate.View{Is: laid(n, cables), Now: today}) {
			var a, b int
			switch {
			case d.Rule != "igp/single-point":
			case strings.HasPrefix(d.Text, "the link"):
				if _, err := fmt.Sscanf(d.Text, "the link between r%d and r%d", &a, &b); err != nil {
					t.Fatal(d.Text)
				}
				have = append(have, fmt.Sprintf("the link between r%d and r%d", min(a, b), max(a, b)))
			default:
				have = append(have, d.Text)
			}
		}
		slices.Sort(want)
		slices.Sort(have)
		if !slices.Equal(want, have) {
			t.Fatalf("%d routers, cables %v: have %q, want %q", n, cables, have, want)
		}
		found += len(want)
	}
	if found < 300 {
		t.Errorf("only %d single points in all: the networks try nothing", found)
	}
}
