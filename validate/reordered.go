package validate

import "plumbline/internal/diag"

var reordered = Rule{
	ID: "policy/reordered", Label: "R-POL-3", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Terms that change places let the same routes through, with the same marks and preference, unless policy.yaml on the protected branch says that the policy may change.",
	Motive:   "Cloudflare, 21 June 2022: an order of terms took 19 sites down from 06:27 to 07:42.",
	Check: func(v View, ds *diag.List) {
		for _, c := range v.changed() {
			if c.err != nil || !c.delta.Reordered {
				continue
			}
			if v.Wider[c.name()] {
				newly(ds, c, c.delta.Terms, c.from, "; policy.yaml says that it may")
				continue
			}
			for what, set := range map[string][]string{
				"lets through newly": c.delta.Terms.Lines(), "lets through no longer": c.delta.Gone.Lines(), "marks or prefers otherwise": c.delta.Altered.Lines(),
			} {
				if len(set) > 0 {
					d := ds.Failf(c.from, "policy/reordered", "%s has its terms in another order, and %s", c.name(), what)
					d.Notes = set
					d.Hint = "put the terms back; where it is meant, name " + c.name() + " under wider in policy.yaml first, in a change of its own"
				}
			}
		}
	},
}
