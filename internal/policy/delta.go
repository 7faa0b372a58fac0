package policy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/network"
)

// Delta is what a change of a policy means.
type Delta struct {
	// Let through newly, though its sets would have kept it out under the terms that were.
	Terms Set
	// Let through newly, since a set holds something else.
	Sets Set
	// Let through no longer.
	Gone Set
	// Let through as before, with other marks or another preference.
	Altered Set
	// The terms are the same in another order.
	Reordered bool
}

// Set is routes.
type Set []Box

// Box is routes whose prefix is in one of the regions, and which are as all of When says.
type Box struct {
	Prefixes []Region
	When     []string
}

// Lines tells the set to a person, a region in each line.
func (s Set) Lines() (out []string) {
	for _, b := range s {
		when := ""
		if len(b.When) > 0 {
			when = ", with " + strings.Join(b.When, ", and ")
		}
		for _, r := range b.Prefixes {
			out = append(out, r.String()+when)
		}
	}
	return out
}

// Compare tells what changes between two sides, or ErrTooMany.
func Compare(was, is Side) (Delta, error) {
	six := is.Policy != nil && is.Policy.IPv6 || was.Policy != nil && was.Policy.IPv6
	// The terms that were, asking the sets that are: what is let through newly by these too
	// comes from the sets. A set that is gone or empty is no new set: it counts as it was. The
	// address of a next hop is a set of one.
	between := Side{Sets: is.Sets, Else: was.Sets, Policy: hopping(was.Policy, is.Policy)}
	s, err := newSpace(six, was, is, between)
	if err != nil {
		return Delta{}, err
	}
	d, err := s.classes()
	if err != nil {
		return Delta{}, err
	}
	a, b, c := s.terms(was), s.terms(between), s.terms(is)
	var found [4]sieve
	for i, pfx := range d.pfx {
		d.each(func(at int, p point) {
			p.pfx = pfx
			x, z := judge(a, p), judge(c, p)
			switch {
			case x.accept && !z.accept:
				found[2].add(i, at)
			case x.accept && z.accept && x.acts != z.acts:
				found[3].add(i, at)
			case !x.accept && z.accept && judge(b, p).accept:
				found[1].add(i, at)
			case !x.accept && z.accept:
				found[0].add(i, at)
			}
		})
	}
	out := Delta{Reordered: Reordered(was.Policy, is.Policy)}
	for i, into := range []*Set{&out.Terms, &out.Sets, &out.Gone, &out.Altered} {
		*into = s.boxes(d, found[i])
	}
	return out, nil
}

// hopping gives the terms that were, asking for the next hops that are: those of the terms that
// differ in nothing else.
func hopping(was, is *network.RoutePolicy) *network.RoutePolicy {
	if was == nil || is == nil {
		return was
	}
	hopless := func(t network.Term) network.Term {
		t.NextHop = netip.Addr{}
		return bare(t)
	}
	out := *was
	out.Terms = slices.Clone(was.Terms)
	for i := range out.Terms {
		t := &out.Terms[i]
		at := slices.IndexFunc(is.Terms, func(x network.Term) bool { return x.NextHop.IsValid() && hopless(x) == hopless(*t) })
		if t.NextHop.IsValid() && at >= 0 {
			t.NextHop = is.Terms[at].NextHop
		}
	}
	return &out
}

// each goes through all classes of one class of prefixes.
func (d *dims) each(f func(at int, p point)) {
	at := 0
	for _, h := range d.hop {
		for _, a := range d.path {
			for _, c := range d.comm {
				for _, l := range d.large {
					f(at, point{hop: h, path: a, comm: c, large: l})
					at++
				}
			}
		}
	}
}

// sieve keeps, for each class of prefixes, which classes of all else were found.
type sieve map[int]map[int]bool

func (s *sieve) add(pfx, at int) {
	if *s == nil {
		*s = sieve{}
	}
	if (*s)[pfx] == nil {
		(*s)[pfx] = map[int]bool{}
	}
	(*s)[pfx][at] = true
}

// boxes puts what was found into words: classes of prefixes with the same conditions are
// told together.
func (s *space) boxes(d dims, found sieve) (out Set) {
	type told struct {
		pfx   map[uint64]bool
		boxes [][4][]int
	}
	alike := map[string]*told{}
	var order []string
	for i, pfx := range d.pfx {
		if len(found[i]) == 0 {
			continue
		}
		boxes := split(found[i], d.counts, 0, 0)
		key := fmt.Sprint(boxes)
		if alike[key] == nil {
			alike[key] = &told{map[uint64]bool{}, boxes}
			order = append(order, key)
		}
		alike[key].pfx[pfx] = true
	}
	for _, key := range order {
		regions := d.tree.regions(alike[key].pfx)
		for _, b := range alike[key].boxes {
			out = append(out, Box{regions, s.when(d, b)})
		}
	}
	return out
}

// split cuts classes into boxes: in each, any value of one list goes with any of the others.
func split(found map[int]bool, counts [4]int, depth, base int) (out [][4][]int) {
	if depth == len(counts) {
		if found[base] {
			return [][4][]int{{}}
		}
		return nil
	}
	var order []string
	parts := map[string][][4][]int{}
	values := map[string][]int{}
	for v := range counts[depth] {
		sub := split(found, counts, depth+1, base*counts[depth]+v)
		if len(sub) == 0 {
			continue
		}
		key := fmt.Sprint(sub)
		if parts[key] == nil {
			order = append(order, key)
		}
		parts[key], values[key] = sub, append(values[key], v)
	}
	for _, key := range order {
		for _, b := range parts[key] {
			b[depth] = values[key]
			out = append(out, b)
		}
	}
	return out
}

// when tells the conditions of a box; what any value will do for is not told.
func (s *space) when(d dims, b [4][]int) (out []string) {
	var names [4][]string
	for _, h := range s.hops {
		if h.set == nil {
			names[0] = append(names[0], h.addr.String())
		} else {
			names[0] = append(names[0], h.set.Name)
		}
	}
	for _, p := range s.paths {
		names[1] = append(names[1], p.Name)
	}
	for i, v := range []*values{&s.comm, &s.large} {
		for _, g := range v.groups {
			names[2+i] = append(names[2+i], strings.Join(g.names, "/"))
		}
	}
	what := [4]string{"next hop", "path", "community", "large community"}
	for i, all := range [4][]uint64{d.hop, d.path, d.comm, d.large} {
		if len(b[i]) == len(all) {
			continue
		}
		var chosen []uint64
		for _, v := range b[i] {
			chosen = append(chosen, all[v])
		}
		out = append(out, what[i]+" "+literals(all, chosen, before(names[i])))
	}
	return out
}

// before tells two sets of one name apart: the first is the one that was.
func before(names []string) []string {
	out := slices.Clone(names)
	for i, n := range out {
		if slices.Contains(out[i+1:], n) {
			out[i] = n + " (before)"
		}
	}
	return out
}

// literals says of which sets a member is that is one of chosen and not another of all,
// with no set in it that makes no difference.
func literals(all, chosen []uint64, names []string) string {
	ask := uint64(1)<<len(names) - 1
	for i := range names {
		if less := ask &^ (1 << i); decides(all, chosen, less) {
			ask = less
		}
	}
	said := map[string]bool{}
	var parts []string
	for _, c := range chosen {
		var words []string
		for i, n := range names {
			switch {
			case ask>>i&1 == 0:
			case c>>i&1 == 1:
				words = append(words, n)
			default:
				words = append(words, "not "+n)
			}
		}
		if text := strings.Join(words, " and "); !said[text] {
			said[text] = true
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " or ")
}

// decides tells whether the sets of ask alone tell chosen from the rest.
func decides(all, chosen []uint64, ask uint64) bool {
	first := map[uint64]bool{}
	for _, x := range all {
		is := slices.Contains(chosen, x)
		if was, seen := first[x&ask]; seen && was != is {
			return false
		}
		first[x&ask] = is
	}
	return true
}
