package render_test

import (
	"fmt"
	"maps"
	"math/bits"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/network"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// pattern finds one kind of fact: a path of lines with slots, and what the fact is called.
type pattern struct {
	fact string
	path *regexp.Regexp
}

var slot = regexp.MustCompile(`<([a-z]+)>`)

// reading is how facts are found in the text of a platform.
type reading struct {
	patterns    []*pattern
	lacks       []string // the kinds of facts that its templates go without
	open, close string   // what a list stands in that is read item by item; empty where none is
}

// readFacts reads the facts of a platform: patterns as "FACT :: PATH", "without KIND" and
// "items OPEN CLOSE".
func readFacts(t *testing.T, dir string) (r reading) {
	for _, line := range wordsOf(t, dir+"/facts") {
		fact, path, ok := strings.Cut(line, " :: ")
		switch w := strings.Fields(line); {
		case w[0] == "without" && len(w) == 2:
			r.lacks = append(r.lacks, w[1])
			continue
		case w[0] == "items" && len(w) == 3:
			r.open, r.close = w[1]+" ", " "+w[2]
			continue
		case !ok:
			t.Fatalf("%s: no pattern in %q", dir, line)
		}
		path = strings.ReplaceAll(regexp.QuoteMeta(path), `\*`, `[^ ]+`)
		path = slot.ReplaceAllString(path, `(?P<$1>[^ ,"]+)`)
		r.patterns = append(r.patterns, &pattern{fact: fact, path: regexp.MustCompile("^" + path + ",?$")})
	}
	return r
}

// items gives a line once for each item of the list in it.
func (r reading) items(line string) []string {
	before, rest, ok := strings.Cut(line, r.open)
	list, after, closed := strings.Cut(rest, r.close)
	if r.open == "" || !ok || !closed {
		return []string{line}
	}
	out := strings.Split(list, ", ")
	for i := range out {
		out[i] = before + r.open + out[i] + r.close + after
	}
	return out
}

func readPatterns(t *testing.T, dir string) (out []*pattern) {
	for _, line := range wordsOf(t, dir+"/facts") {
		if strings.HasPrefix(line, "without ") {
			continue
		}
		fact, path, ok := strings.Cut(line, " :: ")
		if !ok {
			t.Fatalf("%s: no pattern in %q", dir, line)
		}
		path = strings.ReplaceAll(regexp.QuoteMeta(path), `\*`, `[^ ]+`)
		path = slot.ReplaceAllString(path, `(?P<$1>[^ ,"]+)`)
		out = append(out, &pattern{fact: fact, path: regexp.MustCompile("^" + path + ",?$")})
	}
	return out
}

// found gives the facts that stand in a configuration. The first pattern that fits a path
// tells which.
func (r reading) found(c tree.Config) map[string]bool {
	out := map[string]bool{}
	var above []string
	var depths []int
	dialect.Each(c.Dialect, string(tree.Print(c.Root)), func(l dialect.Line) {
		for len(depths) > 0 && depths[len(depths)-1] >= l.Depth {
			above, depths = above[:len(above)-1], depths[:len(depths)-1]
		}
		above, depths = append(above, l.Text), append(depths, l.Depth)
		for _, path := range r.items(strings.Join(above, " > ")) {
			for _, fact := range r.facts(path) {
				out[full(fact)] = true
			}
		}
	})
	return known(out)
}

// facts gives what one line says.
func (r reading) facts(path string) []string {
	for _, p := range r.patterns {
		if at := p.path.FindStringSubmatchIndex(path); at != nil && p.fact == "none" {
			return nil
		} else if at != nil {
			return strings.Split(string(p.path.ExpandString(nil, p.fact, path, at)), ", ")
		}
	}
	return nil
}

// known gives each broadcast domain the number that it has outside of VXLAN, where the text
// says only what it is there.
func known(facts map[string]bool) map[string]bool {
	names := []string{}
	for f := range facts {
		if w := strings.Fields(f); w[0] == "vni" {
			names = append(names, " vni:"+w[2]+" ", " "+w[1]+" ")
		}
	}
	out, name := map[string]bool{}, strings.NewReplacer(names...)
	for f := range facts {
		out[name.Replace(f)] = true
	}
	return out
}

var dotted = regexp.MustCompile(`/(255|254|252|248|240|224|192|128|0)(\.[0-9]+){3}`)

// full says a mask as a length, and the lengths that a prefix leaves open: itself, or as
// long as can be.
func full(fact string) string {
	fact = dotted.ReplaceAllStringFunc(fact, func(mask string) string {
		n := 0
		for _, b := range netip.MustParseAddr(mask[1:]).As4() {
			n += bits.OnesCount8(b)
		}
		return fmt.Sprint("/", n)
	})
	rest, ok := strings.CutPrefix(fact, "prefix ")
	if !ok {
		return fact
	}
	f := strings.Fields(rest)
	_, own, _ := strings.Cut(f[1], "/")
	all := "32"
	if strings.Contains(f[1], ":") {
		all = "128"
	}
	return "prefix " + strings.NewReplacer("bits", own, "all", all).Replace(strings.Join(f, " "))
}

// meant gives the facts that the model holds, in the words that the patterns find.
func meant(d *network.Device, names []name) map[string]bool {
	out := map[string]bool{}
	add := func(format string, args ...any) { out[fmt.Sprintf(format, args...)] = true }
	for _, p := range d.Interfaces.Ports {
		for _, a := range p.Addrs {
			add("address %s %s", called(names, p.Name), a.Prefix)
		}
	}
	sessions := func(table string, ns []network.Neighbor) {
		for _, n := range ns {
			add("session %s %s %d", table, n.Addr, n.ASN)
			words := map[bool]string{false: "ipv4", true: "ipv6"}[n.Is6()]
			if n.EVPNOnly {
				continue
			}
			add("family %s %s %s", table, n.Addr, words)
			if n.MaxPrefixes > 0 {
				add("limit %s %s %d", table, n.Addr, n.MaxPrefixes)
			}
			if n.Import != "" {
				add("in %s %s %s %s", table, n.Addr, words, n.Import)
			}
			if n.Export != "" {
				add("out %s %s %s %s", table, n.Addr, words, n.Export)
			}
		}
	}
	if d.IGP != nil {
		for _, p := range d.IGP.Ports {
			if p.Passive {
				add("passive %s", called(names, p.Name))
			} else {
				add("cost %s %d", called(names, p.Name), p.Cost)
			}
		}
	}
	if d.BGP != nil {
		sessions("-", d.BGP.Neighbors)
		for _, o := range d.BGP.Origins {
			add("origin %s", o.Prefix)
		}
	}
	if d.VRF != nil {
		for _, v := range d.VRF.Tables {
			sessions(v.Name, v.Neighbors)
			add("rd %s %s", v.Name, v.RD)
			add("vni %s %d", v.Name, v.VNI)
			add("tell %s %s", v.Name, v.RT)
			add("take %s %s", v.Name, v.RT)
			for _, i := range v.Imports {
				add("take %s %s", v.Name, i.RT)
			}
			for _, n := range v.Nets {
				add("net %s %s", v.Name, n.Prefix)
			}
		}
	}
	if d.EVPN != nil {
		overlay(d.EVPN, add)
	}
	if d.Policy != nil {
		lists(d.Policy, add)
	}
	return out
}

func overlay(e *network.EVPN, add func(string, ...any)) {
	for _, p := range e.Peers {
		add("family - %s evpn", p.Addr)
		if p.Policy != "" {
			add("in - %s evpn %s", p.Addr, p.Policy)
			add("out - %s evpn %s", p.Addr, p.Policy)
		}
	}
	for _, l := range e.L2 {
		add("rd %d %s", l.VLAN, l.RD)
		add("vni %d %d", l.VLAN, l.VNI)
		add("tell %d %s", l.VLAN, l.RT)
		add("take %d %s", l.VLAN, l.RT)
	}
}

func lists(p *network.Policy, add func(string, ...any)) {
	for _, s := range p.PrefixSets {
		for _, i := range s.Items {
			low, high := i.Lengths()
			add("prefix %s %s %d %d", s.Name, i.Prefix, low, high)
		}
	}
	for _, r := range p.Routes {
		for _, term := range r.Terms {
			if term.NextHop.IsValid() {
				add("hop %s %d %s", r.Name, term.Seq, term.NextHop)
			}
		}
	}
}

// same compares what was found with what was meant. A fact that is found for any family
// stands for those that are meant.
func same(t *testing.T, device string, found, meant map[string]bool) {
	t.Helper()
	used := map[string]bool{}
	for _, m := range slices.Sorted(maps.Keys(meant)) {
		switch wide := family.ReplaceAllString(m, " any "); {
		case found[m]:
			used[m] = true
		case found[wide]:
			used[wide] = true
		default:
			t.Errorf("%s: the text does not say: %s", device, m)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(found)) {
		if !used[f] {
			t.Errorf("%s: nobody asked for: %s", device, f)
		}
	}
}

var family = regexp.MustCompile(` (ipv4|ipv6|evpn) `)
