package network

import "net/netip"

// Mask gives the length of the subnet as a mask, such as 255.255.255.0, for platforms that
// write IPv4 so; nothing for IPv6.
func (a Addr) Mask() string { return mask(a.Prefix) }

// Mask gives the length as a mask, as that of Addr does.
func (o Originated) Mask() string { return mask(o.Prefix) }

// Mask gives the length as a mask, as that of Addr does.
func (s Subnet) Mask() string { return mask(s.Prefix) }

func mask(p netip.Prefix) string {
	if !p.Addr().Is4() {
		return ""
	}
	all := netip.AddrFrom4([4]byte{255, 255, 255, 255})
	return netip.PrefixFrom(all, p.Bits()).Masked().Addr().String()
}
