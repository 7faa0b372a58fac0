package sim_test

import (
	"net/netip"
	"testing"
	"time"

	"plumbline/drivers/ssh"
	"plumbline/internal/health"
	"plumbline/internal/sim"
)

const left = `hostname a
interface eth1
 ip address 10.0.0.0/31
 ip ospf area 0
exit
router ospf
 ospf router-id 1.1.1.1
exit
router bgp 65001
 no bgp default ipv4-unicast
 neighbor 10.0.0.1 remote-as 65002
 neighbor 192.0.2.1 remote-as 65003
 address-family ipv4 unicast
  neighbor 10.0.0.1 activate
  neighbor 192.0.2.1 activate
 exit-address-family
exit
`

const right = `hostname b
interface eth9
 ip address 10.0.0.1/31
 ip ospf area 0
exit
router ospf
 ospf router-id 2.2.2.2
exit
router bgp 65002
 neighbor 10.0.0.0 remote-as 65001
exit
`

// TestSessionsFollowConfiguration holds the law: which sessions a device tells is what the
// configurations of both ends say, and a speaker outside is one that answers.
func TestSessionsFollowConfiguration(t *testing.T) {
	const bgp, out, ospf = "bgp default 10.0.0.1", "bgp default 192.0.2.1", "ospf 2.2.2.2 eth1"
	for name, c := range map[string]struct {
		left, right []string // typed on each
		want        map[string]bool
	}{
		"as it is":                {nil, nil, map[string]bool{bgp: true, out: true, ospf: true}},
		"shut down here":          {[]string{"router bgp 65001", "neighbor 10.0.0.1 shutdown"}, nil, map[string]bool{bgp: false, out: true, ospf: true}},
		"shut down there":         {nil, []string{"router bgp 65002", "neighbor 10.0.0.0 shutdown"}, map[string]bool{bgp: false, out: true, ospf: true}},
		"not activated":           {[]string{"router bgp 65001", "address-family ipv4 unicast", "no neighbor 10.0.0.1 activate"}, nil, map[string]bool{out: true, ospf: true}},
		"families first":          {[]string{"no router bgp 65001", "router bgp 65001", "neighbor 192.0.2.1 remote-as 65003", "no bgp default ipv4-unicast", "neighbor 10.0.0.1 remote-as 65002", "address-family ipv4 unicast", "neighbor 10.0.0.1 activate"}, nil, map[string]bool{bgp: true, out: true, ospf: true}},
		"another number expected": {nil, []string{"router bgp 65002", "neighbor 10.0.0.0 remote-as 65009"}, map[string]bool{bgp: false, out: true, ospf: true}},
		"the far port is shut":    {nil, []string{"interface eth9", "shutdown"}, map[string]bool{bgp: false, out: true}},
		"no area any more":        {[]string{"interface eth1", "no ip ospf area"}, nil, map[string]bool{bgp: true, out: true}},
		"passive":                 {[]string{"interface eth1", "ip ospf passive"}, nil, map[string]bool{bgp: true, out: true}},
	} {
		t.Run(name, func(t *testing.T) {
			p := frr(t)
			device := func(n, text string) sim.Device {
				return sim.Device{Name: n, Platform: "frr", Session: p.Session, Dialect: p.Dialect, Running: []byte(text)}
			}
			f, err := sim.Start(t.Context(), []sim.Device{device("a", left), device("b", right)}, sim.Options{Externals: []sim.External{{Address: netip.MustParseAddr("192.0.2.1"), AS: 65003, Prefixes: 7}}})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Stop()
			for n, lines := range map[string][]string{"a": c.left, "b": c.right} {
				if err := f.Device(n).Type(lines...); err != nil {
					t.Fatal(err)
				}
			}
			r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 20 * time.Second})
			defer r.Close()
			facts, err := r.Probe(t.Context(), f.Target("a"), "bgp_summary", "ospf")
			if err != nil {
				t.Fatal(err)
			}
			b, err1 := health.Shape(p.Health["bgp_summary"]).Read([]byte(facts[0].Text))
			o, err2 := health.Shape(p.Health["ospf"]).Read([]byte(facts[1].Text))
			have := health.Join(b, o)
			if err1 != nil || err2 != nil || len(have) != len(c.want) {
				t.Fatalf("%v %v: have %v, want %v", err1, err2, have, c.want)
			}
			for s, up := range c.want {
				if got, there := have[s]; !there || got.Up != up {
					t.Errorf("%s: have %v, want %v in %v", s, got, up, have)
				}
			}
		})
	}
}
