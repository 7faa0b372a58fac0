package main

import (
	"plumbline/internal/health"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
)

// moves tells, by device, what a plan may do to how many routes go over its sessions. A session
// that changes, or whose policies do, may carry any number. What one device tells anew others
// hear and pass on: sessions within the network, and what all tell outside. What comes from
// outside over a session that stays as it is, no plan changes.
func moves(b *pipeline.Build, was deployment, p plan.Plan) map[string][]health.Move {
	if b.IsBack() { // no facts tell what it does: any number but none, and people are told of it
		out := map[string][]health.Move{}
		for _, device := range p.Devices() {
			out[device] = []health.Move{{More: network.Any, Less: network.Any}}
		}
		return out
	}
	var wide health.Move
	touched := map[string][]string{}
	for _, c := range p.Changes {
		m := network.Moved(was.device(c.Device), b.Network().Device(c.Device))
		if c.Propagates() && m.More == 0 && m.Less == 0 { // it brings back what somebody took away
			m = network.Moved(nil, b.Network().Device(c.Device))
		}
		wide.More, wide.Less, wide.Last = added(wide.More, m.More), added(wide.Less, m.Less), wide.Last || m.Gone
		touched[c.Device] = called(m.Sessions)
	}
	out := map[string][]health.Move{}
	if wide.More == 0 && wide.Less == 0 {
		return out
	}
	outside := b.Network().Outside(p.Devices())
	for _, device := range p.Devices() {
		within := wide
		within.But = called(outside[device])
		out[device] = append(out[device], within)
		if len(within.But) > 0 {
			told := wide
			told.Of, told.Only = "advertised", within.But
			out[device] = append(out[device], told)
		}
		if len(touched[device]) > 0 {
			out[device] = append(out[device], health.Move{Only: touched[device], More: network.Any, Less: network.Any, Last: wide.Last})
		}
	}
	return out
}

// added sums what may come or go; a number that is not known makes all of it so.
func added(a, b int) int {
	if a < 0 || b < 0 {
		return network.Any
	}
	return a + b
}

// called gives sessions as health calls them.
func called(sessions []string) (out []string) {
	for _, s := range sessions {
		out = append(out, "bgp "+s)
	}
	return out
}

// limits gives how many routes each session may receive, before a change and after it.
func limits(was, is *network.Device) map[string]health.Limit {
	out, had := map[string]health.Limit{}, was.Limits()
	for name, most := range is.Limits() {
		out["bgp "+name] = health.Limit{Was: had[name], Is: most}
	}
	return out
}
