package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plumbline/templates"
)

// TestClocks plays the loop of the demo on the platforms whose devices have a clock of their
// own: from nothing to what is wanted, approved and pushed wave by wave, read back equal,
// refused a second time, and a change by hand found and taken back.
func TestClocks(t *testing.T) {
	for _, c := range []struct {
		platform string
		typed    []string // by somebody, on the device itself
	}{
		{"eos", []string{"router bgp 64496", "router-id 192.0.2.99"}},
		{"junos", []string{"set routing-options router-id 192.0.2.99"}},
		{"ios-xr", []string{"router bgp 64496", "bgp router-id 192.0.2.99"}},
		{"ios-xe", []string{"router bgp 64496", "bgp router-id 192.0.2.99"}},
	} {
		t.Run(c.platform, func(t *testing.T) {
			t.Parallel()
			s := &stage{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard}}, t: t}
			s.edited = func(network string) error { return moved(network, c.platform) }
			t.Cleanup(s.stop)
			s.do(s.start, s.commit, s.check, s.diff, s.refused, s.approve, s.merge, s.push, s.again, s.empty)
			for _, name := range s.farm.Names() {
				if n := s.farm.Device(name).Counters(); n.Keeps != 1 || n.Arms != 1 || string(s.farm.Device(name).Running()) != string(s.farm.Device(name).Startup()) {
					t.Errorf("%s: %+v, or not saved", name, n)
				}
			}
			box := s.farm.Device(demoRouter)
			s.must(box.Type(c.typed...))
			box.Save()
			s.plumb(differ, "drift")
			s.do(s.restore)
		})
	}
}

// moved puts a network of FRR on another platform.
func moved(network, platform string) error {
	names, err := fs.ReadFile(templates.FS, platform+"/testdata/render/ports")
	if err != nil {
		if names, err = os.ReadFile(filepath.Join("..", "..", "templates", platform, "testdata", "render", "ports")); err != nil {
			return err
		}
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
		return os.WriteFile(file, bytes.ReplaceAll(text, []byte("platform: frr"), []byte("platform: "+platform)), 0o644)
	})
}
