package network

import (
	"net/netip"
	"testing"
)

// TestShort holds that numbers fit, that none stands twice, and that what is added to a set
// or taken from it hardly moves the others.
func TestShort(t *testing.T) {
	var s PrefixSet
	for i := range 1000 {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0})
		s.Items = append(s.Items, PrefixItem{Seq: i*i*104729%(1<<30) + 1, Prefix: netip.PrefixFrom(a, 24)})
	}
	numbers := func(s PrefixSet) map[netip.Prefix]int {
		out, taken := map[netip.Prefix]int{}, map[int]bool{}
		for _, i := range s.Short() {
			if i.Seq < 1 || i.Seq > 65535 || taken[i.Seq] {
				t.Fatalf("%s has the number %d", i.Prefix, i.Seq)
			}
			out[i.Prefix], taken[i.Seq] = i.Seq, true
		}
		return out
	}
	all, moved := numbers(s), 0
	fewer := PrefixSet{Items: s.Items[1:]}
	for p, n := range numbers(fewer) {
		if all[p] != n {
			moved++
		}
	}
	if len(all) != 1000 || moved > 5 {
		t.Errorf("%d of %d items moved", moved, len(all))
	}
	if got := (PrefixSet{Items: []PrefixItem{{Seq: 5}, {Seq: 10}}}).Short(); got[0].Seq != 5 || got[1].Seq != 10 {
		t.Errorf("small numbers changed: %v", got)
	}
	if (PrefixSet{Items: make([]PrefixItem, 65536)}).Short() != nil {
		t.Error("there are not so many numbers")
	}
}

// TestNarrowed holds when the longest match alone says less than the whole set.
func TestNarrowed(t *testing.T) {
	item := func(p string, low, high int) PrefixItem {
		return PrefixItem{Prefix: netip.MustParsePrefix(p), Min: low, Max: high}
	}
	for _, c := range []struct {
		items []PrefixItem
		want  bool
	}{
		{[]PrefixItem{item("10.0.0.0/8", 0, 24), item("10.1.0.0/16", 0, 24)}, false},
		{[]PrefixItem{item("10.0.0.0/8", 0, 24), item("10.1.2.0/24", 0, 0)}, false},
		{[]PrefixItem{item("10.0.0.0/8", 0, 0), item("10.1.0.0/16", 0, 0)}, false},
		{[]PrefixItem{item("10.0.0.0/8", 0, 24), item("10.1.0.0/16", 0, 0)}, true},
		{[]PrefixItem{item("0.0.0.0/0", 25, 0), item("10.0.0.0/8", 0, 24)}, true},
		{[]PrefixItem{item("10.1.0.0/16", 0, 0), item("11.0.0.0/8", 0, 32)}, false},
	} {
		if got := (PrefixSet{Items: c.items}).Narrowed(); got != c.want {
			t.Errorf("%v: %v", c.items, got)
		}
	}
}
