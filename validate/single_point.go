package validate

import (
	"maps"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// enoughToChoose is from how many routers on a network can be asked for a second way.
const enoughToChoose = 4

var singlePoint = Rule{
	ID: "igp/single-point", Label: "R-IGP-2", Severity: diag.Warn, JudgedBy: "check",
	Sentence: "In an interior protocol of four routers or more, no router and no link is the only way between others.",
	Motive:   "Cloudflare, Atlanta 2020: what everything goes through takes everything along.",
	Check: func(v View, ds *diag.List) {
		domains := map[string][]*network.Device{}
		for _, d := range v.Is.Devices {
			if d.IGP != nil && d.Interfaces != nil {
				domains[d.IGP.Domain] = append(domains[d.IGP.Domain], d)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(domains)) {
			if all := domains[name]; len(all) >= enoughToChoose {
				g := graph{ds: ds, cables: cables(all), low: map[*network.Device]int{}, at: map[*network.Device]int{}}
				g.visit(all[0], nil, "")
			}
		}
	},
}

// cable is a way from one router to another: a pair of ports that meet in some subnet.
type cable struct {
	name string
	to   *network.Device
	from diag.Pos
}

// cables gives those of each router, each pair of ports once, whatever families it has.
func cables(all []*network.Device) map[*network.Device][]cable {
	type end struct {
		d *network.Device
		p *network.Port
	}
	on := map[netip.Prefix][]end{}
	out := map[*network.Device][]cable{}
	for _, d := range all {
		for _, p := range meeting(d) {
			for _, a := range p.Addrs {
				on[a.Prefix.Masked()] = append(on[a.Prefix.Masked()], end{d, p})
			}
		}
	}
	for _, d := range all {
		for _, p := range meeting(d) {
			for _, a := range p.Addrs {
				for _, o := range on[a.Prefix.Masked()] {
					name := pairOf(d.Name+" "+p.Name, o.d.Name+" "+o.p.Name)
					if o.d != d && !slices.ContainsFunc(out[d], func(c cable) bool { return c.name == name }) {
						out[d] = append(out[d], cable{name, o.d, p.From})
					}
				}
			}
		}
	}
	return out
}

func pairOf(a, b string) string { return min(a, b) + " " + max(a, b) }

// meeting gives the ports on which a device meets others by the interior protocol.
func meeting(d *network.Device) (out []*network.Port) {
	active := map[string]bool{}
	for _, x := range d.IGP.Ports {
		active[x.Name] = !x.Passive
	}
	for i := range d.Interfaces.Ports {
		if p := &d.Interfaces.Ports[i]; active[p.Name] {
			out = append(out, p)
		}
	}
	return out
}

// graph finds what holds it together (Tarjan): a router, or a link, without which some
// others cannot be reached.
type graph struct {
	ds      *diag.List
	cables  map[*network.Device][]cable
	at, low map[*network.Device]int // when it was met; the earliest one reached from behind it
}

func (g *graph) visit(d, from *network.Device, by string) {
	g.at[d] = len(g.at) + 1
	g.low[d] = g.at[d]
	behind, cut := 0, false
	for _, c := range g.cables[d] {
		switch {
		case c.name == by: // another cable to the same router is another way
		case g.at[c.to] > 0:
			g.low[d] = min(g.low[d], g.at[c.to])
		default:
			behind++
			g.visit(c.to, d, c.name)
			g.low[d] = min(g.low[d], g.low[c.to])
			cut = cut || g.low[c.to] >= g.at[d]
			if g.low[c.to] > g.at[d] {
				g.ds.Warnf(c.from, "igp/single-point", "the link between %s and %s is the only way between them", d.Name, c.to.Name)
			}
		}
	}
	if cut && from != nil || from == nil && behind > 1 {
		g.ds.Warnf(d.At, "igp/single-point", "%s is the only way between some of the others", d.Name)
	}
}
