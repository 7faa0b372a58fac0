package validate

import "plumbline/internal/diag"

var undefinedSet = Rule{
	ID: "policy/undefined-set", Label: "R-POL-4", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Every set and policy that a device speaks of exists on it.",
	Motive:   "Many devices take a name that nothing bears for: let everything through.",
	Check: func(v View, ds *diag.List) {
		for _, d := range v.Is.Devices {
			if d.Policy != nil {
				have := sizes(d.Policy)
				for _, r := range d.Policy.Routes {
					for i := range r.Terms {
						t := &r.Terms[i]
						for _, s := range append(asks(t), set{"communities", t.Strip}) {
							if _, known := have[s]; s.name != "" && !known {
								ds.Failf(t.From, "policy/undefined-set", "%s term %d of %s asks for %s, which does not exist there", r.Name, t.Seq, d.Name, s.name)
							}
						}
					}
				}
			}
			for i := 0; d.BGP != nil && i < len(d.BGP.Origins); i++ {
				if o := &d.BGP.Origins[i]; o.Policy != "" && route(d, o.Policy) == nil {
					ds.Failf(o.From, "policy/undefined-set", "%s originates %s by the policy %s, which does not exist there", d.Name, o.Prefix, o.Policy)
				}
			}
		}
	},
}
