package push

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/internal/dispatch"
	"plumbline/internal/journal"
)

// mend looks at each device of a wave and brings all of them to one side, by the table of
// recovery: to the new one only where that was decided and all is well now. It serves a run
// that failed in the middle of a decision, and the run after one that died.
func (w *wave) mend(ctx context.Context) (outcome, error) {
	var errs []error
	for range rounds {
		if err := w.unwritten(); err != nil {
			return none, &Error{w.trials[0].Device, "journal", Doubt, err}
		}
		if err := w.judge(ctx); err != nil {
			return none, err
		}
		_, errs = dispatch.Each(ctx, w.bounds(), w.site, reversed(w.trials), w.mendOne)
		switch {
		case errors.Join(errs...) != nil:
		case w.said == journal.Undo:
			return ill, nil
		case w.said == journal.Back:
			return well, nil
		case !w.all(w.trials, "new"):
			return ill, &Error{w.trials[0].Device, "recovery", Sick, errors.New("a timer was first while the wave was kept: push the same plan again")}
		default:
			if err := w.well(ctx); err == nil {
				return well, nil
			}
		}
	}
	_, left := dispatch.Each(ctx, w.bounds(), w.site, reversed(w.trials), w.letGo)
	return none, errors.Join(append(append(errs, left...), &Error{w.trials[0].Device, "recovery", Doubt, fmt.Errorf("after %d rounds its wave is on neither side", rounds)})...)
}

// letGo takes back what of ours is on trial still: no run ends and leaves one.
func (w *wave) letGo(ctx context.Context, t *trial) (struct{}, error) {
	if now, err := w.look(ctx, t); err != nil || now.state != write.Ours {
		return struct{}{}, nil // what cannot be seen goes back by itself
	}
	from, word := t.leaves()
	return struct{}{}, errors.Join(wrap(t, "undo", t.pending.Undo(ctx)), w.done(ctx, t, from, word))
}

func reversed(ts []*trial) (out []*trial) {
	for i := range ts {
		out = append(out, ts[len(ts)-1-i])
	}
	return out
}

// judge decides to which side a wave goes: on where that was decided and the devices are
// well now, else back, and that is written down first. A way back that was not decided is no
// way: what was kept stays.
func (w *wave) judge(ctx context.Context) error {
	switch w.said {
	case journal.Keep:
		after, err := w.Health(ctx, names(w.trials))
		if err == nil && len(w.worse(w.trials, w.before, after)) == 0 {
			return nil
		}
		w.failed = true
	case journal.Undo, journal.Back:
		return nil
	}
	return w.decide(journal.Undo)
}

// How often a device is looked at that does not answer, or holds a trial that is not ours:
// soon again, and at last when its timer must have fired.
const (
	looks = 4
	pause = 2 * time.Second
)

// mendOne looks at one device and does what the table says; where a session was cut over
// that, it looks again.
func (w *wave) mendOne(ctx context.Context, t *trial) (nothing struct{}, err error) {
	for range rounds {
		if !t.begun {
			return nothing, nil
		}
		do, why := w.decideOne(ctx, t)
		if err = w.act(ctx, t, do, why); do == again || !drivers.Passing(err) {
			return nothing, err
		}
	}
	return nothing, err
}

// decideOne looks at one device until the table says what is to be done.
func (w *wave) decideOne(ctx context.Context, t *trial) (act, error) {
	var do act
	var now seen
	var why error
	for try := range looks {
		w.step("recover " + t.Device)
		now, why = w.look(ctx, t)
		if do = rule(now); do != again {
			break
		}
		wait := pause // a session may have been cut
		if try == looks-2 {
			wait = t.since.Add(time.Duration(t.Hold)*time.Second + margin).Sub(w.Clock.Now())
		}
		if try < looks-1 {
			w.sleep(max(wait, 0))
		}
	}
	return do, why
}

// look is what is known of a device, and what it shows over a new connection.
func (w *wave) look(ctx context.Context, t *trial) (seen, error) {
	s := seen{wants: (w.side() == "new") != t.home, decided: w.was[journal.Keep], holds: unknown}
	if t.home {
		s.decided = w.was[journal.Undo]
	}
	first := t.pending // where this run began the trial, it may hold the session that alone can end it
	var err error
	if s.state, err = w.reopen(ctx, t); err != nil {
		return s, err
	}
	if first != nil && s.state == write.Ours {
		t.pending = first
	}
	holds, err := w.holds(ctx, t)
	if err != nil {
		return s, err
	}
	from, to := t.sides()
	switch holds {
	case to:
		s.holds = target
	case from:
		s.holds = base
	default:
		s.holds = partly
	}
	return s, nil
}

// act does with one device what the table says.
func (w *wave) act(ctx context.Context, t *trial, do act, why error) error {
	switch do {
	case back:
		w.step("undo " + t.Device)
		err := t.pending.Undo(ctx)
		t.pending = nil // another try begins with a new look
		from, word := t.leaves()
		if err = errors.Join(wrap(t, "undo", err), w.done(ctx, t, from, word)); err == nil && w.side() != word {
			return w.resend(ctx, t)
		}
		return err
	case forward:
		if err := w.fit(ctx, t); err != nil {
			return err
		}
		_, err := w.keep(ctx, t)
		t.pending = nil
		return err
	case there:
		return w.there(ctx, t)
	case resend:
		return w.resend(ctx, t)
	case again:
		w.put(t, "unknown")
		return &Error{t.Device, "recovery", Doubt, either(why, errors.New("another change is on trial there: let it end, then run plumbline push --resume"))}
	}
	return w.foreign(ctx, t)
}

// fit asks how one device is, now that what is to be kept is known to run there: it was
// perhaps not there when the wave was judged. What ran right before a trial is not asked.
func (w *wave) fit(ctx context.Context, t *trial) error {
	if t.home && !w.back {
		return nil
	}
	one := []*trial{t}
	after, err := w.Health(ctx, names(one))
	if found := w.worse(one, w.before, after); err != nil || len(found) > 0 {
		return sick(one, "health before keep", Doubt, found, err)
	}
	return nil
}

// side is what the devices of a wave are to be.
func (w *wave) side() string {
	if w.said == journal.Keep || w.said == journal.Back {
		return "new"
	}
	return "old"
}

// there writes down that a device holds what is wanted; what was kept and not saved is saved.
func (w *wave) there(ctx context.Context, t *trial) error {
	want, word := t.HaveFull, "old"
	if w.side() == "new" {
		want, word = t.Want, "new"
	}
	if to, _ := t.leads(); to == want && t.pending != nil {
		_, err := w.keep(ctx, t)
		t.pending = nil
		return err
	}
	return w.done(ctx, t, want, word)
}

// resend sends the way from one side to the other on a trial of its own, and keeps it once
// it was read back. Where the way is not known, or a halt stands, nothing is sent.
func (w *wave) resend(ctx context.Context, t *trial) error {
	if len(t.Do) == 0 || len(t.Undo) == 0 || w.halted() {
		if w.said == journal.Keep {
			return w.done(ctx, t, t.HaveFull, "old")
		}
		return w.foreign(ctx, t)
	}
	t.begun, t.home = false, w.said != journal.Keep
	w.rename(t)
	_, err := w.begin(ctx, t)
	t.begun = true
	if err == nil {
		err = w.fit(ctx, t)
	}
	if err != nil {
		return err
	}
	_, err = w.keep(ctx, t)
	t.pending = nil
	return err
}
