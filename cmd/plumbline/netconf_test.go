package main

import (
	"strings"
	"testing"

	"plumbline/drivers"
)

// TestNetconf holds that a network of devices that speak NETCONF is read and compared as any other
// one, that doctor tells what they answer and how they would be changed, and that a platform which
// says nothing of writing in this way is refused with the next step before anything is said.
func TestNetconf(t *testing.T) {
	t.Parallel()
	s := onPlatform(t, "junos/netconf", "system {\n    domain-name example.net;\n}\n") // none is empty: it is reached
	if out := s.plumb(differ, "diff", "--exit-code"); !strings.Contains(out, "4 devices differ") {
		t.Errorf("of empty devices:\n%s", out)
	}
	out := s.plumb(ok, "doctor", demoRouter)
	for _, want := range []string{"changes: netconf_confirmed, by a clock of the device, from 1m0s to 1000h0m0s", "identity: it proved what is pinned (ssh-ed25519)", "it says: NETCONF 1.1, 6 capabilities: candidate:1.0 confirmed-commit:1.0 validate:1.0", "clock: that of this machine", "questions that it answers: bgp_summary, clock, engine, interfaces, isis, ospf, ospf3, pending, version ("} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
	d := s.build.Device(demoRouter)
	p := s.build.On(d)
	if err := unwritten(p, d); err != nil {
		t.Errorf("a writer: %v", err)
	}
	p.Session.Commit = drivers.Commit{}
	if err := unwritten(p, d); err == nil || !strings.Contains(err.Error(), "say driver: ssh") {
		t.Errorf("a writer of a platform without words for it: %v", err)
	}
	for _, name := range s.farm.Names() {
		if n := s.farm.Device(name).Counters(); n.Mutating+n.Arms != 0 || n.WriteSessions > 1 {
			t.Errorf("%s: reading writes: %+v", name, n)
		}
	}
}
