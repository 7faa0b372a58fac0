package push_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"plumbline/drivers/write"
	"plumbline/internal/journal"
	"plumbline/internal/lab"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// crashEnv tells the test program to be the runner: "socket folder verb n". It pushes or
// recovers, and kills itself with SIGKILL before its n-th step; with the verb all it takes back
// what it kept where a wave fails; with the verb sleep it pushes,
// and stops itself there with SIGSTOP. The last one that began has the lease.
const crashEnv = "PLUMBLINE_TEST_RUNNER"

func crashPlan() []plan.Change {
	return []plan.Change{moves("r1", 0, 2), in(plan.Adds, change("r2", 1, "a", "b")), in(plan.Adds, change("r3", 1, "c"))}
}

// TestRunner is the runner; in an ordinary run of the tests it does nothing.
func TestRunner(t *testing.T) {
	args := strings.Fields(os.Getenv(crashEnv))
	if len(args) != 4 {
		return
	}
	c, err := rpc.Dial("unix", args[0])
	if err != nil {
		t.Fatal(err)
	}
	j, had, err := journal.Open(args[1])
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(args[3])
	o := door(func(a Ask) (r Reply, err error) { err = c.Call("World.Do", a, &r); return r, err }).options(j)
	o.Had, o.Resume, o.Clock, o.All = had, true, waits{}, args[2] == "all"
	o.Said = func(text string) { fmt.Println(text) }
	o.Kept = func(string) (plan.Plan, error) {
		return plan.Plan{Header: plan.Header{Repo: repoID}, Changes: crashPlan()}, nil
	}
	lease := filepath.Join(filepath.Dir(args[0]), "lease")
	if err := os.WriteFile(lease, []byte(args[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Fence = func(journal.Step) error {
		if b, err := os.ReadFile(lease); err != nil || string(b) != args[1] {
			return errors.New("another runner took the lease")
		}
		return nil
	}
	o.Step = func(string) {
		if n--; n != 0 {
			return
		}
		if args[2] == "sleep" {
			_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
			return
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	var res push.Result
	if args[2] == "recover" {
		res, err = push.Recover(t.Context(), o)
	} else {
		res, err = push.Run(t.Context(), allowed(t, crashPlan()...), o)
	}
	b, _ := json.Marshal(res)
	fmt.Printf("RESULT %s %v\n", b, err)
}

// stage is a world behind a socket, and runners before it.
type stage struct {
	t    *testing.T
	w    *World
	dir  string
	sock string
	two  bool // another runner changes devices too
	said strings.Builder
}

func newStage(t *testing.T, dir string) *stage {
	s := &stage{t: t, w: fresh("r1", "r2", "r3"), dir: filepath.Join(dir, "state"), sock: filepath.Join(dir, "s")}
	l, err := net.Listen("unix", s.sock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	srv := rpc.NewServer()
	if err := srv.Register(s.w); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go srv.ServeConn(c)
		}
	}()
	return s
}

// run starts a runner that dies before its n-th step (0: never), and tells whether it did.
func (s *stage) run(verb string, n int) (killed bool, out string) {
	s.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRunner$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s %d", crashEnv, s.sock, s.dir, verb, n))
	b, err := cmd.CombinedOutput()
	s.said.Write(b)
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return true, ""
	}
	if err != nil {
		s.t.Fatalf("the runner failed by itself: %v\n%s", err, b)
	}
	return false, string(b)
}

func (s *stage) records() []journal.Record {
	s.t.Helper()
	rs, err := journal.Read(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	return rs
}

// settled checks the invariants after a recovery: no trial of ours, every device old or
// new, the journal says of each what it holds, and nothing changed without an intent.
func (s *stage) settled(when string) {
	s.t.Helper()
	rs := s.records()
	for _, fault := range slices.Concat(s.w.astray(crashPlan()), leaked(s.dir, s.said.String())) {
		s.t.Errorf("%s: %s", when, fault)
	}
	for _, c := range crashPlan() {
		for _, fault := range broken(c, s.w.box(c.Device), rs, s.two) {
			s.t.Errorf("%s: %s", when, fault)
		}
	}
	if left := journal.Unsettled(rs); left != nil {
		s.t.Errorf("%s: the journal is not settled: %v", when, left[len(left)-1])
	}
}

// again pushes the same plan until the end, and then once more: the second sends nothing.
func (s *stage) again(when string) {
	s.t.Helper()
	_, out := s.run("push", 0)
	s.settled(when + ", pushed again")
	if !strings.Contains(out, `"state":"COMMITTED"`) {
		s.t.Errorf("%s: pushed again: %s", when, out)
	}
	before := s.mutating()
	if _, out = s.run("push", 0); s.mutating() != before || !strings.Contains(out, "COMMITTED") {
		s.t.Errorf("%s: a third push sent %d lines: %s", when, s.mutating()-before, out)
	}
}

func (s *stage) mutating() (n int) {
	for _, c := range crashPlan() {
		n += s.w.box(c.Device).Mutating
	}
	return n
}

// TestCrash kills the runner with SIGKILL before each of its steps, lets the devices'
// timers fire or not, recovers, and looks.
func TestCrash(t *testing.T) {
	cases, by := 0, 1
	if testing.Short() {
		by = 8 // the detector of races makes each runner slow to start
	}
	for _, fired := range []bool{false, true} {
		for n := 1; ; n += by {
			s := newStage(t, t.TempDir())
			killed, _ := s.run("push", n)
			if fired {
				s.w.fire()
			}
			when := fmt.Sprintf("killed before step %d, timers fired: %v", n, fired)
			if killed {
				cases++
				s.run("recover", 0)
			}
			s.settled(when)
			s.again(when)
			if !killed || t.Failed() {
				break
			}
		}
	}
	t.Logf("figure: %d crashes, each recovered", cases)
}

// TestCrashTwice kills the recovery too, before each of its steps.
func TestCrashTwice(t *testing.T) {
	lab.Need(t, "time")
	cases := 0
	for n := 2; ; n += 3 {
		killed := false
		for m := 1; ; m++ {
			s := newStage(t, t.TempDir())
			killed, _ = s.run("push", n)
			if !killed {
				break
			}
			again, _ := s.run("recover", m)
			if again {
				cases++
				s.run("recover", 0)
			}
			s.settled(fmt.Sprintf("killed before step %d, recovery before step %d", n, m))
			if !again || t.Failed() {
				break
			}
		}
		if !killed || t.Failed() {
			break
		}
	}
	t.Logf("figure: %d crashes of a recovery, each recovered", cases)
}

// TestForeign holds the law: what somebody else wrote after a crash is not overwritten,
// unless the device's own guard has a copy; and it is said.
func TestForeign(t *testing.T) {
	by := 1
	if testing.Short() {
		by = 4
	}
	for n := 1; ; n += by {
		s := newStage(t, t.TempDir())
		killed, _ := s.run("push", n)
		if !killed {
			break
		}
		s.w.typed("r1", "theirs")
		_, out := s.run("recover", 0)
		b := s.w.box("r1")
		kept := strings.Contains(b.Running, "theirs") || strings.Contains(s.w.archived(), "theirs")
		if !kept || b.Tx != "" {
			t.Fatalf("killed before step %d: %+v, archive %v, %s", n, b, s.w.archived(), out)
		}
	}
}

// TestTakeover stops a runner with SIGSTOP before each of its steps, lets one on another
// machine push the same plan, and wakes the first: whoever comes later finds devices busy or
// already there, keeps nothing that is not its own, and no trial is left.
func TestTakeover(t *testing.T) {
	lab.Need(t, "time")
	cases := 0
	for n := 1; !t.Failed(); n++ {
		s := newStage(t, t.TempDir())
		cmd := exec.Command(os.Args[0], "-test.run=^TestRunner$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s sleep %d", crashEnv, s.sock, s.dir, n))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var ws syscall.WaitStatus
		if _, err := syscall.Wait4(cmd.Process.Pid, &ws, syscall.WUNTRACED, nil); err != nil {
			t.Fatal(err)
		}
		if !ws.Stopped() {
			break
		}
		cases++
		second := &stage{t: t, w: s.w, dir: s.dir + "2", sock: s.sock, two: true}
		_, out := second.run("push", 0)
		if err := syscall.Kill(cmd.Process.Pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		if _, err := syscall.Wait4(cmd.Process.Pid, &ws, 0, nil); err != nil {
			t.Fatal(err)
		}
		s.w.fire() // what a runner that was overtaken cannot settle, its timer does
		when := fmt.Sprintf("asleep before step %d; meanwhile %s", n, out)
		second.again(when)
		s.run("recover", 0)
		s.run("recover", 0) // after a halt, for the first cannot know who kept it, a person looked
		for _, c := range crashPlan() {
			if b := s.w.box(c.Device); b.Running != c.Want || b.Tx != "" {
				t.Errorf("%s: then the first again: %s holds %q, trial %q", when, c.Device, b.Running, b.Tx)
			}
		}
		if left := journal.Unsettled(s.records()); left != nil {
			t.Errorf("%s: the journal of the first is not settled: %v", when, left[len(left)-1])
		}
	}
	t.Logf("figure: %d runners put to sleep, overtaken and woken: no trial left, nothing kept twice", cases)
}

// TestTwoRunners holds the law: two runners on one state folder never send together.
func TestTwoRunners(t *testing.T) {
	s := newStage(t, t.TempDir())
	j, _, err := journal.Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRunner$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s push 0", crashEnv, s.sock, s.dir))
	if b, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(b), "another push is running") || s.mutating() > 0 {
		t.Errorf("%v %s", err, b)
	}
}

var _ write.Timer = door(nil)
