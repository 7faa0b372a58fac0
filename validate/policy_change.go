package validate

import (
	"fmt"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/policy"
)

// change is a policy that decides on something now, and the one that did before.
type change struct {
	was, is policy.Side
	device  *network.Device
	from    diag.Pos
	delta   policy.Delta
	err     error
}

func (c change) name() string {
	if c.is.Policy == nil {
		return "no policy"
	}
	return c.is.Policy.Name
}

// cause gives the place of the set that lets more or less through: the first one of the
// policy that holds something else than before.
func (c change) cause() diag.Pos {
	if at, moved := policy.Moved(c.was, c.is); moved && at.Line > 0 {
		return at
	}
	return c.from
}

// use is one place at which a device asks a policy.
type use struct {
	at, policy string
	from       diag.Pos
}

// uses lists them: sessions of the device and of its tables, what it originates, and every
// policy by its own name.
func uses(d *network.Device) (out []use) {
	neighbors := func(table string, all []network.Neighbor) {
		for i := range all {
			n := &all[i]
			out = append(out, use{fmt.Sprint(table, n.Addr, " in"), n.Import, n.From}, use{fmt.Sprint(table, n.Addr, " out"), n.Export, n.From})
		}
	}
	if d.BGP != nil {
		neighbors("", d.BGP.Neighbors)
	}
	for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
		neighbors(d.VRF.Tables[i].Name+" ", d.VRF.Tables[i].Neighbors)
	}
	for i := 0; d.EVPN != nil && i < len(d.EVPN.Peers); i++ {
		p := &d.EVPN.Peers[i]
		out = append(out, use{fmt.Sprint("evpn ", p.Addr), p.Policy, p.From})
	}
	for i := 0; d.Policy != nil && i < len(d.Policy.Routes); i++ {
		r := &d.Policy.Routes[i]
		out = append(out, use{"policy " + r.Name, r.Name, r.From})
	}
	return out
}

// changes compares every policy with the one that decided at its place before, and gives
// those that mean something else. A place that is new has no policy before it.
func changes(v View) (out []change) {
	seen := map[string][]change{}
	for _, d := range v.Is.Devices {
		then := v.Was.Device(d.Name)
		if then == nil {
			continue
		}
		before := map[string]string{}
		for _, u := range uses(then) {
			before[u.at] = u.policy
		}
		done := map[[2]string]bool{}
		for _, u := range uses(d) {
			old, there := before[u.at]
			if pair := [2]string{old, u.policy}; !there || done[pair] {
				continue
			} else {
				done[pair] = true
			}
			c := change{device: d, from: u.from}
			c.was = policy.Side{Sets: then.Policy, Policy: route(then, old)}
			c.is = policy.Side{Sets: d.Policy, Policy: route(d, u.policy)}
			if c.is.Policy != nil {
				c.from = c.is.Policy.From
			}
			if policy.Same(c.was, c.is) {
				continue
			}
			like := seen[c.name()]
			if i := slices.IndexFunc(like, func(x change) bool { return policy.Same(x.was, c.was) && policy.Same(x.is, c.is) }); i >= 0 {
				c.delta, c.err = like[i].delta, like[i].err
			} else {
				c.delta, c.err = policy.Compare(c.was, c.is)
				seen[c.name()] = append(like, c)
			}
			out = append(out, c)
		}
	}
	return out
}
