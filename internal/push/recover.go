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
	"plumbline/internal/journal"
	"plumbline/internal/plan"
)

// act is what recovery does with one device.
type act string

const (
	back    act = "undo"    // ours is on trial: take it back, the device keeps a copy of what ran
	forward act = "keep"    // decided, and still well
	isOld   act = "old"     // nothing to do but to write it down
	isNew   act = "new"     // the same; what was kept and not saved is saved
	stop    act = "halt"    // a person has to look: never overwrite what is not ours
	again   act = "look on" // wait for the device's own timer, then look again; the second time: stop
)

// recovery is the whole of what may be done after a crash: the first row that fits.
// Empty fits everything. "partly" is neither the old nor the new text.
var recovery = []struct {
	said  journal.Step // the decision in the journal; none where the crash came before it
	state write.State  // whose trial runs
	holds string       // new, old, partly, unknown
	do    act
}{
	{"", "", "unknown", again},
	{"", write.Foreign, "", again},
	{"", write.Unseen, "", again},
	{journal.Keep, write.Ours, "new", forward},
	{"", write.Ours, "", back}, // nothing was decided, or undo was, or only a part ran
	{"", write.None, "old", isOld},
	{journal.Keep, write.None, "new", isNew},
	{"", write.None, "new", stop}, // somebody confirmed what we did not
	{"", "", "", stop},            // neither: it is somebody else's
}

func rule(said journal.Step, state write.State, holds string) act {
	for _, r := range recovery {
		if (r.said == "" || r.said == said) && (r.state == "" || r.state == state) && (r.holds == "" || r.holds == holds) {
			return r.do
		}
	}
	return stop
}

// Recover settles what an earlier run left, from the journal and from what devices show:
// forward where the whole wave was decided and is still healthy, else back. It never
// leaves a trial of ours behind, and never overwrites what somebody else wrote. Where
// there is nothing to settle it does nothing, and its state is empty.
func Recover(ctx context.Context, o Options) (Result, error) {
	rs := journal.Unsettled(o.Had)
	if len(rs) == 0 {
		return Result{}, nil
	}
	r := &run{Options: o, tx: rs[0].Tx, plan: rs[0].Plan, commit: rs[0].Commit, results: map[string]string{}}
	if rs[len(rs)-1].Step == journal.Halt && !o.Resume {
		err := fmt.Errorf("the last push ended in doubt (%s): look at these devices, then run plumbline push --resume", rs[len(rs)-1].Text)
		return r.recalled(rs, Mixed), &Error{Op: "halt", Kind: Limits, Err: err}
	}
	r.say("settling what was left of %s", r.tx)
	ctx = context.WithoutCancel(ctx)
	var errs []error
	for _, wave := range slices.Backward(waves(left(rs))) {
		errs = append(errs, r.settle(ctx, rs, wave))
	}
	return r.closed(rs, errors.Join(errs...))
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

// left lists the devices to which something may have been sent.
func left(rs []journal.Record) (out []*trial) {
	for _, n := range rs {
		if n.Step == journal.Intent {
			c := plan.Change{Device: n.Device, Wave: n.Wave, HaveFull: n.Base, Want: n.Target, Hold: n.Hold}
			at, _ := time.Parse(time.RFC3339Nano, n.Time)
			out = append(out, &trial{Change: c, begun: true, since: at})
		}
	}
	return out
}

// settle brings one wave to one end. A wave that was done and whose devices were read is
// left as it is.
func (r *run) settle(ctx context.Context, rs []journal.Record, wave []*trial) error {
	said, saw, over := word(rs, wave[0].Wave)
	for _, t := range wave {
		if e, ok := saw.Expect[t.Device]; ok {
			t.expect = &e
		}
		if done := lastDone(rs, t.Device); done != "" {
			r.put(t.Device, done)
		}
	}
	if over {
		return nil
	}
	if said == journal.Keep {
		after, err := r.Health(ctx, names(wave))
		if err != nil || len(r.worse(wave, saw.Before, after)) > 0 {
			said = journal.Undo
			if err := r.decide(wave, journal.Undo, nil); err != nil {
				return err
			}
		}
	}
	var errs []error
	for _, t := range slices.Backward(wave) {
		errs = append(errs, r.mend(ctx, t, said))
	}
	return errors.Join(errs...)
}

// mend looks at one device and does what the table says.
func (r *run) mend(ctx context.Context, t *trial, said journal.Step) error {
	var do act
	var why error
	for range 2 {
		r.step("recover " + t.Device)
		var state write.State
		holds := "unknown"
		if state, why = r.reopen(ctx, t); why == nil {
			holds, why = r.shows(ctx, t)
		}
		if do = rule(said, state, holds); do != again {
			break
		}
		wait := t.since.Add(time.Duration(t.Hold)*time.Second + margin).Sub(r.Clock.Now())
		_ = r.Clock.Sleep(ctx, max(wait, 0))
	}
	switch do {
	case back:
		r.step("undo " + t.Device)
		return errors.Join(wrap(t, "undo", t.pending.Undo(ctx)), r.done(ctx, t, t.HaveFull, "old"))
	case forward:
		_, err := r.keep(ctx, t)
		return err
	case isOld:
		return r.done(ctx, t, t.HaveFull, "old")
	case isNew:
		if t.pending == nil {
			return r.done(ctx, t, t.Want, "new")
		}
		_, err := r.keep(ctx, t)
		return err
	case again:
		r.put(t.Device, "unknown")
		return &Error{t.Device, "recovery", Doubt, either(why, errors.New("another change is on trial there: let it end, then run plumbline push --resume"))}
	}
	return r.foreign(ctx, t)
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
	r.put(t.Device, word)
	err = errors.Join(err, r.note(journal.Record{Step: journal.Done, Device: t.Device, Wave: t.Wave, Result: word}))
	return &Error{t.Device, "recovery", Doubt, errors.Join(errors.New("somebody else decided there: it holds "+word+" without our word; look at it, then run plumbline push --resume or make a new plan"), err)}
}

// reopen finds a device and the trial on it.
func (r *run) reopen(ctx context.Context, t *trial) (state write.State, err error) {
	if t.reader, t.target, err = r.Read(t.Device); err != nil {
		return write.Unseen, err
	}
	if t.writer, err = r.Write(t.Device); err != nil {
		return write.Unseen, err
	}
	state, t.pending, err = t.writer.Resume(ctx, r.door(t), r.tx)
	return state, err
}

func (r *run) shows(ctx context.Context, t *trial) (string, error) {
	holds, err := r.holds(ctx, t)
	if err != nil {
		return "unknown", err
	}
	if o := other(holds, t); o != "foreign" {
		return o, nil
	}
	return "partly", nil
}

// word is the last decision of a wave, how its devices were before it, and whether it is
// done.
func word(rs []journal.Record, wave int) (said journal.Step, saw view, over bool) {
	for _, n := range rs {
		if n.Wave != wave {
			continue
		}
		switch n.Step {
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

func lastDone(rs []journal.Record, device string) (out string) {
	for _, n := range rs {
		if n.Step == journal.Done && n.Device == device {
			out = n.Result
		}
	}
	return out
}

// recalled is the result as far as it is known; an empty state is worked out.
func (r *run) recalled(rs []journal.Record, s State) Result {
	return told(rs, s, r.results)
}

// keepAll keeps a wave, every device at once.
func (r *run) keepAll(ctx context.Context, wave []*trial) error {
	_, errs := dispatch.Each(ctx, r.Wide, wave, r.keep)
	return errors.Join(errs...)
}

func either(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
