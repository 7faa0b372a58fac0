package network

import (
	"slices"
	"strings"
)

// Told gives the facts that others learn from a device and that change: what it tells as its
// own, the policies that let something out, to whom a default route or the routes of others go,
// and what tables are marked with. A session that goes takes what it told along, and is none of
// them. Nil is a device that nothing is known of.
func Told(was, is *Device) (out []string) {
	for _, c := range Diff(&Network{[]*Device{outward(was, is)}}, &Network{[]*Device{outward(is, is)}}) {
		gone := c.Is == "" && strings.Count(c.Fact, "[") == 1 && strings.HasSuffix(c.Fact, "]")
		if gone && !strings.HasPrefix(c.Fact, "BGP.Origins") {
			continue
		}
		out = append(out, c.Fact)
	}
	return out
}

// outward is what of a device others learn; named as another one is.
func outward(d, like *Device) *Device {
	out := &Device{Name: like.Name, Platform: like.Platform, Policy: &Policy{}, BGP: &BGP{}, VRF: &VRF{}}
	if d == nil {
		return out
	}
	var used []string
	if d.BGP != nil {
		out.BGP.Origins = d.BGP.Origins
		out.BGP.Neighbors = outgoing(d.BGP.Neighbors, &used)
		for _, o := range d.BGP.Origins {
			used = append(used, o.Policy)
		}
	}
	if d.VRF != nil {
		for _, t := range d.VRF.Tables {
			out.VRF.Tables = append(out.VRF.Tables, Table{Name: t.Name, RD: t.RD, RT: t.RT, Imports: t.Imports, Nets: t.Nets, Neighbors: outgoing(t.Neighbors, &used)})
		}
	}
	if d.Policy != nil {
		out.Policy = d.Policy.only(used)
	}
	return out
}

// outgoing is what of sessions bounds what leaves through them; their policies are added to used.
func outgoing(ns []Neighbor, used *[]string) (out []Neighbor) {
	for _, n := range ns {
		if n.Export != "" || n.SendDefault || n.Client {
			out = append(out, Neighbor{Addr: n.Addr, Export: n.Export, SendDefault: n.SendDefault, Client: n.Client, NextHopSelf: n.NextHopSelf})
			*used = append(*used, n.Export)
		}
	}
	return out
}

// only keeps the policies of some names, and the sets that they ask.
func (p *Policy) only(names []string) *Policy {
	out := &Policy{}
	var asked []string
	for _, r := range p.Routes {
		if !slices.Contains(names, r.Name) {
			continue
		}
		out.Routes = append(out.Routes, r)
		for _, t := range r.Terms {
			asked = append(asked, t.Prefixes, t.Path, t.Communities, t.Large, t.NextHops, t.Strip)
		}
	}
	is := func(name string) bool { return slices.Contains(asked, name) }
	for _, s := range p.PrefixSets {
		if is(s.Name) {
			out.PrefixSets = append(out.PrefixSets, s)
		}
	}
	for _, s := range p.PathSets {
		if is(s.Name) {
			out.PathSets = append(out.PathSets, s)
		}
	}
	for _, s := range p.CommunitySets {
		if is(s.Name) {
			out.CommunitySets = append(out.CommunitySets, s)
		}
	}
	return out
}
