package validate

import (
	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var emptyIsNotAll = Rule{
	ID: "policy/empty-is-not-all", Label: "R-POL-1", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "No term asks an empty set, and one that lets others in asks something.",
	Motive:   "Cloudflare, February 2026: an empty value was read as all, and more than 1,000 prefixes were withdrawn.",
	Check: func(v View, ds *diag.List) {
		for _, d := range v.Is.Devices {
			if d.Policy == nil {
				continue
			}
			sizes := sizes(d.Policy)
			for _, r := range d.Policy.Routes {
				for _, t := range r.Terms {
					for _, s := range asks(&t) {
						if n, known := sizes[s]; known && n == 0 {
							ds.Failf(t.From, "policy/empty-is-not-all", "%s term %d of %s asks for what is in %s, and that set is empty", r.Name, t.Seq, d.Name, s.name)
						}
					}
				}
			}
		}
		sessions(v.Is, func(d *network.Device, nb *network.Neighbor) {
			r := route(d, nb.Import)
			for i := 0; r != nil && i < len(r.Terms); i++ {
				t := &r.Terms[i]
				if t.Does == "accept" && len(asks(t)) == 0 && !t.NextHop.IsValid() {
					ds.Failf(nb.From, "policy/empty-is-not-all", "%s of %s lets in everything: term %d asks for nothing", r.Name, d.Name, t.Seq)
				}
			}
		})
	},
}

// set is a named set of a device: prefixes, paths or communities.
type set struct{ sort, name string }

// asks lists the sets that a term asks for.
func asks(t *network.Term) (out []set) {
	for _, s := range []set{
		{"prefixes", t.Prefixes}, {"prefixes", t.NextHops}, {"path", t.Path},
		{"communities", t.Communities}, {"communities", t.Large},
	} {
		if s.name != "" {
			out = append(out, s)
		}
	}
	return out
}

// sizes gives every set of a device and how much it holds.
func sizes(p *network.Policy) map[set]int {
	n := map[set]int{}
	for _, s := range p.PrefixSets {
		n[set{"prefixes", s.Name}] = len(s.Items)
	}
	for _, s := range p.PathSets {
		n[set{"path", s.Name}] = len(s.Holds) + s.Longer
	}
	for _, s := range p.CommunitySets {
		n[set{"communities", s.Name}] = len(s.Items) + int(min(s.Of, 1))
	}
	return n
}

func route(d *network.Device, name string) *network.RoutePolicy {
	for i := 0; d.Policy != nil && i < len(d.Policy.Routes); i++ {
		if d.Policy.Routes[i].Name == name {
			return &d.Policy.Routes[i]
		}
	}
	return nil
}
