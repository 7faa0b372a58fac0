package main

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"plumbline/drivers"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
)

// heard tells by which address of this machine a device is spoken to. No packet is sent: the
// way there is looked up. False: it cannot be told from here (through another host, or on
// this machine itself).
func heard(t drivers.Target) (netip.Addr, bool) {
	if t.Jump != nil || t.Address.Addr().IsLoopback() {
		return netip.Addr{}, false
	}
	c, err := net.Dial("udp", t.Address.String())
	if err != nil {
		return netip.Addr{}, false
	}
	defer c.Close()
	at, err := netip.ParseAddrPort(c.LocalAddr().String())
	return at.Addr().Unmap(), err == nil
}

// lets tells whether a device lets an address speak to it, by what was written down: one of
// which nothing is written lets everybody.
func lets(d *network.Device, from netip.Addr) bool {
	if d == nil || d.ACL == nil || len(d.ACL.Management) == 0 {
		return true
	}
	return slices.ContainsFunc(d.ACL.Management, func(s network.Source) bool { return s.Prefix.Contains(from.WithZone("")) })
}

// stillLets holds a change against the address by which its device hears this machine.
func stillLets(b *pipeline.Build, reach drivers.Reach, c plan.Change) error {
	_, t, err := reach(c.Device)
	if err != nil {
		return err
	}
	from, known := heard(t)
	if !known {
		return nil
	}
	return lockedOut(b.Network().Device(c.Device), c, from)
}

// seen is what doctor says of the address by which a device hears this machine.
func seen(d *network.Device, t drivers.Target) (note string, bad bool) {
	switch from, known := heard(t); {
	case !known || d == nil || d.ACL == nil:
		return "", false
	case lets(d, from):
		return fmt.Sprintf("lifeline: it hears this runner as %s, which is in management", from), false
	default:
		return fmt.Sprintf("lifeline: it hears this runner as %s, and management is %s: add the prefix of the runner there, or a push locks it out", from, sources(d.ACL.Management)), true
	}
}

// lockedOut says which device this machine could not speak to any more, had it its change: the
// address by which it is spoken to is in no prefix of management. Where addresses are
// translated on the way the runner has to stand on a host that the device sees as it is.
func lockedOut(d *network.Device, c plan.Change, from netip.Addr) error {
	if !slices.Contains(c.Risks, plan.Lifeline) || lets(d, from) {
		return nil
	}
	place := ""
	if at := d.ACL.Management[0].From; at.File != "" {
		place = fmt.Sprintf("%s:%d:%d: ", at.File, at.Line, at.Col)
	}
	return fmt.Errorf("push/locked-out: %s%s would not let this runner in any more: it comes from %s, and management is %s; add the prefix of the runner there",
		place, d.Name, from, sources(d.ACL.Management))
}

func sources(in []network.Source) string {
	var out []string
	for _, s := range in {
		out = append(out, s.Prefix.String())
	}
	return strings.Join(out, ", ")
}
