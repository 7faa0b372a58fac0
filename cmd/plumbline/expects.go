package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/health"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
)

// expects tells what each change does to sessions: what its lines say, where they are of those
// that health reads, and what the intent that was deployed had and this one has not, where the
// lines name it. So a session that is meant to go is missed on no platform. A whole file has no
// lines of a change: what comes and goes is what intent had and has. How many routes go over
// sessions, what the whole plan does to them tells.
func expects(b *pipeline.Build, was deployment, p plan.Plan) func(plan.Change) health.Expected {
	sessions, counts, loose := comes(b, was), moves(b, was, p), loosed(b, was, p)
	return func(c plan.Change) health.Expected {
		e := sessions(c)
		e.Freed = append(e.Freed, loose...)
		e.Moves, e.Limits = counts[c.Device], limits(was.device(c.Device), b.Network().Device(c.Device))
		return e
	}
}

func comes(b *pipeline.Build, was deployment) func(plan.Change) health.Expected {
	return func(c plan.Change) health.Expected {
		if b.IsBack() { // facts tell nothing of it, nor whether what comes back was up then
			return health.Expected{Removed: health.Script(c.Do).Removed}
		}
		e, now := health.Script(c.Do), sessionsOf(b.Network().Device(c.Device))
		var then []string
		before := was.builds[c.Device]
		if before != nil {
			then = sessionsOf(before.Network().Device(c.Device))
		}
		if config, _ := b.Config(c.Device); config.Dialect != nil && config.Dialect.AsFile() {
			e = health.Expected{Added: slices.DeleteFunc(slices.Clone(now), func(s string) bool {
				return !strings.HasPrefix(s, "bgp ") || slices.Contains(then, s)
			})}
			if c.Stage == plan.Adds || c.Stage == plan.Turns { // what goes is still in this file, and goes with the next
				return e
			}
		}
		if before == nil {
			return e
		}
		for _, s := range then {
			name := s[strings.LastIndexByte(s, ' ')+1:]
			switch known := slices.Contains(now, s) || slices.Contains(e.Removed, s) || slices.Contains(e.Added, s); {
			case known || !names(c.Do, name) && !names(c.Undo, name): // a whole file names what it had in the way back alone
			case strings.HasPrefix(s, "interface "):
				e.Freed = append(e.Freed, s)
			default:
				e.Removed = append(e.Removed, s)
			}
		}
		return e
	}
}

// sessionsOf lists what health would see of a device if all of it were well.
func sessionsOf(d *network.Device) (out []string) {
	if d == nil {
		return nil
	}
	peers := func(table string, all []network.Neighbor) {
		for _, n := range all {
			out = append(out, fmt.Sprint("bgp ", table, " ", n.Addr))
		}
	}
	if d.BGP != nil {
		peers("default", d.BGP.Neighbors)
	}
	for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
		peers(d.VRF.Tables[i].Name, d.VRF.Tables[i].Neighbors)
	}
	for i := 0; d.EVPN != nil && i < len(d.EVPN.Peers); i++ {
		out = append(out, fmt.Sprint("bgp default ", d.EVPN.Peers[i].Addr))
	}
	for i := 0; d.IGP != nil && i < len(d.IGP.Ports); i++ {
		if p := d.IGP.Ports[i]; !p.Passive {
			out = append(out, "ospf * "+p.Name)
		}
	}
	for i := 0; d.Interfaces != nil && i < len(d.Interfaces.Ports); i++ {
		out = append(out, "interface "+d.Interfaces.Ports[i].Name)
	}
	return out
}

// names tells whether a script names something, as a word of its own.
func names(script []byte, what string) bool {
	part := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || strings.IndexByte("-_./:", b) >= 0
	}
	for rest := script; ; {
		at := bytes.Index(rest, []byte(what))
		if at < 0 {
			return false
		}
		end := at + len(what)
		if (at == 0 || !part(rest[at-1])) && (end == len(rest) || !part(rest[end])) {
			return true
		}
		rest = rest[end:]
	}
}
