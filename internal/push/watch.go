package push

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/health"
	"plumbline/internal/plan"
)

// watch asks how the devices are before anything is sent to them.
func (w *wave) watch(ctx context.Context) (err error) {
	if w.before, err = w.Health(ctx, names(w.trials)); err != nil {
		return &Error{w.trials[0].Device, "health", Unreachable, err}
	}
	for _, s := range slices.Sorted(maps.Keys(w.before[w.trials[0].Device])) {
		if health.Probe(s) && !w.before[w.trials[0].Device][s].Up {
			w.say("%s: does not answer before anything is sent, and is not judged", s)
		}
	}
	w.untold()
	return nil
}

// well asks whether a wave is well after all of it was kept.
func (w *wave) well(ctx context.Context) error {
	w.step("health after keep " + w.trials[0].Device)
	after, err := w.Health(ctx, names(w.trials))
	found := w.worse(w.trials, w.before, after)
	if len(found) == 0 && err == nil {
		found = w.together(after)
	}
	if err != nil || len(found) > 0 {
		return sick(w.trials, "health after keep", Doubt, found, err)
	}
	w.tell(after)
	if !w.back {
		w.seen = w.looks(w.trials, after)
	}
	return nil
}

// tell says what changed of counts and was not judged.
func (w *wave) tell(after Vitals) {
	var all []string
	for _, t := range w.trials {
		for _, f := range health.Notes(w.before[t.Device], after[t.Device], w.expected(t)) {
			all = append(all, t.Device+": "+f.String())
		}
	}
	w.some(all)
}

// some says the first of several things.
func (r *run) some(all []string) {
	const most = 5
	for i, text := range all {
		if i == most {
			r.say("and %d more", len(all)-most)
			break
		}
		r.say("%s", text)
	}
}

// soak watches a wave: two passes of every check in a row, the last at the end. What protocols
// carry on takes its time to come back, and is watched twice as long.
func (w *wave) soak(ctx context.Context) error {
	good, long := 0, w.Soak
	if slices.ContainsFunc(w.trials, func(t *trial) bool { return t.Propagates() }) {
		long *= 2
	}
	first := w.trials[0].Device
	var found []string
	for range 4 {
		if err := w.Clock.Sleep(ctx, long/2); err != nil {
			return &Error{first, "soak", Sick, err}
		}
		w.step("health " + first)
		if w.halted() {
			return &Error{first, "soak", Sick, errors.New("a halt was called: the wave is undone")}
		}
		var err error
		if found, err = w.unwell(ctx); err != nil {
			return &Error{first, "health", Sick, err}
		}
		if len(found) > 0 {
			good = 0
			continue
		}
		if good++; good == 2 {
			return nil
		}
	}
	return sick(w.trials, "health", Sick, found, nil)
}

// worse lists, by device, what is worse than before.
func (r *run) worse(wave []*trial, before, after Vitals) (out []string) {
	for _, t := range wave {
		for _, f := range health.Compare(before[t.Device], after[t.Device], r.expected(t)) {
			out = append(out, ofDevice(t, f))
		}
	}
	return out
}

// ofDevice is what is worse, with the device that it is of: a probe is of none.
func ofDevice(t *trial, f health.Finding) string {
	if health.Probe(f.Session) {
		return f.String()
	}
	return t.Device + ": " + f.String()
}

// expected is what a change does to sessions; after a crash the journal has it.
func (r *run) expected(t *trial) health.Expected {
	if t.expect != nil {
		return *t.expect
	}
	return r.expects(t.Change)
}

func (r *run) expects(c plan.Change) health.Expected {
	if r.Expect != nil {
		return r.Expect(c)
	}
	return health.Script(c.Do)
}

// sick is the error of a wave that is not well.
func sick(wave []*trial, op string, k Kind, found []string, err error) error {
	if len(found) > 0 {
		var once []string // a probe that does not answer is found by every device of its wave
		for _, f := range found {
			if !slices.Contains(once, f) {
				once = append(once, f)
			}
		}
		err = errors.Join(err, errors.New(strings.Join(once, "; ")))
	}
	return &Error{wave[0].Device, op, k, err}
}

// unwell lists what is worse than before, of a wave and of those that were kept before it where
// all of them go back together. A device is judged by the last wave that it was in.
func (w *wave) unwell(ctx context.Context) (found []string, err error) {
	all := append(slices.Clone(w.others), w)
	last := map[string]*wave{}
	for _, o := range all {
		for _, t := range o.trials {
			last[t.Device] = o
		}
	}
	after, err := w.Health(ctx, slices.Sorted(maps.Keys(last)))
	if err != nil {
		return nil, err
	}
	for _, o := range slices.Backward(all) {
		for _, t := range o.trials {
			if last[t.Device] == o {
				found = append(found, o.ails(t, o != w, after)...)
			}
		}
	}
	if len(found) == 0 {
		found = w.together(after)
	}
	return found, nil
}

// ails lists what is worse than before of one device. What was kept may have lost what it is to
// lose in a later step: the far end was faster.
func (w *wave) ails(t *trial, kept bool, after Vitals) (found []string) {
	e := w.expected(t)
	if kept {
		e.Freed = slices.Concat(e.Freed, t.loose)
	}
	for _, f := range health.Compare(w.before[t.Device], after[t.Device], e) {
		found = append(found, ofDevice(t, f))
	}
	return found
}
