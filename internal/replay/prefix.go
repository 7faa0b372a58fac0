package replay

import (
	"fmt"
	"net/netip"
	"strings"

	"plumbline/internal/tree/dialect"
)

// network takes a prefix, or an address with its mask.
func network(masked bool, w string, mask []dialect.Word) (string, bool) {
	if w == "any" && masked && len(mask) == 0 {
		return w, true
	}
	if len(mask) == 0 && dotted(w, masked) {
		return w, true
	}
	var p netip.Prefix
	var err error
	switch {
	case len(mask) == 0:
		p, err = netip.ParsePrefix(w)
	case strings.Contains(w, "/") || !strings.Contains(mask[0].Text, "."): // neither an address with a mask: no need to be told why
		return "", false
	default:
		p, err = withMask(w, mask[0].Text)
	}
	if err != nil {
		return "", false
	}
	if masked {
		p = p.Masked()
	}
	var space [64]byte
	if out := p.AppendTo(space[:0]); string(out) != w {
		return string(out), true
	}
	return w, true
}

// dotted tells whether a word is four numbers with dots and a length as a device writes them, and
// nothing else. If it is to be masked, no bit behind the length is set.
func dotted(w string, masked bool) bool {
	var parts [5]int
	k, size := 0, 0
	for i := range len(w) {
		switch c := w[i]; {
		case c >= '0' && c <= '9' && size < 3 && (size == 0 || parts[k] > 0):
			parts[k], size = 10*parts[k]+int(c-'0'), size+1
		case size > 0 && (k < 3 && c == '.' || k == 3 && c == '/'):
			k, size = k+1, 0
		default:
			return false
		}
	}
	if k < 4 || size == 0 || parts[4] > 32 || max(parts[0], parts[1], parts[2], parts[3]) > 255 {
		return false
	}
	host := 1<<(32-parts[4]) - 1
	return !masked || host&(parts[0]<<24|parts[1]<<16|parts[2]<<8|parts[3]) == 0
}

func withMask(addr, mask string) (netip.Prefix, error) {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return netip.Prefix{}, err
	}
	m, err := netip.ParseAddr(mask)
	if err != nil {
		return netip.Prefix{}, err
	}
	for bits := 0; bits <= 32; bits++ {
		all := netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), bits).Masked().Addr()
		if all == m && a.Is4() {
			return netip.PrefixFrom(a, bits), nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("no mask")
}
