package main

import (
	"strings"
	"testing"

	"plumbline/internal/sim"
)

// TestSigns holds that a wave goes back where a device says something critical behind its change, and where memory
// rises on all devices together, and that the line is told without anything that it could do to a reader. Without
// the fault the same plan is kept.
func TestSigns(t *testing.T) {
	t.Parallel()
	s := onPlatform(t, "eos", "")
	s.do(s.check, s.diff, s.approve, s.merge)
	names := s.farm.Names()
	all := func(f ...sim.Fault) {
		for _, name := range names {
			s.must(s.farm.Device(name).SetFaults(f...))
		}
	}
	all(sim.Fault{Kind: "says", Text: "%SYS-2-MALLOCFAIL: no memory \u202e::error::"})
	out := s.plumb(rolledBack, "push", "--plan", s.plan)
	if !strings.Contains(out, `: log: a new critical line: "SYS-2-MALLOCFAIL: no memory \u202e::error::"`) || !strings.Contains(out, "ROLLED_BACK") {
		t.Errorf("a critical line is told as\n%s", out)
	}
	all()
	s.plumb(ok, "push", "--plan", s.plan)

	base, err := s.repo.Branch("main")
	s.must(err)
	plan := s.drafts("bfd", base, "intent/design/example-net.yaml", "igp: ospf\n", "igp: ospf\nbfd: 300ms\n")
	s.lands("bfd")
	all(sim.Fault{Kind: "says", Text: "%SYS-3-X: an error"}, sim.Fault{Kind: "fills", Text: "memory", N: 46})
	out = s.plumb(rolledBack, "push", "--plan", plan)
	if !strings.Contains(out, " devices of this push: memory used was 40 % and is 46 % on average; more than 5 points together are not well (") || strings.Contains(out, "log:") {
		t.Errorf("memory that rises on all of %d devices is told as\n%s", len(names), out)
	}
	all(sim.Fault{Kind: "fills", Text: "memory", N: 45})
	if out := s.plumb(ok, "push", "--plan", plan); !strings.Contains(out, "COMMITTED") {
		t.Error(out)
	}
}
