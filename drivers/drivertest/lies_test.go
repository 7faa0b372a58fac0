package drivertest_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"plumbline/drivers/drivertest"
	"plumbline/drivers/write"
	"plumbline/internal/sim"
)

// habit is what a device does wrong, and how a change must end in spite of it.
type habit struct {
	fault sim.Fault
	apply error // how Apply ends; nil: it works
	keep  error // how Keep ends
}

// The faults of the styles: what a device says of itself is believed only as far as it
// shows. After each of them the device is as before, and free. What cannot happen on a platform
// stands under lacks in the case of its style.
var habits = []habit{
	{fault: sim.Fault{Kind: "no-timer"}, apply: write.ErrNoTimer},
	{fault: sim.Fault{Kind: "untold"}, apply: write.ErrNoTimer},
	{fault: sim.Fault{Kind: "deaf"}, apply: write.ErrNoTimer},
	{fault: sim.Fault{Kind: "lock", Text: "somebody"}, apply: write.ErrDirty},
	{fault: sim.Fault{Kind: "staged", Text: "mtu 1500"}, apply: write.ErrDirty},
	{fault: sim.Fault{Kind: "reject", Text: "9"}, apply: write.ErrRefused},
	{fault: sim.Fault{Kind: "asks", Text: "9"}, apply: write.ErrRefused},
	{fault: sim.Fault{Kind: "mode-drift", Text: "9"}, apply: write.ErrRefused},
	{fault: sim.Fault{Kind: "timer-early", For: time.Second}, keep: write.ErrEnded},
	{fault: sim.Fault{Kind: "save-fails"}, keep: write.ErrUnsaved},
	{fault: sim.Fault{Kind: "chunk", N: 3}},
	{fault: sim.Fault{Kind: "slow", For: 5 * time.Millisecond}},
	{fault: sim.Fault{Kind: "banner-auth"}},
	{fault: sim.Fault{Kind: "evil", Text: "ansi"}},
	{fault: sim.Fault{Kind: "weak-kex"}},
}

func TestHabits(t *testing.T) {
	for _, s := range styles(t) {
		for _, kind := range s.lacks {
			if !slices.ContainsFunc(habits, func(h habit) bool { return h.fault.Kind == kind }) {
				t.Errorf("%s lacks %q, which is no habit", s.title, kind)
			}
		}
		for _, h := range habits {
			if slices.Contains(s.lacks, h.fault.Kind) {
				continue
			}
			t.Run(s.title+"/"+h.fault.Kind, func(t *testing.T) {
				t.Parallel()
				r, b := s.board(t, h.fault)
				old := string(b.Running())
				play(t, r, h)
				if h.apply == nil && h.keep == nil || h.keep == write.ErrUnsaved {
					return // it is new, as it was asked for
				}
				must(t, b.SetFaults())
				if now := string(b.Running()); now != old {
					t.Errorf("it holds:\n%s\nbefore:\n%s", now, old)
				}
				if h.fault.Kind == "lock" {
					return // somebody else's, still
				}
				clean(t, r, h.fault.Kind, false)
			})
		}
	}
}

// play tries to change the device and to keep the change.
func play(t *testing.T, r drivertest.Rig, h habit) {
	t.Helper()
	p, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Edit, hold(r, "plb-habit"))
	if !errors.Is(err, h.apply) {
		t.Fatalf("apply: %v, want %v", err, h.apply)
	}
	if err != nil {
		return
	}
	if h.fault.Kind == "timer-early" {
		r.Wait(2 * time.Second)
	}
	if err := p.Keep(t.Context()); !errors.Is(err, h.keep) {
		t.Errorf("keep: %v, want %v", err, h.keep)
	}
}

func hold(r drivertest.Rig, tx string) write.Hold { return write.Hold{For: r.Hold, Tx: tx} }

// What somebody stages while a trial runs is not confirmed with it.
func TestStagedMeanwhile(t *testing.T) {
	for _, s := range styles(t) {
		if slices.Contains(s.lacks, "staged") {
			continue
		}
		r, b := s.board(t)
		old := string(b.Running())
		p, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Edit, hold(r, "plb-staged"))
		must(t, err)
		must(t, b.SetFaults(sim.Fault{Kind: "staged", Text: "mtu 1500"}))
		if err := p.Keep(t.Context()); !errors.Is(err, write.ErrStale) || b.Counters().Keeps != 0 {
			t.Errorf("%s: keep: %v, want %v", s.title, err, write.ErrStale)
		}
		must(t, b.SetFaults())
		must(t, p.Undo(t.Context()))
		if string(b.Running()) != old {
			t.Errorf("%s: it holds:\n%s", s.title, b.Running())
		}
	}
}
