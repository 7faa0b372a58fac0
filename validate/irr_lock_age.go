package validate

import (
	"time"

	"plumbline/internal/diag"
)

const oldest = 30 * 24 * time.Hour

var irrLockAge = Rule{
	ID: "peering/irr-lock-age", Label: "R-PEER-6", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "What a registry lets a neighbor announce was resolved less than 30 days ago.",
	Motive:   "An old set turns away what a neighbor announces by right; a set that is never refreshed is a filter of last year.",
	Check: func(v View, ds *diag.List) {
		said := map[diag.Pos]bool{}
		for _, d := range v.Is.Devices {
			for i := 0; d.Policy != nil && i < len(d.Policy.PrefixSets); i++ {
				s := &d.Policy.PrefixSets[i]
				if s.Fetched == "" || said[s.From] {
					continue
				}
				said[s.From] = true
				at, err := time.Parse(time.DateOnly, s.Fetched)
				switch {
				case err != nil:
					ds.Failf(s.From, "peering/irr-lock-age", "the lock says that it was fetched on %q, which is no date as YYYY-MM-DD", s.Fetched)
				case v.Now.Sub(at) > oldest:
					ds.Failf(s.From, "peering/irr-lock-age", "the lock was fetched on %s, more than 30 days before %s: resolve the set again and commit it", s.Fetched, v.Now.Format(time.DateOnly))
				case at.Sub(v.Now) > 24*time.Hour:
					ds.Failf(s.From, "peering/irr-lock-age", "the lock was fetched on %s, after today", s.Fetched)
				}
			}
		}
	},
}
