package network

import (
	"net/netip"

	"plumbline/internal/diag"
)

// IGP is how a device takes part in the one interior routing protocol.
type IGP struct {
	Protocol string // ospf
	RouterID netip.Addr
	Ports    []IGPPort
	IPv4     bool // some port speaks for IPv4
	IPv6     bool
	From     diag.Pos
}

// IGPPort is one interface in the protocol.
type IGPPort struct {
	Name    string
	IPv4    bool
	IPv6    bool
	Cost    int  // 0 where the port is passive
	Passive bool // its subnet is told, nobody is met there
	From    diag.Pos
}
