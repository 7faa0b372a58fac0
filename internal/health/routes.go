package health

import (
	"net/netip"
	"strings"
)

// Route tells whether a session is none, but an entry of a routing table: "route TABLE PREFIX".
func Route(session string) bool { return strings.HasPrefix(session, "route ") }

// routed takes an entry apart.
func routed(session string) (table string, to netip.Prefix, is bool) {
	w := strings.Fields(session)
	if len(w) != 3 || w[0] != "route" {
		return "", to, false
	}
	to, err := netip.ParsePrefix(w[2])
	return w[1], to, err == nil
}

// Everywhere are the entries that lead to all, in any table.
func Everywhere() []string { return []string{"route * 0.0.0.0/0", "route * ::/0"} }

// looksAt tells whether an entry is one that health looks at: one that leads to all, or to one address.
func looksAt(session string) bool {
	_, to, is := routed(session)
	return is && (to.Bits() == 0 || to.IsSingleIP() && !to.Addr().IsLoopback() && !to.Addr().IsLinkLocalUnicast())
}

// Routes leaves of the entries of tables those that lead to all, and those that keep wants.
func (v Vitals) Routes(keep func(table string, to netip.Prefix) bool) {
	for name := range v {
		if table, to, is := routed(name); is && to.Bits() > 0 && !keep(table, to) {
			delete(v, name)
		}
	}
}
