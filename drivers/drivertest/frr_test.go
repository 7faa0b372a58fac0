package drivertest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/drivertest"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/internal/lab"
	"plumbline/render"
	"plumbline/templates"
)

// router is one FRR behind OpenSSH, with the guard that ships.
type router struct {
	*lab.Lab
	state  string // the guard's folder
	reader *ssh.Reader
	writer *guard.Writer
}

var change = drivers.Edit{
	Do:   []byte("ip prefix-list NEW seq 5 permit 198.51.100.0/24\nrouter bgp 64496\n neighbor 192.0.2.9 remote-as 64509\nexit\n"),
	Undo: []byte("router bgp 64496\n no neighbor 192.0.2.9\nexit\nno ip prefix-list NEW seq 5\n"),
}

func newRouter(t *testing.T) *router {
	t.Helper()
	lab.Need(t, "time")
	lab.Need(t, "root", "netns", "veth", "frr", "ssh", "guard")
	p, ds := render.Read(templates.FS, "frr")
	if ds.Failed() {
		t.Fatal(ds)
	}
	dir, err := os.MkdirTemp("", "plumbline-guard")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	script, conf := filepath.Join(dir, "guard.sh"), filepath.Join(dir, "r1.conf")
	must(t, errors.Join(os.Chmod(dir, 0o755), os.WriteFile(script, []byte(guard.Script), 0o755), os.WriteFile(conf, []byte(strings.TrimSuffix(running, "end\n")), 0o644)))
	r := &router{}
	r.Lab, err = lab.Up(t.Context(), lab.Topology{Routers: []string{"r1"}, Write: func(space, state string) string {
		r.state = state
		return fmt.Sprintf("%s -d %s -n %s write", script, state, space)
	}})
	must(t, err)
	t.Cleanup(func() { must(t, r.Down()) })
	if out, err := r.Apply(t.Context(), "r1", conf); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := r.Show(t.Context(), "r1", "write memory"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.reader = ssh.New(p.Session, r.Logins(), ssh.Options{Timeout: 20 * time.Second, Twice: true})
	r.writer = guard.New(p.Session, r.Logins(), guard.Options{Timeout: 20 * time.Second})
	t.Cleanup(func() { r.reader.Close() })
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *router) to() drivers.Target {
	t := r.Target("r1")
	t.Secret = "write"
	return t
}

// running and startup are what the router holds as its own machine tells it, without what
// moves.
func (r *router) running(t *testing.T) []byte {
	t.Helper()
	out, err := r.Show(t.Context(), "r1", "show running-config")
	must(t, err)
	return guard.Reduce([]byte(out))
}

func (r *router) startup(t *testing.T) []byte {
	t.Helper()
	out, err := r.Startup("r1")
	must(t, err)
	return guard.Reduce(out)
}

func (r *router) trial(t *testing.T, tx string, hold time.Duration) write.Pending {
	t.Helper()
	p, err := r.writer.Apply(t.Context(), r.to(), change, write.Hold{For: hold, Tx: tx})
	must(t, err)
	return p
}

// Real routers keep the laws, with the clock of the world.
func TestFRR(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Rig {
		r := newRouter(t)
		startup := func() []byte { // as a reader sees it
			live, err := r.reader.Fetch(t.Context(), r.Target("r1"))
			must(t, err)
			if file := r.startup(t); !bytes.Equal(file, r.running(t)) {
				return file
			}
			return live.Text
		}
		return drivertest.Rig{
			Reader: r.reader, Writer: r.writer, Target: r.Target("r1"), WriteTo: r.to(), Edit: change,
			Bad: drivers.Edit{
				Do:   []byte("ip prefix-list NEW seq 5 permit 198.51.100.0/24\nno such line\n"),
				Undo: []byte("no ip prefix-list NEW seq 5\n"),
			},
			Hold: 6 * time.Second, Startup: startup,
		}
	})
}

// A guard that died among the lines of the way back is followed by the next one that is
// asked; what was saved in the trial is taken back too.
func TestGuardGoesOn(t *testing.T) {
	r := newRouter(t)
	base := r.running(t)
	p := r.trial(t, "plb-died", 5*time.Minute)
	_, err := r.Show(t.Context(), "r1", "write memory")
	must(t, err)
	must(t, os.Rename(filepath.Join(r.state, "pending"), filepath.Join(r.state, "undone-plb-died")))
	must(t, p.Undo(t.Context()))
	for name, now := range map[string][]byte{"running": r.running(t), "startup": r.startup(t)} {
		if !bytes.Equal(now, base) {
			t.Errorf("%s:\n%s\nwant:\n%s", name, now, base)
		}
	}
	if st, again, err := r.writer.Resume(t.Context(), r.to(), "plb-died"); err != nil || st != write.None || again == nil {
		t.Error(st, again, err)
	}
}

// The clock of a trial is stopped by its number and its birth: a process that bears the
// number of a dead clock is left alone.
func TestGuardStopsItsOwnClock(t *testing.T) {
	r := newRouter(t)
	p := r.trial(t, "plb-pid", 5*time.Minute)
	timer := filepath.Join(r.state, "pending", "timer")
	mark, err := os.ReadFile(timer)
	must(t, err)
	words := strings.Fields(string(mark))
	if len(words) != 3 {
		t.Fatalf("the mark of the clock is %q", mark)
	}
	other := exec.CommandContext(t.Context(), "sleep", "300")
	other.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, other.Start())
	must(t, os.WriteFile(timer, fmt.Appendf(nil, "%d %s %s\n", other.Process.Pid, words[1], words[2]), 0o600))
	must(t, p.Undo(t.Context()))
	if err := syscall.Kill(other.Process.Pid, 0); err != nil {
		t.Error("a process of somebody else was stopped: ", err)
	}
	must(t, other.Process.Kill())
	if err := other.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Error(err)
	}
	if pgid := words[0]; exec.CommandContext(t.Context(), "kill", "-0", "--", "-"+pgid).Run() != nil {
		t.Error("the real clock is gone, so this test proves nothing")
	} else {
		must(t, exec.CommandContext(t.Context(), "kill", "--", "-"+pgid).Run())
	}
}

// A way back that the router cannot read, or that is too long to keep, is refused before
// anything is armed.
func TestGuardReadsTheWayBack(t *testing.T) {
	r := newRouter(t)
	for name, undo := range map[string]string{
		"unreadable": "router bgp 64496\n no neighbour 192.0.2.9\nexit\n",
		"too long":   strings.Repeat("no ip prefix-list NEW seq 5\n", 1<<20/20),
	} {
		before := r.running(t)
		_, err := r.writer.Apply(t.Context(), r.to(), drivers.Edit{Do: change.Do, Undo: []byte(undo)}, write.Hold{For: time.Minute, Tx: "plb-" + name[:3]})
		if !errors.Is(err, write.ErrInput) || !strings.Contains(fmt.Sprint(err), "way back") {
			t.Errorf("%s: %v", name, err)
		}
		if st, _, err := r.writer.Resume(t.Context(), r.to(), "plb-other"); err != nil || st != write.None {
			t.Errorf("%s: %s %v", name, st, err)
		}
		if !bytes.Equal(before, r.running(t)) {
			t.Errorf("%s: the router changed", name)
		}
	}
}

// A clock that runs out among the lines of a change ends the session that sends them: nothing
// comes behind the way back.
func TestGuardEndsTheSender(t *testing.T) {
	r := newRouter(t)
	base := r.running(t)
	var do, undo strings.Builder
	for n := range 400 {
		fmt.Fprintf(&do, "ip prefix-list NEW seq %d permit 10.%d.%d.0/24\n", n+1, n/256, n%256)
	}
	undo.WriteString("no ip prefix-list NEW\n")
	p, err := r.writer.Apply(t.Context(), r.to(), drivers.Edit{Do: []byte(do.String()), Undo: []byte(undo.String())}, write.Hold{For: time.Second, Tx: "plb-late"})
	if err == nil {
		t.Fatalf("four hundred lines in a second: %v", p)
	}
	st, p, err := r.writer.Resume(t.Context(), r.to(), "plb-late")
	if must(t, err); st != write.None || p == nil {
		t.Fatal(st)
	}
	must(t, p.Undo(t.Context())) // the guard may still be on its way back
	if now := r.running(t); !bytes.Equal(now, base) {
		t.Errorf("it runs %d bytes where it ran %d", len(now), len(base))
	}
}
