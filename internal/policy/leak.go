package policy

import (
	"strings"

	"plumbline/internal/network"
)

// Leak gives the routes that one policy lets in and another lets out again, or ErrTooMany.
// Between the two a route keeps all that the first one did to it.
func Leak(in, out Side) (Set, error) {
	six := in.Policy != nil && in.Policy.IPv6 || out.Policy != nil && out.Policy.IPv6
	s, err := newSpace(six, in, out)
	if err != nil {
		return nil, err
	}
	d, err := s.classes()
	if err != nil {
		return nil, err
	}
	first, then := s.terms(in), s.terms(out)
	var found sieve
	for i, pfx := range d.pfx {
		d.each(func(at int, p point) {
			p.pfx = pfx
			if v := judge(first, p); v.accept {
				p.comm, p.large = v.comm, v.large
				if judge(then, p).accept {
					found.add(i, at)
				}
			}
		})
	}
	return s.boxes(d, found), nil
}

// MayLeak tells whether large communities alone leave it open that something one policy
// lets in is let out by another. Where they do not, Leak gives nothing: so a network of
// thousands of sessions needs few proofs, one for each pair of shapes.
func MayLeak(in, out Side) bool {
	s := &space{acts: map[string]uint64{}}
	for _, side := range []Side{in, out} {
		s.terms(side)
		for i := 0; side.Policy != nil && i < len(side.Policy.Terms); i++ {
			if m := side.Policy.Terms[i].Mark; m != "" {
				s.large.marks = append(s.large.marks, m)
			}
		}
	}
	if !s.large.settle() {
		return true
	}
	states := map[uint64]bool{}
	for _, l := range subsets(len(s.large.groups)) {
		states[l] = true
	}
	return len(through(s.terms(out), through(s.terms(in), states))) > 0
}

// through gives what marks a route may bear behind a policy that begins with one of some
// states. A term that asks more than large communities may take a route or not.
func through(terms []term, states map[uint64]bool) map[uint64]bool {
	out := map[uint64]bool{}
	for i := range terms {
		t, next := &terms[i], map[uint64]bool{}
		for s := range states {
			takes := !t.asksL || t.large&s != 0
			if !takes || t.pfx != -1 || t.hop != -1 || t.path != -1 || t.asksComm {
				next[s] = true
			}
			if !takes {
				continue
			}
			switch done := s&^t.strip | t.mark; t.does {
			case "accept":
				out[done] = true
			case "next":
				next[done] = true
			}
		}
		states = next
	}
	return out
}

// Shape tells sides apart as far as MayLeak does: by what their terms ask of large
// communities and do to them.
func Shape(side Side) string {
	if side.Policy == nil {
		return "all"
	}
	var b strings.Builder
	for i := range side.Policy.Terms {
		t := &side.Policy.Terms[i]
		if t.Prefixes != "" || t.Path != "" || t.Communities != "" || t.NextHops != "" || t.NextHop.IsValid() {
			b.WriteString("some ")
		}
		b.WriteString(t.Does + " " + t.Mark)
		for _, name := range []string{t.Large, t.Strip} {
			set, ok := side.communities(name)
			b.WriteString(" " + name)
			if ok {
				b.WriteString(shown(set))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func shown(set network.CommunitySet) string {
	var v values
	v.sets = []network.CommunitySet{set}
	v.settle()
	return "{" + v.words(1<<len(v.groups)-1) + "}"
}
