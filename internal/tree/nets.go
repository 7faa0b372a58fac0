package tree

import (
	"net/netip"
	"slices"
	"sort"
	"strings"

	"plumbline/internal/tree/dialect"
)

// rooms is what commands make room for: values, and networks by the part of the device they are of.
type rooms struct {
	of   map[string]*cmd
	nets map[string][]vacancy
	at   map[*node]int // where that of a line stands among them
}

// vacancy is the addresses that a command lets go of, from the first to the last; reach is the
// last one of all that stand before it and of itself.
type vacancy struct {
	first, last, reach netip.Addr
	in                 *node // the block whose line had them
	by                 *cmd
}

// span gives the part of the device and the addresses of the network of a line; it is false where
// the line holds no network.
func span(name string, n *node, r *dialect.Rule) (part string, v vacancy, ok bool) {
	if r.Clash != "overlap" {
		return "", v, false
	}
	p, err := netip.ParsePrefix(n.m.slot(r.Unique.Slots[0]))
	if err != nil {
		return "", v, false
	}
	if part = r.Unique.Kind; len(r.Within) > 0 {
		part += name[strings.LastIndexByte(name, ','):]
	}
	first := p.Masked().Addr()
	last := first.AsSlice()
	for bit := p.Bits(); bit < first.BitLen(); bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	return part, vacancy{first: first, last: end, in: n.parent}, true
}

// note keeps the network that a command makes room for.
func (r *rooms) note(name string, n *node, rule *dialect.Rule, by *cmd) {
	part, v, ok := span(name, n, rule)
	if !ok {
		return
	}
	if r.nets == nil {
		r.nets, r.at = map[string][]vacancy{}, map[*node]int{}
	}
	v.by = by
	if at, known := r.at[n]; known { // it goes with another command
		r.nets[part][at] = v
		return
	}
	r.at[n] = len(r.nets[part])
	r.nets[part] = append(r.nets[part], v)
}

func (r *rooms) sort() {
	for _, of := range r.nets {
		slices.SortStableFunc(of, func(a, b vacancy) int { return a.first.Compare(b.first) })
		var reach netip.Addr
		for i := range of {
			if reach.Less(of[i].last) {
				reach = of[i].last
			}
			of[i].reach = reach
		}
	}
}

// around visits the commands that make room for the network of a line: what other blocks had of
// its addresses goes first.
func (r *rooms) around(name string, n *node, rule *dialect.Rule, f func(*cmd)) {
	if len(r.nets) == 0 {
		return
	}
	part, v, ok := span(name, n, rule)
	if !ok {
		return
	}
	of := r.nets[part]
	behind := sort.Search(len(of), func(i int) bool { return v.last.Less(of[i].first) })
	for i := behind - 1; i >= 0 && !of[i].reach.Less(v.first); i-- {
		if !of[i].last.Less(v.first) && of[i].in.mate != n.parent {
			f(of[i].by)
		}
	}
}
