package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/dispatch"
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
		err = r.decide(wave, journal.Keep)
	}
	if err != nil {
		return errors.Join(err, r.undoAll(safe, wave))
	}
	_, errs = dispatch.Each(safe, r.Wide, wave, r.keep)
	if err = errors.Join(errs...); err != nil {
		return err
	}
	if after, err := r.Health(safe, names(wave)); err != nil || len(worse(before, after)) > 0 {
		return &Error{wave[0].Device, "health after keep", Doubt, errors.Join(err, errors.New(say(worse(before, after))))}
	}
	r.say("wave %d: kept", wave[0].Wave)
	return nil
}

// begin puts one change on trial and believes only what it reads back.
func (r *run) begin(ctx context.Context, t *trial) (struct{}, error) {
	none := struct{}{}
	intent := func(step string) error {
		r.step("device " + step + " " + t.Device)
		switch step {
		case "read", "arm", "apply":
			if t.begun {
				return nil
			}
			t.begun = true
			return r.note(journal.Record{Step: journal.Intent, Device: t.Device, Wave: t.Wave, Base: t.HaveFull, Target: t.Want})
		}
		return nil
	}
	hold := write.Hold{For: time.Duration(t.Hold) * time.Second, Tx: r.tx, Before: intent}
	var err error
	if t.pending, err = t.writer.Apply(ctx, t.target, t.Edit, hold); err != nil {
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
	for range 4 {
		if err := r.Clock.Sleep(ctx, r.Soak/2); err != nil {
			return &Error{wave[0].Device, "soak", Sick, err}
		}
		r.step("health " + wave[0].Device)
		if r.Halted() {
			return &Error{wave[0].Device, "soak", Sick, errors.New("a halt was called: the wave is undone")}
		}
		after, err := r.Health(ctx, names(wave))
		if err != nil {
			return &Error{wave[0].Device, "health", Sick, err}
		}
		if w := worse(before, after); len(w) > 0 {
			good = 0
			continue
		}
		if good++; good == 2 {
			return nil
		}
	}
	after, err := r.Health(ctx, names(wave))
	return &Error{wave[0].Device, "health", Sick, errors.Join(err, errors.New(say(worse(before, after))))}
}

// worse lists what was up and is not: a session that is still there must be up again. One
// that is gone was taken away by the plan.
func worse(before, after Vitals) (out []string) {
	for device, sessions := range before {
		now, read := after[device]
		if !read {
			out = append(out, device+" was not read")
			continue
		}
		for s, up := range sessions {
			if is, there := now[s]; up && there && !is {
				out = append(out, device+": "+s+" was up and is down")
			}
		}
	}
	slices.Sort(out)
	return out
}

func say(what []string) string {
	if len(what) == 0 {
		return "unknown counts as unhealthy"
	}
	return fmt.Sprint(what)
}

// decide writes down for the whole wave what will be done, before any of it is: a run
// that dies in between is finished the same way by the next.
func (r *run) decide(wave []*trial, s journal.Step) error {
	if err := r.note(journal.Record{Step: s, Wave: wave[0].Wave, Devices: names(wave)}); err != nil {
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
	errs := []error{r.decide(wave, journal.Undo)}
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
	state, pending, err := t.writer.Resume(ctx, t.target, r.tx)
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
