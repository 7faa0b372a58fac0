package validate

import "plumbline/internal/diag"

var noLongerAccepted = Rule{
	ID: "policy/no-longer-accepted", Label: "R-POL-2", Severity: diag.Note, JudgedBy: "check",
	Sentence: "What a policy lets through no longer is listed for the review.",
	Motive:   "Whoever announces it is cut off without a word.",
	Check: func(v View, ds *diag.List) {
		for _, c := range v.changed() {
			if c.err == nil && len(c.delta.Gone) > 0 {
				ds.Notef(c.cause(), "policy/no-longer-accepted", "%s lets through no longer", c.name()).Notes = c.delta.Gone.Lines()
			}
		}
	},
}
