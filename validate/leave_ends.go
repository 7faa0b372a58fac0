package validate

import (
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// longestLeave is how far ahead the end of a leave may lie; noticeLeave is how long before
// it people are told.
const (
	longestLeave = 400 * 24 * time.Hour
	noticeLeave  = 30 * 24 * time.Hour
)

var leaveEnds = Rule{
	ID: "leave/ends", Label: "R-LEAVE-2", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "What is left as it was has a last day that has not passed, at most 400 days ahead.",
	Motive:   "Exceptions rot: without an end nobody comes back to them.",
	Check: func(v View, ds *diag.List) {
		said := map[diag.Pos]bool{}
		for _, d := range v.Is.Devices {
			for i := range d.Leave {
				if s := &d.Leave[i]; !said[s.From] {
					said[s.From] = true
					ends(v.Now, s, ds)
				}
			}
		}
	},
}

func ends(now time.Time, s *network.Section, ds *diag.List) {
	last, err := time.Parse(time.DateOnly, s.Ends)
	left := last.Add(24 * time.Hour).Sub(now)
	switch {
	case err != nil:
		ds.Failf(s.From, "leave/ends", "%s ends on %q, which is no date as YYYY-MM-DD", s.Leave, s.Ends)
	case left <= 0:
		ds.Failf(s.From, "leave/ends", "%s ended on %s: %s answers for it", s.Leave, s.Ends, s.Owner)
	case left > longestLeave+24*time.Hour:
		ds.Failf(s.From, "leave/ends", "%s ends on %s, more than 400 days from %s", s.Leave, s.Ends, now.Format(time.DateOnly))
	case left < noticeLeave:
		ds.Warnf(s.From, "leave/ends", "%s ends on %s: %s answers for it", s.Leave, s.Ends, s.Owner)
	}
}
