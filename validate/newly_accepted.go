package validate

import "plumbline/internal/diag"

var newlyAccepted = Rule{
	ID: "policy/newly-accepted", Label: "R-POL-2", Severity: diag.Note, JudgedBy: "check",
	Sentence: "What a policy lets through newly, since one of its sets holds something else, is listed for the review.",
	Motive:   "Cloudflare Atlanta, 17 July 2020: one line of a policy, 27 minutes, half the network.",
	Check: func(v View, ds *diag.List) {
		for _, c := range v.changed() {
			if c.err == nil {
				newly(ds, c, c.delta.Sets, c.cause(), "")
			}
		}
	},
}
