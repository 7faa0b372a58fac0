package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"plumbline/internal/repo"
)

// drafts puts one changed file onto a branch that begins at a commit, plans that commit alone,
// and has bob approve it.
func (s *stage) drafts(branch, from, name, old, is string) (plan string) {
	s.t.Helper()
	text, err := os.ReadFile(s.path("network", name))
	s.must(err)
	changed := strings.Replace(string(text), old, is, 1)
	if changed == string(text) {
		s.t.Fatalf("%s has no %q", name, old)
	}
	carol := repo.Author{Person: demoCarol, When: demoDay()}
	s.must(s.repo.Point(branch, from))
	_, err = s.repo.Commit(branch, carol, "Change "+name, map[string][]byte{name: []byte(changed)})
	s.must(err)
	s.approved(branch)
	return s.plan
}

// lands merges a branch.
func (s *stage) lands(branch string) (tip string) {
	s.t.Helper()
	head, err := s.repo.Branch(branch)
	s.must(err)
	tip, err = s.repo.Merge("main", repo.Author{Person: demoCarol, When: demoDay()}, "Merge "+branch, head)
	s.must(err)
	return tip
}

// approved plans a branch or a commit and has bob approve it for the head of that branch.
func (s *stage) approved(branch string) {
	s.t.Helper()
	s.do(func(context.Context) (string, error) {
		return s.keep(s.plumb(ok, "diff", "--head", branch, "--out", s.path("plan.json")))
	})
	s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", branch)
}

// TestTwoPending holds the law: where two requests landed and neither was pushed, the plan of
// the last one is refused, for what the first one changes would count as deployed; a plan of
// both is pushed.
func TestTwoPending(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	base, err := s.repo.Branch("main")
	s.must(err)
	s.drafts("first", base, "intent/link/ams-edge.yaml", "cost: 100", "cost: 110")
	s.lands("first")
	last := s.drafts("second", base, "intent/link/fra-edge.yaml", "cost: 100", "cost: 120")
	s.lands("second")
	before := s.counters()
	out := s.plumb(refused, "push", "--plan", last)
	for _, want := range []string{"push/left-behind", "core1-ams, edge1-ams would be left", "plumbline diff --head main"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q:\n%s", want, out)
		}
	}
	for d, c := range s.counters() {
		if c.WriteSessions != before[d].WriteSessions {
			t.Errorf("%s was written to", d)
		}
	}
	if es := s.ledger(); len(es) != 1 {
		t.Errorf("nothing was sent, and the ledger tells of it: %+v", es)
	}
	s.do(func(context.Context) (string, error) {
		return s.keep(s.plumb(ok, "diff", "--head", "main", "--out", s.path("plan.json")))
	})
	s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", "second")
	s.plumb(ok, "push", "--plan", s.plan)
	s.plumb(ok, "diff", "--head", "main", "--exit-code")
}

// TestStaleIsTold holds the law: a leaf that is stale is refused with who moved what: a push, by
// the ledger; somebody at the device, since when drift knows; or a landing.
func TestStaleIsTold(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(s *stage, first string) (want string){
		"a push": func(s *stage, first string) string {
			tip := s.lands("first")
			s.plumb(ok, "push", "--plan", first)
			s.lands("second")
			return "plan " + first[:12] + " of commit " + tip[:12] + " was pushed to it since (deployment 2, transaction plb-"
		},
		"a landing": func(s *stage, _ string) string {
			tip := s.lands("first")
			s.lands("second")
			return "what is wanted of it is changed by landing " + tip[:12]
		},
		"somebody": func(s *stage, _ string) string {
			s.lands("second")
			s.do(s.tamper)
			return "it holds what no push of ours left there, so somebody changed it, by hand or by another tool; no drift was kept"
		},
		"somebody of whom drift knows": func(s *stage, _ string) string {
			s.lands("second")
			s.do(s.tamper)
			s.plumb(differ, "drift", "--keep")
			return "drift knows of it since 2026-11-24T12:00:00Z: plumbline drift edge1-fra shows what"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			s.do(s.diff, s.approve, s.merge, s.push)
			base, err := s.repo.Branch("main")
			s.must(err)
			first := s.drafts("first", base, "intent/peering/as64500-fra.yaml", "ipv4: 200", "ipv4: 220")
			second := s.drafts("second", base, "intent/link/edges.yaml", "cost: 2000", "cost: 2100")
			want := happens(s, first)
			out := s.plumb(refused, "push", "--plan", second)
			if !strings.Contains(out, "push/stale: edge1-fra is not what the plan "+second[:12]) || !strings.Contains(out, want) {
				t.Errorf("want %q:\n%s", want, out)
			}
		})
	}
}
