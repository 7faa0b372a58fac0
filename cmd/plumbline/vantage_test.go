package main

import (
	"io"
	"os"
	"strings"
	"testing"
)

// overlooked gives a network whose runner has a second place.
func overlooked(t *testing.T, from string) *stage {
	t.Helper()
	s := newStage(t, nil)
	text, err := os.ReadFile(s.path("runner.yaml"))
	s.must(err)
	s.must(os.WriteFile(s.path("runner.yaml"), append(text, "vantage: "+from+"\n"...), 0o600))
	return s
}

// TestVantage holds what a second place is for: a device that answers the runner alone is sent
// nothing where that was so before, and takes its wave back where a change made it so.
func TestVantage(t *testing.T) {
	t.Parallel()
	const from = "core1-fra"
	s := overlooked(t, from)
	if out := s.plumb(ok, "doctor"); !strings.Contains(out, "vantage      "+from+": each look") {
		t.Errorf("doctor tells the place as\n%s", out)
	}
	s.do(s.diff, s.approve, s.merge)
	if out := s.plumb(incomplete, "push", "--plan", s.plan); !strings.Contains(out, "through "+from+", the second place of the runner's configuration") {
		t.Errorf("a place that leads nowhere is told as\n%s", out)
	}
	for _, name := range s.farm.Names() {
		if n := s.farm.Device(name).Counters(); n.Mutating != 0 {
			t.Errorf("%s was sent something", name)
		}
	}
	s.farm.Device(from).SetForwards(true)
	s.env.step = func(name string) {
		if strings.HasPrefix(name, "health ") { // what is on trial by now has the device answer the runner alone
			s.farm.Device(from).SetForwards(false)
		}
	}
	if out := s.plumb(rolledBack, "push", "--plan", s.plan); !strings.Contains(out, "through "+from+", the second place of the runner's configuration") {
		t.Errorf("a device that answers the runner alone is told as\n%s", out)
	}
	s.env.step = nil
	s.farm.Device(from).SetForwards(true)
	s.plumb(ok, "push", "--plan", s.plan)
}

// TestVantageNowhere holds that doctor finds a second place that is none.
func TestVantageNowhere(t *testing.T) {
	t.Parallel()
	s := overlooked(t, "nosuch")
	if out := s.plumb(findings, "doctor"); !strings.Contains(out, `vantage: the inventory has no device "nosuch"`) {
		t.Errorf("doctor says\n%s", out)
	}
}

// TestEveryLookIsNew holds that health asks over new connections, in each look, from each place: an old
// one proves nothing. The place itself is not looked at from there.
func TestEveryLookIsNew(t *testing.T) {
	t.Parallel()
	const from = "core1-fra"
	s := overlooked(t, from)
	s.farm.Device(from).SetForwards(true)
	e := &env{dir: s.path("network"), runner: s.path("runner.yaml"), out: io.Discard, err: io.Discard, now: demoDay, run: run}
	b, err := e.valid("")
	s.must(err)
	reach, err := e.reach(b)
	s.must(err)
	afar, err := e.vantage(b, reach)
	s.must(err)
	looks := func(devices ...string) map[string]int {
		was := map[string]int{}
		for _, name := range s.farm.Names() {
			was[name] = s.farm.Device(name).Counters().Sessions
		}
		_, err := e.health(b, reach, afar)(t.Context(), devices)
		s.must(err)
		for name, n := range was {
			was[name] = s.farm.Device(name).Counters().Sessions - n
		}
		return was
	}
	for range 2 {
		if n := looks(demoRouter); n[demoRouter] != 2 || n[from] != 1 {
			t.Errorf("a look at %s logs in to devices so often: %v", demoRouter, n)
		}
		if n := looks(from); n[from] != 1 {
			t.Errorf("a look at the place itself logs in to devices so often: %v", n)
		}
	}
	if afar = nil; looks(demoRouter)[demoRouter] != 1 {
		t.Error("without a second place a look is not one login")
	}
	s.must(os.WriteFile(s.path("runner.yaml"), []byte("vantage: nobody\n"), 0o600))
	if _, err := e.vantage(b, reach); err == nil || !strings.Contains(err.Error(), `the inventory has no device "nobody"`) {
		t.Error(err)
	}
}
