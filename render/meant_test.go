package render_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"plumbline/internal/network"
)

// meant gives the facts that the model holds, in the words that the patterns find.
func meant(d *network.Device, names []name) map[string]bool {
	out := map[string]bool{}
	add := func(format string, args ...any) { out[fmt.Sprintf(format, args...)] = true }
	var ports []network.Port
	if d.Interfaces != nil {
		ports = d.Interfaces.Ports
	}
	for _, p := range ports {
		for _, a := range p.Addrs {
			add("address %s %s %s", of(a.Is6()), called(names, p.Name), a.Prefix)
		}
		if p.MAC != "" {
			add("shared %s", called(names, p.Name))
		}
		for _, s := range p.Segments {
			add("vlan %s %d", called(names, p.Name), s.VLAN)
			if s.Untagged {
				add("untagged %s %d", called(names, p.Name), s.VLAN)
			}
		}
	}
	sessions := func(table string, ns []network.Neighbor) {
		for _, n := range ns {
			add("session %s %s %d", table, n.Addr, n.ASN)
			if n.BFD > 0 {
				add("watched %s %s", table, n.Addr)
			}
			words := of(n.Is6())
			if n.EVPNOnly {
				continue
			}
			add("family %s %s %s", table, n.Addr, words)
			if n.MaxPrefixes > 0 {
				add("limit %s %s %s %d", words, table, n.Addr, n.MaxPrefixes)
			}
			if n.Import != "" {
				add("in %s %s %s %s", table, n.Addr, words, n.Import)
			}
			if n.Export != "" {
				add("out %s %s %s %s", table, n.Addr, words, n.Export)
			}
		}
	}
	if d.BFD != nil {
		add("rate %d", d.BFD.Interval)
		add("lost %d", d.BFD.Multiplier)
		for _, p := range d.BFD.Ports {
			add("watches %s", called(names, p.Name))
		}
	}
	if d.IGP != nil {
		for _, p := range d.IGP.Ports {
			if p.IPv4 {
				add("igp %s ipv4", d.IGP.Protocol)
				add("runs %s ipv4 %s", d.IGP.Protocol, called(names, p.Name))
			}
			if p.IPv6 {
				add("igp %s ipv6", d.IGP.Protocol)
				add("runs %s ipv6 %s", d.IGP.Protocol, called(names, p.Name))
			}
			if p.BFD > 0 {
				add("watched %s", called(names, p.Name))
			}
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
			add("%s %s %s", map[bool]string{false: "origin", true: "aggregate"}[o.Aggregate], of(o.Is6()), o.Prefix)
			if o.Policy != "" {
				add("sealed %s %s %s", of(o.Is6()), o.Prefix, o.Policy)
			}
		}
	}
	if d.MPLS != nil {
		labels(d.MPLS, names, add)
	}
	if d.VRF != nil {
		for _, p := range d.VRF.Peers {
			add("carries ipv4 %s", p.Addr)
			if p.Client {
				add("reflects ipv4 %s", p.Addr)
			}
			if d.VRF.IPv6() {
				add("carries ipv6 %s", p.Addr)
			}
			if d.VRF.IPv6() && p.Client {
				add("reflects ipv6 %s", p.Addr)
			}
		}
		for _, v := range d.VRF.Tables {
			sessions(v.Name, v.Neighbors)
			if v.VNI > 0 {
				add("vni %s %d", v.Name, v.VNI)
			}
			marked(v, add)
			for _, n := range v.Nets {
				add("net %s %s %s", of(n.Is6()), v.Name, n.Prefix)
			}
		}
	}
	if d.EVPN != nil {
		overlay(d.EVPN, add)
	}
	if d.Policy != nil {
		lists(d.Policy, add)
	}
	if d.Baseline != nil {
		managed(d.Baseline, add)
	}
	if d.ACL != nil {
		reached(d.ACL, add)
	}
	return out
}

// marked gives what the routes of a table bear, family by family: where a platform says it once for
// each, a wrong one does not hide behind the other.
func marked(v network.Table, add func(string, ...any)) {
	for _, six := range []bool{false, true} {
		if f := of(six); six && v.IPv6() || !six && v.IPv4() {
			add("speaks %s %s", f, v.Name)
			add("rd %s %s %s", f, v.Name, v.RD)
			add("tell %s %s %s", f, v.Name, v.RT)
			add("take %s %s %s", f, v.Name, v.RT)
			for _, i := range v.Imports {
				add("take %s %s %s", f, v.Name, i.RT)
			}
		}
	}
}

func labels(m *network.MPLS, names []name, add func(string, ...any)) {
	if m.TTL == "pipe" {
		add("hides")
	}
	if m.Signalling != "ldp" {
		add("segment %d", m.Index)
		return
	}
	for _, p := range m.Ports {
		add("labels %s", called(names, p.Name))
	}
}

func overlay(e *network.EVPN, add func(string, ...any)) {
	for _, p := range e.Peers {
		if p.Unchanged {
			add("keeps -")
		}
		add("family - %s evpn", p.Addr)
		if p.Policy != "" {
			add("in - %s evpn %s", p.Addr, p.Policy)
			add("out - %s evpn %s", p.Addr, p.Policy)
		}
	}
	for _, l := range e.L2 {
		add("rd evpn %d %s", l.VLAN, l.RD)
		add("bridge %d %d", l.VLAN, l.VNI)
		add("tell evpn %d %s", l.VLAN, l.RT)
		add("take evpn %d %s", l.VLAN, l.RT)
	}
}

func of(six bool) string { return map[bool]string{false: "ipv4", true: "ipv6"}[six] }

func lists(p *network.Policy, add func(string, ...any)) {
	for _, s := range p.PrefixSets {
		for i, x := range s.Items {
			low, high := x.Lengths()
			add("prefix %s %s %s %d %d", of(s.IPv6), s.Name, x.Prefix, low, high)
			if i == len(s.Items)-1 {
				add("last %s %s", s.Name, x.Prefix)
			}
		}
	}
	long := map[string]string{}
	for _, s := range p.PathSets {
		if s.Longer > 0 {
			long[s.Name] = " long"
		}
		for i, r := range s.Holds {
			add("path %s %d %d", s.Name, r.First, r.Last)
			if i == len(s.Holds)-1 {
				add("last %s %d-%d", s.Name, r.First, r.Last)
			}
		}
	}
	for _, s := range p.CommunitySets {
		if s.Of > 0 {
			add("system %s %d", s.Name, s.Of)
		}
		for i, x := range s.Items {
			add("member %s %s", s.Name, x.Value)
			add("item %s %d %s", s.Name, x.Seq, x.Value)
			if i == len(s.Items)-1 {
				add("last %s %s", s.Name, x.Value)
			}
		}
	}
	for _, r := range p.Routes {
		for _, t := range r.Terms {
			asked(p, r, t, long[t.Path], add)
			done(r.Name, t, add)
		}
	}
}

// asked gives what a term asks. The length of paths is a word behind the term, for platforms
// that ask it elsewhere.
func asked(p *network.Policy, r network.RoutePolicy, t network.Term, long string, add func(string, ...any)) {
	does := map[string]string{"accept": "permit", "next": "permit", "reject": "deny"}[t.Does]
	add("term %s %d %s%s", r.Name, t.Seq, does, long)
	if t.Prefixes != "" {
		add("lists %s %s %s", of(r.IPv6), r.Name, t.Prefixes)
	}
	for _, set := range p.PathSets {
		switch {
		case set.Name != t.Path:
		case set.TooLong() > 0:
			add("longer %s %d", r.Name, set.TooLong())
		default:
			add("uses %s %s", r.Name, set.Name)
		}
	}
	for _, s := range p.CommunitySets {
		if s.Name != t.Communities && s.Name != t.Large {
			continue
		}
		add("uses %s %s", r.Name, s.Name)
		for _, i := range s.Items {
			add("asks %s %s %d", r.Name, s.Name, i.Seq)
		}
	}
	if t.NextHop.IsValid() {
		add("hop %s %s %d %s", of(r.IPv6), r.Name, t.Seq, t.NextHop)
		add("near %s %s %s %d", of(r.IPv6), r.Name, r.Name, t.Seq)
	}
	if t.NextHops != "" {
		add("hops %s %s %s", of(r.IPv6), r.Name, t.NextHops)
	}
}

// done gives what a term does to a route.
func done(policy string, t network.Term, add func(string, ...any)) {
	if t.Does == "next" {
		add("next %s %d", policy, t.Seq)
	}
	if t.Strip != "" {
		add("strips %s %s", policy, t.Strip)
	}
	if t.Mark != "" {
		add("marks %s %s", policy, t.Mark)
		add("seal %s %d", policy, t.Seq)
	}
	if t.Shut {
		add("shuts %s", policy)
	}
	if t.Prefer {
		add("prefers %s %d", policy, t.Preference)
	}
}

// differ compares what was found with what was meant. What the platform goes without may
// be missing. A fact that is found for any family stands for those that are meant.
func (r reading) differ(found, meant map[string]bool) (out []string) {
	used := map[string]bool{}
	for _, m := range slices.Sorted(maps.Keys(meant)) {
		lacks := slices.ContainsFunc(r.lacks, func(l *regexp.Regexp) bool { return l.MatchString(m) })
		m = strings.TrimSuffix(m, " long")
		wide := family.ReplaceAllString(m, " any ")
		used[m], used[wide] = true, true
		if !found[m] && !found[wide] && !lacks {
			out = append(out, "the text does not say: "+m)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(found)) {
		if !used[f] {
			out = append(out, "nobody asked for: "+f)
		}
	}
	return out
}

var family = regexp.MustCompile(` (ipv4|ipv6|evpn) `)
