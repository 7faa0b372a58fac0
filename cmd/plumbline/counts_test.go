package main

import (
	"strings"
	"testing"

	"plumbline/internal/sim"
)

// TestCounts holds that sessions which stay up and carry less, or tell more, undo a push: over
// every session where the plan moves no route, and over those from outside where it does. What
// it moves is told.
func TestCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	base, err := s.repo.Branch("main")
	s.must(err)
	quiet := s.drafts("quiet", base, "intent/link/ams-fra-1.yaml", "circuit 4711", "circuit 4712")
	s.lands("quiet")
	for text, f := range map[string]sim.Fault{
		"core1-fra: bgp default 10.0.0.1: received ipv4Unicast was 1 and is 0; less than 1 is not well":   {Kind: "loses", Text: "received"},
		"core1-fra: bgp default 10.0.0.1: advertised ipv4Unicast was 2 and is 9; more than 3 is not well": {Kind: "loses", Text: "advertised", N: 9},
	} {
		s.must(s.farm.Device("core1-fra").SetFaults(f))
		if out := s.plumb(rolledBack, "push", "--plan", quiet); !strings.Contains(out, text) {
			t.Errorf("%s is not told:\n%s", text, out)
		}
	}
	s.must(s.farm.Device("core1-fra").SetFaults())
	s.plumb(ok, "push", "--plan", quiet)

	base, err = s.repo.Branch("main")
	s.must(err)
	loud := s.drafts("loud", base, "intent/peering/as64500-fra.yaml", "ipv4: 200", "ipv4: 300")
	s.lands("loud")
	s.must(s.farm.Device(demoRouter).SetFaults(sim.Fault{Kind: "loses", Text: "received", N: 1}))
	out := s.plumb(rolledBack, "push", "--plan", loud)
	if !strings.Contains(out, "received ipv4Unicast was 2 and is 1; less than 2 is not well") || strings.Contains(out, "198.18.0.77: received ipv4Unicast was") {
		t.Errorf("what comes from outside is told as\n%s", out)
	}
	s.must(s.farm.Device(demoRouter).SetFaults(sim.Fault{Kind: "loses", Text: "advertised", N: 9}))
	if out := s.plumb(ok, "push", "--plan", loud); !strings.Contains(out, "advertised ipv4Unicast was 2 and is 9") {
		t.Errorf("what the plan may move is not told:\n%s", out)
	}

	base, err = s.repo.Branch("main")
	s.must(err)
	s.must(s.farm.Device(demoRouter).SetFaults())
	tight := s.drafts("tight", base, "intent/peering/as64500-fra.yaml", "ipv4: 200", "ipv4: 2")
	s.lands("tight")
	if out := s.plumb(rolledBack, "push", "--plan", tight); !strings.Contains(out, "198.18.0.77: received ipv4Unicast is 2, and its limit leaves less than a fifth above that") {
		t.Errorf("a limit that is as good as reached is told as\n%s", out)
	}
}
