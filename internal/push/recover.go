package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/journal"
	"plumbline/internal/plan"
)

// Recover settles what an earlier run left, from the journal and from what devices show:
// forward where the whole wave was decided and is still healthy, else back. It never
// leaves a trial of ours behind, and never overwrites what somebody else wrote. Where
// there is nothing to settle it does nothing, and its state is empty.
func Recover(ctx context.Context, o Options) (Result, error) {
	rs := journal.Unsettled(o.Had)
	if len(rs) == 0 {
		return Result{}, nil
	}
	o.All = rs[0].All
	r := &run{Options: o, tx: rs[0].Tx, plan: rs[0].Plan, commit: rs[0].Commit, results: map[at]string{}}
	halt := slices.IndexFunc(rs, func(n journal.Record) bool { return n.Step == journal.Halt })
	if r.looked = halt >= 0 && o.Resume; halt >= 0 && !o.Resume {
		err := fmt.Errorf("the last push ended in doubt (%s): look at these devices, then run plumbline push --resume", rs[halt].Text)
		return r.recalled(rs, Mixed), &Error{Op: "halt", Kind: Limits, Err: err}
	}
	r.say("settling what was left of %s", r.tx)
	var errs []error
	left := r.left(rs)
	for _, trials := range slices.Backward(waves(left)) {
		errs = append(errs, r.settle(ctx, rs, trials))
	}
	failed := errors.Join(errs...)
	if failed != nil {
		return r.closed(rs, failed)
	}
	stays := r.rest(ctx, rs, left)
	switch {
	case r.owed:
		return r.recalled(rs, ""), owed(stays)
	case stays != nil && (r.mixed || !r.looked):
		return r.closed(rs, stays)
	}
	res, err := r.closed(rs, nil) // a person looked, and takes what stays as it is
	if err == nil && stays != nil {
		err = &Error{Op: "recovery", Kind: Sick, Err: stays}
	}
	return res, err
}

// closed writes down how recovery ended.
func (r *run) closed(rs []journal.Record, failed error) (Result, error) {
	state := r.recalled(rs, "").State
	if failed != nil || state == Mixed {
		failed = either(failed, errors.New("a device is in doubt"))
		err := r.note(journal.Record{Step: journal.Halt, Text: failed.Error()})
		return r.recalled(rs, Mixed), &Error{Op: "recovery", Kind: Doubt, Err: errors.Join(failed, err)}
	}
	if err := r.note(journal.Record{Step: journal.End, Result: string(state)}); err != nil {
		return r.recalled(rs, Mixed), &Error{Op: "journal", Kind: Doubt, Err: err}
	}
	return r.recalled(rs, state), nil
}

// left lists the devices to which something may have been sent, each with its last trial
// and, where the plan is still known as it was approved, with its scripts.
func (r *run) left(rs []journal.Record) (out []*trial) {
	var known plan.Plan
	if r.Kept != nil {
		p, err := r.Kept(r.plan)
		if err != nil {
			r.say("the plan of %s cannot be had, so nothing of it is sent: %v", r.tx, err)
		}
		known = p
	}
	by := map[at]*trial{}
	for _, n := range rs {
		if n.Step != journal.Intent {
			continue
		}
		t := by[at{n.Device, n.Wave}]
		if t == nil {
			t = &trial{begun: true}
			t.Change, t.beyond = step(known, n)
			by[at{n.Device, n.Wave}], out = t, append(out, t)
		} else {
			t.moves, t.home = t.moves+1, n.Target == t.HaveFull
		}
		t.since, _ = time.Parse(time.RFC3339Nano, n.Time)
		t.Wave, t.Hold, t.mark = n.Wave, n.Hold, n.Mark
	}
	return out
}

// step is the change that the first intent of a step tells of, with its scripts where the plan
// is known as it was approved, and what the steps after it lead to.
func step(known plan.Plan, n journal.Record) (is plan.Change, beyond []string) {
	is = plan.Change{Device: n.Device, Wave: n.Wave, HaveFull: n.Base, Want: n.Target}
	c, _ := known.Change(n.Device)
	found := false
	for _, s := range c.Steps() {
		switch {
		case found:
			beyond = append(beyond, s.Want)
		case s.HaveFull == n.Base && s.Want == n.Target:
			if found = true; !c.Conceals() {
				is = s
			}
		}
	}
	return is, beyond
}

// settle brings one wave to one end. A wave that was done and whose devices were read is
// left as it is.
func (r *run) settle(ctx context.Context, rs []journal.Record, trials []*trial) error {
	said, saw, over := word(rs, trials[0].Wave)
	for _, t := range trials {
		if e, ok := saw.Expect[t.Device]; ok {
			t.expect = &e
		}
		if done := lastDone(rs, t.at()); done != "" {
			r.put(t, done)
		}
	}
	if over {
		return nil
	}
	if said == journal.Back { // not decided: what was not sent anything yet is as it was kept
		for _, t := range trials {
			t.begun = t.home
		}
	}
	w := r.newWave(ctx, trials)
	w.before, w.said, w.was, w.back = saw.Before, said, decided(rs, trials[0].Wave), turns(rs, trials[0].Wave)
	if out, err := w.mend(context.WithoutCancel(ctx)); out == none {
		return err
	}
	return nil
}

// margin is how much later than promised a device's timer may fire.
const margin = 5 * time.Second

// foreign writes down that a device is not ours to touch.
func (r *run) foreign(ctx context.Context, t *trial) error {
	holds, err := r.holds(ctx, t)
	word := "unknown"
	if err == nil {
		word = other(holds, t)
	}
	r.put(t, word)
	err = errors.Join(err, r.note(journal.Record{Step: journal.Done, Device: t.Device, Wave: t.Wave, Result: word}))
	if r.looked && err == nil && word != "foreign" { // a person left the halt, and took it as it is
		if word == "new" && t.pending != nil && !t.home {
			if err := t.pending.Keep(ctx); err != nil {
				r.say("%s: what it holds is taken as it is, and is perhaps not saved: %v", t.Device, err)
			}
		}
		return nil
	}
	return &Error{t.Device, "recovery", Doubt, errors.Join(errors.New("somebody else decided there: it holds "+word+" without our word; look at it: what is neither old nor new is brought to one of them by hand, then run plumbline push --resume"), err)}
}

// reopen finds a device and the trial on it.
func (r *run) reopen(ctx context.Context, t *trial) (state write.State, err error) {
	if t.reader, t.target, err = r.Read(t.Device); err != nil {
		return write.Unseen, err
	}
	if t.writer, err = r.Write(t.Device); err != nil {
		return write.Unseen, err
	}
	state, t.pending, err = t.writer.Resume(ctx, r.door(t), r.mark(t))
	return state, err
}

// word is the last decision of a wave, how its devices were before it, and whether it is
// done.
func word(rs []journal.Record, wave int) (said journal.Step, saw view, over bool) {
	for _, n := range rs {
		if n.Wave != wave {
			over = over || n.Step == journal.Back // none is taken back before all that was sent has ended
			continue
		}
		switch n.Step {
		case journal.Back:
			said, over = n.Step, false
		case journal.Keep, journal.Undo:
			said = n.Step
			if json.Unmarshal([]byte(n.Text), &saw) != nil {
				saw = view{} // unknown, which is not well
			}
		case journal.WaveDone:
			over = true
		}
	}
	return said, saw, over
}

// turns tells whether a wave that was kept was about to be taken back.
func turns(rs []journal.Record, wave int) bool {
	return slices.ContainsFunc(rs, func(n journal.Record) bool { return n.Step == journal.Back && n.Wave == wave })
}

// decided gives every decision that stands in the journal of a wave; those before its way back
// were for another side.
func decided(rs []journal.Record, wave int) map[journal.Step]bool {
	out := map[journal.Step]bool{}
	for _, n := range rs {
		switch {
		case n.Wave != wave:
		case n.Step == journal.Back:
			clear(out)
		case n.Step == journal.Keep || n.Step == journal.Undo:
			out[n.Step] = true
		}
	}
	return out
}

// baseline is how the devices of a wave were before it, as the decision to keep it tells.
func baseline(rs []journal.Record, wave int) (saw view) {
	for _, n := range rs {
		if n.Wave == wave && n.Step == journal.Keep && json.Unmarshal([]byte(n.Text), &saw) != nil {
			saw = view{} // unknown, which is not well
		}
	}
	return saw
}

func lastDone(rs []journal.Record, of at) (out string) {
	for _, n := range rs {
		if n.Step == journal.Done && n.Device == of.device && n.Wave == of.wave {
			out = n.Result
		}
	}
	return out
}

// recalled is the result as far as it is known; an empty state is worked out.
func (r *run) recalled(rs []journal.Record, s State) Result {
	return told(rs, s, r.results)
}

func either(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
