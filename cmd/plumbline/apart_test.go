package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
)

// TestEmergencyApart holds the way past a remote that does not answer: in an emergency alone, by a
// word of its own, never past a runner that was seen there, and told from then on.
func TestEmergencyApart(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.afar()
	s.do(s.diff, s.approve, s.merge)
	s.signs("alice")
	const why = "edge1-fra drops packets"
	urgent := []string{"push", "--plan", s.plan, "--emergency", why}
	apart := append(urgent[:len(urgent):len(urgent)], "--without-remote")
	other, err := json.Marshal(lease{Mark: "other", Host: "far", Pid: 7, Since: demoDay(), Until: demoDay().Add(time.Hour), Epoch: 1})
	s.must(err)

	s.must(s.repo.Swap("origin", leaseRef, nil, other))
	if out := s.plumb(refused, apart...); !strings.Contains(out, "on far pushes") && !strings.Contains(out, "on far settles") {
		t.Errorf("the remote answers, and another runner has the lease:\n%s", out)
	}
	s.must(os.Rename(s.path("remote"), s.path("away")))
	s.plumb(usage, "push", "--plan", s.plan, "--without-remote")
	if out := s.plumb(refused, "push", "--plan", s.plan); strings.Contains(out, "--without-remote") {
		t.Errorf("no emergency, and a way past the lease is shown:\n%s", out)
	}
	if out := s.plumb(refused, urgent...); !strings.Contains(out, "--without-remote") {
		t.Errorf("it does not say how to go on:\n%s", out)
	}
	if out := s.plumb(refused, apart...); !strings.Contains(out, "on far") {
		t.Errorf("who was seen last to have the lease is passed by:\n%s", out)
	}
	s.must(s.repo.Forget(leaseRef))
	for name, c := range s.counters() {
		if c.Mutating != 0 {
			t.Errorf("%s was sent something", name)
		}
	}

	out := s.plumb(ok, apart...)
	es := s.ledger()
	if len(es) != 1 || es[0].Emergency != why+apartMark+"origin)" || !strings.Contains(out, "COMMITTED") {
		t.Fatalf("the ledger does not say that the lease was not held: %+v\n%s", es, out)
	}
	if out := s.plumb(ok, "verify"); !strings.Contains(out, "is verified") {
		t.Errorf("it is not verified:\n%s", out)
	}
	_, command, _ := strings.Cut(out, "\n  git push ")
	command, _, _ = strings.Cut(command, "\n")
	s.must(os.Rename(s.path("away"), s.path("remote")))
	sh := exec.CommandContext(t.Context(), "sh", "-c", "cd "+s.path("network")+" && git push "+command)
	if said, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("what it says is to be done cannot be: git push %s: %v\n%s", command, err, said)
	}
	there, err := s.repo.Peek("origin", "ledger")
	s.must(err)
	if here, err := s.repo.Get("ledger"); err != nil || string(here) != string(there) {
		t.Error("the remote does not have the ledger", err)
	}
	s.must(s.repo.Swap("origin", leaseRef, other, nil))
	s.plumb(ok, "push", "--resume")
	_, err = signed.Ledger(s.repo, "main")
	s.must(err)
}

// TestApartKnowsItsOwn holds the law: with a journal in Git, what is open here may have been settled
// elsewhere, so nothing is settled again while nobody can tell.
func TestApartKnowsItsOwn(t *testing.T) {
	t.Parallel()
	s := newLocks(t)
	s.cfg = runnerConfig{Remote: "origin", Journal: inGit} // there is no such remote
	for text, want := range map[string]string{"": "push/journal-kept", "INC-1" + apartMark + "origin)": ""} {
		cfg, a := s.cfg, pushAsk{emergency: "INC-2", apart: true}
		h, err := s.e.turn(s.r, &cfg, "", &a, []journal.Record{{Step: journal.Begin, Tx: "plb-1", Text: text}})
		if want == "" && (err != nil || cfg.Remote+cfg.Journal != "" || !strings.Contains(a.emergency, apartMark)) {
			t.Errorf("its own: %v, %+v, %q", err, cfg, a.emergency)
		}
		if want != "" && (err == nil || code(err) != refused || !strings.Contains(err.Error(), want)) {
			t.Errorf("want %s: %v", want, err)
		}
		if err == nil {
			h.free()
		}
	}
}
