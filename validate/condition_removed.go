package validate

import (
	"plumbline/internal/diag"
	"plumbline/internal/policy"
)

var conditionRemoved = Rule{
	ID: "policy/condition-removed", Label: "R-POL-2", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "A policy whose terms change lets nothing through that its terms kept out before, but prefixes that exactly nobody tells any more or that its site begins to tell, unless policy.yaml on the protected branch says that it may.",
	Motive:   "Cloudflare Miami, January 2026: with the last match gone all internal routes were announced; Rogers, July 2022: a filter was taken away and the core was flooded.",
	Check: func(v View, ds *diag.List) {
		var w withdrawn
		for _, c := range v.changed() {
			switch {
			case c.err != nil:
				ds.Failf(c.from, "policy/condition-removed", "what %s lets through cannot be compared with before: %v", c.name(), c.err).
					Hint = "change less at once"
			case c.delta.Reordered || len(c.delta.Terms) == 0:
			case v.Wider[c.name()]:
				newly(ds, c, c.delta.Terms, c.from, "; policy.yaml says that it may")
			default:
				kept, gone := w.retired(v, c)
				newly(ds, c, gone, c.from, ": what kept these apart has no more to keep, since they left the network or begin to be told here")
				if len(kept) == 0 {
					continue
				}
				d := ds.Failf(c.from, "policy/condition-removed", "%s lets through what its terms kept out before", c.name())
				d.Notes = kept.Lines()
				d.Hint = "put the condition back; where it is meant, name " + c.name() + " under wider in policy.yaml first, in a change of its own"
			}
		}
	},
}

// newly tells reviewers what is let through that was not.
func newly(ds *diag.List, c change, all policy.Set, at diag.Pos, why string) {
	if len(all) > 0 {
		ds.Notef(at, "policy/newly-accepted", "%s lets through newly%s", c.name(), why).Notes = all.Lines()
	}
}
