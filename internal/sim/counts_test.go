package sim_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/ssh"
	"plumbline/internal/health"
	"plumbline/internal/sim"
)

// TestLoses holds for the command lines of all vendors that they tell how many routes a session
// carries as health reads it, and that the device which loses some does so only while it holds
// something else than it did.
func TestLoses(t *testing.T) {
	const bgp, nested = "router bgp 65001\n neighbor 192.0.2.1 remote-as 65003\n", "router bgp 65001\n neighbor 192.0.2.1\n  remote-as 65003\n"
	for name, c := range map[string]struct{ running, line, was, is string }{
		"frr":    {bgp, "ip prefix-list X seq 5 permit any", "advertised ipv4Unicast 2 received ipv4Unicast 7", "advertised ipv4Unicast 2 received ipv4Unicast 3"},
		"eos":    {bgp, "ip prefix-list X", "accepted ipv4Unicast 7 received ipv4Unicast 7", "accepted ipv4Unicast 3 received ipv4Unicast 3"},
		"ios-xe": {bgp, "ip prefix-list X seq 5 permit 0.0.0.0/0", "received 7", "received 3"},
		"ios-xr": {nested, "prefix-set X", "received 7", "received 3"},
		"nx-os":  {"feature bgp\n" + nested, "ip prefix-list X seq 5 permit 0.0.0.0/0", "received 1/1 7", "received 1/1 3"},
		"junos":  {"protocols {\n    bgp {\n        group X {\n            neighbor 192.0.2.1 {\n                peer-as 65003;\n            }\n        }\n    }\n}\n", "set system host-name x", "accepted inet.0 7 received inet.0 7", "accepted inet.0 3 received inet.0 3"},
		"bird": {"protocol bgp 'bgp-192.0.2.1' {\n    local as 65001;\n    neighbor 192.0.2.1 as 65003;\n    ipv4;\n}\n",
			"+ router id 10.0.0.1", "advertised ipv4 2 received ipv4 7", "advertised ipv4 2 received ipv4 3"},
	} {
		t.Run(name, func(t *testing.T) {
			p := platform(t, name)
			f, err := sim.Start(t.Context(), []sim.Device{{Name: "a", Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: []byte(c.running)}},
				sim.Options{Externals: []sim.External{{Address: netip.MustParseAddr("192.0.2.1"), AS: 65003, Prefixes: 7}}})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Stop()
			r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 20 * time.Second})
			defer r.Close()
			ask := "bgp_summary"
			if name == "ios-xr" {
				ask = "bgp_all"
			}
			told := func() string {
				facts, err := r.Probe(t.Context(), f.Target("a"), ask)
				if err != nil || facts[0].Err != nil {
					t.Fatal(err, facts)
				}
				have, err := health.Shape(p.Health[ask]).Read([]byte(facts[0].Text))
				if err != nil || len(have) != 1 {
					t.Fatal(err, have, facts[0].Text)
				}
				for _, v := range have {
					return strings.NewReplacer("map[", "", "]", "", ":", " ").Replace(fmt.Sprint(v.Counts))
				}
				return ""
			}
			b := f.Device("a")
			if err := b.SetFaults(sim.Fault{Kind: "loses", Text: "received", N: 3}); err != nil {
				t.Fatal(err)
			}
			if have := told(); have != c.was {
				t.Errorf("before it changes: %s, want %s", have, c.was)
			}
			if err := b.Type(c.line); err != nil {
				t.Fatal(err)
			}
			if have := told(); have != c.is {
				t.Errorf("behind a change: %s, want %s", have, c.is)
			}
		})
	}
}
