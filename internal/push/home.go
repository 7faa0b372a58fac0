package push

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"plumbline/drivers/write"
	"plumbline/internal/dispatch"
	"plumbline/internal/health"
	"plumbline/internal/journal"
)

// course plays wave after wave, and those that were kept back again where that is the course.
func (r *run) course(ctx context.Context, waves [][]*trial) error {
	var out []*wave
	for _, trials := range waves {
		if err := r.stopped(ctx); err != nil {
			return err
		}
		w := r.newWave(ctx, trials)
		if r.All {
			w.others = out
		}
		end, err := w.settled(ctx)
		switch course[leg{false, end}] {
		case onward:
			out = append(out, w)
			continue
		case homeward:
			if r.All && (r.failed || !w.asked()) { // what a person stopped has not failed
				err = errors.Join(err, r.homeward(ctx, out))
			}
		}
		return err
	}
	return nil
}

// owed is the error of a push that a person stopped on its way back.
func owed(err error) error {
	return &Error{Op: "way back", Kind: Sick, Err: fmt.Errorf("%w; what is kept still is taken back by the next run: plumbline push --resume", err)}
}

// homeward takes back the waves that this push kept, the last one first: each on trial, each
// watched, none before the one after it is old again. It ends at the first one that stays.
func (r *run) homeward(ctx context.Context, done []*wave) (errs error) {
	for _, of := range slices.Backward(done) {
		if err := r.stopped(ctx); err != nil {
			r.owed = true
			return errors.Join(errs, err)
		}
		r.say("wave %d: taking back %d devices", of.trials[0].Wave, len(of.trials))
		end, err := r.wayBack(ctx, of).settled(ctx)
		errs = errors.Join(errs, err)
		if course[leg{true, end}] == homeward {
			continue
		}
		if r.owed = end == kept && r.stopped(ctx) != nil; end == kept && !r.owed {
			r.stays = true
			errs = errors.Join(errs, &Error{of.trials[0].Device, "way back", Sick, fmt.Errorf("wave %d was to be taken back and stays as it was kept: look at it, then run plumbline push --resume, which tries it once more", of.trials[0].Wave)})
		}
		return errs
	}
	return errs
}

// wayBack is a wave that leads from what was kept to what was before it.
func (r *run) wayBack(ctx context.Context, of *wave) *wave {
	w := r.newWave(ctx, nil)
	w.back, w.of, w.before = true, of, of.before
	for _, t := range of.trials {
		one := *t
		one.home, one.begun, one.already, one.pending, one.expect = true, false, false, nil, &health.Expected{}
		r.rename(&one)
		w.trials = append(w.trials, &one)
	}
	return w
}

// recall looks at each device before anything is sent back: what somebody else changed since
// it was kept is left as it is, and its whole wave with it. What was not well before the way
// back is no fault of it.
func (w *wave) recall(ctx context.Context) error {
	_, errs := dispatch.Each(ctx, w.bounds(), w.site, w.trials, w.recallOne)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	w.step("health " + w.trials[0].Device)
	now, err := w.Health(ctx, names(w.trials))
	if err != nil {
		return &Error{w.trials[0].Device, "health before the way back", Doubt, err}
	}
	before := Vitals{}
	for _, t := range w.of.trials {
		v := w.before[t.Device]
		before[t.Device] = v.Without(health.Compare(v, now[t.Device], w.expected(t))).Anew(now[t.Device])
	}
	w.before = before
	return nil
}

func (w *wave) recallOne(ctx context.Context, t *trial) (nothing struct{}, err error) {
	var state write.State
	var holds string
	for range looks {
		w.step("recall " + t.Device)
		if state, err = w.reopen(ctx, t); err == nil {
			holds, err = w.holds(ctx, t)
		}
		if err == nil {
			break
		}
		w.sleep(pause)
	}
	t.pending = nil
	switch {
	case err != nil:
		w.put(t, "unknown")
		return nothing, &Error{t.Device, "recall", Doubt, err}
	case state != write.None:
		return nothing, &Error{t.Device, "recall", Doubt, errors.New("a change is on trial there that is not ours: let it end, then run plumbline push --resume")}
	case holds == t.Want:
		return nothing, nil
	case holds == t.HaveFull:
		t.already = true // somebody was faster, or a run that died
		return nothing, nil
	}
	word := other(holds, t)
	w.put(t, word)
	err = w.note(journal.Record{Step: journal.Done, Device: t.Device, Wave: t.Wave, Result: word})
	return nothing, &Error{t.Device, "recall", Doubt, errors.Join(errors.New("somebody else changed it since it was kept, so it is left as it is: bring it by hand to what it was, or to what was kept, then run plumbline push --resume"), err)}
}

// rest finishes what a run had decided or had to decide when it died: where all goes back, what
// it kept goes back too. It does so where what is kept is not well either.
func (r *run) rest(ctx context.Context, rs []journal.Record, left []*trial) error {
	if !r.All {
		return nil
	}
	var kept []*wave
	for _, trials := range waves(left) {
		if slices.ContainsFunc(trials, func(t *trial) bool { return r.became(t) == "new" }) {
			kept = append(kept, r.again(ctx, rs, trials))
		}
	}
	if len(kept) == 0 || !r.owing(ctx, rs, kept) {
		return nil
	}
	for _, w := range kept {
		for _, t := range w.trials {
			if len(t.Do) == 0 || len(t.Undo) == 0 {
				return &Error{t.Device, "way back", Sick, fmt.Errorf("what was kept was to be taken back, and its script cannot be had any more (its plan is gone, or hides a secret): nothing more was taken back; see plumbline push --restore %s", t.Device)}
			}
		}
	}
	return r.homeward(ctx, kept)
}

// again is a wave that was kept, by the journal.
func (r *run) again(ctx context.Context, rs []journal.Record, trials []*trial) *wave {
	saw := baseline(rs, trials[0].Wave)
	w := r.newWave(ctx, trials)
	w.before = saw.Before
	for _, t := range trials {
		t.expect = nil
		if e, ok := saw.Expect[t.Device]; ok {
			t.expect = &e
		}
		t.loose = saw.Loose[t.Device]
	}
	return w
}

// owing tells whether what was kept has to go back: that was decided, or it is not well.
func (r *run) owing(ctx context.Context, rs []journal.Record, kept []*wave) bool {
	if r.failed || slices.ContainsFunc(rs, func(n journal.Record) bool { return n.Step == journal.Back || n.Step == journal.Undo && n.All }) {
		return true
	}
	last := kept[len(kept)-1]
	last.others = kept[:len(kept)-1]
	found, err := last.unwell(ctx)
	if len(found) > 0 || err != nil {
		r.say("what was kept is not well: %v", sick(last.trials, "health", Sick, found, err))
	}
	return len(found) > 0 || err != nil
}

// archive has kept what devices hold that are about to be sent something, before any is.
func (r *run) archive(trials []*trial) error {
	if r.Archive == nil {
		return nil
	}
	live := map[string][]byte{}
	for _, t := range trials {
		if !t.already {
			live[t.Device] = t.live
		}
	}
	if len(live) == 0 {
		return nil
	}
	r.step("archive")
	digests, err := r.Archive(r.tx, live)
	for _, t := range trials {
		t.archive, t.live = digests[t.Device], nil
	}
	return err
}
