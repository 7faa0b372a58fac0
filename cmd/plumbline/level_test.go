package main

import (
	"cmp"
	"errors"
	"strings"
	"testing"
	"time"

	reading "plumbline/drivers/all"
	"plumbline/internal/sim"
	"plumbline/internal/suite"
	"plumbline/inventory"
	"plumbline/render"
	"plumbline/templates"
)

// TestLevel: only what was shown is pushed to.
func TestLevel(t *testing.T) {
	day := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, support, until, version string
		want                          string // empty: it may
	}{
		{"push", "push", "", "", ""},
		{"rendered", "render", "", "vEOS 4.32", "only rendered and compared"},
		{"rendered and asked for", "render", "2027-01-01", "vEOS 4.32", "only rendered and compared"},
		{"embedded", "render", "", "an " + sim.Mark, ""},
		{"experimental", "experimental", "", "vEOS 4.32", "name experimental_push"},
		{"experimental, asked for", "experimental", "2026-11-24", "vEOS 4.32", ""},
		{"experimental, over", "experimental", "2026-11-23", "vEOS 4.32", "not over"},
		{"silent", "render", "", "", "does not tell its version"},
	} {
		d := &inventory.Device{Name: "r1"}
		if c.until != "" {
			d.ExperimentalPush = &inventory.Experiment{Owner: "a@example.net", Until: c.until}
		}
		err := allowed(render.Platform{Name: "eos", Support: c.support}, d, day, func() (string, error) {
			if c.version == "" {
				return "", errors.New("no answer")
			}
			return c.version, nil
		})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Every embedded device says what it is, however it is asked.
func TestEmbeddedSaysSo(t *testing.T) {
	for _, way := range suite.Ways(t) {
		name, by, _ := strings.Cut(way, "/")
		p, ds := render.Read(templates.FS, name)
		if ds.Failed() {
			t.Fatal(ds)
		}
		by = cmp.Or(by, p.Driver)
		f, err := sim.Start(t.Context(), []sim.Device{{Name: "r1", Platform: name, Session: p.Session, Dialect: p.Dialect, Driver: by, Running: suite.Holds(t, way)}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := reading.Reader(by, p.Session, f.Logins())
		if err != nil {
			t.Fatal(err)
		}
		facts, err := r.Probe(t.Context(), f.Target("r1"), "version")
		if err != nil || len(facts) != 1 || !strings.Contains(facts[0].Text, sim.Mark) {
			t.Errorf("%s: %v %v", way, facts, err)
		}
		f.Stop()
	}
}
