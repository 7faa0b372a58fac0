package lab

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestUp holds the law: two real routers meet, answer over real OpenSSH by the forced
// command alone, and leave nothing behind.
func TestUp(t *testing.T) {
	Need(t, "time")
	Need(t, "root", "netns", "veth", "bridge", "frr", "ssh")
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	begin := time.Now()
	l, err := Up(ctx, Topology{
		Routers: []string{"r1", "r2"},
		Segments: []Segment{
			{"wire", []End{{"r1", "eth1"}, {"r2", "eth1"}}},
			{"lan", []End{{"r1", "eth3"}}},
		},
		Write: func(pathspace, dir string) string { return "/bin/echo forced " + pathspace + " " + dir },
	})
	if err != nil {
		t.Fatal(err)
	}
	down := false
	t.Cleanup(func() {
		if !down {
			l.Down()
		}
	})
	t.Logf("up in %v", time.Since(begin))
	if out, err := l.Show(ctx, "r1", "show running-config"); err != nil || !strings.Contains(out, "hostname r1") {
		t.Errorf("%v: %s", err, out)
	}
	if out := ask(t, l, "ro", "r2"); !strings.Contains(out, "hostname r2") {
		t.Errorf("the reader is told %q", out)
	}
	if out := ask(t, l, "rw", "r2"); !strings.HasPrefix(out, "forced "+l.prefix+"-r2") {
		t.Errorf("the writer is not held to its command: %q", out)
	}
	for i, r := range []string{"r1", "r2"} {
		if out, err := l.In(ctx, r, "ip", "addr", "add", "10.0.0."+strconv.Itoa(i+1)+"/24", "dev", "eth1"); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	// Nobody listens there, and the refusal has crossed the wire both ways.
	if out, _ := l.In(ctx, "r1", "timeout", "5", "bash", "-c", "exec 3<>/dev/tcp/10.0.0.2/9"); !strings.Contains(out, "refused") {
		t.Errorf("the wire does not carry: %s", out)
	}
	dir, space := l.dir, l.routers[0].space
	if err, down = l.Down(), true; err != nil {
		t.Error(err)
	}
	for _, p := range []string{dir, "/etc/frr/" + space, "/var/run/frr/" + space, "/run/netns/" + space} {
		if _, err := os.Stat(p); err == nil {
			t.Errorf("%s was left behind", p)
		}
	}
}

// ask logs in by the ssh client of the machine and asks for the configuration.
func ask(t *testing.T, l *Lab, user, router string) string {
	t.Helper()
	to := l.Target(router)
	c := exec.Command("ssh", "-T", "-i", l.path("user"), "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "LogLevel=ERROR", "-p", strconv.Itoa(int(to.Address.Port())), user+"@127.0.0.1")
	c.Stdin = strings.NewReader("show running-config\nexit\n")
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Errorf("%v: %s", err, complaints.String())
	}
	return string(out)
}

// TestNeed holds the law: what is not there skips, what is required fails, and a name
// that does not exist fails always.
func TestNeed(t *testing.T) {
	for require, want := range map[string]string{"": "skip", "all": "fail", "frrr": "fail", "knot": "fail"} {
		t.Setenv("PLUMBLINE_REQUIRE", require)
		f := &fake{TB: t}
		func() {
			defer func() { recover() }()
			Need(f, "knot")
		}()
		if command("knotd", "") != nil && f.what != want {
			t.Errorf("with %q: %q, want %s", require, f.what, want)
		}
	}
}

type fake struct {
	testing.TB
	what string
}

func (f *fake) Helper()               {}
func (f *fake) Skipf(string, ...any)  { f.what = "skip"; panic(f) }
func (f *fake) Fatalf(string, ...any) { f.what = "fail"; panic(f) }
