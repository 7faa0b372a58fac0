package validate

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var undrained = Rule{
	ID: "anycast/undrained", Label: "R-ANY-5", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "A site that serves an anycast service drains before it takes the prefix back, and a service goes only when one site is left.",
	Motive:   "A prefix taken back at once cuts what runs over it; Cloudflare, February 2026: over a thousand prefixes went in one change.",
	Check: func(v View, ds *diag.List) {
		was, is := tellers(v.Was), tellers(v.Is)
		for prefix, then := range was {
			now := is[prefix]
			if len(now) == 0 && len(then) == 1 {
				continue // the others were drained before
			}
			for _, site := range slices.Sorted(maps.Keys(then)) {
				t := then[site]
				if _, tells := now[site]; tells || t.drains {
					continue
				}
				f := ds.Failf(takenBack(v.Is, t, site, now), "anycast/undrained", "%s serves %s and takes it back at once", site, prefix)
				f.Hint = "say draining first, push, wait as long as drain_hold says, and say drained in the next change"
			}
		}
	},
}

// teller is a site from which the world hears of the prefix of a service.
type teller struct {
	policy string
	drains bool
	from   diag.Pos
}

// tellers gives the sites by the prefixes that they tell. Names of services do not count.
func tellers(n *network.Network) map[netip.Prefix]map[string]teller {
	out := map[netip.Prefix]map[string]teller{}
	origins(n, func(d *network.Device, o *network.Originated) {
		if !o.Aggregate || d.Policy == nil || d.System == nil {
			return
		}
		if out[o.Prefix] == nil {
			out[o.Prefix] = map[string]teller{}
		}
		drains := slices.ContainsFunc(d.Policy.Routes, func(r network.RoutePolicy) bool {
			return r.Name == o.Policy && slices.ContainsFunc(r.Terms, func(t network.Term) bool { return t.Shut })
		})
		out[o.Prefix][d.System.Site] = teller{o.Policy, drains, o.From}
	})
	return out
}

// takenBack is where it is said that a site tells a prefix no longer: what the site does, or
// else the prefix itself, as another site still tells it or as it was told.
func takenBack(n *network.Network, t teller, site string, now map[string]teller) diag.Pos {
	for _, d := range n.Devices {
		if d.Policy == nil || d.System == nil || d.System.Site != site {
			continue
		}
		for _, r := range d.Policy.Routes {
			for _, x := range r.Terms {
				if x.Does == "reject" && strings.HasPrefix(r.Name, "HOST-") && (x.Prefixes == t.policy+"-4" || x.Prefixes == t.policy+"-6") {
					return x.From
				}
			}
		}
	}
	for _, other := range slices.Sorted(maps.Keys(now)) {
		return now[other].from
	}
	return t.from
}
