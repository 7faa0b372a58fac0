package network

import (
	"net/netip"
	"testing"
)

// TestWildcard holds how lists of IPv4 write the length of a prefix.
func TestWildcard(t *testing.T) {
	for prefix, want := range map[string]string{
		"0.0.0.0/0": "255.255.255.255", "192.0.2.0/23": "0.0.1.255", "192.0.2.128/25": "0.0.0.127", "192.0.2.1/32": "0.0.0.0", "2001:db8::/32": "",
	} {
		if got := (Source{Prefix: netip.MustParsePrefix(prefix)}).Wildcard(); got != want {
			t.Errorf("%s: have %q, want %q", prefix, got, want)
		}
	}
}
