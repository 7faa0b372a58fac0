package replay

import (
	"slices"
	"strings"
	"testing"
)

// The lists of this file let 10.0.0.0/8 through before the deny of a part of it, or after it.
const (
	nxPort  = "interface Ethernet1/1\n  no switchport\n  ip access-group A in\n"
	nxPort6 = "interface Ethernet1/1\n  no switchport\n  ipv6 traffic-filter A in\n"
	nxMap   = "route-map M permit 10\n  match ip address prefix-list P\n"
	nxMap6  = "route-map M permit 10\n  match ipv6 address prefix-list P\n"
	xePort6 = "interface GigabitEthernet1\n no switchport\n ipv6 traffic-filter A in\nexit\n"
	xePort1 = "interface GigabitEthernet1\n no switchport\n ip access-group 10 in\nexit\n"
	xePort2 = "interface GigabitEthernet1\n no switchport\n ip access-group 100 in\nexit\n"
	xeMap   = "route-map M permit 10\n match ip address prefix-list P\nexit\n"
	xeMap6  = "route-map M permit 10\n match ipv6 address prefix-list P\nexit\n"
	frrMap  = "route-map M permit 10\n match ip address A\nexit\n"
	frrMap6 = "route-map M permit 10\n match ipv6 address A\nexit\n"
	frr6    = "route-map M permit 10\n match ipv6 address prefix-list P\nexit\n"
)

// TestListsOfAllKinds holds the same for each kind of list of the platforms that act line by line: at the wider
// step, at the narrower one, and at the way beside them that is safe.
func TestListsOfAllKinds(t *testing.T) {
	const wide, narrow = "lets through what neither end does", "holds back what both ends let through"
	for name, c := range map[string]struct {
		platform, user, open, close, a, b, c string // a stays; b denies a part of c
	}{
		"nx-os access list":          {"nx-os", nxPort, "ip access-list A\n", "exit\n", "  10 permit tcp any any eq 22\n", "  20 deny udp 10.1.0.0/16 any\n", "  30 permit udp 10.0.0.0/8 any\n"},
		"nx-os ipv6 access list":     {"nx-os", nxPort6, "ipv6 access-list A\n", "exit\n", "  10 permit tcp any any eq 22\n", "  20 deny udp 2001:db8:1::/48 any\n", "  30 permit udp 2001:db8::/32 any\n"},
		"nx-os prefix list":          {"nx-os", nxMap, "", "", "ip prefix-list P seq 5 permit 192.0.2.0/24\n", "ip prefix-list P seq 10 deny 10.1.0.0/16\n", "ip prefix-list P seq 15 permit 10.0.0.0/8 le 24\n"},
		"nx-os ipv6 prefix list":     {"nx-os", nxMap6, "", "", "ipv6 prefix-list P seq 5 permit 2001:db8:9::/48\n", "ipv6 prefix-list P seq 10 deny 2001:db8:1::/48\n", "ipv6 prefix-list P seq 15 permit 2001:db8::/32 le 64\n"},
		"ios-xe ipv6 access list":    {"ios-xe", xePort6, "ipv6 access-list A\n", "exit\n", " sequence 10 permit tcp any any eq 22\n", " sequence 20 deny udp 2001:db8:1::/48 any\n", " sequence 30 permit udp 2001:db8::/32 any\n"},
		"ios-xe standard list":       {"ios-xe", xePort1, "ip access-list standard 10\n", "exit\n", " 10 permit 192.0.2.0 0.0.0.255\n", " 20 deny 10.1.0.0 0.0.255.255\n", " 30 permit 10.0.0.0 0.255.255.255\n"},
		"ios-xe numbered list":       {"ios-xe", xePort2, "ip access-list extended 100\n", "exit\n", " 10 permit tcp any any eq 22\n", " 20 deny udp 10.1.0.0 0.0.255.255 any\n", " 30 permit udp 10.0.0.0 0.255.255.255 any\n"},
		"ios-xe prefix list":         {"ios-xe", xeMap, "", "", "ip prefix-list P seq 5 permit 192.0.2.0/24\n", "ip prefix-list P seq 10 deny 10.1.0.0/16\n", "ip prefix-list P seq 15 permit 10.0.0.0/8 le 24\n"},
		"ios-xe ipv6 prefix list":    {"ios-xe", xeMap6, "", "", "ipv6 prefix-list P seq 5 permit 2001:db8:9::/48\n", "ipv6 prefix-list P seq 10 deny 2001:db8:1::/48\n", "ipv6 prefix-list P seq 15 permit 2001:db8::/32 le 64\n"},
		"frr access list":            {"frr", frrMap, "", "", "access-list A seq 5 permit 192.0.2.0/24\n", "access-list A seq 10 deny 10.1.0.0/16\n", "access-list A seq 15 permit 10.0.0.0/8\n"},
		"frr access list of Cisco's": {"frr", frrMap, "", "", "access-list A seq 5 permit 192.0.2.0 0.0.0.255\n", "access-list A seq 10 deny 10.1.0.0\n", "access-list A seq 15 permit 10.0.0.0 0.255.255.255\n"},
		"frr ipv6 access list":       {"frr", frrMap6, "", "", "ipv6 access-list A seq 5 permit 2001:db8:9::/48\n", "ipv6 access-list A seq 10 deny 2001:db8:1::/48\n", "ipv6 access-list A seq 15 permit 2001:db8::/32\n"},
		"frr ipv6 prefix list":       {"frr", frr6, "", "", "ipv6 prefix-list P seq 5 permit 2001:db8:9::/48\n", "ipv6 prefix-list P seq 10 deny 2001:db8:1::/48\n", "ipv6 prefix-list P seq 15 permit 2001:db8::/32 le 64\n"},
	} {
		few, all := c.open+c.a+c.close+c.user, c.open+c.a+c.b+c.c+c.close+c.user
		for _, way := range []struct{ what, have, want, do, says string }{
			{"the permit before the deny", few, all, c.open + c.c + c.b, wide},
			{"the deny before the permit", few, all, c.open + c.b + c.c, ""},
			{"the deny goes first", all, few, c.open + no(c.platform, c.b) + no(c.platform, c.c), wide},
			{"the permit goes first", all, few, c.open + no(c.platform, c.c) + no(c.platform, c.b), ""},
			{"what stays goes for a moment", all, c.open + c.a + c.c + c.close + c.user, c.open + no(c.platform, c.c) + no(c.platform, c.b) + c.c, narrow},
		} {
			t.Run(name+"/"+way.what, func(t *testing.T) {
				d := platform(t, c.platform)
				dev := New(d, []byte(way.have))
				out, notes := dev.play(New(d, []byte(way.have)), New(d, []byte(way.want)), way.do)
				switch {
				case len(notes) > 0:
					t.Errorf("not told: %v", notes)
				case way.says == "" && len(out) > 0:
					t.Errorf("refused: %v", &out[0])
				case way.says != "" && (len(out) == 0 || !strings.Contains(out[0].Text, way.says)):
					t.Errorf("want %q, have %v", way.says, out)
				}
			})
		}
	}
}

// no takes a line of a list back, as the platforms have it: by its number inside a list, and in FRR's lists of prefixes.
func no(platform, line string) string {
	words := strings.Fields(line)
	at := slices.IndexFunc(words, func(w string) bool { return w == "permit" || w == "deny" })
	if line[0] == ' ' || platform == "frr" && words[1] == "prefix-list" {
		return "  no " + strings.Join(words[:at], " ") + "\n"
	}
	return "no " + line
}

// TestStepsOfAllPlatforms holds the other promises on each platform that acts line by line: nothing dangles, no clause
// of a policy in use goes for a moment, no neighbour is without its filter, and the way in changes last.
func TestStepsOfAllPlatforms(t *testing.T) {
	const (
		p, q, ten  = "ip prefix-list P seq 5 permit 10.0.0.0/8\n", "ip prefix-list Q seq 5 permit 10.0.0.0/8\n", "route-map M permit 10\n"
		usesP      = ten + " match ip address prefix-list P\nexit\n"
		usesQ      = ten + " match ip address prefix-list Q\nexit\n"
		more       = "route-map M permit 20\nexit\n"
		other      = "route-map N permit 10\nexit\n"
		noP, noMap = "no " + p, "no " + ten
		dangles    = "a line uses the prefixlist"
		unfiltered = "a neighbour has no filter"
		stays      = "takes away what stays"
	)
	for name, bgp := range map[string][4]string{ // what goes ahead, the block, the filter with %, what takes it away
		"frr":    {"", "router bgp 65001\n neighbor 192.0.2.2 remote-as 65002\n address-family ipv4 unicast\n", "  neighbor 192.0.2.2 route-map % in\n", "  no neighbor 192.0.2.2 route-map % in\n"},
		"ios-xe": {"", "router bgp 65001\n neighbor 192.0.2.2 remote-as 65002\n address-family ipv4\n", "  neighbor 192.0.2.2 route-map % in\n", "  no neighbor 192.0.2.2 route-map % in\n"},
		"nx-os":  {"feature bgp\n", "router bgp 65001\n  neighbor 192.0.2.2\n    address-family ipv4 unicast\n", "      route-map % in\n", "      no route-map % in\n"},
	} {
		d := platform(t, name)
		with := func(name string) string { return strings.ReplaceAll(bgp[2], "%", name) }
		without := func(name string) string { return strings.ReplaceAll(bgp[3], "%", name) }
		enter, noP, change := strings.Replace(bgp[1], " neighbor 192.0.2.2 remote-as 65002\n", "", 1), noP, ten+" match ip address prefix-list Q\n no match ip address prefix-list P\nexit\n"
		if name == "frr" {
			noP, change = "no ip prefix-list P seq 5\n", usesQ
		}
		for what, c := range map[string]struct{ have, want, do, says string }{
			"a list goes before its clause":             {p + usesP, "", noP + noMap, dangles},
			"a list goes behind its clause":             {p + usesP, "", noMap + noP, ""},
			"a clause comes before its list":            {"", p + usesP, usesP + p, dangles},
			"a clause changes before its list is there": {p + usesP, q + usesQ, usesQ + q + noP, dangles},
			"a clause changes between the lists":        {p + usesP, q + usesQ, q + change + noP, ""},
			"a clause goes for a moment":                {p + usesP + more + bgp[1] + with("M"), p + usesP + more + bgp[1] + with("M") + "exit\nip route 10.9.0.0/16 192.0.2.9\n", noMap + "ip route 10.9.0.0/16 192.0.2.9\n" + usesP, stays},
			"the only clause goes for a moment":         {q + p + usesP + bgp[1] + with("M"), q + p + usesQ + bgp[1] + with("M"), noMap + usesQ, "a line uses the routemap"},
			"the policy goes before its user":           {other + usesP + p + bgp[1] + with("M"), other + p + bgp[1] + with("N"), noMap + bgp[1] + with("N"), "a line uses the routemap"},
			"the filter goes for a moment":              {other + usesP + p + bgp[1] + with("M"), other + usesP + p + bgp[1] + with("N"), enter + without("M") + with("N"), unfiltered},
			"the filter is given anew":                  {other + usesP + p + bgp[1] + with("M"), other + usesP + p + bgp[1] + with("N"), enter + with("N"), ""},
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				have, want := bgp[0]+c.have, bgp[0]+c.want
				out, _ := New(d, []byte(have)).play(New(d, []byte(have)), New(d, []byte(want)), c.do)
				if c.says == "" && len(out) > 0 || c.says != "" && (len(out) == 0 || out[0].Kind != Unsafe || !strings.Contains(out[0].Text, c.says)) {
					t.Errorf("want %q, have %v", c.says, out)
				}
			})
		}
	}
}

// TestWayInLast holds that each kind of a line of the way in changes behind all that is none.
func TestWayInLast(t *testing.T) {
	const acls = "ip access-list extended A\n 10 permit ip any any\nip access-list extended B\n 10 permit tcp any any\n"
	for name, c := range map[string]struct{ platform, have, want, way string }{
		"a line's list":           {"ios-xe", acls + "line vty 0 4\n access-class A in\n", acls + "line vty 0 4\n access-class B in\n", "line vty 0 4\n access-class B in\nexit\n"},
		"a secret":                {"ios-xe", "enable secret 9 $9$a\n", "enable secret 9 $9$b\n", "enable secret 9 $9$b\n"},
		"a list of the way in":    {"ios-xe", "ip access-list standard MANAGEMENT\n 10 permit 192.0.2.0 0.0.0.255\n", "ip access-list standard MANAGEMENT\n 10 permit 192.0.2.0 0.0.0.255\n 20 permit 198.51.100.0 0.0.0.255\n", "ip access-list standard MANAGEMENT\n 20 permit 198.51.100.0 0.0.0.255\nexit\n"},
		"a server that is asked":  {"ios-xe", "aaa new-model\ntacacs server T\naaa group server tacacs+ G\n server name T\n", "aaa new-model\ntacacs server T\naaa group server tacacs+ G\n", "aaa group server tacacs+ G\n no server name T\nexit\n"},
		"the port for management": {"nx-os", "interface mgmt0\n  ip address 192.0.2.1/24\n", "interface mgmt0\n  ip address 192.0.2.2/24\n", "interface mgmt0\n  ip address 192.0.2.2/24\nexit\n"},
		"the route of management": {"nx-os", "vrf context management\n", "vrf context management\n  ip route 0.0.0.0/0 192.0.2.254\n", "vrf context management\n  ip route 0.0.0.0/0 192.0.2.254\nexit\n"},
		"a list of management":    {"nx-os", "ip access-list MANAGEMENT\n  10 permit ip 192.0.2.0/24 any\n", "ip access-list MANAGEMENT\n  10 permit ip 192.0.2.0/24 any\n  20 permit ip 198.51.100.0/24 any\n", "ip access-list MANAGEMENT\n  20 permit ip 198.51.100.0/24 any\nexit\n"},
		"a line's list on Nexus":  {"nx-os", "ip access-list A\n  10 permit ip any any\nip access-list B\n  10 permit tcp any any\nline vty\n  access-class A in\n", "ip access-list A\n  10 permit ip any any\nip access-list B\n  10 permit tcp any any\nline vty\n  access-class B in\n", "line vty\n  access-class B in\nexit\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d := platform(t, c.platform)
			have, want := c.have, c.want+"vlan 10\n  name n\n"
			play := func(do string) []Refusal {
				out, _ := New(d, []byte(have)).play(New(d, []byte(have)), New(d, []byte(want)), do)
				return out
			}
			if out := play(c.way + "vlan 10\n  name n\n"); len(out) == 0 || out[0].Kind != Unsafe || !strings.Contains(out[0].Text, "the way in changes before this does: name n") {
				t.Errorf("first: %v", out)
			}
			if out := play("vlan 10\n  name n\nexit\n" + c.way); len(out) > 0 {
				t.Errorf("last: %v", out)
			}
		})
	}
}
