package main

import (
	"strings"
	"testing"

	"plumbline/internal/sim"
)

// TestOwnRoutes holds that a device whose own address falls out of its table takes its wave back, with
// all sessions up.
func TestOwnRoutes(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	base, err := s.repo.Branch("main")
	s.must(err)
	quiet := s.drafts("quiet", base, "intent/link/ams-fra-1.yaml", "circuit 4711", "circuit 4712")
	s.lands("quiet")
	s.must(s.farm.Device("core1-fra").SetFaults(sim.Fault{Kind: "loses", Text: "routes"}))
	out := s.plumb(rolledBack, "push", "--plan", quiet)
	if !strings.Contains(out, "/32: was in its table and is not any more") || !strings.Contains(out, "core1-fra: route default ") {
		t.Errorf("it is told as\n%s", out)
	}
	s.must(s.farm.Device("core1-fra").SetFaults())
	s.plumb(ok, "push", "--plan", quiet)
}
