package main

import (
	"strings"
	"testing"

	"plumbline/internal/repo"
)

// TestGoBack holds the law: the way back to an earlier commit is a change request as any
// other. It brings intent back and nothing else, and what is pushed is what that commit asked for.
func TestGoBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	first, err := s.repo.Branch("main")
	s.must(err)
	before := string(s.farm.Device(demoRouter).Running())

	s.peering("ipv4: 200", "ipv4: 250")
	s.do(s.diff, s.approve, s.merge, s.push)
	if string(s.farm.Device(demoRouter).Running()) == before {
		t.Fatal("the second change did not reach the device")
	}
	other, err := s.repo.Branch("main")
	s.must(err)

	if out := s.plumb(usage, "push", "--to", other); !strings.Contains(out, "there is nothing to go back to") {
		t.Errorf("to where it stands:\n%s", out)
	}
	s.must(s.repo.Point("elsewhere", first))
	s.plumb(usage, "push", "--to", first, "--resume")
	fork, err := s.repo.Commit("elsewhere", repo.Author{Person: demoCarol, When: demoDay()}, "never reviewed", map[string][]byte{"intent/x.yaml": []byte("a: 1\n")})
	s.must(err)
	if out := s.plumb(refused, "push", "--to", fork); !strings.Contains(out, "was never on main") {
		t.Errorf("to what was never reviewed:\n%s", out)
	}

	out := s.plumb(refused, "push", "--to", first)
	if _, err := s.keep(out); err != nil {
		t.Fatal(err)
	}
	head := "plumbline/back-to-" + first[:12]
	s.plumb(refused, "push", "--plan", s.plan) // not approved, not merged
	s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", head)
	back, err := s.repo.Branch(head)
	s.must(err)
	changed, err := s.repo.Changed(other, back)
	s.must(err)
	if len(changed) != 1 || changed[0] != "intent/peering/as64500-fra.yaml" {
		t.Errorf("it changes %v", changed)
	}
	_, err = s.repo.Merge("main", repo.Author{Person: demoCarol, When: demoDay()}, "Go back", back)
	s.must(err)
	s.plumb(ok, "push", "--plan", s.plan)
	if now := string(s.farm.Device(demoRouter).Running()); now != before {
		t.Errorf("the device does not hold what it held:\n%s\nwant\n%s", now, before)
	}
	s.plumb(ok, "verify")
}
