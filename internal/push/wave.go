package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/dispatch"
	"plumbline/internal/health"
	"plumbline/internal/journal"
)

// wave tries one wave and settles all of it one way:
//
//  1. how are they now
//  2. journal intent, apply on trial, read back: each equals what was foretold
//  3. soak: two passes of health in a row, over new connections
//  4. journal the decision for the whole wave
//  5. keep all, or undo all in reverse order; read back; journal what is there
//  6. health again
//
// It is settled even where ctx has ended: a trial is never left to chance.
func (r *run) wave(ctx context.Context, wave []*trial) error {
	before, err := r.Health(ctx, names(wave))
	if err != nil {
		return &Error{wave[0].Device, "health", Unreachable, err}
	}
	r.say("wave %d: %d devices on trial", wave[0].Wave, len(wave))
	_, errs := dispatch.Each(ctx, r.Wide, wave, r.begin)
	err = errors.Join(errs...)
	if err == nil {
		err = r.soak(ctx, wave, before)
	}
	safe := context.WithoutCancel(ctx)
	if err == nil {
		err = r.decide(wave, journal.Keep, before)
	}
	if err != nil {
		return errors.Join(err, r.undoAll(safe, wave))
	}
	r.mixed = true // until it is proved that all of it was kept, and is well
	if err = r.keepAll(safe, wave); err != nil {
		return err
	}
	r.step("health after keep " + wave[0].Device)
	after, err := r.Health(safe, names(wave))
	if found := r.worse(wave, before, after); err != nil || len(found) > 0 {
		return sick(wave, "health after keep", Doubt, found, err)
	}
	if err := r.note(journal.Record{Step: journal.WaveDone, Wave: wave[0].Wave}); err != nil {
		return &Error{wave[0].Device, "journal", Doubt, err}
	}
	r.mixed = false
	r.say("wave %d: kept", wave[0].Wave)
	return nil
}

// begin puts one change on trial and believes only what it reads back.
func (r *run) begin(ctx context.Context, t *trial) (struct{}, error) {
	none := struct{}{}
	if err := r.stopped(ctx); err != nil {
		return none, err
	}
	intent := func(step string) error {
		r.step("device " + step + " " + t.Device)
		if t.begun {
			return nil
		}
		t.begun = true // at the first step, whatever it is: a timer is not armed before
		return r.note(journal.Record{Step: journal.Intent, Device: t.Device, Wave: t.Wave, Base: t.HaveFull, Target: t.Want, Hold: t.Hold})
	}
	hold := write.Hold{For: time.Duration(t.Hold) * time.Second, Tx: r.tx, Before: intent}
	var err error
	if t.pending, err = t.writer.Apply(ctx, r.door(t), t.Edit, hold); err != nil {
		return none, &Error{t.Device, "apply", r.kind(err), err}
	}
	r.step("applied " + t.Device)
	holds, err := r.holds(ctx, t)
	switch {
	case err != nil:
		return none, &Error{t.Device, "read back", Rejected, err}
	case holds != t.Want:
		return none, &Error{t.Device, "read back", Rejected, errors.New("it holds something else than the plan foretold")}
	}
	return none, nil
}

// kind sorts what a writer says: refused and proved as before, or in doubt.
func (r *run) kind(err error) Kind {
	switch {
	case errors.Is(err, write.ErrInDoubt), errors.Is(err, write.ErrDirtyOurs):
		return Doubt
	case errors.Is(err, write.ErrStale), errors.Is(err, write.ErrDirty), errors.Is(err, write.ErrNoTimer):
		return Stale
	}
	return Rejected
}

// soak watches a wave: two passes of every check in a row, the last at the end.
func (r *run) soak(ctx context.Context, wave []*trial, before Vitals) error {
	good := 0
	var found []string
	for range 4 {
		if err := r.Clock.Sleep(ctx, r.Soak/2); err != nil {
			return &Error{wave[0].Device, "soak", Sick, err}
		}
		r.step("health " + wave[0].Device)
		if r.halted() {
			return &Error{wave[0].Device, "soak", Sick, errors.New("a halt was called: the wave is undone")}
		}
		after, err := r.Health(ctx, names(wave))
		if err != nil {
			return &Error{wave[0].Device, "health", Sick, err}
		}
		if found = r.worse(wave, before, after); len(found) > 0 {
			good = 0
			continue
		}
		if good++; good == 2 {
			return nil
		}
	}
	return sick(wave, "health", Sick, found, nil)
}

// worse lists, by device, what is worse than before.
func (r *run) worse(wave []*trial, before, after Vitals) (out []string) {
	for _, t := range wave {
		for _, f := range health.Compare(before[t.Device], after[t.Device], r.expected(t)) {
			out = append(out, t.Device+": "+f.String())
		}
	}
	return out
}

// expected is what a change does to sessions; after a crash the journal has it.
func (r *run) expected(t *trial) health.Expected {
	switch {
	case t.expect != nil:
		return *t.expect
	case r.Expect != nil:
		return r.Expect(t.Change)
	}
	return health.Script(t.Do)
}

// sick is the error of a wave that is not well.
func sick(wave []*trial, op string, k Kind, found []string, err error) error {
	if len(found) > 0 {
		err = errors.Join(err, errors.New(strings.Join(found, "; ")))
	}
	return &Error{wave[0].Device, op, k, err}
}

// view is what the next run must know to judge a wave: the journal keeps it.
type view struct {
	Before Vitals
	Expect map[string]health.Expected
}

// decide writes down for the whole wave what will be done, before any of it is: a run
// that dies in between is finished the same way by the next.
func (r *run) decide(wave []*trial, s journal.Step, before Vitals) error {
	v := view{Before: before, Expect: map[string]health.Expected{}}
	for _, t := range wave {
		v.Expect[t.Device] = r.expected(t)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return &Error{wave[0].Device, "journal", Doubt, err}
	}
	if err := r.note(journal.Record{Step: s, Wave: wave[0].Wave, Devices: names(wave), Text: string(text)}); err != nil {
		return &Error{wave[0].Device, "journal", Doubt, err}
	}
	return nil
}

func (r *run) keep(ctx context.Context, t *trial) (struct{}, error) {
	r.step("keep " + t.Device)
	err := t.pending.Keep(ctx)
	return struct{}{}, errors.Join(wrap(t, "keep", err), r.done(ctx, t, t.Want, "new"))
}

// undoAll takes a wave back, the last one first.
func (r *run) undoAll(ctx context.Context, wave []*trial) error {
	errs := []error{r.decide(wave, journal.Undo, nil)}
	for _, t := range slices.Backward(wave) {
		if !t.begun {
			continue
		}
		r.step("undo " + t.Device)
		var err error
		if t.pending == nil {
			err = r.resumeUndo(ctx, t)
		} else {
			err = t.pending.Undo(ctx)
		}
		errs = append(errs, wrap(t, "undo", err), r.done(ctx, t, t.HaveFull, "old"))
	}
	return errors.Join(errs...)
}

// resumeUndo finds a trial whose beginning failed, and takes back what is ours of it.
func (r *run) resumeUndo(ctx context.Context, t *trial) error {
	state, pending, err := t.writer.Resume(ctx, r.door(t), r.tx)
	if err != nil {
		return err
	}
	if state == write.Ours {
		return pending.Undo(ctx)
	}
	return nil
}

func wrap(t *trial, op string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{t.Device, op, Doubt, err}
}

// done reads back and writes down what is there.
func (r *run) done(ctx context.Context, t *trial, want, word string) error {
	holds, err := r.holds(ctx, t)
	switch {
	case err != nil:
		r.put(t.Device, "unknown")
		return &Error{t.Device, "read back", Doubt, fmt.Errorf("%w; the device undoes by itself where we did not keep: run plumbline push --resume", err)}
	case holds != want:
		word = other(holds, t)
	}
	r.put(t.Device, word)
	if err := r.note(journal.Record{Step: journal.Done, Device: t.Device, Wave: t.Wave, Result: word}); err != nil {
		return &Error{t.Device, "journal", Doubt, err}
	}
	if holds != want {
		return &Error{t.Device, "read back", Doubt, errors.New("it holds something else than it should: " + word)}
	}
	return nil
}

// put notes what became of a device; devices of a wave end side by side.
func (r *run) put(device, result string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[device] = result
}

// other names what a device holds that is not what was expected of it.
func other(holds string, t *trial) string {
	switch holds {
	case t.Want:
		return "new"
	case t.HaveFull:
		return "old"
	}
	return "foreign"
}
