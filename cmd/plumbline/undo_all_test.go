package main

import (
	"slices"
	"strings"
	"testing"

	"plumbline/internal/repo"
	"plumbline/internal/sim"
)

// TestUndoAll holds on embedded devices what policy promises with on_failure: undo_all. Who looks
// at a plan is told of it; where the last stage fails, both devices are as they were before the
// first one; the ledger tells so, and the same plan is pushed to its end once the fault is gone.
func TestUndoAll(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(text string) string { return text + "on_failure: undo_all\n" })
	s.do(s.diff, s.approve, s.merge, s.push)
	digest := s.relinks()
	if out := s.plumb(ok, "diff", "--head", "main"); !strings.Contains(out, "all that this push kept is taken back") {
		t.Errorf("diff does not tell what is taken back:\n%s", out)
	}
	was := map[string]string{}
	for _, name := range []string{"core1-ams", "core1-fra"} {
		was[name] = string(s.farm.Device(name).Running())
	}
	s.must(s.farm.Device("core1-fra").SetFaults(sim.Fault{Kind: "reject", Text: "no ip address 10.0.8.1/31"}))
	out := s.plumb(rolledBack, "push", "--plan", digest)
	for name, text := range was {
		if now := string(s.farm.Device(name).Running()); !slices.Equal(unordered(now), unordered(text)) {
			t.Errorf("%s holds\n%s\nand held\n%s", name, now, text)
		}
		if string(s.farm.Device(name).Startup()) != string(s.farm.Device(name).Running()) {
			t.Errorf("%s would start with something else", name)
		}
	}
	if !strings.Contains(out, "ROLLED_BACK") || strings.Count(out, "taken back") < 3 {
		t.Errorf("it is told as\n%s", out)
	}
	es := s.ledger()
	for _, d := range es[len(es)-1].Devices {
		if d.State != repo.Old {
			t.Errorf("the ledger tells %+v", d)
		}
	}
	s.plumb(ok, "verify", "2")
	s.must(s.farm.Device("core1-fra").SetFaults())
	s.plumb(ok, "push", "--plan", digest)
	s.plumb(ok, "diff", "--head", "main", "--exit-code")
	s.plumb(ok, "verify", "3")
}

// unordered gives the lines of a text without their order: what went and came back stands at the end.
func unordered(text string) []string { return slices.Sorted(strings.SplitSeq(text, "\n")) }
