package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"plumbline/internal/repo"
)

// canaryHeld is a secret that a router holds beside all intent.
const canaryHeld = "Kanari1nArchive"

// brokenSince is a stage whose router held lines of somebody, and a secret of theirs, before its last push;
// an archive has them, and the router holds something else since.
func brokenSince(t *testing.T) (s *stage, held struct{ was, tx, said string }) {
	s = newStage(t, nil)
	id, err := age.GenerateX25519Identity()
	s.must(err)
	s.must(os.WriteFile(s.path("identity"), []byte(id.String()+"\n"), 0o600))
	text, err := os.ReadFile(s.path("runner.yaml"))
	s.must(err)
	s.must(os.WriteFile(s.path("runner.yaml"), append(text, "archive:\n  recipients: ["+id.Recipient().String()+"]\n  keep: 1\n"...), 0o600))
	s.do(s.diff, s.approve, s.merge, s.push)

	box := s.farm.Device(demoRouter)
	s.must(box.Type("router bgp 64496", "neighbor 198.18.0.199 remote-as 64999", "neighbor 198.18.0.199 password "+canaryHeld))
	box.Save()
	held.was = string(box.Running())
	base, err := s.repo.Branch("main")
	s.must(err)
	digest := s.drafts("second", base, "intent/peering/as64500-fra.yaml", "  ipv4: 200", "  ipv4: 300")
	s.lands("second")
	held.said = s.plumb(ok, "push", "--plan", digest)
	held.tx = s.ledger()[1].Tx
	s.must(box.Type("router bgp 64496", "no neighbor 198.18.0.199", "bgp router-id 192.0.2.99"))
	box.Save()
	return s, held
}

// TestRestoreArchived holds the law: all that a device held before a push, with what nobody's intent
// says and its secrets, comes back through the same gate: shown, approved by its digest, on trial, and
// only with an identity that a person brings. What is told of it afterwards is true, and no secret is
// in any of it.
func TestRestoreArchived(t *testing.T) {
	t.Parallel()
	s, held := brokenSince(t)
	box, tx, was, said := s.farm.Device(demoRouter), held.tx, held.was, held.said
	broken := string(box.Running())

	restore := []string{"push", "--restore", demoRouter, "--archived", tx}
	if out := s.plumb(usage, restore...); !strings.Contains(out, "--identity") {
		t.Errorf("without an identity: %s", out)
	}
	said += s.plumb(usage, "push", "--restore", demoRouter, "--archived", "plb-0-0", "--identity", s.path("identity"))
	page := s.plumb(refused, append(restore, "--identity", s.path("identity"))...)
	for _, want := range []string{"neighbor 198.18.0.199 remote-as 64999", "password <secret>", "ipv4", "lifeline", "propagating", "--identity FILE"} {
		if !strings.Contains(page, want) {
			t.Errorf("the plan does not tell %q:\n%s", want, page)
		}
	}
	_, err := s.keep(page)
	s.must(err)
	head := "plumbline/restore-" + demoRouter + "-" + s.plan[:8]
	s.plumb(refused, "push", "--plan", s.plan, "--identity", s.path("identity"))
	s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", head)
	s.lands(head)
	said += page + s.plumb(usage, "push", "--plan", s.plan)
	if string(box.Running()) != broken {
		t.Error("something was sent without an approval, or without the identity")
	}
	said += s.plumb(ok, "push", "--plan", s.plan, "--identity", s.path("identity"))
	if now := string(box.Running()); !slices.Equal(unordered(now), unordered(was)) {
		t.Errorf("it holds\n%s\nand held\n%s", now, was)
	}
	es := s.ledger()
	if d := es[2].Devices; len(d) != 1 || d[0].Back != tx || d[0].State != repo.New || newest(es, []string{demoRouter})[demoRouter] != 1 {
		t.Errorf("the ledger tells %+v, and that it holds entry %d", d, newest(es, []string{demoRouter})[demoRouter])
	}
	said += s.plumb(ok, "verify") + s.any("drift")

	// What landed and is on the device no more is pushed by a plan that is approved for it.
	forward := s.plumb(ok, "diff", "--head", "main", "--out", s.path("plan.json"))
	_, err = s.keep(forward)
	s.must(err)
	said += forward
	s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", head)
	said += s.plumb(ok, "push", "--plan", s.plan) + s.plumb(ok, "verify")
	if now := string(box.Running()); !strings.Contains(now, canaryHeld) || !strings.Contains(now, "maximum-prefix 300") {
		t.Errorf("it holds\n%s", now)
	}
	if strings.Contains(said, canaryHeld) {
		t.Error("the secret was told")
	}
	s.nowhere([]string{canaryHeld})
}
