package main

import (
	"os"
	"strings"
	"testing"
)

// TestDoctor holds that doctor looks at what a platform requires, tells what helps where it
// is not there, and changes nothing.
func TestDoctor(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	before := s.mutating()
	out := s.plumb(ok, "doctor", demoRouter)
	for _, want := range []string{"requires: service integrated-vtysh-config: it is there", "and nothing is on trial", "coverage:", "identity: it proved what is pinned (ssh-ed25519)", "changes: guard", "version (FRRouting 8.4.4", "bgp_summary"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
	other, err := os.ReadFile(s.path("keys", demoBob))
	s.must(err)
	s.must(os.WriteFile(s.path("secrets", "net", "write", "key"), other, 0o600)) // the device does not know it
	out = s.plumb(incomplete, "doctor", demoRouter)
	if !strings.Contains(out, "not ready") || !strings.Contains(out, "install the package plumbline-guard") || s.mutating() != before {
		t.Errorf("have:\n%s", out)
	}
}
