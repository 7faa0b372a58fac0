package network

import (
	"net/netip"

	"plumbline/internal/diag"
)

// Reach is how a device is managed, as the inventory says. It is no group of facts:
// nothing is rendered for it.
type Reach struct {
	Address    netip.Addr // never a name
	Port       int        // 0 where it is the usual one
	OOB        netip.Addr // the second way in; invalid where there is none
	Credential string
	Users      string // who reads and who writes, with the references of their secrets
	HostKeys   []string
	Model      string
	Group      string // redundancy group
	Driver     string
	Jump       string
	TLS        string
	Experiment string // who wants to push to an unproved platform, and until when
	From       diag.Pos
}
