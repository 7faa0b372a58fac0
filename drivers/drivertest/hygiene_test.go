package drivertest_test

import (
	"errors"
	"fmt"
	"testing"

	"plumbline/drivers"
	"plumbline/drivers/drivertest"
	"plumbline/drivers/write"
	"plumbline/internal/sim"
)

// Wherever the connection is cut, before or after a line is carried out: once the way back
// or the device's clock has done its part, the device is as before or as was kept, nothing
// is on trial, nothing is staged, no lock is held, and the next change is taken.
func TestHygiene(t *testing.T) {
	for _, s := range styles(t) {
		t.Run(s.title, func(t *testing.T) {
			t.Parallel()
			runs, cut := 0, true
			for n := 1; cut; n++ {
				for _, when := range []string{"before", "after"} {
					r, b := s.board(t, sim.Fault{Kind: "cut", N: n, Text: when, Times: 1})
					if testing.Short() && n%5 > 0 {
						continue
					}
					cut = cutAt(t, r, b, fmt.Sprintf("cut %s line %d", when, n), n)
					runs++
				}
			}
			t.Logf("figure: %s: %d cuts, each left nothing behind", s.title, runs)
		})
	}
}

// cutAt plays one change, and tells whether the cut came at all.
func cutAt(t *testing.T, r drivertest.Rig, b *sim.Box, name string, n int) bool {
	t.Helper()
	old := string(b.Running())
	p, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Edit, hold(r, "plb-cut"))
	kept := false
	if err == nil {
		err = p.Keep(t.Context())
		if err == nil && b.Counters().Lines < n {
			return false
		}
		kept = err == nil || errors.Is(err, write.ErrUnsaved)
	}
	if errors.Is(err, write.ErrUnsaved) {
		err = p.Keep(t.Context()) // to repeat it ends what is left
	}
	if err == nil {
		clean(t, r, name, kept)
		left(t, b, name)
		return true
	}
	if p != nil && !kept && !errors.Is(err, write.ErrInDoubt) {
		if err := p.Undo(t.Context()); err != nil {
			t.Errorf("%s: undo: %v", name, err)
		}
	}
	state, again, err2 := r.Writer.Resume(t.Context(), r.WriteTo, "plb-cut")
	switch {
	case err2 != nil:
		t.Errorf("%s: %v; resume: %v", name, err, err2)
	case state == write.Ours:
		if err := again.Undo(t.Context()); err != nil {
			t.Errorf("%s: resumed and undone: %v", name, err)
		}
	case state != write.None:
		r.Wait(2 * r.Hold)
	}
	if kept = b.Counters().Keeps > 0; kept && again != nil { // it was decided, and the answer was lost
		if err := again.Keep(t.Context()); err != nil {
			t.Errorf("%s: resumed and kept: %v", name, err)
		}
	}
	if now := string(b.Running()); now == old == kept {
		t.Errorf("%s: %v; kept is %v, and it holds:\n%s", name, err, kept, now)
	}
	clean(t, r, name, kept)
	left(t, b, name)
	return true
}

// left proves that nothing of ours stands on the device that another change would stumble over.
func left(t *testing.T, b *sim.Box, name string) {
	t.Helper()
	if l := b.Left(); len(l) > 0 {
		t.Errorf("%s: the device still has %q", name, l)
	}
}

// clean proves that the next change is taken: nothing on trial, nothing staged, no lock.
func clean(t *testing.T, r drivertest.Rig, name string, kept bool) {
	t.Helper()
	e := r.Edit
	if kept {
		e = drivers.Edit{Do: e.Undo, Undo: e.Do, Answers: e.Answers}
	}
	if state, _, err := r.Writer.Resume(t.Context(), r.WriteTo, "plb-next"); err != nil || state != write.None {
		t.Errorf("%s: on trial: %s %v", name, state, err)
	}
	p, err := r.Writer.Apply(t.Context(), r.WriteTo, e, hold(r, "plb-next"))
	if err == nil {
		err = p.Undo(t.Context())
	}
	if err != nil {
		t.Errorf("%s: the next change: %v", name, err)
	}
}
