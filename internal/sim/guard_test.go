package sim_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/internal/sim"
)

// trialOn puts the change on trial under a mark, on one device of its own.
func trialOn(t *testing.T, tx string) (*sim.Farm, *guard.Writer, write.Pending) {
	t.Helper()
	f, p := farm(t, 1, sim.Options{Clock: sim.NewHand(time.Unix(1e9, 0))}, func(int) []sim.Fault { return nil })
	w := guard.New(p.Session, f.Logins(), guard.Options{Timeout: 10 * time.Second})
	pend, err := w.Apply(t.Context(), f.WriteTarget("r0"), edit, write.Hold{For: 10 * time.Minute, Tx: tx})
	if err != nil {
		t.Fatal(err)
	}
	return f, w, pend
}

// TestAnotherGuard holds the law: under a guard of another version nothing is sent.
func TestAnotherGuard(t *testing.T) {
	f, p := farm(t, 1, sim.Options{Guard: "0123456789abcdef"}, func(int) []sim.Fault { return nil })
	w := guard.New(p.Session, f.Logins(), guard.Options{Timeout: 10 * time.Second})
	_, err := w.Apply(t.Context(), f.WriteTarget("r0"), edit, write.Hold{For: time.Minute, Tx: "plb-other", Before: func(string) error { return nil }})
	if c := f.Device("r0").Counters(); !errors.Is(err, write.ErrInput) || !strings.Contains(err.Error(), "install guard.sh of this version") || c.Arms+c.Mutating != 0 {
		t.Errorf("%v %+v", err, c)
	}
	if err := w.Ready(t.Context(), f.WriteTarget("r0")); !errors.Is(err, write.ErrInput) {
		t.Errorf("ready: %v", err)
	}
}

// Who saves during a trial, and then cuts the power, has the device start with the change:
// the guard leads both back, and says so only then.
func TestRestartAfterSaveInTrial(t *testing.T) {
	f, w, pend := trialOn(t, "plb-saved")
	b := f.Device("r0")
	b.Save()
	b.Reboot()
	if strings.Contains(string(b.Running()), "64509") || strings.Contains(string(b.Startup()), "64509") {
		t.Error("the change outlived its trial")
	}
	if err := pend.Undo(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := w.Apply(t.Context(), f.WriteTarget("r0"), edit, write.Hold{For: time.Minute, Tx: "plb-saved"}); err == nil {
		t.Error("a mark was used twice")
	}
}

// A guard that cannot lead back does not say that it did.
func TestUndoThatFails(t *testing.T) {
	f, _, pend := trialOn(t, "plb-stuck")
	b := f.Device("r0")
	b.Save()
	if err := b.SetFaults(fault("save-fails")); err != nil {
		t.Fatal(err)
	}
	if err := want(pend.Undo(t.Context()), write.ErrDirtyOurs); err != nil {
		t.Error("it starts with the change, and undo says: ", err)
	}
}

// Undo of a mark that the guard has never seen, or while somebody else's trial runs, proves
// nothing and says so.
func TestUndoProvesOrRefuses(t *testing.T) {
	f, w, pend := trialOn(t, "plb-mine")
	to := f.WriteTarget("r0")
	if err := pend.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := w.Apply(t.Context(), to, drivers.Edit{Do: edit.Do, Undo: edit.Undo}, write.Hold{For: time.Minute, Tx: "plb-other"})
	if err != nil {
		t.Fatal(err)
	}
	if err := want(pend.Undo(t.Context()), write.ErrDirty); err != nil {
		t.Error("another trial runs, and undo says: ", err)
	}
	if st, _, err := w.Resume(t.Context(), to, "plb-mine"); st != write.Foreign || err != nil {
		t.Error(st, err)
	}
	if err := other.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	st, again, err := w.Resume(t.Context(), to, "plb-mine")
	if err != nil || st != write.None || again == nil {
		t.Fatal(st, err)
	}
	if err := again.Undo(t.Context()); err != nil { // it is as before: proved by the guard's digest
		t.Error(err)
	}
	if err := f.Device("r0").Type("ip prefix-list HAND seq 5 permit 198.51.100.0/24"); err != nil {
		t.Fatal(err)
	}
	if err := want(again.Undo(t.Context()), write.ErrDirtyOurs); err != nil {
		t.Error("a line by hand is there, and undo says: ", err)
	}
}
