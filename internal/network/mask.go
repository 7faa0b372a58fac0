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

// Wildcard gives what of an address may differ, such as 0.0.0.255, for platforms that write
// lists of IPv4 so; nothing for IPv6.
func (s Source) Wildcard() string {
	if !s.Prefix.Addr().Is4() {
		return ""
	}
	bits := ^uint32(0) >> s.Prefix.Bits() // nothing is left of 32
	return netip.AddrFrom4([4]byte{byte(bits >> 24), byte(bits >> 16), byte(bits >> 8), byte(bits)}).String()
}
