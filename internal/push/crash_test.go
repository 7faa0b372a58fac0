package push_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"plumbline/drivers/write"
	"plumbline/internal/journal"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// crashEnv tells the test program to be the runner: "socket folder verb n". It pushes or
// recovers, and kills itself with SIGKILL before its n-th step.
const crashEnv = "PLUMBLINE_TEST_RUNNER"

func crashPlan() []plan.Change {
	return []plan.Change{change("r1", 0, "a", "b"), change("r2", 1, "a", "b"), change("r3", 1, "c")}
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
	o.Had, o.Resume = had, true
	o.Step = func(string) {
		if n--; n == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
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
}

func newStage(t *testing.T, dir string) *stage {
	s := &stage{t, fresh("r1", "r2", "r3"), filepath.Join(dir, "state"), filepath.Join(dir, "s")}
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
	for _, c := range crashPlan() {
		b := s.w.box(c.Device)
		if b.Tx != "" {
			s.t.Errorf("%s: %s: a trial of ours is left", when, c.Device)
		}
		word := map[string]string{c.HaveFull: "old", c.Want: "new"}[b.Running]
		if word == "" {
			s.t.Errorf("%s: %s holds %q", when, c.Device, b.Running)
		}
		said, intent := "", false
		for _, r := range rs {
			if r.Device == c.Device && r.Step == journal.Done {
				said = strings.Replace(r.Result, "already", "new", 1) // found there, and no less true
			}
			intent = intent || r.Device == c.Device && r.Step == journal.Intent
		}
		if said != word && (said != "" || word == "new") {
			s.t.Errorf("%s: %s holds the %s, the journal says %q", when, c.Device, word, said)
		}
		if b.Mutating > 0 && !intent {
			s.t.Errorf("%s: %s was changed without an intent", when, c.Device)
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
	cases := 0
	for _, fired := range []bool{false, true} {
		for n := 1; ; n++ {
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
	if testing.Short() {
		t.Skip("needs a minute: run without -short")
	}
	cases := 0
	for n := 2; ; n += 2 {
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
	for n := 1; ; n++ {
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
