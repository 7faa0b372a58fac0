package main

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/repo"
	"plumbline/internal/suite"
	"plumbline/render"
	"plumbline/templates"
)

// TestClocks plays the loop of the demo in every way that devices are written to, with what each of
// their folders says that they hold first: from nothing to what is wanted, approved and pushed wave by wave, read back equal,
// refused a second time, and a change by hand found and taken back.
func TestClocks(t *testing.T) {
	for _, way := range suite.Ways(t) {
		c := suite.Of(t, way)
		if way == "frr" || len(c.Typed) == 0 { // the demo is on FRR
			continue
		}
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := onPlatform(t, way, string(suite.Holds(t, way)))
			s.do(s.check, s.diff, s.refused, s.approve, s.merge, s.push, s.again, s.empty)
			for _, name := range s.farm.Names() {
				if n := s.farm.Device(name).Counters(); n.Keeps != 1 || n.Arms != 1 || string(s.farm.Device(name).Running()) != string(s.farm.Device(name).Startup()) {
					t.Errorf("%s: %+v, or not saved", name, n)
				}
			}
			box := s.farm.Device(demoRouter)
			s.must(box.Type(c.Typed...))
			box.Save()
			s.plumb(differ, "drift")
			s.do(s.restore, s.empty)
			p, _ := render.Read(templates.FS, c.Platform)
			if p.Dialect.Syntax != "indent" { // whose lines are not of Cisco's kind
				s.parts()
			}
		})
	}
}

// parts gives a peer and a link up: what goes with them goes on purpose, and is no reason to take
// the change back.
func (s *stage) parts() {
	s.t.Helper()
	s.must(os.Remove(s.path("network", "intent", "peering", "as64500-fra.yaml")))
	s.must(os.Remove(s.path("network", "intent", "link", "edges.yaml")))
	tip, err := s.repo.Branch("main")
	s.must(err)
	s.must(s.repo.Point("change", tip))
	_, err = s.repo.CommitFS("change", repo.Author{Person: demoCarol, When: demoDay()}, "A peer and a link less", os.DirFS(s.path("network")))
	s.must(err)
	s.do(s.diff, s.approve, s.merge)
	if out := s.plumb(ok, "push", "--plan", s.plan); !strings.Contains(out, "COMMITTED") {
		s.t.Errorf("what goes on purpose is missed:\n%s", out)
	}
	s.do(s.empty)
}

// onPlatform is the example network on another platform, each device holding so much, and its
// intent committed.
func onPlatform(t *testing.T, platform, holds string) *stage {
	t.Helper()
	s := &stage{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard, clock: brisk{}}, holds: []byte(holds)}, t: t}
	s.edited = func(network string) error { return moved(network, platform) }
	t.Cleanup(s.stop)
	s.do(s.start, s.commit)
	return s
}

// moved puts a network of FRR on another platform, spoken to by another driver than the usual one
// where that stands behind a slash.
func moved(network, platform string) error {
	platform, driver, _ := strings.Cut(platform, "/")
	p, ds := render.Read(templates.FS, platform)
	if ds.Failed() {
		return ds.Err()
	}
	names, err := os.ReadFile(filepath.Join("..", "..", "templates", platform, "testdata", "render", "ports"))
	if err != nil {
		return err
	}
	port := "eth#"
	for line := range strings.Lines(string(names)) {
		if theirs, ok := strings.CutPrefix(line, "eth# "); ok {
			port = strings.TrimSpace(theirs)
		}
	}
	return filepath.WalkDir(network, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".yaml") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if strings.Contains(file, "intent") {
			text = regexp.MustCompile(`\beth([0-9]+)\b`).ReplaceAll(text, []byte(strings.Replace(port, "#", "${1}", 1)))
		}
		if cmp.Or(driver, p.Driver) == "gnmi" { // no key of SSH helps over gNMI
			text = bytes.ReplaceAll(text, []byte("  credential: net\n"), []byte("  credential: net-password\n  driver: gnmi\n"))
			text = bytes.Replace(text, []byte("\ndevices:"), []byte(`
- name: net-password
  method: password
  read: {user: plumb-read, secret: secret://local/net/read#password}
  write: {user: plumb-write, secret: secret://local/net/write#password}
devices:`), 1)
		}
		if driver != "" && driver != "gnmi" {
			text = bytes.ReplaceAll(text, []byte("  credential: net\n"), []byte("  credential: net\n  driver: "+driver+"\n"))
		}
		return os.WriteFile(file, bytes.ReplaceAll(text, []byte("platform: frr"), []byte("platform: "+platform)), 0o644)
	})
}
