package drivertest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// server is one BIRD behind OpenSSH, with the guard that ships.
type server struct {
	*lab.Lab
	reader *ssh.Reader
	writer *guard.Writer
}

const (
	birdOld = "# as it was installed\nrouter id 192.0.2.1;\nprotocol device {\n}\n"
	birdNew = "router id 192.0.2.1;\nprotocol device {\n}\nprotocol static ours {\n    ipv4;\n    route 198.51.100.0/24 blackhole;\n}\n"
	birdBad = "router id 192.0.2.1;\nprotocol device {\n}\nprotocol static ours {\n    ipv9;\n}\n"
)

func newServer(t *testing.T) *server {
	t.Helper()
	lab.Need(t, "time")
	lab.Need(t, "root", "netns", "veth", "frr", "bird", "ssh", "guard")
	p, ds := render.Read(templates.FS, "bird")
	if ds.Failed() {
		t.Fatal(ds)
	}
	dir, err := os.MkdirTemp("", "plumbline-guard")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	script := filepath.Join(dir, "guard.sh")
	must(t, errors.Join(os.Chmod(dir, 0o755), os.WriteFile(script, []byte(guard.Script), 0o755)))
	s := &server{}
	s.Lab, err = lab.Up(t.Context(), lab.Topology{Birds: []string{"rs1"}, Bird: func(zone, state, file, socket string) string {
		return strings.Join([]string{script, "-d", state, "-f", file, "-s", socket, zone}, " ")
	}})
	must(t, err)
	t.Cleanup(func() { must(t, s.Down()) })
	s.reader = ssh.New(p.Session, s.Logins(), ssh.Options{Timeout: 20 * time.Second, Twice: true})
	s.writer = guard.New(p.Session, s.Logins(), guard.Options{Timeout: 20 * time.Second, File: true})
	t.Cleanup(func() { s.reader.Close() })
	return s
}

func (s *server) to() drivers.Target {
	t := s.Target("rs1")
	t.Secret = "write"
	return t
}

// Real BIRD keeps the laws, with the clock of the world.
func TestBIRD(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Rig {
		s := newServer(t)
		return drivertest.Rig{
			Reader: s.reader, Writer: s.writer, Target: s.Target("rs1"), WriteTo: s.to(),
			Edit: drivers.Edit{Do: []byte(birdNew), Undo: []byte(birdOld)}, Bad: drivers.Edit{Do: []byte(birdBad), Undo: []byte(birdOld)},
			Hold: 6 * time.Second, Startup: func() []byte {
				text, err := os.ReadFile(s.BirdFile("rs1"))
				must(t, err)
				return text
			},
		}
	})
}

// What is on trial runs and the file that BIRD starts with is the old one, so that a death of
// the daemon leads back; what is not kept in time goes back by BIRD's own clock where that of
// the guard is dead.
func TestBIRDClock(t *testing.T) {
	s := newServer(t)
	p, err := s.writer.Apply(t.Context(), s.to(), drivers.Edit{Do: []byte(birdNew), Undo: []byte(birdOld)}, write.Hold{For: 3 * time.Second, Tx: "plb-clock"})
	must(t, err)
	if file, err := os.ReadFile(s.BirdFile("rs1")); err != nil || string(file) != birdOld {
		t.Errorf("on trial, and it would start with: %s %v", file, err)
	}
	s.runs(t, true)
	time.Sleep(8 * time.Second)
	s.runs(t, false)
	if err := p.Keep(t.Context()); !errors.Is(err, write.ErrEnded) && !errors.Is(err, write.ErrStale) {
		t.Errorf("kept after its time: %v", err)
	}
	if st, _, err := s.writer.Resume(t.Context(), s.to(), "plb-clock"); err != nil || st != write.None {
		t.Error(st, err)
	}
}

func (s *server) runs(t *testing.T, want bool) {
	t.Helper()
	out, err := s.Bird(t.Context(), "rs1", "show protocols")
	must(t, err)
	if strings.Contains(out, "ours ") != want {
		t.Errorf("ours runs: want %v:\n%s", want, out)
	}
}

// A file that somebody wrote and BIRD did not read, or another file that it read, is no base.
func TestBIRDKnowsWhatRuns(t *testing.T) {
	s := newServer(t)
	must(t, os.WriteFile(s.BirdFile("rs1"), []byte(birdNew), 0o640))
	if _, err := s.writer.Apply(t.Context(), s.to(), drivers.Edit{Do: []byte(birdNew), Undo: []byte(birdOld)}, write.Hold{For: time.Minute, Tx: "plb-unread"}); err == nil {
		t.Error("a change was sent over a file that does not run")
	}
	if live, err := s.reader.Fetch(t.Context(), s.Target("rs1")); err == nil {
		t.Errorf("what does not run was read as what does: %s", live.Text)
	}
	s.runs(t, false)
}
