package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
	"plumbline/internal/lab"
)

// afar gives the stage a remote, and a journal that is kept there too.
func (s *stage) afar() {
	s.t.Helper()
	lab.Need(s.t, "git") // a remote on this machine is served by git itself
	s.git("init", "-q", "--bare", s.path("remote"))
	s.git("-C", s.path("network"), "remote", "add", "origin", s.path("remote"))
	text, err := os.ReadFile(s.path("runner.yaml"))
	s.must(err)
	s.must(os.WriteFile(s.path("runner.yaml"), append(text, "remote: origin\njournal: git\n"...), 0o600))
}

func (s *stage) git(args ...string) {
	s.t.Helper()
	out, err := exec.CommandContext(s.t.Context(), "git", args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// dies pushes until a step, where the runner stops for ever, and takes its disk away.
func (s *stage) dies(at string) {
	s.t.Helper()
	reached := make(chan string, 100)
	dead := *s.demo
	dead.env = &env{run: run, out: io.Discard, clock: brisk{}, step: func(name string) {
		if strings.HasPrefix(name, at) {
			reached <- name
			select {}
		}
	}}
	go func() {
		out, err := dead.plumbline(context.Background(), ok, "push", "--plan", s.plan)
		reached <- fmt.Sprint("it never came to ", at, out, err)
	}()
	if name := <-reached; !strings.HasPrefix(name, at) {
		s.t.Fatal(name)
	}
	s.must(os.RemoveAll(s.path("journal")))
}

// TestRunnerWithoutDisk holds the law: what a runner armed is known to the next one though
// its disk is gone; it is settled, told in the ledger, and the same plan can be pushed to its end.
func TestRunnerWithoutDisk(t *testing.T) {
	t.Parallel()
	for at, state := range map[string]string{
		"journal intent ": "ROLLED_BACK",
		"applied ":        "ROLLED_BACK",
		"keep ":           "PARTIAL", // its wave was decided and is well: forward; the rest was never sent
		"ledger ":         "COMMITTED",
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			s.afar()
			s.do(s.diff, s.approve, s.merge)
			s.dies(at)
			if out := s.plumb(ok, "locks"); at != "ledger " && !strings.Contains(out, "was not settled") {
				t.Errorf("the next runner does not know of it: %s", out)
			}
			out := s.plumb(ok, "push", "--resume", "-o", "json")
			if !strings.Contains(out, `"state":"`+state+`"`) {
				t.Errorf("want %s:\n%s", state, out)
			}
			for name, c := range s.counters() {
				if c.Arms != c.Keeps+c.Undos+c.Fires {
					t.Errorf("%s still has a trial: %+v", name, c)
				}
			}
			if state != "COMMITTED" {
				s.plumb(ok, "push", "--plan", s.plan)
			}
			es := s.ledger()
			if len(es) == 0 || !es[len(es)-1].Full() {
				t.Errorf("the ledger does not tell it: %+v", es)
			}
			s.plumb(ok, "diff", "--exit-code")
		})
	}
}

// TestJournalInGitIsProved holds the law: a journal that was altered, taken from elsewhere or
// put back to what it was is refused before any device is spoken to.
func TestJournalInGitIsProved(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.afar()
	s.do(s.diff, s.approve, s.merge)
	s.dies("keep ")
	open, err := s.repo.Peek("origin", journalRef)
	s.must(err)
	s.plumb(ok, "push", "--resume")
	now, err := s.repo.Peek("origin", journalRef)
	s.must(err)
	pem, err := os.ReadFile(s.path("keys", demoBob))
	s.must(err)
	bob, err := signed.ParseKey(pem)
	s.must(err)
	_, network, err := signed.OpenJournal(s.repo, "main", open)
	s.must(err)
	_, lines, _ := bytes.Cut(open, []byte("-----END SSH SIGNATURE-----\n"))
	forged, err := signed.SealJournal(bob, network, lines)
	s.must(err)
	before := s.counters()
	for name, c := range map[string]struct {
		put  []byte
		want string
	}{
		"a byte of it":             {bytes.Replace(now, []byte(`"step":"end"`), []byte(`"step":"eng"`), 1), "tampered with"},
		"signed by somebody else":  {forged, "not signed by a key of the ledger"},
		"not signed":               {lines, "tampered with"},
		"an older one, still open": {open, "an older one"},
	} {
		s.must(s.repo.Swap("origin", journalRef, now, c.put))
		out := s.plumb(refused, "push", "--plan", s.plan)
		if !strings.Contains(out, "push/journal-kept") || !strings.Contains(out, c.want) {
			t.Errorf("%s: want %q:\n%s", name, c.want, out)
		}
		s.must(s.repo.Swap("origin", journalRef, c.put, now))
	}
	for name, c := range s.counters() {
		if c != before[name] {
			t.Errorf("%s was spoken to", name)
		}
	}
	s.plumb(ok, "push", "--plan", s.plan)
}

// TestJournalAfarIsWritten holds the law: where the remote takes no record, nothing is sent.
func TestJournalAfarIsWritten(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.afar()
	s.do(s.diff, s.approve, s.merge)
	s.must(os.WriteFile(s.path("remote", "hooks", "update"), []byte("#!/bin/sh\ncase $1 in */journal) exit 1;; esac\n"), 0o755))
	out := s.plumb(refused, "push", "--plan", s.plan)
	if !strings.Contains(out, "nothing more is sent or kept") {
		t.Errorf("want the reason:\n%s", out)
	}
	for name, c := range s.counters() {
		if c.Mutating != 0 {
			t.Errorf("%s was sent something", name)
		}
	}
}

// TestOpenHereAlone holds the law: what only this machine knows to be open is not forgotten
// for what is kept in Git.
func TestOpenHereAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.afar()
	s.do(s.diff, s.approve, s.merge)
	s.plumb(ok, "push", "--plan", s.plan)
	s.must(os.RemoveAll(s.path("journal")))
	book, _, err := journal.Open(s.path("journal"))
	s.must(err)
	for _, n := range []journal.Record{
		{Step: journal.Begin, Tx: "plb-here-alone", Commit: strings.Repeat("1", 40)},
		{Step: journal.End, Tx: "plb-here-alone", Result: "COMMITTED"}, // and it is in no ledger
	} {
		s.must(book.Append(n))
		s.must(book.Close())
		if out := s.plumb(refused, "push", "--resume"); !strings.Contains(out, "push/journal-kept") || !strings.Contains(out, "plb-here-alone") {
			t.Errorf("want the transaction and what to do:\n%s", out)
		}
		book, _, err = journal.Open(s.path("journal"))
		s.must(err)
	}
	s.must(book.Close())
}

// TestJobWithoutJournal holds the law: a job of a forge whose journal would be wiped sends nothing.
func TestJobWithoutJournal(t *testing.T) {
	for _, j := range jobs {
		t.Setenv(j.sign, "")
	}
	t.Setenv("GITLAB_CI", "true")
	e := &env{dir: t.TempDir()}
	for name, c := range map[string]struct {
		cfg  runnerConfig
		good bool
	}{
		"nothing said": {runnerConfig{}, false},
		"a folder":     {runnerConfig{State: "/var/lib/plumbline"}, true},
		"git":          {runnerConfig{Journal: inGit}, true},
	} {
		err := e.lasts(c.cfg)
		if (err == nil) != c.good || err != nil && (code(err) != refused || !strings.Contains(err.Error(), "push/journal-lost")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if said := e.journalFact(runnerConfig{file: "runner.yaml"}); !strings.Contains(said, "push/journal-lost") || !strings.Contains(said, "journal: git") {
		t.Errorf("doctor does not tell what would be lost: %s", said)
	}
	if said := e.journalFact(runnerConfig{State: t.TempDir(), Journal: inGit, Remote: "origin"}); strings.Contains(said, "refused") || !strings.Contains(said, "on origin") {
		t.Errorf("doctor tells of a journal that lasts: %s", said)
	}
	t.Setenv("GITLAB_CI", "")
	if err := e.lasts(runnerConfig{}); err != nil || strings.Contains(e.journalFact(runnerConfig{}), "refused") {
		t.Errorf("by hand: %v", err)
	}
}
