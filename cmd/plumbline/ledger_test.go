package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/gate/signed"
	"plumbline/internal/repo"
	"plumbline/internal/sim"
)

// ledger gives the entries that the stage's pushes have left.
func (s *stage) ledger() []repo.Entry {
	s.t.Helper()
	es, err := signed.Ledger(s.repo, "main")
	s.must(err)
	return es
}

// TestPartialIsTold holds the law: what each device holds is in the ledger, also where a
// later wave was undone; drift then judges each device by its own entry, and the same plan
// can be pushed to its end.
func TestPartialIsTold(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge)
	last := s.farm.Names()[len(s.farm.Names())-1]
	s.must(s.farm.Device(last).SetFaults(sim.Fault{Kind: "reject", Text: "router bgp"}))
	s.plumb(rolledBack, "push", "--plan", s.plan)
	es := s.ledger()
	if len(es) != 1 || es[0].Full() || !slices.ContainsFunc(es[0].Devices, func(d repo.Device) bool { return d.State == repo.New }) {
		t.Fatalf("want one entry with old and new devices: %+v", es)
	}
	s.must(s.farm.Device(last).SetFaults())
	out := s.plumb(ok, "drift")
	for _, d := range es[0].Devices {
		class := map[repo.State]string{repo.New: "ok", repo.Old: "pending"}[d.State]
		if !strings.Contains(out, d.Name+"  "+class) && !strings.Contains(out, d.Name+": "+class) {
			t.Errorf("%s is %s in the ledger, want %s in the report:\n%s", d.Name, d.State, class, out)
		}
	}
	s.plumb(ok, "push", "--plan", s.plan)
	if es = s.ledger(); len(es) != 2 || !es[1].Full() {
		t.Errorf("want a second, whole entry: %+v", es)
	}
	s.plumb(ok, "diff", "--exit-code")
}

// TestLedgerFollowsJournal holds the law: a run that dies after its push and before the
// ledger loses nothing; the next one writes the entry.
func TestLedgerFollowsJournal(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge)
	s.env.step = func(name string) {
		if strings.HasPrefix(name, "ledger ") {
			panic("killed")
		}
	}
	s.plumb(bug, "push", "--plan", s.plan)
	s.env.step = nil
	if es := s.ledger(); len(es) != 0 {
		t.Fatalf("it was killed, and yet: %+v", es)
	}
	s.plumb(ok, "push", "--resume")
	if es := s.ledger(); len(es) != 1 || !es[0].Full() || es[0].Plan != s.plan {
		t.Errorf("the entry is lost: %+v", es)
	}
	s.plumb(ok, "push", "--resume")
	if es := s.ledger(); len(es) != 1 {
		t.Errorf("it was entered twice: %+v", es)
	}
}

// TestLedgerTruncated holds the law: a runner remembers how far the ledger went, and
// refuses a shorter or another one before any device is spoken to.
func TestLedgerTruncated(t *testing.T) {
	t.Parallel()
	for name, lost := range map[string]func([]byte) []byte{
		"emptied":       func([]byte) []byte { return nil },
		"last one gone": func(b []byte) []byte { return b[:strings.LastIndexByte(string(b[:len(b)-1]), '\n')+1] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			s.do(s.diff, s.approve, s.merge, s.push, s.tamper, s.restore)
			whole, err := s.repo.Get("ledger")
			s.must(err)
			s.must(s.repo.Put("ledger", lost(whole)))
			before := s.counters()
			out := s.plumb(refused, "push", "--plan", s.plan)
			if !strings.Contains(out, "ledger/truncated") || !strings.Contains(out, "fetch refs/plumbline/ledger") {
				t.Errorf("want the rule and what helps:\n%s", out)
			}
			if !maps.Equal(before, s.counters()) {
				t.Error("devices were spoken to")
			}
		})
	}
}

// TestNoLedgerKey holds the law: what could not be told is not sent.
func TestNoLedgerKey(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(string) string{
		"no key":            func(text string) string { return text[:strings.Index(text, "ledger_key:")] },
		"a key of nobody's": func(text string) string { return strings.Replace(text, "keys/ledger", "keys/"+demoBob, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			s.do(s.diff, s.approve, s.merge)
			text, err := os.ReadFile(s.path("runner.yaml"))
			s.must(err)
			s.must(os.WriteFile(s.path("runner.yaml"), []byte(change(string(text))), 0o600))
			out := s.plumb(refused, "push", "--plan", s.plan)
			if !strings.Contains(out, "push/no-ledger-key") {
				t.Errorf("want the rule:\n%s", out)
			}
		})
	}
}

// TestNewest holds which entry tells what a device holds.
func TestNewest(t *testing.T) {
	entry := func(seq int, states ...repo.State) (e repo.Entry) {
		e.Seq = seq
		for i, s := range states {
			if s != "" {
				e.Devices = append(e.Devices, repo.Device{Name: []string{"r1", "r2", "r3"}[i], State: s})
			}
		}
		return e
	}
	for name, c := range map[string]struct {
		entries []repo.Entry
		want    [3]int
	}{
		"nothing pushed":              {nil, [3]int{0, 0, 0}},
		"all":                         {[]repo.Entry{entry(1, repo.New, repo.New, repo.Already)}, [3]int{1, 1, 1}},
		"one more for one":            {[]repo.Entry{entry(1, repo.New, repo.New, repo.New), entry(2, repo.New)}, [3]int{2, 1, 1}},
		"the second went back":        {[]repo.Entry{entry(1, repo.New, repo.New, repo.New), entry(2, repo.New, repo.Old)}, [3]int{2, 1, 1}},
		"never named in a whole plan": {[]repo.Entry{entry(1, repo.New, repo.New), entry(2, repo.New)}, [3]int{2, 1, 2}},
		"never named, and went back":  {[]repo.Entry{entry(1, repo.New, repo.Old)}, [3]int{1, 0, 0}},
	} {
		at := newest(c.entries, []string{"r1", "r2", "r3"})
		if have := [3]int{at["r1"], at["r2"], at["r3"]}; have != c.want {
			t.Errorf("%s: have %v, want %v", name, have, c.want)
		}
	}
}
