package push_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/journal"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// dies runs a plan until a step is about to be taken, and forgets the runner there.
func dies(t *testing.T, w *World, dir, at string) {
	t.Helper()
	j, _, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := w.door().options(j)
	gone := make(chan struct{})
	o.Step = func(name string) {
		if name == at {
			close(gone)
			select {}
		}
	}
	go push.Run(context.Background(), allowed(t, twoOfOneWave()...), o)
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Fatalf("no step %q", at)
	}
	j.Close()
}

func twoOfOneWave() []plan.Change {
	return []plan.Change{change("r1", 0, "new"), change("r2", 0, "new")}
}

// next recovers once, as the next run would.
func next(t *testing.T, w *World, dir string, resume bool) (string, error) {
	t.Helper()
	j, had, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	o := w.door().options(j)
	o.Had, o.Resume = had, resume
	res, err := push.Recover(t.Context(), o)
	var each []string
	for _, d := range res.Devices {
		each = append(each, fmt.Sprintf("{%s %d %s}", d.Device, d.Wave, d.Result))
	}
	return fmt.Sprintf("%s[%s]", res.State, strings.Join(each, " ")), err
}

// TestRecover holds the law: each row of the table, from a journal and from what devices
// show.
func TestRecover(t *testing.T) {
	for name, c := range map[string]struct {
		at    string
		spoil func(*World)
		want  string
		kind  push.Kind
	}{
		"sent, not decided":        {at: "health r1", want: "ROLLED_BACK[{r1 0 old} {r2 0 old}]"},
		"nothing sent to the rest": {at: "journal intent r2", want: "ROLLED_BACK[{r1 0 old} {r2 0 not_sent}]"},
		"the timer fired":          {at: "health r1", spoil: (*World).fire, want: "ROLLED_BACK[{r1 0 old} {r2 0 old}]"},
		"decided, and well":        {at: "keep r1", want: "COMMITTED[{r1 0 new} {r2 0 new}]"},
		"decided, and sick":        {at: "keep r1", spoil: func(w *World) { w.Sick = "r2" }, want: "ROLLED_BACK[{r1 0 old} {r2 0 old}]"},
		"one kept, one lost":       {at: "keep r2", spoil: (*World).fire, want: "PARTIAL[{r1 0 new} {r2 0 old}]"},
		"somebody else kept it": {at: "health r1", spoil: func(w *World) { w.Boxes["r1"].end("kept") },
			want: "MIXED[{r1 0 new} {r2 0 old}]", kind: push.Doubt},
		"it is somebody else's": {at: "health r1", spoil: func(w *World) { w.fire(); w.Boxes["r2"].Running = "theirs" },
			want: "MIXED[{r1 0 old} {r2 0 foreign}]", kind: push.Doubt},
		"another's trial": {at: "health r1", spoil: func(w *World) { w.fire(); w.Boxes["r2"].Tx = "other" },
			want: "MIXED[{r1 0 old} {r2 0 unknown}]", kind: push.Doubt},
		"no answer": {at: "health r1", spoil: func(w *World) { w.Deaf = "r2" }, want: "MIXED[{r1 0 old} {r2 0 unknown}]", kind: push.Doubt},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := fresh("r1", "r2"), t.TempDir()
			dies(t, w, dir, c.at)
			if c.spoil != nil {
				c.spoil(w)
			}
			have, err := next(t, w, dir, false)
			var e *push.Error
			if errors.As(err, &e) != (c.kind != "") || e != nil && e.Kind != c.kind || have != c.want {
				t.Errorf("have %s %v", have, err)
			}
			for n, b := range w.Boxes {
				if b.Tx != "" && b.Tx != "other" && w.Deaf != n {
					t.Errorf("%s: a trial of ours is left", n)
				}
			}
		})
	}
}

// TestHalt holds the law: what ended in doubt is left by a person only, and then settled.
func TestHalt(t *testing.T) {
	w, dir := fresh("r1", "r2"), t.TempDir()
	dies(t, w, dir, "health r1")
	w.Deaf = "r2"
	if have, err := next(t, w, dir, false); err == nil {
		t.Fatal(have)
	}
	w.Deaf = ""
	have, err := next(t, w, dir, false)
	var e *push.Error
	if !errors.As(err, &e) || e.Kind.Exit() != 6 || w.Boxes["r2"].Tx == "" {
		t.Fatalf("nobody looked, and yet: %s %v", have, err)
	}
	if have, err = next(t, w, dir, true); err != nil || have != "ROLLED_BACK[{r1 0 old} {r2 0 old}]" {
		t.Errorf("%s %v", have, err)
	}
	if have, err = next(t, w, dir, false); err != nil || have != "[]" {
		t.Errorf("settled, and yet: %s %v", have, err)
	}
}

// TestLooked holds the law: what somebody else decided is taken as it is once a person looked,
// where it is one of the two; what is neither stays a halt.
func TestLooked(t *testing.T) {
	w, dir := fresh("r1", "r2"), t.TempDir()
	dies(t, w, dir, "health r1")
	w.Boxes["r1"].end("kept")
	if have, err := next(t, w, dir, true); err == nil || have != "MIXED[{r1 0 new} {r2 0 old}]" {
		t.Fatal(have, err)
	}
	w.Boxes["r1"].Running = "theirs"
	if have, err := next(t, w, dir, true); err == nil || have != "MIXED[{r1 0 foreign} {r2 0 old}]" {
		t.Fatal(have, err)
	}
	w.Boxes["r1"].Running = "old|new"
	if have, err := next(t, w, dir, true); err != nil || have != "PARTIAL[{r1 0 new} {r2 0 old}]" {
		t.Fatal(have, err)
	}
	if have, err := next(t, w, dir, false); err != nil || have != "[]" {
		t.Errorf("settled, and yet: %s %v", have, err)
	}
}

// TestHourly holds the law: a limit per hour counts what earlier runs have begun.
func TestHourly(t *testing.T) {
	w := fresh("r1", "r2")
	o := w.door().options(&memory{w: w})
	o.PerHour = 2
	o.Had = []journal.Record{{Step: journal.Intent, Time: instant{}.Now().UTC().Format(time.RFC3339)}, {Step: journal.End}}
	if res, err := push.Run(t.Context(), allowed(t, twoOfOneWave()...), o); err == nil || res.State != push.Refused || w.Log != nil {
		t.Errorf("%v %v %v", res, err, w.Log)
	}
	o.Had[0].Time = instant{}.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	if res, err := push.Run(t.Context(), allowed(t, twoOfOneWave()...), o); err != nil {
		t.Errorf("%v %v", res, err)
	}
}
