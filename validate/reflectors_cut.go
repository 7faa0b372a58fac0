package validate

import (
	"maps"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var reflectorsCut = Rule{
	ID: "igp/reflectors-cut", Label: "R-IGP-3", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "No one link and no one other router can fail and leave a client without any of its route reflectors.",
	Motive:   "RFC 4456 section 10: a client whose reflectors are gone has no route; redundant ones help where there are redundant ways to them.",
	Check: func(v View, ds *diag.List) {
		owner := map[netip.Addr]*network.Device{}
		everyAddr(v.Is, func(d *network.Device, _ *network.Port, a *network.Addr) { owner[a.Prefix.Addr()] = d })
		domains := map[string][]*network.Device{}
		for _, d := range v.Is.Devices {
			if d.IGP != nil && d.Interfaces != nil {
				domains[d.IGP.Domain] = append(domains[d.IGP.Domain], d)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(domains)) {
			reflectorsOf(domains[name], owner).judge(ds)
		}
	},
}

// towards is an interior protocol seen from all of its reflectors at once: a root that cannot
// fail stands behind them.
type towards struct {
	root    *network.Device
	clients map[*network.Device]bool
	cables  map[*network.Device][]cable // nil where there are not two reflectors
}

// reflectorsOf finds who reflects to whom; owner tells whose an address is.
func reflectorsOf(all []*network.Device, owner map[netip.Addr]*network.Device) towards {
	t := towards{root: new(network.Device), clients: map[*network.Device]bool{}}
	var reflectors []*network.Device
	for _, d := range all {
		passes := false
		for i := 0; d.BGP != nil && i < len(d.BGP.Neighbors); i++ {
			if nb := &d.BGP.Neighbors[i]; nb.Client {
				t.clients[owner[nb.Addr]], passes = true, true
			}
		}
		if passes {
			reflectors = append(reflectors, d)
		}
	}
	if len(reflectors) > 1 {
		t.cables = cables(all)
		for _, r := range reflectors {
			t.cables[t.root] = append(t.cables[t.root], cable{name: r.Name, to: r})
			t.cables[r] = append(t.cables[r], cable{name: r.Name, to: t.root})
		}
	}
	return t
}

// judge tells of each client that hangs on one thing.
func (t towards) judge(ds *diag.List) {
	if t.cables == nil {
		return
	}
	told := map[*network.Device]bool{}
	cuts(t.root, t.cables, func(d *network.Device, c *cable, behind ...[]*network.Device) {
		if d == t.root {
			return
		}
		what, where := d.Name, d.At
		if c != nil {
			what, where = "the link between "+d.Name+" and "+c.to.Name, c.from
		}
		for _, some := range behind {
			for _, x := range some {
				if t.clients[x] && !told[x] {
					told[x] = true
					f := ds.Failf(x.At, "igp/reflectors-cut", "%s reaches none of its reflectors when %s fails", x.Name, what)
					f.Hint, f.Also = "give it a second way to them", []diag.Pos{where}
				}
			}
		}
	})
}
