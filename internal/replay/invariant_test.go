package replay

import (
	"strings"
	"testing"
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
			out := dev.play(New(d, []byte(c.have)), New(d, []byte(c.want)), []byte(c.do))
			switch {
			case c.says == "" && len(out) > 0:
				t.Errorf("refused: %v", &out[0])
			case c.says != "" && (len(out) == 0 || out[0].Kind != ListInUse || !strings.Contains(out[0].Text, c.says)):
				t.Errorf("want %q, have %v", c.says, out)
			}
		})
	}
}
