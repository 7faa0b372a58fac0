package validate

import (
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

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

// graph finds what holds routers together (Tarjan, "Depth-first search and linear graph
// algorithms", 1972), as it is seen from one of them.
type graph struct {
	cables  map[*network.Device][]cable
	met     []*network.Device // in the order in which they were met: what lies behind one follows it
	at, low map[*network.Device]int
	tell    func(d *network.Device, c *cable, behind ...[]*network.Device)
}

// cuts tells of each cable, and then of each router (c is nil), without which those behind it
// cannot be reached from the root; what lies deeper comes first.
func cuts(root *network.Device, cables map[*network.Device][]cable, tell func(d *network.Device, c *cable, behind ...[]*network.Device)) {
	g := graph{cables: cables, at: map[*network.Device]int{}, low: map[*network.Device]int{}, tell: tell}
	g.visit(root, "")
}

func (g *graph) visit(d *network.Device, by string) {
	g.met = append(g.met, d)
	g.at[d] = len(g.met)
	g.low[d] = g.at[d] // the earliest one that is reached from behind it
	var cut [][]*network.Device
	branches := 0
	for i := range g.cables[d] {
		c, first := &g.cables[d][i], len(g.met)
		switch {
		case c.name == by: // another cable to the same router is another way
		case g.at[c.to] > 0:
			g.low[d] = min(g.low[d], g.at[c.to])
		default:
			branches++
			g.visit(c.to, c.name)
			g.low[d] = min(g.low[d], g.low[c.to])
			behind := g.met[first:]
			if g.low[c.to] > g.at[d] {
				g.tell(d, c, behind)
			}
			if g.low[c.to] >= g.at[d] {
				cut = append(cut, behind)
			}
		}
	}
	if root := g.at[d] == 1; cut != nil && (!root || branches > 1) {
		g.tell(d, nil, cut...)
	}
}
