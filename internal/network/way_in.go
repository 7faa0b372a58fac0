package network

import (
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// Door gives the ports by which a device is managed: those that have an address that the
// inventory says it is reached by. Most networks have them in no intent, and then there are none.
func (d *Device) Door() (out []Port) {
	if d == nil || d.Interfaces == nil {
		return nil
	}
	for _, p := range d.Interfaces.Ports {
		if slices.ContainsFunc(p.Addrs, func(a Addr) bool { return d.managed(a.Prefix.Addr()) }) {
			out = append(out, p)
		}
	}
	return out
}

func (d *Device) managed(a netip.Addr) bool {
	return a.IsValid() && (a == d.Reach.Address || a == d.Reach.OOB)
}

// Closes tells whether a change of facts touches a port by which the device is managed: another
// address, table, mtu or number there, or none. What is only said of it (a description) does not.
func Closes(was, is *Device) bool {
	if was == nil || is == nil {
		return false
	}
	bare := func(ps []Port) *Network {
		d := &Device{Interfaces: &Interfaces{}}
		for _, p := range ps {
			p.Description, p.From = "", diag.Pos{}
			d.Interfaces.Ports = append(d.Interfaces.Ports, p)
		}
		return &Network{Devices: []*Device{d}}
	}
	before := was.Door()
	var after []Port
	for _, p := range before {
		if i := slices.IndexFunc(is.portsHeld(), func(q Port) bool { return q.Name == p.Name }); i >= 0 {
			after = append(after, is.Interfaces.Ports[i])
		}
	}
	return len(Diff(bare(before), bare(after))) > 0
}

func (d *Device) portsHeld() []Port {
	if d.Interfaces == nil {
		return nil
	}
	return d.Interfaces.Ports
}
