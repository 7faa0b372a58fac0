package validate_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/validate"
)

// route is one of the sample space.
type route struct {
	prefix      netip.Prefix
	path        []uint32
	comm, large []string
	hop         netip.Addr
}

// The sample space: every prefix that the random sets can tell apart, and all that can be
// asked besides.
var (
	samplePaths = [][]uint32{{}, {64500}, {64512}, {174}, {64500, 64512}, {174, 64512}, longPath(60), append(longPath(60), 174)}
	sampleComms = [][]string{{}, {"65535:0"}, {"65535:666"}, {"65535:0", "65535:666"}, {"1:1"}}
	sampleLarge = []string{"64496:1:0", "64496:1:1", "64496:1:2", "64496:9:9", "64497:1:1"}
	sampleHops  = []netip.Addr{netip.MustParseAddr("198.18.0.77"), netip.MustParseAddr("198.18.0.78"), netip.MustParseAddr("10.0.0.1")}
)

func longPath(n int) (out []uint32) {
	for range n {
		out = append(out, 64500)
	}
	return out
}

func samplePrefixes() (out []netip.Prefix) {
	for _, s := range []string{"0.0.0.0/0", "192.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "198.51.100.0/25"} {
		out = append(out, netip.MustParsePrefix(s).Masked())
	}
	for bits := 28; bits <= 32; bits++ {
		for i := 0; i < 16; i += 1 << (32 - bits) {
			out = append(out, netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), bits))
		}
	}
	return out
}

// passes is what a device does, term by term and element by element. It knows nothing of
// how check finds its answer.
func passes(p *network.Policy, r *network.RoutePolicy, x route) (bool, string) {
	ok, did, _ := goes(p, r, x)
	return ok, did
}

// goes tells also what the route bears then.
func goes(p *network.Policy, r *network.RoutePolicy, x route) (bool, string, route) {
	large, did := slices.Clone(x.large), ""
	comm := slices.Clone(x.comm)
	for _, t := range r.Terms {
		if t.Prefixes != "" && !hits(p, t.Prefixes, x.prefix) ||
			t.NextHops != "" && !hits(p, t.NextHops, netip.PrefixFrom(x.hop, 32)) ||
			t.NextHop.IsValid() && t.NextHop != x.hop ||
			t.Path != "" && !onPath(p, t.Path, x.path) ||
			t.Communities != "" && !bears(p, t.Communities, comm) ||
			t.Large != "" && !bears(p, t.Large, large) {
			continue
		}
		if t.Does == "reject" {
			return false, "", x
		}
		if t.Strip != "" {
			large = slices.DeleteFunc(large, func(l string) bool { return bears(p, t.Strip, []string{l}) })
			did += " strip"
		}
		if t.Mark != "" {
			large, did = append(large, t.Mark), did+" "+t.Mark
		}
		if t.Shut {
			comm, did = append(comm, "65535:0"), did+" shut"
		}
		if t.Prefer {
			did += fmt.Sprint(" ", t.Preference)
		}
		if t.Does == "accept" {
			x.comm, x.large = comm, large
			return true, did, x
		}
	}
	return false, "", x
}

func hits(p *network.Policy, name string, x netip.Prefix) bool {
	for _, s := range p.PrefixSets {
		for _, i := range s.Items {
			low, high := i.Prefix.Bits(), i.Prefix.Bits()
			if i.Min > 0 {
				low, high = i.Min, 32
			}
			if i.Max > 0 {
				high = i.Max
			}
			if s.Name == name && i.Prefix.Bits() <= x.Bits() && i.Prefix.Contains(x.Addr()) && low <= x.Bits() && x.Bits() <= high {
				return true
			}
		}
	}
	return false
}

func onPath(p *network.Policy, name string, path []uint32) bool {
	for _, s := range p.PathSets {
		if s.Name != name {
			continue
		}
		if s.Longer > 0 && len(path) > s.Longer {
			return true
		}
		for _, as := range path {
			for _, r := range s.Holds {
				if r.First <= as && as <= r.Last {
					return true
				}
			}
		}
	}
	return false
}

func bears(p *network.Policy, name string, has []string) bool {
	for _, s := range p.CommunitySets {
		for _, h := range has {
			if s.Name == name && (s.Of != 0 && strings.HasPrefix(h, fmt.Sprint(s.Of, ":")) ||
				slices.ContainsFunc(s.Items, func(i network.CommunityItem) bool { return i.Value == h })) {
				return true
			}
		}
	}
	return false
}

// spoken reads back what check says of a set of routes, line by line, and tells whether a
// route is among them.
func spoken(t *testing.T, was, is *network.Policy, lines []string, x route) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		parts := strings.Split(line, ", with ")
		if !region(t, parts[0], x.prefix) {
			return false
		}
		if len(parts) == 1 {
			return true
		}
		for _, cond := range strings.Split(parts[1], ", and ") {
			if !condition(t, was, is, cond, x) {
				return false
			}
		}
		return true
	})
}

func region(t *testing.T, text string, p netip.Prefix) bool {
	head, but, _ := strings.Cut(text, " but not inside ")
	name, _, _ := strings.Cut(head, " ")
	within := netip.MustParsePrefix(name)
	low, high := within.Bits(), within.Bits()
	up, _ := fmt.Sscanf(head, name+" up to /%d", &high)
	from, _ := fmt.Sscanf(head, name+" from /%d to /%d", &low, &high)
	if head != name && up != 1 && from != 2 {
		t.Fatalf("cannot be read back: %q", text)
	}
	in := func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) }
	for _, b := range strings.Split(but, ", ") {
		if b != "" && in(netip.MustParsePrefix(b)) {
			return false
		}
	}
	return in(within) && low <= p.Bits() && p.Bits() <= high
}

func condition(t *testing.T, was, is *network.Policy, cond string, x route) bool {
	var what string
	for _, w := range []string{"next hop ", "path ", "large community ", "community "} {
		if rest, ok := strings.CutPrefix(cond, w); ok {
			what, cond = w, rest
			break
		}
	}
	literal := func(l string) bool {
		name, not := strings.CutPrefix(l, "not ")
		p := is
		if n, before := strings.CutSuffix(name, " (before)"); before || !knows(is, name) {
			name, p = n, was
		}
		switch what {
		case "next hop ":
			if a, err := netip.ParseAddr(name); err == nil {
				return (a == x.hop) != not
			}
			return hits(p, name, netip.PrefixFrom(x.hop, 32)) != not
		case "path ":
			return onPath(p, name, x.path) != not
		case "community ", "large community ":
			has := x.comm
			if what == "large community " {
				has = x.large
			}
			return slices.ContainsFunc(has, func(h string) bool { return among(name, h) }) != not
		}
		t.Fatalf("cannot be read back: %q", cond)
		return false
	}
	return slices.ContainsFunc(strings.Split(cond, " or "), func(all string) bool {
		for _, l := range strings.Split(all, " and ") {
			if !literal(l) {
				return false
			}
		}
		return true
	})
}

func knows(p *network.Policy, name string) bool {
	return slices.ContainsFunc(p.PrefixSets, func(s network.PrefixSet) bool { return s.Name == name }) ||
		slices.ContainsFunc(p.PathSets, func(s network.PathSet) bool { return s.Name == name })
}

// among tells whether a community is one of those named; 64496:* is all of that system.
func among(names, value string) bool {
	for _, n := range strings.Split(names, "/") {
		n, but, _ := strings.Cut(n, " but ")
		system, all := strings.CutSuffix(n, "*")
		if n == value || all && strings.HasPrefix(value, system) && !slices.Contains(strings.Fields(but), value) {
			return true
		}
	}
	return false
}

// told gives what check says under an id, all findings of it together.
func told(ds diag.List, ids ...string) (lines []string) {
	for _, d := range ds {
		if slices.Contains(ids, d.Rule) {
			lines = append(lines, d.Notes...)
		}
	}
	return lines
}

func found(ds diag.List, id string) bool {
	return slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.Rule == id })
}

// TestB5 makes random policies and changes them: what check says is let through newly, and
// no longer, is what trying every route of the sample space gives.
func TestB5(t *testing.T) {
	want := 1000
	if testing.Short() {
		want = 200
	}
	seed := uint64(20261126)
	if s := os.Getenv("PLUMBLINE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	r := rand.New(rand.NewPCG(seed, 5))
	prefixes := samplePrefixes()
	counts := map[string]int{}
	routes := 0
	for n := range want {
		was := randomPolicy(r)
		is := copyPolicy(was)
		how := edit(r, is)
		counts[how]++
		ds := validate.Run(validate.View{Was: netWith(was), Is: netWith(is), Now: today})
		newly := told(ds, "policy/condition-removed", "policy/newly-accepted")
		gone := told(ds, "policy/no-longer-accepted")
		for _, d := range ds {
			if d.Rule == "policy/reordered" && strings.HasSuffix(d.Text, "lets through newly") {
				newly = append(newly, d.Notes...)
			}
		}
		if len(newly) > 0 {
			counts["with newly accepted"]++
		}
		if len(gone) > 0 {
			counts["with no longer accepted"]++
		}
		var grew, other bool
		for i := 0; i < 20*len(prefixes); i++ {
			x := route{
				prefix: prefixes[i%len(prefixes)], path: samplePaths[r.IntN(len(samplePaths))],
				comm: sampleComms[r.IntN(len(sampleComms))], hop: sampleHops[r.IntN(len(sampleHops))],
			}
			for _, l := range sampleLarge {
				if r.IntN(2) == 0 {
					x.large = append(x.large, l)
				}
			}
			routes++
			a, did := passes(was, &was.Routes[0], x)
			b, does := passes(is, &is.Routes[0], x)
			if got := spoken(t, was, is, newly, x); got != (b && !a) {
				t.Fatalf("change %d (%s): %+v passed %v, passes %v, and check says newly: %v\n%s\n%s", n, how, x, a, b, got, strings.Join(newly, "\n"), dump(was, is))
			}
			if got := spoken(t, was, is, gone, x); got != (a && !b) {
				t.Fatalf("change %d (%s): %+v passed %v, passes %v, and check says gone: %v\n%s\n%s", n, how, x, a, b, got, strings.Join(gone, "\n"), dump(was, is))
			}
			grew, other = grew || b && !a, other || a != b || did != does
		}
		switch {
		case how == "condition removed" && grew && !found(ds, "policy/condition-removed"),
			how == "set emptied" && !found(ds, "policy/empty-is-not-all"),
			how == "terms reordered" && other && !found(ds, "policy/reordered"):
			t.Fatalf("change %d: %s, and no rule says so\n%s", n, how, dump(was, is))
		}
	}
	t.Logf("figure: policy changes compared with brute force = %d of %d equal, %d routes tried, seed %d, %v", want, want, routes, seed, counts)
}

func dump(was, is *network.Policy) string { return fmt.Sprintf("was %+v\nis  %+v", *was, *is) }
