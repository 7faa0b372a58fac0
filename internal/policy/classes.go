package policy

import (
	"maps"
	"math"
	"slices"

	"plumbline/internal/network"
)

// most is how many classes of routes are tried at most.
const most = 1 << 23

// dims is the classes of routes, one list for each thing that can be asked.
type dims struct {
	tree   *node
	pfx    []uint64
	hop    []uint64
	path   []uint64
	comm   []uint64
	large  []uint64
	counts [4]int // of all but prefixes
}

// classes finds every class of routes that there is.
func (s *space) classes() (d dims, err error) {
	d.tree = grow(s.six, items(s.six, s.prefixes))
	bits := d.tree.prefix.Addr().BitLen()
	d.pfx = listed(d.tree, 0, bits)
	var hops []item
	for n, h := range s.hops {
		if h.set == nil {
			if p, err := h.addr.Prefix(bits); err == nil {
				hops = append(hops, item{p, bits, bits, n})
			}
			continue
		}
		for _, i := range items(s.six, []network.PrefixSet{*h.set}) {
			if i.low <= bits && i.high >= bits {
				hops = append(hops, item{i.prefix, bits, bits, n})
			}
		}
	}
	d.hop = listed(grow(s.six, hops), bits, bits)
	if d.path, err = pathClasses(s.paths); err != nil {
		return d, err
	}
	d.comm, d.large = subsets(len(s.comm.groups)), subsets(len(s.large.groups))
	d.counts = [4]int{len(d.hop), len(d.path), len(d.comm), len(d.large)}
	if n := len(d.pfx) * d.counts[0] * d.counts[1] * d.counts[2] * d.counts[3]; n > most {
		return d, ErrTooMany
	}
	return d, nil
}

func listed(n *node, low, high int) []uint64 {
	all := map[uint64]bool{}
	n.classes(all, low, high)
	return slices.Sorted(maps.Keys(all))
}

func subsets(n int) (out []uint64) {
	for i := range uint64(1) << n {
		out = append(out, i)
	}
	return out
}

// pathClasses gives every combination of sets that some path is in. A path of some length
// holds at least one system, unless it is empty, and at most as many as it is long.
func pathClasses(sets []network.PathSet) ([]uint64, error) {
	holds := systems(sets)
	if len(holds) > mostGroups {
		return nil, ErrTooMany
	}
	edges := []int{0, 1}
	for _, p := range sets {
		if p.Longer > 0 {
			edges = append(edges, p.Longer+1)
		}
	}
	slices.Sort(edges)
	edges = append(slices.Compact(edges), math.MaxInt)
	all := map[uint64]bool{}
	for i := range len(edges) - 1 {
		low, high := edges[i], edges[i+1]-1
		var by uint64
		for n, p := range sets {
			if p.Longer > 0 && low > p.Longer {
				by |= 1 << n
			}
		}
		for pick := range uint64(1) << len(holds) {
			in, k := by, 0
			for j, h := range holds {
				if pick>>j&1 == 1 {
					in, k = in|h, k+1
				}
			}
			if k == 0 && low == 0 || k > 0 && high >= k {
				all[in] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all)), nil
}

// systems gives every combination of sets that a single system is in.
func systems(sets []network.PathSet) []uint64 {
	edges := []uint64{0}
	for _, p := range sets {
		for _, r := range p.Holds {
			edges = append(edges, uint64(r.First), uint64(r.Last)+1)
		}
	}
	all := map[uint64]bool{}
	for _, at := range edges {
		if at > math.MaxUint32 {
			continue
		}
		var in uint64
		for n, p := range sets {
			if slices.ContainsFunc(p.Holds, func(r network.ASRange) bool { return uint64(r.First) <= at && at <= uint64(r.Last) }) {
				in |= 1 << n
			}
		}
		all[in] = true
	}
	return slices.Sorted(maps.Keys(all))
}
