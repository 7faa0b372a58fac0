package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
	"plumbline/internal/lab"
	"plumbline/internal/repo"
)

// What a runner that will come to harm is told, by its environment: at which of its steps, and
// its folder, configuration and arguments.
const (
	harmAt   = "PLUMBLINE_TEST_HARM_AT"
	harmArgs = "PLUMBLINE_TEST_HARM_ARGS"
)

// TestHarmedRunner is the program that TestRestoreCrash runs: at its n-th step it kills itself, or
// nothing can be written to any file from there on; it does nothing where nobody asks it to.
func TestHarmedRunner(t *testing.T) {
	how, at, found := strings.Cut(os.Getenv(harmAt), " ")
	if !found {
		return
	}
	n, _ := strconv.Atoi(at)
	args := strings.Split(os.Getenv(harmArgs), "\n")
	e := &env{dir: args[0], runner: args[1], out: os.Stdout, err: os.Stderr, now: demoDay, run: run, clock: brisk{}, step: func(name string) {
		if n--; n != 0 {
			return
		}
		fmt.Println("HARMED before " + name)
		if how == "kill" {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{}); err != nil {
			t.Error(err)
		}
	}}
	fmt.Println("ENDED with", run(context.Background(), e, args[2:]))
}

// harmed runs one command that comes to harm at its n-th step, and tells at which; "" where it
// has fewer.
func (s *stage) harmed(how string, n int, args []string) (step, out string) {
	s.t.Helper()
	c := exec.CommandContext(s.t.Context(), os.Args[0], "-test.run=^TestHarmedRunner$", "-test.v")
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", harmAt, how, n), harmArgs+"="+strings.Join(append([]string{s.path("network"), s.path("runner.yaml")}, args...), "\n"))
	b, err := c.CombinedOutput()
	var exit *exec.ExitError
	killed := errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	_, step, _ = strings.Cut(string(b), "HARMED before ")
	step, _, _ = strings.Cut(step, "\n")
	if killed != (how == "kill" && step != "") || !killed && !strings.Contains(string(b), "ENDED with") {
		s.t.Fatalf("%s at step %d: %v\n%s", how, n, err, b)
	}
	return step, string(b)
}

// snapshot keeps the repository and what the runner remembers, and gives what brings both back.
func (s *stage) snapshot() (back func()) {
	s.t.Helper()
	kept := s.t.TempDir()
	s.must(errors.Join(os.CopyFS(kept+"/network", os.DirFS(s.path("network"))), os.CopyFS(kept+"/journal", os.DirFS(s.path("journal")))))
	return func() {
		s.t.Helper()
		for _, dir := range []string{"network", "journal"} {
			s.must(os.RemoveAll(s.path(dir)))
			s.must(os.CopyFS(s.path(dir), os.DirFS(kept+"/"+dir)))
		}
		var err error
		s.repo, err = repo.Open(s.path("network"))
		s.must(err)
	}
}

// TestRestoreCrash brings a device back to what was deployed, and to all that it held before a push,
// and has the runner killed, or its disk full, before each of its steps: of making the plan and its
// request, and of pushing it. Each time the next run settles it, the same plan comes to its end, and
// the invariants hold.
func TestRestoreCrash(t *testing.T) {
	t.Parallel()
	lab.Need(t, "time")
	by := 16
	if os.Getenv("PLUMBLINE_MATRIX") != "" {
		by = 1
	}
	s, held := brokenSince(t)
	identity := []string{"--identity", s.path("identity")}
	total := 0
	for way, c := range map[string]struct{ plan, push []string }{
		"to what was deployed":          {plan: []string{"push", "--restore", demoRouter}},
		"to what it held before a push": {plan: append([]string{"push", "--restore", demoRouter, "--archived", held.tx}, identity...), push: identity},
	} {
		fresh := s.snapshot()
		for _, how := range []string{"kill", "full disk"} {
			total += s.harmedPlanning(way, strings.ReplaceAll(how, " ", "-"), c.plan, fresh)
		}
		_, err := s.keep(s.plumb(refused, c.plan...))
		s.must(err)
		head := "plumbline/restore-" + demoRouter + "-" + s.plan[:8]
		s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", head)
		s.lands(head)
		ready := s.snapshot()
		for i, how := range []string{"kill", "full-disk"} {
			total += s.harmedPushing(way, how, 1+i*by/2, by, append([]string{"push", "--plan", s.plan}, c.push...), ready)
		}
		fresh()
	}
	t.Logf("figure: %d runs that bring a device back were killed or had no disk any more: the invariants hold in all of them", total)
}

// harmedPlanning: whatever of a request is there, the same command makes it whole, and nothing is sent.
func (s *stage) harmedPlanning(way, how string, args []string, fresh func()) (cases int) {
	s.t.Helper()
	for n := 1; !s.t.Failed(); n++ {
		before := s.farm.Device(demoRouter).Counters()
		step, out := s.harmed(how, n, args)
		if step == "" {
			fresh()
			break
		}
		cases++
		when := fmt.Sprintf("%s: %s before %s", way, how, step)
		if how != "kill" && strings.Contains(out, "change request on branch") {
			s.t.Errorf("%s: it says that there is a request: %s", when, out)
		}
		_, err := s.keep(s.plumb(refused, args...))
		s.must(err)
		head := "plumbline/restore-" + demoRouter + "-" + s.plan[:8]
		s.plumb(ok, "approve", s.plan, "--key", s.path("keys", demoBob), "--head", head)
		if now := s.farm.Device(demoRouter).Counters(); now.WriteSessions != before.WriteSessions {
			s.t.Errorf("%s: the device was written to", when)
		}
		s.nowhere([]string{canaryHeld})
		fresh()
	}
	return cases
}

// harmedPushing: what a push left is settled, and the same plan comes to its end.
func (s *stage) harmedPushing(way, how string, first, by int, args []string, ready func()) (cases int) {
	s.t.Helper()
	p, err := signed.LoadPlan(s.repo, s.plan)
	s.must(err)
	box := s.farm.Device(demoRouter)
	change := p.Changes[0]
	var approved []string
	for line := range strings.Lines(string(change.Do) + "\n" + string(change.Undo)) {
		approved = append(approved, strings.TrimSpace(line))
	}
	for n := first; !s.t.Failed(); n += by {
		from := len(box.Took())
		step, out := s.harmed(how, n, args)
		when := fmt.Sprintf("%s: %s before %s", way, how, step)
		if step != "" {
			cases++
			out += s.any("push", "--resume")
			s.settledAs(when + ", settled")
			out += s.plumb(ok, args...)
		}
		s.settledAs(when + ", pushed again")
		if d := s.last(); d.State != repo.New && d.State != repo.Already || d.Live != change.Want {
			s.t.Errorf("%s: the ledger says in the end %+v", when, d)
		}
		sent := box.Counters().Mutating
		if again := s.plumb(ok, args...); box.Counters().Mutating != sent {
			s.t.Errorf("I10: %s: what is there is pushed again: %s", when, again)
		}
		for _, line := range box.Took()[from:] {
			if !slices.Contains(approved, strings.ReplaceAll(line, canaryHeld, "<secret>")) {
				s.t.Errorf("I1: %s: it received %q", when, line)
			}
		}
		if s.plumb(ok, "verify"); strings.Contains(out, canaryHeld) {
			s.t.Errorf("I14: %s: the secret was told: %s", when, out)
		}
		s.nowhere([]string{canaryHeld})
		s.must(box.Type(strings.Split(string(change.Undo), "\n")...))
		box.Save()
		ready()
		if step == "" {
			break
		}
	}
	return cases
}

// last is what the ledger says of the router in the end.
func (s *stage) last() repo.Device {
	es := s.ledger()
	return es[len(es)-1].Devices[0]
}

// settledAs sees that nothing of ours runs on the router any more, that the journal is settled, and
// that what it holds is saved and is what the ledger says.
func (s *stage) settledAs(when string) {
	s.t.Helper()
	box := s.farm.Device(demoRouter)
	w := guard.New(s.build.Platform("frr").Session, s.farm.Logins(), guard.Options{})
	if state, _, err := w.Resume(s.t.Context(), s.farm.WriteTarget(demoRouter), "plb-nobody"); err != nil || state != write.None {
		s.t.Errorf("I6: %s: a trial is left: %s %v", when, state, err)
	}
	rs, err := journal.Read(s.path("journal"))
	if err != nil || journal.Unsettled(rs) != nil {
		s.t.Errorf("%s: the journal is not settled: %v", when, err)
	}
	if !slices.Equal(unordered(string(box.Running())), unordered(string(box.Startup()))) {
		s.t.Errorf("%s: what runs is not saved", when)
	}
}
