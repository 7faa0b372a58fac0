package intent

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/network"
	"plumbline/inventory"
)

// reach says how a device is managed.
func (s *Set) reach(inv *inventory.Inventory, d *inventory.Device) network.Reach {
	r := network.Reach{
		Address: d.Address, Port: int(d.Port), OOB: d.OOB, Credential: d.Credential, HostKeys: slices.Clone(d.HostKeys),
		Model: d.Model, Group: d.Group, Driver: string(d.Driver), Jump: d.Jump, From: s.src.At(&d.Address),
	}
	slices.Sort(r.HostKeys)
	for _, c := range inv.Credentials {
		if c.Name == d.Credential {
			r.Users = fmt.Sprintf("%s: reads %s %s, writes %s %s %s", c.Method, c.Read.User, c.Read.Secret, c.Write.User, c.Write.Secret, c.Enable)
		}
	}
	if t := d.TLS; t != nil {
		pins := slices.Sorted(slices.Values(t.Pins))
		r.TLS = fmt.Sprintf("name %s, pins %s, ca %s, client %s", t.Name, strings.Join(pins, " "), t.CA, t.Client)
	}
	if x := d.ExperimentalPush; x != nil {
		r.Experiment = fmt.Sprintf("%s until %s", x.Owner, x.Until)
	}
	return r
}
