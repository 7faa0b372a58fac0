package main

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/plan"
)

// TestHeard holds that a change which would not let its own runner in any more is refused with
// the place and the address, and that nothing else is.
func TestHeard(t *testing.T) {
	at := diag.Pos{File: "intent/design/d.yaml", Line: 9, Col: 15}
	acl := func(prefixes ...string) *network.Device {
		d := &network.Device{Name: "r1", ACL: &network.ACL{}}
		for _, p := range prefixes {
			d.ACL.Management = append(d.ACL.Management, network.Source{Prefix: netip.MustParsePrefix(p), From: at})
		}
		return d
	}
	lifeline := plan.Change{Device: "r1", Risks: []string{plan.Lifeline}}
	for name, c := range map[string]struct {
		d    *network.Device
		c    plan.Change
		from string
		out  bool
	}{
		"another prefix":     {acl("192.0.2.0/24"), lifeline, "198.51.100.7", true},
		"another family":     {acl("192.0.2.0/24", "2001:db8::/64"), lifeline, "2001:db8:1::7", true},
		"inside":             {acl("192.0.2.0/24", "198.51.100.0/24"), lifeline, "198.51.100.7", false},
		"nothing to do with": {acl("192.0.2.0/24"), plan.Change{Device: "r1", Risks: []string{plan.Filter}}, "198.51.100.7", false},
		"nothing written":    {&network.Device{Name: "r1"}, lifeline, "198.51.100.7", false},
	} {
		err := lockedOut(c.d, c.c, netip.MustParseAddr(c.from))
		if (err != nil) != c.out {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "intent/design/d.yaml:9:15") || !strings.Contains(err.Error(), c.from) || !strings.Contains(err.Error(), "192.0.2.0/24")) {
			t.Errorf("%s: no place, or no reason: %v", name, err)
		}
	}
}

// TestHeardFrom holds that the address is that of the way to the device, where it can be told.
func TestHeardFrom(t *testing.T) {
	to := drivers.Target{Address: netip.MustParseAddrPort("127.0.0.1:22")}
	if from, known := heard(to); known {
		t.Errorf("on this machine itself: %s", from)
	}
	own, some := ownAddress(t)
	if !some { // a machine with nothing but the loopback has no way to anybody
		to.Address = netip.MustParseAddrPort("203.0.113.1:22")
		if from, known := heard(to); known {
			t.Errorf("with no address of its own it is heard as %s", from)
		}
		return
	}
	to.Address = netip.AddrPortFrom(own, 22)
	if from, known := heard(to); !known || from != own {
		t.Errorf("to %s from %s, %v", own, from, known)
	}
	if note, bad := seen(&network.Device{Name: "r1", ACL: &network.ACL{Management: []network.Source{{Prefix: netip.MustParsePrefix("203.0.113.0/24")}}}}, to); !bad || !strings.Contains(note, own.String()) {
		t.Errorf("doctor says %q", note)
	}
	to.Jump = &drivers.Target{Address: to.Address}
	if from, known := heard(to); known {
		t.Errorf("through another host: %s", from)
	}
}

// ownAddress is one of this machine that is not on the loopback.
func ownAddress(t *testing.T) (netip.Addr, bool) {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		p, err := netip.ParsePrefix(a.String())
		if err == nil && p.Addr().Is4() && !p.Addr().IsLoopback() {
			return p.Addr(), true
		}
	}
	return netip.Addr{}, false
}
