package tree

import (
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

// TestEntry holds that all addresses have one spelling in an entry of an access list, and that
// the one prefix of a list which looks alike is not taken for it.
func TestEntry(t *testing.T) {
	for line, want := range map[string]string{
		"permit ip 0.0.0.0 255.255.255.255 host 192.0.2.1": "permit ip any 192.0.2.1/32",
		"deny ip any 0.0.0.0/0":                            "deny ip any any",
		"permit tcp ::/0 any eq 80":                        "permit tcp any any eq 80",
		"permit 0.0.0.0/0":                                 "permit 0.0.0.0/0",
		"permit ::/0 le 64":                                "permit ::/0 le 64",
		"permit ip 0.0.0.0 0.255.255.255 any":              "permit ip 0.0.0.0/8 any",
	} {
		if got := ace(&dialect.Dialect{}, strings.Fields(line)); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}
