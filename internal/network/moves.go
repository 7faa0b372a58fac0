package network

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Moves is what a change of facts does to how many routes a device hears and tells.
type Moves struct {
	Sessions   []string // "TABLE ADDRESS" of those that change themselves, or whose policies do
	More, Less int      // how many routes more and fewer others may hear; Any where facts do not tell
	Gone       bool     // something goes that told routes, or lets none through any more: the last may go with it
}

// Any is a number that is not known.
const Any = -1

// Moved tells it from the facts before and after; nil is a device that nothing is known of.
func Moved(was, is *Device) (m Moves) {
	a, b := routing(was, is), routing(is, is)
	if was == nil {
		if is == nil || is.BGP == nil && is.EVPN == nil && is.VRF == nil {
			return Moves{}
		}
		return Moves{Sessions: slices.Sorted(maps.Keys(talks(b))), More: Any, Less: Any, Gone: true}
	}
	touched, policies := map[string]bool{}, map[string]bool{}
	for _, c := range Diff(&Network{[]*Device{a}}, &Network{[]*Device{b}}) {
		m.note(c, touched, policies)
	}
	for _, d := range []*Device{a, b} {
		asks(d, policies)
		for name, n := range talks(d) {
			if touched[name] || touched["* "+n.Addr.String()] || policies["route "+n.Import] || policies["route "+n.Export] {
				touched[name] = true
				m.Gone = m.Gone || d == b && (shuts(d, n.Import) || shuts(d, n.Export))
			}
		}
		for i := 0; d.BGP != nil && i < len(d.BGP.Origins); i++ {
			if policies["route "+d.BGP.Origins[i].Policy] {
				m.any()
			}
		}
	}
	for name := range talks(b) {
		if touched[name] || touched["*"] {
			m.Sessions = append(m.Sessions, name)
		}
	}
	if len(m.Sessions) > 0 {
		m.any()
	}
	slices.Sort(m.Sessions)
	return m
}

// routing is what of a device decides on routes; named as another one is.
func routing(d, like *Device) *Device {
	switch {
	case d == nil:
		return &Device{}
	case like == nil:
		like = d
	}
	return &Device{Name: like.Name, Platform: like.Platform, Policy: d.Policy, BGP: d.BGP, EVPN: d.EVPN, VRF: d.VRF}
}

func (m *Moves) any() { m.More, m.Less = Any, Any }

// note takes one change.
func (m *Moves) note(c Change, touched, policies map[string]bool) {
	group, rest, _ := strings.Cut(c.Fact, ".")
	list, rest, _ := strings.Cut(rest, "[")
	key, field, _ := strings.Cut(rest, "]")
	whole := field == "" && (c.Was == "") != (c.Is == "")
	switch {
	case group == "Policy":
		policies[map[string]string{"Routes": "route "}[list]+key] = true
	case group == "BGP" && list == "Neighbors" && (field == ".Description" || field == ".Intent"):
	case group == "BGP" && list == "Neighbors" && !whole:
		touched["default "+key] = true
	case group == "BGP" && list == "Neighbors" && c.Was == "":
		m.More = Any
	case group == "BGP" && list == "Neighbors":
		m.Less, m.Gone = Any, true
	case group == "BGP" && list == "Origins":
		if m.More >= 0 && (c.Was == "" || !whole) {
			m.More++
		}
		if m.Less >= 0 && (c.Is == "" || !whole) {
			m.Less++
		}
		m.Gone = m.Gone || whole && c.Is == ""
	case group == "EVPN" && list == "Peers":
		touched["default "+key] = true
		m.any()
	default: // what a speaker is, a broadcast domain, a table
		if group == "BGP" && list != "Neighbors" {
			touched["*"] = true
		}
		if _, inner, is := strings.Cut(field, ".Neighbors["); is {
			addr, _, _ := strings.Cut(inner, "]")
			touched[key+" "+addr] = true
		}
		m.any()
		m.Gone = m.Gone || c.Is == ""
	}
}

// asks adds the policies that ask a set which changed.
func asks(d *Device, changed map[string]bool) {
	for i := 0; d.Policy != nil && i < len(d.Policy.Routes); i++ {
		r := d.Policy.Routes[i]
		for _, t := range r.Terms {
			for _, set := range []string{t.Prefixes, t.Path, t.Communities, t.Large, t.NextHops, t.Strip} {
				if set != "" && changed[set] {
					changed["route "+r.Name] = true
				}
			}
		}
	}
}

// shuts tells whether a policy lets nothing through.
func shuts(d *Device, name string) bool {
	for i := 0; d.Policy != nil && i < len(d.Policy.Routes); i++ {
		if r := d.Policy.Routes[i]; r.Name == name {
			return !slices.ContainsFunc(r.Terms, func(t Term) bool { return t.Does == "accept" })
		}
	}
	return false
}

// talks gives those of all tables of a device, by "TABLE ADDRESS".
func talks(d *Device) map[string]Neighbor {
	out := map[string]Neighbor{}
	enter := func(table string, all []Neighbor) {
		for _, n := range all {
			out[fmt.Sprint(table, " ", n.Addr)] = n
		}
	}
	if d.EVPN != nil {
		for _, p := range d.EVPN.Peers {
			out[fmt.Sprint("default ", p.Addr)] = Neighbor{Addr: p.Addr}
		}
	}
	if d.BGP != nil {
		enter("default", d.BGP.Neighbors)
	}
	for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
		enter(d.VRF.Tables[i].Name, d.VRF.Tables[i].Neighbors)
	}
	return out
}

// Limits gives how many routes each session may receive, by "TABLE ADDRESS", where that is bounded.
func (d *Device) Limits() map[string]int {
	out := map[string]int{}
	if d == nil {
		return out
	}
	for name, n := range talks(d) {
		if n.MaxPrefixes > 0 {
			out[name] = n.MaxPrefixes
		}
	}
	return out
}

// Outside gives the sessions of devices whose far ends are on none of ours, by "TABLE ADDRESS".
func (n *Network) Outside(devices []string) map[string][]string {
	ours, out := map[netip.Addr]bool{}, map[string][]string{}
	for _, o := range n.Devices {
		for i := 0; o.Interfaces != nil && i < len(o.Interfaces.Ports); i++ {
			for _, a := range o.Interfaces.Ports[i].Addrs {
				ours[a.Prefix.Addr()] = true
			}
		}
	}
	for _, device := range devices {
		if d := n.Device(device); d != nil {
			all := talks(d)
			out[device] = slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(s string) bool { return ours[all[s].Addr] })
		}
	}
	return out
}
