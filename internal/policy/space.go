package policy

import (
	"net/netip"
	"slices"

	"plumbline/internal/network"
)

// space is everything that some policies ask of a route.
type space struct {
	six      bool
	prefixes []network.PrefixSet
	hops     []hop
	paths    []network.PathSet
	comm     values
	large    values
	acts     map[string]uint64
}

// hop is a next hop, or a set of them.
type hop struct {
	addr netip.Addr
	set  *network.PrefixSet
}

// newSpace collects what the sides ask. The first pass meets the sets and communities,
// after which groups of communities can be told apart.
func newSpace(six bool, sides ...Side) (*space, error) {
	s := &space{six: six, acts: map[string]uint64{}}
	for _, side := range sides {
		s.terms(side)
		for j := 0; side.Policy != nil && j < len(side.Policy.Terms); j++ {
			if m := side.Policy.Terms[j].Mark; m != "" {
				s.large.marks = append(s.large.marks, m)
			}
			if t := side.Policy.Terms[j]; t.Invalid && t.Communities != "" {
				return nil, ErrTooMany // one term asks two things of what is one thing here
			}
			if side.Policy.Terms[j].Shut {
				s.comm.marks = append(s.comm.marks, shutdown)
			}
		}
	}
	if max(len(s.prefixes), len(s.hops), len(s.paths), len(s.comm.sets), len(s.large.sets)) > mostSets ||
		!s.comm.settle() || !s.large.settle() {
		return nil, ErrTooMany
	}
	return s, nil
}

// lookup finds a set of a side, elsewhere where the side lacks it or has it empty.
func lookup[T any](side Side, sets func(*network.Policy) []T, is, empty func(T) bool) (out T, ok bool) {
	for _, p := range []*network.Policy{side.Sets, side.Else} {
		if p == nil {
			continue
		}
		if i := slices.IndexFunc(sets(p), is); i >= 0 && (!ok || empty(out)) {
			out, ok = sets(p)[i], true
		}
	}
	return out, ok
}

func (side Side) prefixes(name string) (network.PrefixSet, bool) {
	return lookup(side, func(p *network.Policy) []network.PrefixSet { return p.PrefixSets },
		func(s network.PrefixSet) bool { return s.Name == name },
		func(s network.PrefixSet) bool { return len(s.Items) == 0 })
}

func (side Side) paths(name string) (network.PathSet, bool) {
	return lookup(side, func(p *network.Policy) []network.PathSet { return p.PathSets },
		func(s network.PathSet) bool { return s.Name == name },
		func(s network.PathSet) bool { return len(s.Holds) == 0 && s.Longer == 0 })
}

func (side Side) communities(name string) (network.CommunitySet, bool) {
	return lookup(side, func(p *network.Policy) []network.CommunitySet { return p.CommunitySets },
		func(s network.CommunitySet) bool { return s.Name == name },
		func(s network.CommunitySet) bool { return len(s.Items) == 0 && s.Of == 0 })
}

// enter gives the number of a set, and makes one for a set that is new.
func enter[T any](all *[]T, set T, same func(a, b T) bool) int {
	for i, x := range *all {
		if same(x, set) {
			return i
		}
	}
	*all = append(*all, set)
	return len(*all) - 1
}

func (s *space) pfx(side Side, name string) int {
	set, ok := side.prefixes(name)
	if !ok {
		return never
	}
	return enter(&s.prefixes, set, sameItems)
}

func (s *space) hopSet(side Side, name string) int {
	set, ok := side.prefixes(name)
	if !ok {
		return never
	}
	return enter(&s.hops, hop{set: &set}, func(a, b hop) bool { return a.set != nil && sameItems(*a.set, *b.set) })
}

func (s *space) hopAddr(a netip.Addr) int {
	return enter(&s.hops, hop{addr: a}, func(a, b hop) bool { return a.set == nil && a.addr == b.addr })
}

func (s *space) path(side Side, name string) int {
	set, ok := side.paths(name)
	if !ok {
		return never
	}
	return enter(&s.paths, set, sameSystems)
}
