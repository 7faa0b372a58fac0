package main

import (
	"strings"
	"testing"

	"plumbline/internal/suite"
)

// TestPushedAgain holds that a plan which is deployed is pushed again without a word to any
// device that writes: it is well where all hold it, and one that moved is named.
func TestPushedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	before := s.mutating()
	out := s.plumb(ok, "push", "--plan", s.plan)
	for _, want := range []string{"was pushed already (deployment 1)", "nothing was sent", "COMMITTED", "already"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
	if out := s.plumb(ok, "push", "--plan", s.plan, "-o", "json"); !strings.Contains(out, `"state":"COMMITTED"`) || !strings.Contains(out, `"rolled_back":false`) {
		t.Errorf("as JSON:\n%s", out)
	}
	s.must(s.farm.Device(demoRouter).Type(suite.Of(t, "frr").Typed...))
	out = s.plumb(refused, "push", "--plan", s.plan)
	for _, want := range []string{"push/already-deployed", demoRouter + " is no longer", "push --restore"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
	if s.mutating() != before {
		t.Error("a device was written to")
	}
	s.stop()
	if out := s.plumb(incomplete, "push", "--plan", s.plan); !strings.Contains(out, "is not known") {
		t.Errorf("nobody answers:\n%s", out)
	}
}
