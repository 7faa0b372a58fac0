package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/dispatch"
	"plumbline/internal/health"
	"plumbline/internal/journal"
)

// wave is some devices that are settled together: all are new in the end, or all are old.
type wave struct {
	*run
	trials []*trial
	before Vitals
	said   journal.Step          // the last decision that stands in the journal
	was    map[journal.Step]bool // every decision that stands there
	sleep  func(time.Duration)   // waits for a device's timer, unless a person said stop
	asked  func() bool           // whether a person said stop

	others []*wave // kept before it, and to go back with it where it fails
	back   bool    // it leads back to what was before a wave that was kept
	of     *wave   // that one
}

// newWave takes the context that a person can end: whoever stops a run does not wait for
// timers of devices that do not answer.
func (r *run) newWave(ctx context.Context, trials []*trial) *wave {
	sleep := func(d time.Duration) { _ = r.Clock.Sleep(ctx, d) }
	asked := func() bool { return r.stopped(ctx) != nil }
	return &wave{run: r, trials: trials, was: map[journal.Step]bool{}, sleep: sleep, asked: asked}
}

// outcome is how a phase ended: which column of the protocol comes next.
type outcome int

const (
	well outcome = iota
	ill
	none
)

// settled plays a wave through the protocol, and tells how it ended. From the first decision on
// it goes on even where ctx has ended: a trial is never left to chance.
func (w *wave) settled(ctx context.Context) (phase, error) {
	var errs error
	at := watching
	if w.back {
		at = recalling
	}
	for {
		p, ok := protocol[at]
		if !ok {
			return at, w.over(at, errs)
		}
		if p.sure {
			ctx = context.WithoutCancel(ctx)
		}
		if p.note != "" && !p.each {
			if err := w.decide(p.note); err != nil {
				errs = errors.Join(errs, err)
				if p.lost != "" {
					at = p.lost
					continue
				}
			}
		}
		out, err := w.play(ctx, at)
		errs = errors.Join(errs, err)
		at = [...]phase{well: p.well, ill: p.ill, none: p.none}[out]
	}
}

// over says how a wave ended. What failed on the way and was mended is no failure.
func (w *wave) over(at phase, errs error) error {
	no, aim, word := w.trials[0].Wave, kept, "kept"
	if w.back {
		aim, word = undone, "taken back"
	}
	switch {
	case at == doubtful:
		w.mixed = true
	case at == aim && errs != nil:
		w.say("wave %d: %s, after %v", no, word, errs)
		return nil
	case at == aim:
		w.say("wave %d: %s", no, word)
	}
	return errs
}

func (w *wave) site(t *trial) string { return w.stands(t.Device) }

// play does what a phase is for.
func (w *wave) play(ctx context.Context, at phase) (outcome, error) {
	var err error
	switch at {
	case watching:
		err = w.watch(ctx)
	case recalling:
		err = w.recall(context.WithoutCancel(ctx))
	case trying, returning:
		w.say("wave %d: %d devices on trial", w.trials[0].Wave, len(w.trials))
		_, errs := dispatch.Each(ctx, w.bounds(), w.site, w.trials, w.begin)
		err = errors.Join(errs...)
	case soaking, resting:
		err = w.soak(ctx)
	case keeping, leaving:
		_, errs := dispatch.Each(ctx, w.bounds(), w.site, w.trials, w.keep)
		err = errors.Join(errs...)
	case checking:
		err = w.well(ctx)
	case undoing, staying:
		return w.undoAll(ctx)
	case mending:
		return w.mend(ctx)
	}
	if err != nil {
		return ill, err
	}
	return well, nil
}

// begin puts one change on trial and believes only what it reads back. A device of a later wave was
// looked at a while ago: it is read once more before anything is sent.
func (r *run) begin(ctx context.Context, t *trial) (struct{}, error) {
	nothing := struct{}{}
	if t.already {
		return nothing, nil
	}
	if err := r.stopped(ctx); err != nil {
		return nothing, err
	}
	if err := r.untouched(ctx, t); err != nil {
		return nothing, err
	}
	intent := func(step string) error {
		r.step("device " + step + " " + t.Device)
		if t.begun {
			return nil
		}
		t.begun, t.since = true, r.Clock.Now() // at the first step, whatever it is: a timer is not armed before
		base, target := t.sides()
		return r.note(journal.Record{Step: journal.Intent, Device: t.Device, Wave: t.Wave, Base: base, Target: target, Hold: t.Hold, Mark: t.mark, Archive: t.archive, Secrets: r.marks(t)})
	}
	hold := write.Hold{For: time.Duration(t.Hold) * time.Second, Tx: r.mark(t), Before: intent}
	var err error
	if t.pending, err = t.writer.Apply(ctx, r.door(t), t.script(), hold); err != nil {
		return nothing, &Error{t.Device, "apply", r.kind(err), err}
	}
	r.step("applied " + t.Device)
	holds, err := r.holds(ctx, t)
	want, _ := t.leads()
	switch {
	case err != nil:
		return nothing, &Error{t.Device, "read back", Rejected, err}
	case holds != want:
		return nothing, &Error{t.Device, "read back", Rejected, errors.New("it holds something else than the plan foretold")}
	}
	return nothing, nil
}

// untouched proves that a device holds what its change leads away from.
func (r *run) untouched(ctx context.Context, t *trial) error {
	holds, err := r.holds(ctx, t)
	base, _ := t.sides()
	switch {
	case err != nil:
		return &Error{t.Device, "read", Unreachable, err}
	case holds != base:
		return &Error{t.Device, "read", Stale, errors.New("somebody changed it since all devices were looked at, and nothing was sent to it: run plumbline diff, and have the new plan approved")}
	}
	return nil
}

// kind sorts what a writer says: refused and proved as before, or in doubt.
func (r *run) kind(err error) Kind {
	switch {
	case errors.Is(err, write.ErrInDoubt), errors.Is(err, write.ErrDirtyOurs):
		return Doubt
	case errors.Is(err, write.ErrLimit):
		return Limits
	case errors.Is(err, write.ErrStale), errors.Is(err, write.ErrDirty), errors.Is(err, write.ErrNoTimer):
		return Stale
	}
	return Rejected
}

// view is what the next run must know to judge a wave: the journal keeps it.
type view struct {
	Before Vitals
	Expect map[string]health.Expected
	Loose  map[string][]string `json:",omitempty"`
}

// decide writes down for the whole wave what will be done, before any of it is: a run
// that dies in between is finished the same way by the next.
func (w *wave) decide(s journal.Step) error {
	v := view{Expect: map[string]health.Expected{}, Loose: map[string][]string{}}
	if s == journal.Keep || w.back {
		v.Before = w.before
	}
	for _, t := range w.trials {
		v.Expect[t.Device] = w.expected(t)
		if len(t.loose) > 0 {
			v.Loose[t.Device] = t.loose
		}
	}
	n := journal.Record{Step: s, Wave: w.trials[0].Wave}
	n.All = s == journal.Undo && !w.back && w.All && (len(w.others) > 0 || w.failed) && !w.asked()
	if s != journal.WaveDone {
		text, err := json.Marshal(v)
		if err != nil {
			return &Error{w.trials[0].Device, "journal", Doubt, err}
		}
		n.Devices, n.Text = names(w.trials), string(text)
	}
	if err := w.note(n); err != nil {
		return &Error{w.trials[0].Device, "journal", Doubt, err}
	}
	if s != journal.WaveDone {
		w.said, w.was[s], w.failed = s, true, w.failed || n.All
	}
	return nil
}

func (r *run) keep(ctx context.Context, t *trial) (struct{}, error) {
	if t.already {
		return struct{}{}, r.done(ctx, t, t.HaveFull, "old")
	}
	r.step("keep " + t.Device)
	err := t.pending.Keep(ctx)
	want, word := t.leads()
	return struct{}{}, errors.Join(wrap(t, "keep", err), r.done(ctx, t, want, word))
}

// undoAll takes a wave off its trials, the last one first. It is well where all of them were
// read as they were before.
func (w *wave) undoAll(ctx context.Context) (outcome, error) {
	var begun []*trial
	side := "old"
	for _, t := range slices.Backward(w.trials) {
		if t.begun {
			begun = append(begun, t)
			_, side = t.leaves()
		}
	}
	_, errs := dispatch.Each(ctx, w.bounds(), w.site, begun, func(ctx context.Context, t *trial) (struct{}, error) {
		w.step("undo " + t.Device)
		var err error
		if t.pending == nil {
			err = w.resumeUndo(ctx, t)
		} else {
			err = t.pending.Undo(ctx)
		}
		from, word := t.leaves()
		return struct{}{}, errors.Join(wrap(t, "undo", err), w.done(ctx, t, from, word))
	})
	if w.all(begun, side) {
		return well, errors.Join(errs...)
	}
	return ill, errors.Join(errs...)
}

// all tells whether every device was read as one side.
func (r *run) all(trials []*trial, side string) bool {
	return !slices.ContainsFunc(trials, func(t *trial) bool { return r.became(t) != side })
}

// resumeUndo finds a trial whose beginning failed, and takes back what is ours of it.
func (r *run) resumeUndo(ctx context.Context, t *trial) error {
	state, pending, err := t.writer.Resume(ctx, r.door(t), r.mark(t))
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
		r.put(t, "unknown")
		return &Error{t.Device, "read back", Doubt, fmt.Errorf("%w; the device undoes by itself where we did not keep: run plumbline push --resume", err)}
	case holds != want:
		word = other(holds, t)
	}
	r.put(t, word)
	if err := r.note(journal.Record{Step: journal.Done, Device: t.Device, Wave: t.Wave, Result: word}); err != nil {
		return &Error{t.Device, "journal", Doubt, err}
	}
	if holds != want {
		return &Error{t.Device, "read back", Doubt, errors.New("it holds something else than it should: " + word)}
	}
	return nil
}

// put notes what became of a step; devices of a wave end side by side.
func (r *run) put(t *trial, result string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[t.at()] = result
}

// became is what a device was last read as after a step; "" where it was not.
func (r *run) became(t *trial) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.results[t.at()]
}

// other names what a device holds that is not what was expected of it.
func other(holds string, t *trial) string {
	switch {
	case holds == t.Want || slices.Contains(t.beyond, holds):
		return "new"
	case holds == t.HaveFull:
		return "old"
	}
	return "foreign"
}
