package main

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/drivers/all"
	"plumbline/drivers/ssh"
	"plumbline/internal/health"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

// TestNothingAsked holds that a platform which asks nothing is not taken for well.
func TestNothingAsked(t *testing.T) {
	t.Parallel()
	if v, err := sessions(nil, nil); err == nil || v != nil {
		t.Errorf("no question was taken for %v", v)
	}
}

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
		facts, err := r.Probe(t.Context(), f.Target("a"), vital(p)...)
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

// TestCountsApart holds that counts which stand apart from the state of a session are put to it, in one
// look over one connection, and that a fall of them is found: on the socket of gNMI and on a
// command line.
func TestCountsApart(t *testing.T) {
	t.Parallel()
	const srl = "/network-instance[name=default]/protocols/bgp/neighbor[peer-address=%s]/afi-safi[afi-safi-name=ipv4-unicast]/admin-state enable\n"
	const oc = "/network-instances/network-instance[name=DEFAULT]/protocols/protocol[identifier=BGP][name=BGP]/bgp/neighbors/neighbor[neighbor-address=%s]/afi-safis/afi-safi[afi-safi-name=IPV4_UNICAST]/config/enabled true\n"
	for _, c := range []struct{ platform, driver, port, running, more, was, found string }{
		{"sr-linux", "gnmi", "/interface[name=lo0]/admin-state enable\n", srl, "update /system/name/host-name x", "map[bgp default 192.0.2.1:true map[advertised ipv4-unicast:2 received ipv4-unicast:7] bgp default 192.0.2.2:false map[] interface lo0:true map[]]",
			"[bgp default 192.0.2.1: received ipv4-unicast was 7 and is 0; less than 7 is not well]"},
		{"sr-linux", "ssh", "/interface[name=lo0]/admin-state enable\n", srl, "update /system/name/host-name x", "map[bgp default 192.0.2.1:true map[advertised ipv4-unicast:2 received ipv4-unicast:7] bgp default 192.0.2.2:false map[] interface lo0:true map[]]",
			"[bgp default 192.0.2.1: received ipv4-unicast was 7 and is 0; less than 7 is not well]"},
		{"openconfig", "gnmi", "/interfaces/interface[name=Ethernet1]/config/enabled true\n", oc, "update /system/config/hostname x", "map[bgp * 192.0.2.1:true map[accepted IPV4_UNICAST:7 advertised IPV4_UNICAST:2 received IPV4_UNICAST:7] bgp * 192.0.2.2:false map[] interface Ethernet1:true map[]]",
			"[bgp * 192.0.2.1: accepted IPV4_UNICAST was 7 and is 0; less than 7 is not well bgp * 192.0.2.1: received IPV4_UNICAST was 7 and is 0; less than 7 is not well]"},
	} {
		t.Run(c.platform+" "+c.driver, func(t *testing.T) {
			p, ds := render.Read(templates.FS, c.platform)
			if ds.Failed() {
				t.Fatal(ds.Err())
			}
			running := c.port + fmt.Sprintf(c.running+c.running, "192.0.2.1", "192.0.2.2")
			f, err := sim.Start(t.Context(), []sim.Device{{Name: "a", Platform: p.Name, Driver: c.driver, Session: p.Session, Dialect: p.Dialect, Running: []byte(running)}},
				sim.Options{Externals: []sim.External{{Address: netip.MustParseAddr("192.0.2.1"), AS: 65003, Prefixes: 7}}})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Stop()
			r, err := all.Reader(c.driver, p.Session, f.Logins())
			if err != nil {
				t.Fatal(err)
			}
			if c, is := r.(io.Closer); is {
				defer c.Close()
			}
			look := func() health.Vitals {
				t.Helper()
				facts, err := r.Probe(t.Context(), f.Target("a"), vital(p)...)
				if err != nil {
					t.Fatal(err)
				}
				v, err := sessions(p.Health, facts)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			was := look()
			said := map[string]string{}
			for name, v := range was {
				said[name] = fmt.Sprint(v.Up, " ", v.Counts)
			}
			if have := fmt.Sprint(said); have != c.was {
				t.Errorf("it tells %s, want %s", have, c.was)
			}
			if err := f.Device("a").SetFaults(sim.Fault{Kind: "loses", Text: "received"}); err != nil {
				t.Fatal(err)
			}
			if err := f.Device("a").Type(c.more); err != nil {
				t.Fatal(err)
			}
			if found := fmt.Sprint(health.Compare(was, look(), health.Expected{})); found != c.found {
				t.Errorf("found %s, want %s", found, c.found)
			}
		})
	}
}
