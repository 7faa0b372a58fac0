package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/internal/lab"
	"plumbline/internal/pipeline"
	"plumbline/templates"
)

// What a runner that will be killed is told, by its environment: the step at which it
// dies ("journal back>keep r1" is a step behind another one), the arguments, and a command that
// is run at a step.
const (
	killAt   = "PLUMBLINE_TEST_KILL_AT"
	killArgs = "PLUMBLINE_TEST_KILL_ARGS"
	killDo   = "PLUMBLINE_TEST_KILL_DO"
)

// TestDoomedRunner is the program that TestLiveCrash runs and that kills itself; it does
// nothing where nobody asks it to.
func TestDoomedRunner(t *testing.T) {
	step := os.Getenv(killAt)
	if step == "" {
		return
	}
	args := strings.Split(os.Getenv(killArgs), "\n")
	behind, step, _ := cutLast(step, ">")
	do := strings.Split(os.Getenv(killDo), "\n")
	e := &env{dir: args[0], runner: args[1], out: os.Stdout, err: os.Stderr, now: demoDay, run: run, step: func(name string) {
		if len(do) > 1 && strings.HasPrefix(name, do[0]) {
			if out, err := exec.Command(do[1], do[2:]...).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
			do = nil
		}
		if behind != "" && strings.HasPrefix(name, behind) {
			behind = ""
		}
		if behind == "" && strings.HasPrefix(name, step) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
	}}
	t.Fatalf("it came to its end with exit %d, and step %q was never taken", run(context.Background(), e, args[2:]), step)
}

// cutLast cuts a step off what stands before it.
func cutLast(text, sep string) (before, after string, found bool) {
	if at := strings.LastIndex(text, sep); at >= 0 {
		return text[:at], text[at+len(sep):], true
	}
	return "", text, false
}

// crashPoints are three steps of a push to real routers, and one of each kind where
// PLUMBLINE_MATRIX asks for all.
func crashPoints() []string {
	if os.Getenv("PLUMBLINE_MATRIX") != "" {
		return []string{"look core1-ams", "journal begin", "device read core1-ams", "journal intent core1-ams", "device apply core1-ams",
			"applied core1-ams", "health core1-ams", "journal keep", "keep core1-ams", "device keep core1-ams", "journal done core1-ams",
			"health after keep core1-ams", "journal wave", "journal intent core1-fra", "applied core1-fra", "journal done core1-fra", "journal end", "ledger"}
	}
	return []string{"applied core1-ams", "journal keep", "journal done core1-fra"}
}

// TestLiveCrash kills a push against real routers with SIGKILL at some steps. The next
// run brings each router to the old or the new state, no undo stays armed, and the same
// plan can then be pushed to its end.
func TestLiveCrash(t *testing.T) {
	lab.Need(t, "time")
	cases := 0
	for _, at := range crashPoints() {
		t.Run(at, func(t *testing.T) {
			v := newLive(t)
			v.do(v.commit)
			_, err := v.keep(v.plumb(ok, "diff", "--out", v.path("plan.json")))
			v.must(err)
			v.do(v.approve)
			v.do(v.merge)
			v.killed(at)
			out := v.plumb(ok, "push", "--resume")
			for _, name := range ours {
				if state := v.armed(name); state != write.None {
					t.Errorf("%s has a trial after recovery: %s", name, state)
				}
			}
			v.plumb(ok, "push", "--plan", v.plan)
			v.plumb(ok, "diff", "--exit-code")
			if last := v.plumb(ok, "push", "--plan", v.plan); !strings.Contains(last, "nothing was sent") {
				t.Errorf("I10: what is deployed is pushed again: %s", last)
			}
			v.secretless()
			cases++
			t.Logf("figure: killed at %q on real FRR, settled, then pushed to the end: %s", at, strings.Join(strings.Fields(out), " "))
		})
	}
	t.Logf("figure: matrix on real FRR: %d cases of SIGKILL, the invariants hold in all of them", cases)
}

// secretless sees that no key of the runner stands in what it keeps beside them (I14).
func (v *live) secretless() {
	v.t.Helper()
	var keys, kept []string
	v.must(filepath.WalkDir(v.path("."), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		for block := range strings.SplitSeq(string(b), "\n") {
			if strings.HasPrefix(string(b), "-----BEGIN OPENSSH PRIVATE KEY") && len(block) > 60 {
				keys = append(keys, block)
			}
		}
		if name := filepath.Base(p); strings.HasPrefix(name, "journal") || strings.HasSuffix(name, ".json") {
			kept = append(kept, string(b))
		}
		return err
	}))
	if len(keys) == 0 || len(kept) == 0 {
		v.t.Errorf("I14: %d lines of keys, %d files that are kept", len(keys), len(kept))
	}
	for _, k := range keys {
		if strings.Contains(strings.Join(kept, "\n"), k) {
			v.t.Error("I14: a key stands in what is kept")
		}
	}
}

// killed runs the push in a process of its own, which dies at a step.
func (v *live) killed(at string) {
	v.t.Helper()
	c := exec.CommandContext(v.t.Context(), os.Args[0], "-test.run=^TestDoomedRunner$", "-test.v")
	c.Env = append(os.Environ(), killAt+"="+at, killArgs+"="+strings.Join([]string{v.path("network"), v.path("runner.yaml"), "push", "--plan", v.plan}, "\n"))
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		v.t.Fatalf("the runner was not killed: %v\n%s", err, out)
	}
}

// armed asks the guard of a router whose trial runs.
func (v *live) armed(name string) write.State {
	v.t.Helper()
	b, ds := pipeline.Compile(os.DirFS(v.path("network")), templates.FS, pipeline.Base{}, demoDay())
	v.must(ds.Err())
	w := guard.New(b.Platform("frr").Session, v.lab.Logins(), guard.Options{})
	target := v.lab.Target(name)
	target.Secret = "write"
	state, _, err := w.Resume(v.t.Context(), target, "plb-nobody")
	v.must(err)
	return state
}
