package inventory

import "net/netip"

// Endpoint is the address and port to dial. SSH is 22, NETCONF 830 and gNMI 9339 (IANA) where the
// inventory names no port.
func (d *Device) Endpoint() netip.AddrPort {
	switch {
	case d.Port != 0:
		return netip.AddrPortFrom(d.Address, d.Port)
	case d.Driver == "gnmi":
		return netip.AddrPortFrom(d.Address, 9339)
	case d.Driver == "netconf":
		return netip.AddrPortFrom(d.Address, 830)
	}
	return netip.AddrPortFrom(d.Address, 22)
}
