package main

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/repo"
)

// TestEmergency holds the short way through the gate: two people of class policy sign, no forge is
// asked, the ledger says why, and each run asks for the follow-up until it is merged.
func TestEmergency(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(text string) string {
		for i, who := range []string{"alice", demoBob, "carol"} {
			text = strings.Replace(text, "{name: "+who+",", fmt.Sprintf("{name: %s, gitea: %d,", who, i+1), 1)
		}
		return text + "forge: {kind: gitea, repository: 1}\n"
	})
	s.do(s.diff, s.approve, s.merge)
	const why = "edge1-fra drops packets"
	if out := s.plumb(refused, "push", "--plan", s.plan, "--without-forge"); !strings.Contains(out, "gate/no-evidence") {
		t.Errorf("without an emergency:\n%s", out)
	}
	if out := s.plumb(refused, "push", "--plan", s.plan, "--emergency", why); !strings.Contains(out, "gate/no-approval") || !strings.Contains(out, "1 of 2") {
		t.Errorf("with one signature:\n%s", out)
	}
	s.plumb(usage, "push", "--merged", "--emergency", why)
	s.plumb(usage, "push", "--plan", s.plan, "--emergency", "")
	s.signs("carol") // who wrote it, and is not of class policy
	s.plumb(refused, "push", "--plan", s.plan, "--emergency", why)
	s.signs("alice")
	out := s.plumb(ok, "push", "--plan", s.plan, "--emergency", why)
	if !strings.Contains(out, "COMMITTED") || !strings.Contains(out, "change request on branch plumbline/follow-up-plb-") {
		t.Fatalf("want the follow-up:\n%s", out)
	}
	if es := s.ledger(); len(es) != 1 || es[0].Emergency != why {
		t.Errorf("the ledger does not say why: %+v", es)
	}
	if out := s.plumb(ok, "verify"); !strings.Contains(out, "is verified") {
		t.Errorf("it is not verified:\n%s", out)
	}
	const reminder = "nobody has looked at it since"
	for _, args := range [][]string{{"drift"}, {"diff"}, {"locks"}, {"doctor"}} {
		if out := s.any(args...); !strings.Contains(out, reminder) || !strings.Contains(out, why) {
			t.Errorf("%v does not ask for the follow-up:\n%s", args, out)
		}
	}
	_, branch, _ := strings.Cut(out, "change request on branch ")
	branch, _, _ = strings.Cut(branch, "\n")
	head, err := s.repo.Branch(branch)
	s.must(err)
	_, err = s.repo.Merge("main", repo.Author{Person: demoCarol, When: demoDay()}, "Looked at it", head)
	s.must(err)
	if out := s.any("drift"); strings.Contains(out, reminder) {
		t.Errorf("it was merged, and is asked for again:\n%s", out)
	}
}
