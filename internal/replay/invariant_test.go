package replay

import (
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

const (
	user   = "route-map M permit 10\n match ip address prefix-list P\nexit\n"
	port   = "interface GigabitEthernet1\n no switchport\n ip access-group A in\nexit\n"
	packet = "ip access-list extended A\n"
)

// TestListInUse holds that a list which is in use lets through what one of the two ends does,
// and what both do, at every step: each fault of a plan is named, and what leads there as
// safely is not.
func TestListInUse(t *testing.T) {
	for name, c := range map[string]struct {
		platform, have, want, do, says string
	}{
		"the permit before the deny": {"frr",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\n",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 deny 192.0.2.0/24\nip prefix-list P seq 15 permit 192.0.0.0/16 le 24\n",
			"ip prefix-list P seq 15 permit 192.0.0.0/16 le 24\nip prefix-list P seq 10 deny 192.0.2.0/24\n",
			"prefixlist P lets through what neither end does"},
		"the deny before the permit": {"frr",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\n",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 deny 192.0.2.0/24\nip prefix-list P seq 15 permit 192.0.0.0/16 le 24\n",
			"ip prefix-list P seq 10 deny 192.0.2.0/24\nip prefix-list P seq 15 permit 192.0.0.0/16 le 24\n", ""},
		"nobody looks at it": {"frr",
			"ip prefix-list P seq 5 permit 10.0.0.0/8\n",
			"ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 deny 192.0.2.0/24\nip prefix-list P seq 15 permit 192.0.0.0/16 le 24\n",
			"ip prefix-list P seq 15 permit 192.0.0.0/16 le 24\nip prefix-list P seq 10 deny 192.0.2.0/24\n", ""},
		"gone before its successor is there": {"frr",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 permit 192.0.2.0/24\n",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 15 permit 192.0.2.0/24 le 25\n",
			"no ip prefix-list P seq 10\nip prefix-list P seq 15 permit 192.0.2.0/24 le 25\n",
			"prefixlist P holds back what both ends let through"},
		"the same entry elsewhere, at once": {"frr",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 permit 192.0.2.0/24\n",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 15 permit 192.0.2.0/24\n",
			"no ip prefix-list P seq 10\nip prefix-list P seq 15 permit 192.0.2.0/24\n", ""},
		"the same entry elsewhere, too late": {"frr",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 permit 192.0.2.0/24\n",
			user + "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 15 permit 192.0.2.0/24\nip route 10.9.0.0/16 Null0\n",
			"no ip prefix-list P seq 10\nip route 10.9.0.0/16 Null0\nip prefix-list P seq 15 permit 192.0.2.0/24\n",
			"prefixlist P holds back what both ends let through"},
		"used while it is as it was": {"ios-xe",
			"interface GigabitEthernet1\n no switchport\n" + packet + " 10 permit ip any any\n",
			port + packet + " 10 permit ip any any\n 5 deny tcp any any eq 22\n",
			"interface GigabitEthernet1\n ip access-group A in\nexit\nip access-list extended A\n 5 deny tcp any any eq 22\n", ""},
		"used with what it held before": {"ios-xe",
			"interface GigabitEthernet1\n no switchport\n" + packet + " 10 permit ip any any\n 20 permit tcp any any\n",
			port + packet + " 20 permit tcp any any eq 22\n 30 deny udp any any\n",
			"ip access-list extended A\n no 20\n 20 permit tcp any any eq 22\n 30 deny udp any any\n no 10\nexit\ninterface GigabitEthernet1\n ip access-group A in\n", ""},
		"ports": {"ios-xe",
			port + packet + " 20 permit tcp any host 192.0.2.1 eq 443\n",
			port + packet + " 10 deny tcp any any range 1 100\n 20 permit tcp any host 192.0.2.1 eq 443\n 30 permit tcp any host 192.0.2.1 lt 500\n",
			"ip access-list extended A\n 30 permit tcp any host 192.0.2.1 lt 500\n 10 deny tcp any any range 1 100\n",
			"acl A lets through what neither end does"},
		"ports that do not meet": {"ios-xe",
			port + packet + " 20 permit tcp any host 192.0.2.1 eq 443\n",
			port + packet + " 10 deny tcp any any range 1 100\n 20 permit tcp any host 192.0.2.1 eq 443\n 30 permit tcp any host 192.0.2.1 gt 500\n",
			"ip access-list extended A\n 30 permit tcp any host 192.0.2.1 gt 500\n 10 deny tcp any any range 1 100\n", ""},
		"a protocol inside another": {"ios-xe",
			port + packet + " 10 permit ip any any\n",
			port + packet + " 5 deny udp any any\n 10 permit ip any any\n",
			"ip access-list extended A\n no 10\n 5 deny udp any any\n 10 permit ip any any\n",
			"acl A holds back what both ends let through"},
	} {
		t.Run(name, func(t *testing.T) {
			d := platform(t, c.platform)
			dev := New(d, []byte(c.have))
			out, _ := dev.play(New(d, []byte(c.have)), New(d, []byte(c.want)), c.do)
			switch {
			case c.says == "" && len(out) > 0:
				t.Errorf("refused: %v", &out[0])
			case c.says != "" && (len(out) == 0 || out[0].Kind != ListInUse || !strings.Contains(out[0].Text, c.says)):
				t.Errorf("want %q, have %v", c.says, out)
			}
		})
	}
}

// TestPromises holds the other promises of every step, each by a plan that breaks it and by
// one beside it that does not.
func TestPromises(t *testing.T) {
	const trunk = "interface GigabitEthernet1\n switchport\n switchport mode trunk\n switchport trunk allowed vlan "
	const two = "interface GigabitEthernet1\n no switchport\n ip address 192.0.2.1 255.255.255.0\ninterface GigabitEthernet2\n no switchport\n"
	const swapped = "interface GigabitEthernet1\n no switchport\ninterface GigabitEthernet2\n no switchport\n ip address 192.0.2.1 255.255.255.0\n"
	twoLines := func(console, aux string) string {
		return "ipv6 access-list A\nipv6 access-list B\nline console 0\n ipv6 access-class " + console + " in\nline aux 0\n ipv6 access-class " + aux + " in\n"
	}
	const usesVRF = "feature nv overlay\nfeature tacacs+\nvrf context N\n  vni 15\naaa group server tacacs+ A\n  use-vrf N\n"
	const neighbour = "router bgp 65001\n neighbor 192.0.2.2 remote-as 65002\n neighbor 192.0.2.2 description "
	for name, c := range map[string]struct {
		platform, have, want, do, says string
	}{
		"all numbers for a moment": {"ios-xe", trunk + "10,20\n", trunk + "20,30\n",
			"interface GigabitEthernet1\n no switchport trunk allowed vlan\n switchport trunk allowed vlan 20,30\n", "has numbers that it has at neither end"},
		"another number for a moment": {"ios-xe", trunk + "10,20\n", trunk + "20,30\n",
			"interface GigabitEthernet1\n switchport trunk allowed vlan 20,40\n switchport trunk allowed vlan 20,30\n", "has numbers that it has at neither end"},
		"numbers by and by": {"ios-xe", trunk + "10,20\n", trunk + "20,30\n",
			"interface GigabitEthernet1\n switchport trunk allowed vlan 10,20,30\n switchport trunk allowed vlan 20,30\n", ""},
		"two with one address": {"ios-xe", two, swapped,
			"interface GigabitEthernet2\n ip address 192.0.2.1 255.255.255.0\ninterface GigabitEthernet1\n no ip address 192.0.2.1 255.255.255.0\n", "interface GigabitEthernet2 / ip address 192.0.2.1/24 beside interface GigabitEthernet1 / ip address 192.0.2.1/24"},
		"one after the other": {"ios-xe", two, swapped,
			"interface GigabitEthernet1\n no ip address 192.0.2.1 255.255.255.0\ninterface GigabitEthernet2\n ip address 192.0.2.1 255.255.255.0\n", ""},
		"the way in away and back": {"nx-os", "feature ssh\nusername a password 5 x role y\nusername b password 5 x\n", "feature ssh\nusername a password 5 x role y\n",
			"no username a\nno username b\nusername a password 5 x role y\n", "the way in is gone"},
		"two ways in change their lists": {"ios-xe", twoLines("A", "B"), twoLines("B", "A"),
			"line console 0\n ipv6 access-class B in\nexit\nline aux 0\n ipv6 access-class A in\n", ""},
		"a way in away and back beside one like it": {"ios-xe", twoLines("A", "A"), twoLines("A", "A") + "hostname r1\n",
			"line aux 0\n no ipv6 access-class A in\n ipv6 access-class A in\nexit\nhostname r1\n", "the way in is gone: ipv6 access-class A in"},
		"the way in before others": {"nx-os", "feature ssh\nusername a password 5 x\nvlan 10\n", "feature ssh\nusername a password 5 y\nvlan 10\n  name n\n",
			"username a password 5 y\nvlan 10\n  name n\n", "the way in changes before this does: name n"},
		"the way in last": {"nx-os", "feature ssh\nusername a password 5 x\nvlan 10\n", "feature ssh\nusername a password 5 y\nvlan 10\n  name n\n",
			"vlan 10\n  name n\nexit\nusername a password 5 y\n", ""},
		"what comes in a block behind what the way in used": {"nx-os", usesVRF, "feature nv overlay\ninterface nve1\n  member vni 15\n    suppress-arp\n",
			"no feature tacacs+\nno vrf context N\ninterface nve1\n  member vni 15\n    suppress-arp\n", ""},
		"what comes in a block that was there": {"nx-os", usesVRF + "interface nve1\n  member vni 16\n", "feature nv overlay\ninterface nve1\n  member vni 16\n    suppress-arp\n",
			"no feature tacacs+\nno vrf context N\ninterface nve1\n  member vni 16\n    suppress-arp\n", "the way in changes before this does: suppress-arp"},
		"what the way in used goes behind it": {"nx-os", "ip access-list A\n  10 permit ip any any\nip access-list B\n  10 permit tcp any any\nline vty\n  access-class A in\n",
			"ip access-list B\n  10 permit tcp any any\nline vty\n  access-class B in\n",
			"line vty\n  access-class B in\nexit\nno ip access-list A\n", ""},
		"away and back": {"frr", neighbour + "one\n", neighbour + "two\n",
			"router bgp 65001\n no neighbor 192.0.2.2\n neighbor 192.0.2.2 remote-as 65002\n neighbor 192.0.2.2 description two\n", "takes away what stays"},
		"a part away and back": {"frr", neighbour + "one\n neighbor 192.0.2.2 timers 3 9\n", neighbour + "two\n neighbor 192.0.2.2 timers 3 9\n",
			"router bgp 65001\n no neighbor 192.0.2.2 timers\n neighbor 192.0.2.2 description two\n neighbor 192.0.2.2 timers 3 9\n", "takes away what stays"},
		"in place": {"frr", neighbour + "one\n", neighbour + "two\n", "router bgp 65001\n neighbor 192.0.2.2 description two\n", ""},
		"away because it must be": {"frr", "ip prefix-list P seq 5 permit 10.0.0.0/8\nip prefix-list P seq 10 permit 10.1.0.0/16\n",
			"ip prefix-list P seq 5 permit 10.1.0.0/16\nip prefix-list P seq 10 permit 10.0.0.0/8\n",
			"no ip prefix-list P seq 10\nip prefix-list P seq 5 permit 10.1.0.0/16\nip prefix-list P seq 10 permit 10.0.0.0/8\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := platform(t, c.platform)
			dev := New(d, []byte(c.have))
			out, _ := dev.play(New(d, []byte(c.have)), New(d, []byte(c.want)), c.do)
			switch {
			case c.says == "" && len(out) > 0:
				t.Errorf("refused: %v", &out[0])
			case c.says != "" && (len(out) == 0 || out[0].Kind != Unsafe && out[0].Kind != Clash || !strings.Contains(out[0].Text, c.says)):
				t.Errorf("want %q, have %v", c.says, out)
			}
		})
	}
}

// TestTwice holds that a value with two holders, which the device would take, is no step of a way.
func TestTwice(t *testing.T) {
	d, problems := dialect.Read("x", []byte("syntax: indent\nacts: line\nnegate: no\n\nport <p:int> :: exit=exit\n  label =<l:word> :: unique=label:l\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	have, want := "port 1\n label a\nport 2\n label b\n", "port 1\n label b\nport 2\n label a\n"
	for do, says := range map[string]string{
		"port 1\n label b\nport 2\n label a\n":                    "two lines have the label b",
		"port 1\n no label\nport 2\n label a\nport 1\n label b\n": "",
	} {
		out := Check(d, []byte(have), []byte(want), []byte(do))
		if says == "" && len(out) > 0 || says != "" && (len(out) == 0 || !strings.Contains(out[0].Text, says)) {
			t.Errorf("%s: want %q, have %v", do, says, out)
		}
	}
}

// TestNotes holds that what a plan does to lines that stay is told, and what cannot be told is.
func TestNotes(t *testing.T) {
	for name, c := range map[string]struct{ platform, have, want, do, says string }{
		"with its owner": {"ios-xe", "interface Vlan10\n vrf forwarding A\n ip address 192.0.2.1 255.255.255.0\nvrf definition A\nvrf definition B\n",
			"interface Vlan10\n vrf forwarding B\n ip address 192.0.2.1 255.255.255.0\nvrf definition A\nvrf definition B\n",
			"interface Vlan10\n vrf forwarding B\n ip address 192.0.2.1 255.255.255.0\n", "gone for a moment, and then there again: ip address 192.0.2.1/24"},
		"not to be told": {"frr", "bgp community-list standard C seq 5 permit 65000:1\nroute-map M permit 10\n match community C\n",
			"bgp community-list standard C seq 5 permit 65000:1\nbgp community-list standard C seq 10 permit 65000:2\nbgp community-list standard C seq 15 permit 65000:3\nroute-map M permit 10\n match community C\n",
			"bgp community-list standard C seq 10 permit 65000:2\nbgp community-list standard C seq 15 permit 65000:3\n", "what communitylist C lets through from step to step cannot be told"},
		"in one step": {"frr", "bgp community-list standard C seq 5 permit 65000:1\nroute-map M permit 10\n match community C\n",
			"bgp community-list standard C seq 5 permit 65000:1\nbgp community-list standard C seq 10 permit 65000:2\nroute-map M permit 10\n match community C\n",
			"bgp community-list standard C seq 10 permit 65000:2\n", ""},
	} {
		d := platform(t, c.platform)
		out, notes := New(d, []byte(c.have)).play(New(d, []byte(c.have)), New(d, []byte(c.want)), c.do)
		if got := strings.Join(notes, "; "); len(out) > 0 || got != c.says {
			t.Errorf("%s: want %q, have %q and %v", name, c.says, got, out)
		}
	}
}
