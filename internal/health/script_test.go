package health

import (
	"fmt"
	"testing"
)

func TestScript(t *testing.T) {
	for name, c := range map[string]struct{ do, want string }{
		"nothing":    {"ip prefix-list A seq 5 permit any\n", "[[] []]"},
		"added":      {"router bgp 64496\n neighbor 192.0.2.1 remote-as 64500\n neighbor 192.0.2.1 description x\nexit\n", "[[bgp default 192.0.2.1] []]"},
		"a group":    {"router bgp 64496\n neighbor RS peer-group\n neighbor RS remote-as 64999\n neighbor 192.0.2.2 peer-group RS\n", "[[bgp default 192.0.2.2] []]"},
		"removed":    {"router bgp 64496 vrf red\n no neighbor 2001:db8::1 remote-as 64500\n", "[[] [bgp red 2001:db8::1]]"},
		"only text":  {"router bgp 64496\n no neighbor 192.0.2.1 description x\n", "[[] []]"},
		"anew":       {"router bgp 64496\n no neighbor 192.0.2.1\n neighbor 192.0.2.1 remote-as 64501\n", "[[bgp default 192.0.2.1] []]"},
		"shut peer":  {"router bgp 64496\n neighbor 192.0.2.1 shutdown\n", "[[] [bgp default 192.0.2.1]]"},
		"shut port":  {"interface eth0\n shutdown\n", "[[] [ospf * eth0 interface eth0]]"},
		"port gone":  {"no interface Vlan20\n", "[[] [interface Vlan20]]"},
		"ospf taken": {"interface eth0\n no ip ospf area 0\n", "[[] [ospf * eth0]]"},
	} {
		if e := Script([]byte(c.do)); fmt.Sprint([][]string{e.Added, e.Removed}) != c.want {
			t.Errorf("%s: %v, want %s", name, e, c.want)
		}
	}
	gone := Compare(Vitals{"ospf 10.0.0.2 eth0:10.1.0.1": {Up: true}, "ospf 10.0.0.3 eth1:10.2.0.1": {Up: true}}, Vitals{}, Script([]byte("interface eth0\n shutdown\n")))
	if fmt.Sprint(gone) != "[ospf 10.0.0.3 eth1:10.2.0.1: was up and is not there any more]" {
		t.Error(gone)
	}
}
