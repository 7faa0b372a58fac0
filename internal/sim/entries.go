package sim

import (
	"net/netip"
	"strings"
)

// entries tells what stands in the table of the device: the addresses of ports that are not shut, and the
// default routes that lines of it set. It has no other table.
func (b *Box) entries(line string) (string, bool) {
	six := strings.HasPrefix(line, "show ipv6 ")
	found := map[string]any{}
	entry := func(to netip.Prefix) {
		if to.Addr().Is6() == six && !b.lost() {
			found[to.String()] = []any{map[string]any{"prefix": to.String(), "vrfName": "default", "selected": true, "destSelected": true}}
		}
	}
	switch line {
	case "show ip route vrf all connected json", "show ipv6 route vrf all connected json":
		for _, p := range speaks(b.body()).ports {
			for i := 0; i < len(p.nets) && !p.shutdown; i++ {
				entry(p.nets[i].Masked())
			}
		}
	case "show ip route vrf all 0.0.0.0/0 json", "show ipv6 route vrf all ::/0 json":
		for line := range strings.Lines(b.body()) {
			if w := strings.Fields(line); len(w) > 3 && (w[0] == "ip" || w[0] == "ipv6") && w[1] == "route" && line[0] != ' ' {
				if to, err := netip.ParsePrefix(w[2]); err == nil && to.Bits() == 0 {
					entry(to)
				}
			}
		}
	default:
		return "", false
	}
	return said(found), true
}

// lost tells whether the device has lost all entries of its table.
func (b *Box) lost() bool {
	return b.faults.takes("loses", func(f *Fault) bool { return f.Text == "routes" }) != nil && b.body() != b.before
}
