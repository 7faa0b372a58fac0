package network

import (
	"fmt"
	"net/netip"
	"testing"
)

// TestLastPaths holds that the ends of a link are told apart where nothing else joins them,
// and only there.
func TestLastPaths(t *testing.T) {
	for name, c := range map[string]struct {
		links []string // two letters each
		want  string
	}{
		"a chain":                {[]string{"ab", "bc"}, "map[a:[b] b:[c a] c:[b]]"},
		"a ring":                 {[]string{"ab", "bc", "ca"}, "map[]"},
		"a ring with a tail":     {[]string{"ab", "bc", "ca", "cd"}, "map[c:[d] d:[c]]"},
		"two cables":             {[]string{"ab", "ab"}, "map[]"},
		"two islands":            {[]string{"ab", "cd", "cd"}, "map[a:[b] b:[a]]"},
		"a bridge between rings": {[]string{"ab", "bc", "ca", "cd", "de", "ef", "fd"}, "map[c:[d] d:[c]]"},
	} {
		n, by := &Network{}, map[string]*Device{}
		for i, l := range c.links {
			for side, d := range []string{l[:1], l[1:]} {
				if by[d] == nil {
					by[d] = &Device{Name: d, Interfaces: &Interfaces{}}
					n.Devices = append(n.Devices, by[d])
				}
				a := netip.MustParsePrefix(fmt.Sprintf("192.0.2.%d/31", 2*i+side))
				by[d].Interfaces.Ports = append(by[d].Interfaces.Ports, Port{Name: fmt.Sprint(i), Use: "link", Addrs: []Addr{{Prefix: a}}})
			}
		}
		n.Sort()
		if have := fmt.Sprint(n.LastPaths()); have != c.want {
			t.Errorf("%s: %s", name, have)
		}
	}
}
