package network

import (
	"fmt"
	"net/netip"

	"plumbline/internal/diag"
)

// IGP is how a device takes part in the one interior routing protocol.
type IGP struct {
	Protocol string // ospf, isis
	Domain   string // the fabric that it is of; empty in the backbone
	RouterID netip.Addr
	Ports    []IGPPort
	IPv4     bool // some port speaks for IPv4
	IPv6     bool
	From     diag.Pos
}

// IGPPort is one interface in the protocol.
type IGPPort struct {
	Name    string `key:"1"`
	IPv4    bool
	IPv6    bool
	Cost    int  // 0 where the port is passive
	Passive bool // its subnet is told, nobody is met there
	BFD     int  // who is met there is watched: milliseconds between packets, both ways; else 0
	From    diag.Pos
}

// Multiplier is how many packets of a watched neighbor may be lost in a row.
func (p IGPPort) Multiplier() int { return BFDMultiplier }

// SystemID is the name of the device in IS-IS: its router id, written as three groups of
// four digits.
func (g *IGP) SystemID() string {
	digits := ""
	for _, octet := range g.RouterID.As4() {
		digits += fmt.Sprintf("%03d", octet)
	}
	return digits[:4] + "." + digits[4:8] + "." + digits[8:]
}
