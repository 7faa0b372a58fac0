package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/internal/pipeline"
	"plumbline/templates"
)

// What a runner that will be killed is told, by its environment: the step at which it
// dies, and the arguments.
const (
	killAt   = "PLUMBLINE_TEST_KILL_AT"
	killArgs = "PLUMBLINE_TEST_KILL_ARGS"
)

// TestDoomedRunner is the program that TestLiveCrash runs and that kills itself; it does
// nothing where nobody asks it to.
func TestDoomedRunner(t *testing.T) {
	step := os.Getenv(killAt)
	if step == "" {
		return
	}
	args := strings.Split(os.Getenv(killArgs), "\n")
	e := &env{dir: args[0], runner: args[1], out: os.Stdout, err: os.Stderr, now: demoDay, run: run, step: func(name string) {
		if strings.HasPrefix(name, step) {
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
	}}
	t.Fatalf("it came to its end with exit %d, and step %q was never taken", run(context.Background(), e, args[2:]), step)
}

// TestLiveCrash kills a push against real routers with SIGKILL at three points. The next
// run brings each router to the old or the new state, no undo stays armed, and the same
// plan can then be pushed to its end.
func TestLiveCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("needs time: run without -short")
	}
	for _, at := range []string{"applied core1-ams", "journal keep", "journal done core1-fra"} {
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
			t.Logf("figure: killed at %q on real FRR, settled, then pushed to the end: %s", at, strings.Join(strings.Fields(out), " "))
		})
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
