package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNetconf holds that a network of devices that speak NETCONF is read and compared as any other
// one, that doctor tells what they answer, and that nobody is led to believe that they are written
// to: the writer is refused with the next step before anything is said.
func TestNetconf(t *testing.T) {
	t.Parallel()
	s := &stage{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard}}, t: t}
	s.edited = func(network string) error {
		if err := moved(network, "junos"); err != nil {
			return err
		}
		return filepath.WalkDir(network, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			return os.WriteFile(file, bytes.ReplaceAll(text, []byte("  credential: net\n"), []byte("  credential: net\n  driver: netconf\n")), 0o644)
		})
	}
	s.holds = []byte("system {\n    domain-name example.net;\n}\n") // none is empty: it is reached
	t.Cleanup(s.stop)
	s.do(s.start, s.commit)
	if out := s.plumb(differ, "diff", "--exit-code"); !strings.Contains(out, "4 devices differ") {
		t.Errorf("of empty devices:\n%s", out)
	}
	out := s.plumb(ok, "doctor", demoRouter)
	for _, want := range []string{"changes: none; " + demoRouter + ": over NETCONF", "identity: it proved what is pinned (ssh-ed25519)", "it says: NETCONF 1.1, 2 capabilities", "clock: that of this machine", "questions that it answers: bgp_summary, clock, interfaces, isis, ospf, pending, version ("} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
	if _, err := writers(s.build, runnerConfig{})(demoRouter); err == nil || !strings.Contains(err.Error(), "say driver: ssh") {
		t.Errorf("a writer: %v", err)
	}
	for _, name := range s.farm.Names() {
		if n := s.farm.Device(name).Counters(); n.Mutating+n.Arms+n.WriteSessions != 0 {
			t.Errorf("%s: reading writes: %+v", name, n)
		}
	}
}
