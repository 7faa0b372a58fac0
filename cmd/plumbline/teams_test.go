package main

import (
	"os"
	"strings"
	"testing"

	"plumbline/internal/repo"
)

// TestTeamReachesDevices holds the law: where policy counts a team of the forge, an approval of
// somebody who is in it when the push is judged lets a plan through, and nothing less; what the forge
// said of it is there for a third party without the forge.
func TestTeamReachesDevices(t *testing.T) {
	t.Parallel()
	r := newReviewedBy(t, "17")
	r.planner()
	if out := r.plumb(ok, "diff", "--head", "change", "--out", r.path("plan.json")); !strings.Contains(out, "sealed: reviews of ") {
		t.Fatal(out)
	}
	var err error
	r.landed, err = r.repo.Squash("main", repo.Author{Person: demoCarol, When: demoDay()}, "squash", r.head)
	r.must(err)
	r.approved = true
	for _, c := range []struct {
		team int
		in   string
		want string
	}{
		{0, "", "organization acme has no team of that name"},
		{18, "bob", "gate/other-team"},
		{17, "carol", "gate/not-in-team"},
	} {
		r.team, r.in = c.team, c.in
		if out := r.plumb(refused, "push", "--merged"); !strings.Contains(out, c.want) {
			t.Errorf("want %s:\n%s", c.want, out)
		}
	}
	if r.mutating() > 0 {
		t.Fatal("a device was written to")
	}
	r.in = "bob"
	if out := r.plumb(ok, "push", "--merged"); !strings.Contains(out, "COMMITTED") || r.mutating() == 0 {
		t.Errorf("approved, and not pushed:\n%s", out)
	}
	r.must(os.Rename(r.path("runner.yaml"), r.path("away.yaml")))
	if out := r.plumb(ok, "verify"); !strings.Contains(out, "approved by bob; gitea told of team acme/netops (number 17) that bob is in") {
		t.Errorf("a third party has no forge:\n%s", out)
	}
}

// TestDoctorTeam holds the law: doctor tells the number of a team, and whether the forge knows it as
// policy does.
func TestDoctorTeam(t *testing.T) {
	t.Parallel()
	r := newReviewedBy(t, "17")
	r.team = 17
	if out := r.plumb(ok, "doctor"); !strings.Contains(out, "acme/netops, number 17") {
		t.Errorf("%s", out)
	}
	r.team = 18
	if out := r.plumb(findings, "doctor"); !strings.Contains(out, "acme/netops is number 18 on the forge, and policy names 17; nothing is pushed that it has to approve") {
		t.Errorf("%s", out)
	}
	if out := r.plumb(findings, "doctor", "--team", "acme/netops"); !strings.Contains(out, "acme/netops is number 18 on the forge\n") {
		t.Errorf("%s", out)
	}
	r.team = 0
	if out := r.plumb(findings, "doctor"); !strings.Contains(out, "read:organization") || !strings.Contains(out, "nothing is pushed that it has to approve") {
		t.Errorf("%s", out)
	}
	r.plumb(usage, "doctor", "--team", "../admin")
}
