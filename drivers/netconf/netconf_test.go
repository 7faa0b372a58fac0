package netconf_test

import (
	"bytes"
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

const holds = "system {\n    host-name r1;\n}\nprotocols {\n    bgp {\n        group a {\n            type external;\n            neighbor 192.0.2.1 {\n                description \"a < b & c ]]&gt; #10\";\n                peer-as 64500;\n            }\n        }\n    }\n}\n"

func box(t *testing.T, o netconf.Options, faults ...sim.Fault) (*netconf.Reader, *sim.Farm, render.Platform) {
	t.Helper()
	p, ds := render.Read(templates.FS, "junos")
	if ds.Failed() {
		t.Fatal(ds)
	}
	f, err := sim.Start(t.Context(), []sim.Device{{Name: "r1", Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: []byte(holds), Faults: faults, Driver: "netconf"}}, sim.Options{Clock: sim.NewHand(time.Unix(1e9, 0))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Stop)
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	return netconf.New(p.Session, f.Logins(), o), f, p
}

// The same device says the same over NETCONF, in both framings, as on its command line; in
// whichever pieces the bytes come.
func TestSameAsCommandLine(t *testing.T) {
	for _, faults := range [][]sim.Fault{nil, {{Kind: "netconf-1.0"}}, {{Kind: "chunk", N: 1}}, {{Kind: "chunk", N: 7}, {Kind: "netconf-1.0"}}, {{Kind: "slow", For: 50 * time.Millisecond}}} {
		r, f, p := box(t, netconf.Options{}, faults...)
		line := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 10 * time.Second})
		want, err := line.Fetch(t.Context(), f.Target("r1"))
		if err != nil {
			t.Fatal(err)
		}
		have, err := r.Fetch(t.Context(), f.Target("r1"))
		if err != nil || !bytes.Equal(bytes.TrimSpace(have.Text), bytes.TrimSpace(want.Text)) || have.Complete != "message" {
			t.Errorf("%v: %v\n%s\nwant:\n%s", faults, err, have.Text, want.Text)
		}
		for ask := range p.Session.Netconf.Read {
			was, err := line.Probe(t.Context(), f.Target("r1"), ask)
			is, err2 := r.Probe(t.Context(), f.Target("r1"), ask)
			if err != nil || err2 != nil || is[0].Err != nil || strings.TrimSpace(is[0].Text) != strings.TrimSpace(was[0].Text) {
				t.Errorf("%s: %v %v %+v, want %+v", ask, err, err2, is, was)
			}
		}
		line.Close()
	}
}

// A first request that the device looks at when more comes is answered, and so is what is asked
// behind it; a device that is only slow gets nothing that it would take for a request.
func TestOnePiece(t *testing.T) {
	for _, faults := range [][]sim.Fault{{{Kind: "one-piece"}}, {{Kind: "one-piece"}, {Kind: "netconf-1.0"}}, {{Kind: "slow", For: 2100 * time.Millisecond}}, {{Kind: "slow", For: 300 * time.Millisecond}, {Kind: "netconf-1.0"}}} {
		r, f, _ := box(t, netconf.Options{}, faults...)
		facts, err := r.Probe(t.Context(), f.Target("r1"), "version", "clock")
		if err != nil || facts[0].Err != nil || !strings.Contains(facts[0].Text, sim.Mark) || facts[1].Err != nil || !strings.Contains(facts[1].Text, "Current time") {
			t.Errorf("%v: %v %v", faults, facts, err)
		}
		if said := f.Device("r1").Transcript(); strings.Count(said, "> <") != 2 {
			t.Errorf("%v: it is asked\n%s", faults, said)
		}
	}
}

// What no device needs to say is the end of the session, in bounded time and memory, and never
// a configuration.
func TestHostile(t *testing.T) {
	for name, c := range map[string]struct {
		fault  sim.Fault
		kind   error
		says   string
		budget int
	}{
		"entity":        {sim.Fault{Kind: "xml", Text: "entity"}, drivers.ErrCut, "document type", 0},
		"deep":          {sim.Fault{Kind: "xml", Text: "deep"}, drivers.ErrCut, "in one another", 0},
		"other":         {sim.Fault{Kind: "xml", Text: "other"}, drivers.ErrCut, "no answer to request", 0},
		"open":          {sim.Fault{Kind: "xml", Text: "open"}, drivers.ErrCut, "not taken", 0},
		"huge":          {sim.Fault{Kind: "xml", Text: "huge", N: 4 << 20}, drivers.ErrCut, "longer than", 1 << 20},
		"frame":         {sim.Fault{Kind: "frame"}, drivers.ErrCut, "frame", 0},
		"drop-byte":     {sim.Fault{Kind: "drop-byte", N: 700}, drivers.ErrCut, "lost", 0},
		"cut":           {sim.Fault{Kind: "cut", N: 1, Text: "before"}, drivers.ErrCut, "lost", 0},
		"hang":          {sim.Fault{Kind: "hang", N: 1}, drivers.ErrTimeout, "", 0},
		"wrong key":     {sim.Fault{Kind: "wrong-host-key"}, drivers.ErrHostKey, "", 0},
		"no credential": {sim.Fault{Kind: "auth-fail"}, drivers.ErrAuth, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, f, _ := box(t, netconf.Options{Timeout: 2 * time.Second, Budget: c.budget}, c.fault)
			began := time.Now()
			live, err := r.Fetch(t.Context(), f.Target("r1"))
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) || len(live.Text) > 0 {
				t.Errorf("%v %.80q, want: %v %s", err, live.Text, c.kind, c.says)
			}
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("returns after %v", took)
			}
			if name == "wrong key" && f.Device("r1").Counters().Tries != 0 {
				t.Error("a credential was sent before the device proved who it is")
			}
		})
	}
}

// A platform without requests, a device without the subsystem and a question that is not in the
// data are told as such; nothing but what is in the data is ever sent.
func TestRefused(t *testing.T) {
	r, f, p := box(t, netconf.Options{})
	facts, err := r.Probe(t.Context(), f.Target("r1"), "nonsense", "version")
	if err != nil || !errors.Is(facts[0].Err, drivers.ErrForbidden) || !strings.Contains(facts[1].Text, sim.Mark) {
		t.Error(facts, err)
	}
	says, err := r.Tells(t.Context(), f.Target("r1"), true)
	if err != nil || !strings.Contains(says[0], "NETCONF 1.1") {
		t.Error(says, err)
	}
	s := p.Session
	s.Netconf.Read = map[string]string{"version": "<get-nonsense/>"}
	facts, err = netconf.New(s, f.Logins(), netconf.Options{}).Probe(t.Context(), f.Target("r1"), "version")
	if err != nil || !errors.Is(facts[0].Err, drivers.ErrForbidden) || !strings.Contains(facts[0].Err.Error(), "operation-not-supported") {
		t.Error(facts, err)
	}
	if n := f.Device("r1").Counters().Mutating; n != 0 {
		t.Error(n, "lines changed the device")
	}
	p, _ = render.Read(templates.FS, "frr")
	frr, err := sim.Start(t.Context(), []sim.Device{{Name: "r2", Platform: p.Name, Session: p.Session, Dialect: p.Dialect}})
	if err != nil {
		t.Fatal(err)
	}
	defer frr.Stop()
	_, err = netconf.New(s, frr.Logins(), netconf.Options{Timeout: 2 * time.Second}).Fetch(t.Context(), frr.Target("r2"))
	if !errors.Is(err, drivers.ErrConfig) || !strings.Contains(err.Error(), "subsystem netconf") {
		t.Error(err)
	}
}
