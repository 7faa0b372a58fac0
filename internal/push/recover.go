package push

import (
	"context"
	"errors"
	"slices"

	"plumbline/drivers/write"
	"plumbline/internal/journal"
)

// device is what the journal knows of one device of a transaction that has not ended.
type device struct {
	name         string
	wave         int
	base, target string
	decided      journal.Step // Keep, Undo, or nothing
	done         string
}

// table of recovery: what the journal said last, what the device shows, what is done. It
// is read from the top, and the first row that fits holds.
//
//	decided   trial     holds    then
//	any       foreign   any      halt: it is somebody else's
//	any       any       neither  halt: archived by the guard, never overwritten
//	keep      ours      target   keep, save
//	keep      none      target   save what was kept
//	keep      none      base     the timer won: old
//	keep      ours      base     undo: the change did not run
//	not keep  ours      any      undo
//	not keep  none      base     old: not sent, or the timer fired
//	not keep  none      target   halt: somebody kept what we had not decided to keep
var table = []struct {
	keep   bool
	trial  write.State // "" is any
	holds  string      // base, target, neither, "" is any
	action action
}{
	{true, write.Ours, "target", forward},
	{true, write.None, "target", forward},
	{true, write.None, "base", settled},
	{true, write.Ours, "base", backward},
	{true, write.Ours, "neither", backward},
	{false, write.Ours, "", backward},
	{false, write.None, "base", settled},
}

type action int

const (
	halt action = iota
	forward
	backward
	settled
)

// Recover settles a transaction that a run left open: it is the first thing of every run.
// records is what the journal holds. Each device ends as it was or as it was planned,
// nothing of ours stays armed, and what is neither is named and never overwritten.
func Recover(ctx context.Context, records []journal.Record, o Options) (Result, error) {
	open := journal.Unsettled(records)
	if open == nil {
		return Result{}, nil
	}
	r := &run{Options: o, tx: open[0].Tx, plan: open[0].Plan, results: map[string]string{}}
	out := Result{Tx: r.tx, Plan: r.plan, State: RolledBack}
	var errs []error
	kept := false
	for _, d := range gather(open) {
		result, err := r.settle(ctx, d)
		errs = append(errs, err)
		out.Devices = append(out.Devices, Outcome{d.name, d.wave, result})
		switch result {
		case "new":
			kept = true
		case "foreign", "unknown":
			out.State = Mixed
		}
	}
	if out.State != Mixed && kept {
		out.State = Partial
		if !slices.ContainsFunc(out.Devices, func(d Outcome) bool { return d.Result != "new" }) && len(out.Devices) == len(open[0].Devices) {
			out.State = Committed
		}
	}
	if out.State == Mixed {
		return out, errors.Join(append(errs, r.note(journal.Record{Step: journal.Halt, Text: "recovery"}))...)
	}
	return out, errors.Join(append(errs, r.note(journal.Record{Step: journal.End, Result: string(out.State)}))...)
}

// gather lists the devices that something was sent to, or may have been.
func gather(open []journal.Record) (ds []device) {
	find := func(name string) *device {
		for i := range ds {
			if ds[i].name == name {
				return &ds[i]
			}
		}
		return nil
	}
	for _, rec := range open {
		switch rec.Step {
		case journal.Intent:
			if find(rec.Device) == nil {
				ds = append(ds, device{name: rec.Device, wave: rec.Wave, base: rec.Base, target: rec.Target})
			}
		case journal.Keep, journal.Undo:
			for _, name := range rec.Devices {
				if d := find(name); d != nil {
					d.decided = rec.Step
				}
			}
		case journal.Done:
			if d := find(rec.Device); d != nil {
				d.done = rec.Result
			}
		}
	}
	return ds
}

// settle brings one device to an end.
func (r *run) settle(ctx context.Context, d device) (string, error) {
	if d.done == "new" && d.decided == journal.Keep || d.done == "old" {
		return d.done, nil
	}
	r.step("recover " + d.name)
	reader, target, err := r.Read(d.name)
	if err != nil {
		return "unknown", &Error{d.name, "reach", Unreachable, err}
	}
	w, err := r.Write(d.name)
	if err != nil {
		return "unknown", &Error{d.name, "reach", Unreachable, err}
	}
	state, pending, err := w.Resume(ctx, target, r.tx)
	if err != nil {
		return "unknown", &Error{d.name, "resume", Unreachable, err}
	}
	t := &trial{reader: reader, target: target, pending: pending}
	t.Device, t.HaveFull, t.Want, t.Wave = d.name, d.base, d.target, d.wave
	holds, err := r.holds(ctx, t)
	if err != nil {
		return "unknown", &Error{d.name, "read", Unreachable, err}
	}
	switch decide(d.decided == journal.Keep, state, where(holds, d)) {
	case forward:
		if pending != nil {
			if err := pending.Keep(ctx); err != nil {
				return "unknown", &Error{d.name, "keep", Doubt, err}
			}
		}
		return r.ended(ctx, t, t.Want, "new")
	case backward:
		if err := pending.Undo(ctx); err != nil {
			return "unknown", &Error{d.name, "undo", Doubt, err}
		}
		return r.ended(ctx, t, t.HaveFull, "old")
	case settled:
		return r.ended(ctx, t, t.HaveFull, "old")
	}
	err = r.note(journal.Record{Step: journal.Done, Device: d.name, Wave: d.wave, Result: "foreign"})
	return "foreign", errors.Join(err, &Error{d.name, "recovery", Doubt, errors.New("it holds what neither we nor the plan made (trial: " + string(state) + "): look at it, then plan again")})
}

func (r *run) ended(ctx context.Context, t *trial, want, word string) (string, error) {
	err := r.done(ctx, t, want, word)
	return r.results[t.Device], err
}

// decide reads the table.
func decide(keep bool, trial write.State, holds string) action {
	if trial == write.Foreign || trial == write.Unseen {
		return halt
	}
	for _, row := range table {
		if row.keep == keep && (row.trial == "" || row.trial == trial) && (row.holds == "" || row.holds == holds) {
			return row.action
		}
	}
	return halt
}

func where(holds string, d device) string {
	switch holds {
	case d.target:
		return "target"
	case d.base:
		return "base"
	}
	return "neither"
}
