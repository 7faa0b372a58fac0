package validate

import (
	"cmp"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/policy"
)

// mostLeaks is how many leaks are worked out to the route; one is enough to stop.
const mostLeaks = 20

var valleyFree = Rule{
	ID: "peering/valley-free", Label: "R-PEER-2", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "What a peer, a provider or a route server tells us is told to customers alone, over whichever routers it goes.",
	Motive:   "Verizon and DQE, 24 June 2019: a customer passed on what one provider told it to another, and the traffic of thousands went through it from 10:34 to 12:37 (Gao and Rexford).",
	Check: func(v View, ds *diag.List) {
		ends := foreign(v.Is)
		type pair struct{ in, out string }
		may := map[pair]bool{}
		done := map[[2]string]bool{}
		for _, out := range ends {
			for _, in := range ends {
				names := [2]string{in.nb.Import, out.nb.Export}
				p := pair{in.inShape, out.outShape}
				if in.nb.Is6() != out.nb.Is6() || done[names] {
					continue
				}
				open, known := may[p]
				if !known {
					open = policy.MayLeak(in.side(in.nb.Import), out.side(out.nb.Export))
					may[p] = open
				}
				if !open {
					continue
				}
				if done[names] = true; len(done) > mostLeaks {
					return
				}
				leak(ds, in, out)
			}
		}
	},
}

// leak proves that one session tells what another was told, and says so.
func leak(ds *diag.List, in, out end) {
	set, err := policy.Leak(in.side(in.nb.Import), out.side(out.nb.Export))
	var d *diag.Diag
	switch {
	case err != nil:
		d = ds.Failf(out.at(out.nb.Export), "peering/valley-free", "it cannot be proved that the %s %s is not told what the %s %s tells us: %v", out.nb.Relation, called(out.nb), in.nb.Relation, called(in.nb), err)
	case len(set) > 0:
		d = ds.Failf(out.at(out.nb.Export), "peering/valley-free", "the %s %s is told what the %s %s tells us", out.nb.Relation, called(out.nb), in.nb.Relation, called(in.nb))
		d.Notes = set.Lines()
	default:
		return
	}
	d.Also = []diag.Pos{in.at(in.nb.Import)}
}

func called(n *network.Neighbor) string { return cmp.Or(n.Intent, n.Addr.String()) }

// end is a session with somebody who is no customer.
type end struct {
	device            *network.Device
	nb                *network.Neighbor
	inShape, outShape string
}

func (e end) side(name string) policy.Side {
	return policy.Side{Sets: e.device.Policy, Policy: route(e.device, name)}
}

// at gives who asked for a policy, or for the session where it has none.
func (e end) at(name string) diag.Pos {
	if r := route(e.device, name); r != nil {
		return r.From
	}
	return e.nb.From
}

// foreign lists them; sessions of a family that ask the same policies are one.
func foreign(n *network.Network) (out []end) {
	seen := map[[3]string]bool{}
	for _, d := range n.Devices {
		for i := 0; d.BGP != nil && i < len(d.BGP.Neighbors); i++ {
			nb := &d.BGP.Neighbors[i]
			if !slices.Contains([]string{"peer", "provider", "route_server"}, nb.Relation) {
				continue
			}
			e := end{device: d, nb: nb}
			e.inShape, e.outShape = policy.Shape(e.side(nb.Import)), policy.Shape(e.side(nb.Export))
			key := [3]string{nb.Import + e.inShape, nb.Export + e.outShape, nb.Relation}
			if !seen[key] {
				seen[key] = true
				out = append(out, e)
			}
		}
	}
	return out
}
