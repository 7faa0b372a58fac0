package push_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/internal/journal"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// TestLimitsUnderPush holds the law: what no plan may pass is refused where changes leave,
// even where planner and push look away. Each case has a neighbour that is let through.
func TestLimitsUnderPush(t *testing.T) {
	together := []plan.Change{change("r1", 0, "new"), change("r2", 0, "new"), change("r3", 0, "new")} // a planner that knows no limit
	apart := []plan.Change{change("r1", 0, "new"), change("r2", 1, "new"), change("r3", 2, "new")}
	pairs := map[string]string{"r1": "edge", "r2": "edge", "r3": "core"}
	group := func(device string) string { return pairs[device] }
	ends := func(device string) []string { return map[string][]string{"r2": {"r3"}, "r3": {"r2"}}[device] }
	had := func(age time.Duration) []write.Begun {
		return push.Began([]journal.Record{{Step: journal.Intent, Device: "r9", Time: instant{}.Now().Add(-age).UTC().Format(time.RFC3339)}}, instant{}.Now())
	}
	limit := write.ErrLimit.Error()
	for name, c := range map[string]struct {
		plan []plan.Change
		l    *write.Limits
		want string // begins with the device that is refused
	}{
		"three at once, two may be":            {together, &write.Limits{Most: 2}, "r3: " + limit + ": 2 devices are on trial"},
		"three at once, three may be":          {together, &write.Limits{Most: 3}, ""},
		"three one after the other":            {apart, &write.Limits{Most: 1}, ""},
		"two of one group":                     {together, &write.Limits{Group: group}, "r2: " + limit + ": it shares a redundancy group with r1"},
		"two of one group in two waves":        {apart, &write.Limits{Group: group}, ""},
		"both ends of a last path":             {together, &write.Limits{Apart: ends}, "r3: " + limit + ": the link to r2"},
		"both ends of a last path in turn":     {apart, &write.Limits{Apart: ends}, ""},
		"a fourth within the hour":             {apart, &write.Limits{PerHour: 3, Began: had(59 * time.Minute)}, "r3: " + limit + ": 3 devices were changed within one hour"},
		"the first of four was an hour before": {apart, &write.Limits{PerHour: 3, Began: had(time.Hour)}, ""},
	} {
		w := fresh("r1", "r2", "r3")
		o := w.door().options(&memory{w: w})
		c.l.Now = instant{}.Now
		o.Write = c.l.Over(o.Write)
		res, err := push.Run(t.Context(), allowed(t, c.plan...), o)
		if c.want == "" {
			if err != nil || res.State != push.Committed {
				t.Errorf("%s: %s %v", name, res.State, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, write.ErrLimit) {
			t.Errorf("%s: %s %v", name, res.State, err)
		}
		for _, d := range []string{"r1", "r2", "r3"} {
			if b := w.box(d); c.plan[1].Wave == 0 && b.Running != "old" || b.Tx != "" {
				t.Errorf("%s: %s holds %+v", name, d, b)
			}
		}
		if slices.Contains(w.Log, c.want[:2]+": send") {
			t.Errorf("%s: it was sent all the same", name)
		}
	}
}

// untimed is a writer whose devices do not undo by themselves.
type untimed struct{ write.Writer }

// TestRisksUnderPush holds what a risk class asks of a wave, whatever the plan says: what touches
// the way in is alone, and never without a timer; of what has no timer there is one in a wave;
// of a redundancy group too.
func TestRisksUnderPush(t *testing.T) {
	risky := func(device string, wave int, risks ...string) plan.Change {
		c := change(device, wave, "new")
		c.Risks = risks
		return c
	}
	for name, c := range map[string]struct {
		plan    []plan.Change
		untimed string // devices without a timer
		group   string // devices of one group
		want    string
	}{
		"the way in alone":               {[]plan.Change{risky("r1", 1), risky("r2", 2, plan.Lifeline)}, "", "", ""},
		"the way in with another":        {[]plan.Change{risky("r1", 1), risky("r2", 1, plan.Lifeline)}, "", "", "r2: wave: limits: it changes the way in, and r1 is in the same wave"},
		"the way in without a timer":     {[]plan.Change{risky("r1", 1, plan.Lifeline, plan.NoTimer)}, "r1", "", "r1: wave: limits: it changes the way in, and cannot undo by itself"},
		"something else without a timer": {[]plan.Change{risky("r1", 1, plan.NoTimer), risky("r2", 2, plan.NoTimer)}, "r1 r2", "", ""},
		"two without a timer":            {[]plan.Change{risky("r1", 1, plan.NoTimer), risky("r2", 1, plan.NoTimer)}, "r1 r2", "", "r2: wave: limits: it cannot undo by itself, nor can r1 in the same wave"},
		"two of a group":                 {[]plan.Change{risky("r1", 1), risky("r2", 1)}, "", "r1 r2", "r2: wave: limits: it shares a redundancy group with r1, which is in the same wave"},
		"two of a group in two waves":    {[]plan.Change{risky("r1", 1), risky("r2", 2)}, "", "r1 r2", ""},
	} {
		w := fresh("r1", "r2")
		o := w.door().options(&memory{w: w})
		reach := o.Write
		o.Write = func(device string) (write.Writer, error) {
			one, err := reach(device)
			if strings.Contains(c.untimed, device) {
				one = untimed{one}
			}
			return one, err
		}
		o.Group = func(device string) string {
			if strings.Contains(c.group, device) {
				return "g"
			}
			return ""
		}
		res, err := push.Run(t.Context(), allowed(t, c.plan...), o)
		if c.want == "" && (err != nil || res.State != push.Committed) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || res.State != push.Refused) {
			t.Errorf("%s: %s %v", name, res.State, err)
		}
		for _, d := range []string{"r1", "r2"} {
			if c.want != "" && w.box(d).Running != "old" {
				t.Errorf("%s: %s was sent something", name, d)
			}
		}
	}
}

// TestTurnsUnderPush holds that what devices share turns when all that comes is there, and before
// anything goes; a device is sent its three steps in their order, and the rest of them where it
// has some behind it.
func TestTurnsUnderPush(t *testing.T) {
	steps := func(device string, adds, turns, removes int) plan.Change {
		c := change(device, removes, "a", "b", "c")
		part := func(stage string, wave int, want, do string) plan.Part {
			return plan.Part{Stage: stage, Wave: wave, Want: want, Edit: drivers.Edit{Do: []byte(do), Undo: []byte("back")}}
		}
		c.Stage, c.Edit = plan.Removes, drivers.Edit{Do: []byte("c"), Undo: []byte("back")}
		c.Parts = []plan.Part{part(plan.Adds, adds, "old|a", "a"), part(plan.Turns, turns, "old|a|b", "b")}
		return c
	}
	both := func(adds, turns, removes int) []plan.Change {
		return []plan.Change{steps("r1", adds, turns, removes), steps("r2", adds+1, turns, removes+1)}
	}
	for name, c := range map[string]struct {
		plan []plan.Change
		want string
	}{
		"in their order":          {both(1, 3, 4), ""},
		"turned before all comes": {both(2, 2, 4), "r1: wave: limits: it turns in wave 2, before r2 adds in wave 3"},
		"gone before it turns":    {both(1, 5, 4), "r1: wave: limits: it removes in wave 4, before r1 turns in wave 5"},
	} {
		w := fresh("r1", "r2")
		res, err := push.Run(t.Context(), allowed(t, c.plan...), w.door().options(&memory{w: w}))
		if c.want == "" && (err != nil || res.State != push.Committed || w.box("r2").Running != "old|a|b|c") || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %s %v, %+v", name, res.State, err, w.box("r2"))
		}
	}
	w := fresh("r1", "r2")
	w.Boxes["r1"].Running, w.Boxes["r2"].Running = "old|a", "old|a|b"
	res, err := push.Run(t.Context(), allowed(t, both(1, 3, 4)...), w.door().options(&memory{w: w}))
	if err != nil || res.State != push.Committed || w.box("r1").Running != "old|a|b|c" || w.box("r2").Running != "old|a|b|c" {
		t.Errorf("begun before: %s %v, %+v %+v", res.State, err, w.box("r1"), w.box("r2"))
	}
}
