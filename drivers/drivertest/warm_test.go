package drivertest_test

import (
	"errors"
	"fmt"
	"testing"

	"plumbline/drivers"
	readers "plumbline/drivers/all"
	"plumbline/internal/sim"
)

// warm is some embedded devices of a platform, and two readers that share what they read on.
func warm(t *testing.T, s style, n int, faults ...sim.Fault) (f *sim.Farm, first, last drivers.Reader, end func()) {
	t.Helper()
	var devices []sim.Device
	for i := range n {
		devices = append(devices, sim.Device{Name: fmt.Sprintf("r%d", i), Platform: s.Name, Session: s.Session, Dialect: s.Dialect, Running: s.running, Faults: faults, Driver: s.Driver})
	}
	f, err := sim.Start(t.Context(), devices)
	must(t, err)
	t.Cleanup(f.Stop)
	r, err := readers.Reader(s.Driver, s.Session, f.Logins())
	must(t, err)
	k, can := r.(drivers.Keeper)
	if !can {
		t.Fatalf("%s keeps nothing", s.Driver)
	}
	first, last, end = k.Keep()
	t.Cleanup(end)
	return f, first, last, end
}

// dials holds how often a device was connected to.
func dials(t *testing.T, f *sim.Farm, device, what string, want int) {
	t.Helper()
	if n := f.Device(device).Counters().Dials; n != want {
		t.Errorf("%s: %s: %d connections, want %d", device, what, n, want)
	}
}

// TestWarm holds what a session that is kept is for: one more reading of the same device, by whom it
// was opened for, and nothing else.
func TestWarm(t *testing.T) {
	for _, s := range styles(t) {
		t.Run(s.title, func(t *testing.T) {
			t.Parallel()
			f, first, last, end := warm(t, s, 1)
			to := f.Target("r0")
			read := func(r drivers.Reader, to drivers.Target) string {
				t.Helper()
				live, err := r.Fetch(t.Context(), to)
				must(t, err)
				return string(live.Text)
			}
			one := read(first, to)
			facts, err := first.Probe(t.Context(), to, "version", "nonsense")
			if err != nil || facts[0].Err != nil || !errors.Is(facts[1].Err, drivers.ErrForbidden) {
				t.Error(facts, err)
			}
			if two := read(last, to); one != two {
				t.Errorf("first\n%s\nand on the same session\n%s", one, two)
			}
			dials(t, f, "r0", "two readings and a question", 1)
			read(last, to)
			dials(t, f, "r0", "last keeps nothing", 2)

			read(first, to)
			other := to
			other.Secret = f.WriteTarget("r0").Secret
			read(last, other)
			dials(t, f, "r0", "another credential", 4)
			other = to
			other.Pins = append(other.Pins, f.Target("r0").Pins...)
			read(last, other)
			dials(t, f, "r0", "trusted by something else", 5)
			read(last, to)
			dials(t, f, "r0", "the one that was kept", 5)

			read(first, to)
			f.Device("r0").HangUp()
			if facts, err := last.Probe(t.Context(), to, "version", "version"); err != nil || len(facts) != 2 || facts[1].Err != nil {
				t.Errorf("on a session that is gone: %v %v", facts, err)
			}
			dials(t, f, "r0", "one that is gone is opened once more", 7)
			read(first, to)
			end()
			read(last, to)
			dials(t, f, "r0", "at the end all are closed", 9)
			read(first, to)
			read(last, to)
			dials(t, f, "r0", "and none is kept after it", 11)
		})
	}
}

// A device that falls silent on a session that was kept is asked once on another one, and no more.
func TestWarmSilent(t *testing.T) {
	for _, s := range styles(t) {
		if s.title != "eos" {
			continue
		}
		f, first, last, _ := warm(t, s, 1)
		_, err := first.Fetch(t.Context(), f.Target("r0"))
		must(t, err)
		must(t, f.Device("r0").SetFaults(sim.Fault{Kind: "truncate", N: 20}))
		if live, err := last.Fetch(t.Context(), f.Target("r0")); !errors.Is(err, drivers.ErrCut) {
			t.Errorf("%v:\n%s", err, live.Text)
		}
		dials(t, f, "r0", "asked once more", 2)
	}
}

// What is kept is bounded, however many devices there are.
func TestWarmMany(t *testing.T) {
	for _, s := range styles(t) {
		if s.title != "eos" {
			continue
		}
		const many, most = 70, 64
		f, first, last, _ := warm(t, s, many)
		for _, r := range []drivers.Reader{first, last} {
			for _, name := range f.Names() {
				_, err := r.Fetch(t.Context(), f.Target(name))
				must(t, err)
			}
		}
		n := 0
		for _, name := range f.Names() {
			n += f.Device(name).Counters().Dials
		}
		if n != many+many-most {
			t.Errorf("%d connections to read %d devices twice", n, many)
		}
	}
}
