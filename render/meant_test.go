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
			add("address %s %s", called(names, p.Name), a.Prefix)
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
			if v.VNI > 0 {
				add("vni %s %d", v.Name, v.VNI)
			}
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
		add("bridge %d %d", l.VLAN, l.VNI)
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
	long := map[string]string{}
	for _, s := range p.PathSets {
		if s.Longer > 0 {
			long[s.Name] = " long"
		}
	}
	for _, s := range p.CommunitySets {
		if s.Of > 0 {
			add("system %s %d", s.Name, s.Of)
		}
		for _, i := range s.Items {
			add("member %s %s", s.Name, i.Value)
		}
	}
	for _, r := range p.Routes {
		for _, t := range r.Terms {
			terms(r.Name, t, long[t.Path], add)
		}
	}
}

// terms gives what one term asks and does. The length of paths is a word behind the term, for
// platforms that ask it elsewhere.
func terms(policy string, t network.Term, long string, add func(string, ...any)) {
	add("term %s %d %s%s", policy, t.Seq, map[string]string{"accept": "permit", "next": "permit", "reject": "deny"}[t.Does], long)
	if t.Does == "next" {
		add("next %s %d", policy, t.Seq)
	}
	if long != "" {
		t.Path = ""
	}
	for _, set := range []string{t.Prefixes, t.Path, t.Communities, t.Large} {
		if set != "" {
			add("uses %s %s", policy, set)
		}
	}
	if t.NextHop.IsValid() {
		add("hop %s %d %s", policy, t.Seq, t.NextHop)
	}
	if t.NextHops != "" {
		add("hops %s %s", policy, t.NextHops)
	}
	if t.Strip != "" {
		add("strips %s %s", policy, t.Strip)
	}
	if t.Mark != "" {
		add("marks %s %s", policy, t.Mark)
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
		switch wide := family.ReplaceAllString(m, " any "); {
		case found[m]:
			used[m] = true
		case found[wide]:
			used[wide] = true
		case !lacks:
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
