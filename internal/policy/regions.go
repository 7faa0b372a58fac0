package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/network"
)

// Region is prefixes: those inside Within that are from Low to High bits long, without
// those inside one of Except.
type Region struct {
	Within    netip.Prefix
	Low, High int
	Except    []netip.Prefix
}

// Holds tells whether a prefix is in the region.
func (r Region) Holds(p netip.Prefix) bool {
	return inside(r.Within, p) && p.Bits() >= r.Low && p.Bits() <= r.High &&
		!slices.ContainsFunc(r.Except, func(e netip.Prefix) bool { return inside(e, p) })
}

func inside(outer, p netip.Prefix) bool { return outer.Bits() <= p.Bits() && outer.Contains(p.Addr()) }

// mostExcept is how many exceptions are told of a region; more are counted.
const mostExcept = 12

// String tells the region to a person.
func (r Region) String() string {
	text := r.Within.String()
	switch {
	case r.Low == r.High && r.Low == r.Within.Bits():
	case r.Low == r.Within.Bits():
		text += fmt.Sprintf(" up to /%d", r.High)
	default:
		text += fmt.Sprintf(" from /%d to /%d", r.Low, r.High)
	}
	var but []string
	for i, e := range r.Except {
		if i == mostExcept {
			but = append(but, fmt.Sprintf("%d more", len(r.Except)-mostExcept))
			break
		}
		but = append(but, e.String())
	}
	if len(but) > 0 {
		text += " but not inside " + strings.Join(but, ", ")
	}
	return text
}

// node is a prefix that some set names, and the nodes right inside it.
type node struct {
	prefix   netip.Prefix
	children []*node
	runs     []run
}

// run is all lengths at which a prefix of a node, outside its children, is in the same sets.
type run struct {
	low, high int
	in        uint64
}

// item is what a set, by its number, matches inside a prefix.
type item struct {
	prefix    netip.Prefix
	low, high int
	set       int
}

func items(six bool, sets []network.PrefixSet) (out []item) {
	for n, s := range sets {
		for _, i := range s.Items {
			if low, high := i.Lengths(); i.Prefix.Addr().Is6() == six {
				out = append(out, item{i.Prefix.Masked(), low, high, n})
			}
		}
	}
	return out
}

// root is every prefix of a family.
func root(six bool) netip.Prefix {
	if six {
		return netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	return netip.PrefixFrom(netip.IPv4Unspecified(), 0)
}

// grow makes the tree of all prefixes that sets name, and finds which sets each length is in.
func grow(six bool, all []item) *node {
	slices.SortFunc(all, func(a, b item) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()))
	})
	top := &node{prefix: root(six)}
	way, active := []*node{top}, [][]item{nil}
	for len(all) > 0 {
		p, n := all[0].prefix, 1
		for n < len(all) && all[n].prefix == p {
			n++
		}
		for !inside(way[len(way)-1].prefix, p) {
			way, active = way[:len(way)-1], active[:len(active)-1]
		}
		here, above := way[len(way)-1], active[len(active)-1]
		now := append(slices.Clip(above), all[:n]...)
		if p == here.prefix {
			active[len(active)-1] = now
			here.runs = runs(here.prefix, now)
		} else {
			next := &node{prefix: p, runs: runs(p, now)}
			here.children = append(here.children, next)
			way, active = append(way, next), append(active, now)
		}
		all = all[n:]
	}
	if top.runs == nil {
		top.runs = runs(top.prefix, nil)
	}
	return top
}

// runs cuts the lengths of prefixes inside p where a set begins or ends.
func runs(p netip.Prefix, active []item) (out []run) {
	for l := p.Bits(); l <= p.Addr().BitLen(); l++ {
		var in uint64
		for _, i := range active {
			if i.low <= l && l <= i.high {
				in |= 1 << i.set
			}
		}
		if n := len(out); n > 0 && out[n-1].in == in {
			out[n-1].high = l
		} else {
			out = append(out, run{l, l, in})
		}
	}
	return out
}

// longest is the greatest length at which there is a prefix of the node that is in none of
// its children; one less than its own length where there is none.
func (n *node) longest() int {
	most, next := 0, n.prefix.Masked().Addr()
	for _, c := range n.children {
		if c.prefix.Addr() != next {
			return n.prefix.Addr().BitLen()
		}
		most, next = max(most, c.prefix.Bits()), after(c.prefix)
	}
	if len(n.children) == 0 || next != after(n.prefix) {
		return n.prefix.Addr().BitLen()
	}
	return most - 1
}

// after is the address behind a prefix; the zero address where that is the last.
func after(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last.Next()
}

// classes gives every combination of sets that some prefix is in; with at, that some prefix
// of this length is in.
func (n *node) classes(into map[uint64]bool, low, high int) {
	most := min(n.longest(), high)
	for _, r := range n.runs {
		if max(r.low, low) <= min(r.high, most) {
			into[r.in] = true
		}
	}
	for _, c := range n.children {
		c.classes(into, low, high)
	}
}

// regions gives the prefixes that are in one of some combinations of sets, in as few words
// as the tree allows.
func (n *node) regions(want map[uint64]bool) []Region {
	var out []*Region
	n.tell(want, nil, &out)
	var all []Region
	for _, r := range out {
		all = append(all, *r)
	}
	return all
}

// tell adds what a node brings beside what the regions around it hold here already. A
// region that would say too much here gets an exception.
func (n *node) tell(want map[uint64]bool, around []*Region, out *[]*Region) {
	most, bits := n.longest(), n.prefix.Addr().BitLen()
	var ours [129]bool // lengths that are wanted
	var free [129]bool // lengths of which there is no prefix here
	for _, r := range n.runs {
		for l := r.low; l <= r.high; l++ {
			ours[l], free[l] = want[r.in] && l <= most, l > most
		}
	}
	var kept []*Region
	var held [129]bool
	for _, r := range around {
		fits := true
		for l := max(r.Low, n.prefix.Bits()); l <= r.High; l++ {
			fits = fits && (ours[l] || free[l])
		}
		if !fits {
			r.Except = append(r.Except, n.prefix)
			continue
		}
		kept = append(kept, r)
		for l := max(r.Low, n.prefix.Bits()); l <= r.High; l++ {
			held[l] = true
		}
	}
	for l := n.prefix.Bits(); l <= bits; l++ {
		if !ours[l] || held[l] {
			continue
		}
		r := &Region{Within: n.prefix, Low: l, High: l}
		for r.High < bits && ours[r.High+1] && !held[r.High+1] {
			r.High++
		}
		l = r.High
		*out, kept = append(*out, r), append(kept, r)
	}
	for _, c := range n.children {
		c.tell(want, kept, out)
	}
}
