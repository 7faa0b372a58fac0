package main

import (
	"strings"
	"testing"

	"plumbline/internal/repo"
)

// TestBrokenPolicy holds the law: a policy that is on the branch and cannot be read stops a
// plan, with its place; no default is taken in its stead.
func TestBrokenPolicy(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	_, err := s.repo.Commit("main", repo.Author{Person: demoCarol, When: demoDay()}, "Break it", map[string][]byte{"policy.yaml": []byte("branch: [main]\n")})
	s.must(err)
	before := s.mutating()
	if out := s.plumb(findings, "diff", demoRouter); !strings.Contains(out, "policy.yaml:1") || strings.Contains(out, "Plan ") {
		t.Errorf("have:\n%s", out)
	}
	if s.mutating() != before {
		t.Error("devices were written to")
	}
}
