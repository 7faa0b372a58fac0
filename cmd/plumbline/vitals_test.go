package main

import (
	"slices"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/drivers/ssh"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

// TestSwitchedOff holds what a refused question means: no sessions, where the device itself says
// that the feature is off; else nothing that is known.
func TestSwitchedOff(t *testing.T) {
	t.Parallel()
	p, ds := render.Read(templates.FS, "nx-os")
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	f, err := sim.Start(t.Context(), []sim.Device{{Name: "a", Platform: "nx-os", Session: p.Session, Dialect: p.Dialect, Running: []byte("interface Ethernet1/1\n no switchport\n ip address 10.0.0.0/31\n no shutdown\n")}}, sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Stop()
	ask := func() []drivers.Fact {
		t.Helper()
		r := ssh.New(p.Session, f.Logins(), ssh.Options{})
		defer r.Close()
		facts, err := r.Probe(t.Context(), f.Target("a"), vital(p.Health)...)
		if err != nil {
			t.Fatal(err)
		}
		return facts
	}
	all := ask()
	if v, err := sessions(p.Health, all); err != nil || len(v) != 1 || !v["interface Ethernet1/1"].Up {
		t.Errorf("with no feature it tells %v, %v", v, err)
	}
	off := slices.IndexFunc(all, func(f drivers.Fact) bool { return f.Ask == "features" })
	for name, edit := range map[string]func(*drivers.Fact){
		"a feature that is on":     func(f *drivers.Fact) { f.Text = strings.Replace(f.Text, "disabled", "enabled", 1) },
		"another instance":         func(f *drivers.Fact) { f.Text = strings.ReplaceAll(f.Text, " 1 ", " 2 ") },
		"a device that tells none": func(f *drivers.Fact) { f.Text = "" },
		"a refusal of that, too":   func(f *drivers.Fact) { f.Err = drivers.ErrForbidden },
	} {
		facts := slices.Clone(all)
		edit(&facts[off])
		if v, err := sessions(p.Health, facts); err == nil {
			t.Errorf("%s: a refusal was taken for %v", name, v)
		}
	}
	if err := f.Device("a").Type("feature bgp", "feature ospf"); err != nil {
		t.Fatal(err)
	}
	if v, err := sessions(p.Health, ask()); err != nil || len(v) != 1 {
		t.Errorf("with features that nobody set up it tells %v, %v", v, err)
	}
}
