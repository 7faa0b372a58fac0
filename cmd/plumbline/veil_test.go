package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/gate/signed"
)

// canaries is what somebody typed on a device by hand, and a change must take along.
var canaries = []string{"Kanari1nPeer"}

// TestSecretsStay holds the law: what devices hold in places of secrets is in no output, no
// plan, no journal and no Git object, and still it is sent where a change takes it along.
func TestSecretsStay(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.demo.diff, s.demo.approve, s.demo.merge, s.demo.push)
	box := s.farm.Device(demoRouter)
	s.must(box.Type("router bgp 64496", "neighbor 198.18.0.77 password "+canaries[0]))
	box.Save()

	s.peering("  ipv4: 200", "  ipv4: 300")
	page := s.path("page.html")
	said := s.plumb(ok, "diff", "--out", s.path("plan.json"), "--page", page)
	if _, err := s.keep(said); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"diff", "--commands"}, {"diff", "-o", "json"}, {"diff", "-o", "html"}, {"doctor"}} {
		said += s.plumb(ok, args...)
	}
	said += s.plumb(differ, "drift") + s.plumb(differ, "drift", "-o", "json")
	stored, err := signed.LoadPlan(s.repo, s.plan)
	s.must(err)
	said += string(stored.Encode())
	s.signs(demoBob)
	s.do(s.demo.merge)
	said += s.plumb(ok, "push", "--plan", s.plan)

	s.must(os.Remove(s.path("network", "intent", "peering", "as64500-fra.yaml")))
	refusal := s.plumb(findings, "diff")
	if !strings.Contains(refusal, "password <secret>") {
		t.Errorf("taking the neighbour away is not refused for its password:\n%s", refusal)
	}
	said += refusal
	for _, c := range canaries {
		if strings.Contains(said, c) {
			t.Errorf("%s was told", c)
		}
		if !strings.Contains(string(box.Running()), c) {
			t.Errorf("%s is gone from the device", c)
		}
	}
	s.nowhere(canaries)
}

// peering changes the peering of the example by one word, on carol's branch.
func (s *stage) peering(old, is string) {
	s.t.Helper()
	const name = "intent/peering/as64500-fra.yaml"
	text, err := os.ReadFile(s.path("network", name))
	s.must(err)
	changed := strings.Replace(string(text), old, is, 1)
	if changed == string(text) {
		s.t.Fatalf("%s has no %q", name, old)
	}
	s.must(os.WriteFile(s.path("network", name), []byte(changed), 0o644))
	tip, err := s.repo.Branch("main")
	s.must(err)
	s.must(s.repo.Point("change", tip))
	s.write(name, changed)
}

// nowhere reads every file of the stage, Git objects as they are kept among them.
func (s *stage) nowhere(words []string) {
	s.t.Helper()
	files := 0
	s.must(filepath.WalkDir(s.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		files++
		for _, w := range words {
			if strings.Contains(string(text), w) {
				s.t.Errorf("%s holds %s", name, w)
			}
		}
		return err
	}))
	if files < 50 {
		s.t.Errorf("only %d files were read", files)
	}
}
