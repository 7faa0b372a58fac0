package push_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"plumbline/internal/journal"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// stands is a clock that shows one time.
type stands struct{ at time.Time }

func (s stands) Now() time.Time                                 { return s.at }
func (stands) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// TestNames holds the law: no trial of a device has the name of an earlier one, however little, or
// which, time is between two pushes of a plan: a device takes none twice.
func TestNames(t *testing.T) {
	begin := time.Unix(1e9, 0)
	for i, later := range []time.Duration{0, time.Millisecond, 500 * time.Millisecond, time.Second, -time.Hour, 0, 500 * time.Millisecond} {
		back := i > 4
		w, dir := fresh("r1", "r2", "r3"), t.TempDir()
		w.Sick, w.SickOn = lastSick()
		for _, at := range []time.Time{begin, begin.Add(later), begin.Add(later)} {
			j, had, err := journal.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			o := w.door().options(j)
			o.Had, o.Resume, o.Clock, o.All = had, true, stands{at}, back
			o.Kept = func(string) (plan.Plan, error) {
				return plan.Plan{Header: plan.Header{Repo: repoID}, Changes: crashPlan()}, nil
			}
			res, err := push.Run(t.Context(), allowed(t, crashPlan()...), o)
			want := push.Committed
			switch {
			case w.Sick != "" && back:
				want = push.RolledBack
			case w.Sick != "":
				want = push.Partial
			}
			if res.State != want {
				t.Errorf("%s later: %s (%v), want %s", later, res.State, err, want)
			}
			w.Sick = ""
			j.Close()
		}
		names := slices.Clone(w.box("r1").Names)
		if slices.Sort(names); len(names) < 3 || len(slices.Compact(names)) != len(w.box("r1").Names) {
			t.Errorf("%s later: the trials of r1 were %q", later, w.box("r1").Names)
		}
	}
}
