package drivertest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/netconf"
	"plumbline/drivers/ssh"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

// TestPatient holds that a device which is slow is read whole, however long that takes: what counts
// is whether anything comes. One that goes on and on is given up, and so is one that falls silent.
func TestPatient(t *testing.T) {
	for _, way := range []string{"ssh", "netconf"} {
		for name, c := range map[string]struct {
			fault         sim.Fault
			idle, longest time.Duration
			kind          error
			says          string
		}{
			"slow":   {sim.Fault{Kind: "drip", N: 24, For: 100 * time.Millisecond}, 1500 * time.Millisecond, time.Minute, nil, ""},
			"no end": {sim.Fault{Kind: "drip", N: 1, For: 20 * time.Millisecond}, 2 * time.Second, 3 * time.Second, drivers.ErrTimeout, "whole"},
			"silent": {sim.Fault{Kind: "hang", N: 1}, time.Second, time.Hour, drivers.ErrTimeout, "1s"},
		} {
			t.Run(way+"/"+name, func(t *testing.T) {
				t.Parallel()
				p, ds := render.Read(templates.FS, "junos")
				must(t, ds.Err())
				f, err := sim.Start(t.Context(), []sim.Device{{Name: "r1", Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Faults: []sim.Fault{c.fault},
					Running: []byte("system {\n    domain-name " + strings.Repeat("example", 100) + ".net;\n}\n"), Driver: way}})
				must(t, err)
				t.Cleanup(f.Stop)
				var r drivers.Reader = ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: c.idle, Longest: c.longest})
				if way == "netconf" {
					r = netconf.New(p.Session, f.Logins(), netconf.Options{Timeout: c.idle, Longest: c.longest})
				}
				live, err := r.Fetch(t.Context(), f.Target("r1"))
				switch {
				case c.kind == nil && (err != nil || !strings.Contains(string(live.Text), "example.net;\n}\n")):
					t.Errorf("%v: %s", err, live.Text)
				case c.kind != nil && (!errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says)):
					t.Errorf("%v, want %v, %q", err, c.kind, c.says)
				}
			})
		}
	}
}
