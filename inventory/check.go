package inventory

import (
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// checker holds what was seen first, to name it beside what comes second.
type checker struct {
	*diag.List
	src   *strict.Source
	sites map[string]diag.Pos
	creds map[string]diag.Pos
	boxes map[string]diag.Pos
	addrs map[netip.AddrPort]diag.Pos
	loops map[netip.Addr]diag.Pos
}

// check holds the inventory against itself: names once, references to something, and
// addresses of one device.
func check(inv *Inventory, src *strict.Source, ds *diag.List) {
	c := checker{
		ds, src, map[string]diag.Pos{}, map[string]diag.Pos{}, map[string]diag.Pos{},
		map[netip.AddrPort]diag.Pos{}, map[netip.Addr]diag.Pos{},
	}
	for i := range inv.Sites {
		c.once("site", &inv.Sites[i].Name, c.sites)
	}
	for i := range inv.Credentials {
		c.credential(&inv.Credentials[i])
	}
	for i := range inv.Devices {
		c.once("device", &inv.Devices[i].Name, c.boxes)
	}
	for i := range inv.Devices {
		c.device(&inv.Devices[i])
	}
	c.groups(inv)
}

func (c *checker) once(what string, name *string, seen map[string]diag.Pos) {
	if first, twice := seen[*name]; twice {
		c.Failf(c.src.At(name), "reference/duplicate", "%s %q is given twice", what, *name).Also = []diag.Pos{first}
		return
	}
	seen[*name] = c.src.At(name)
}

func (c *checker) credential(x *Credential) {
	c.once("credential", &x.Name, c.creds)
	if x.Read.User == x.Write.User {
		c.Failf(c.src.At(&x.Write.User), "inventory/one-user", "credential %q writes as the user that reads: give push a user of its own", x.Name).Also = []diag.Pos{c.src.At(&x.Read.User)}
	}
	for _, u := range []*User{&x.Read, &x.Write} {
		if x.Method != "agent" && u.Secret == "" {
			c.Failf(c.src.At(u), "schema/missing-field", "missing field \"secret\": the method %s needs one", x.Method)
		}
	}
	if x.Enable != "" && x.Method != "password" {
		c.Failf(c.src.At(&x.Enable), "schema/excluded-field", "enable goes with the method password only")
	}
}

func (c *checker) device(d *Device) {
	c.refers("site", &d.Site, c.sites)
	c.refers("credential", &d.Credential, c.creds)
	if d.Jump != "" {
		c.refers("device", &d.Jump, c.boxes)
		if d.Jump == d.Name {
			c.Failf(c.src.At(&d.Jump), "reference/loop", "%q is reached through itself", d.Name)
		}
	}
	if first, twice := c.addrs[d.Endpoint()]; twice {
		c.Failf(c.src.At(&d.Address), "address/duplicate", "%s port %d belongs to another device already", d.Address, d.Endpoint().Port()).Also = []diag.Pos{first}
	} else {
		c.addrs[d.Endpoint()] = c.src.At(&d.Address)
	}
	if d.OOB == d.Address {
		c.Failf(c.src.At(&d.OOB), "address/duplicate", "oob is the second way in, and %s is the first", d.OOB)
	}
	if n := len(d.HostKeys); n > 2 {
		c.Failf(c.src.At(&d.HostKeys[2]), "schema/range", "%d host keys: a device has one, or two while they are exchanged", n)
	}
	if d.TLS != nil && d.Driver != "gnmi" {
		c.Failf(c.src.At(&d.TLS), "schema/excluded-field", "tls is of devices that are spoken to over TLS, and %q is not: say driver: gnmi, or leave it out", d.Name)
	}
	if known := len(d.HostKeys) > 0 || d.TLS != nil && (len(d.TLS.Pins) > 0 || d.TLS.CA.String() != ""); !known {
		c.Failf(c.src.At(d), "schema/missing-field", "missing field \"host_keys\": nothing tells who %q is; a device with driver: gnmi may say it under tls, with pins or ca", d.Name)
	}
	c.loopbacks(d)
}

func (c *checker) loopbacks(d *Device) {
	if len(d.Loopbacks) == 0 {
		if d.Role.Router() {
			c.Failf(c.src.At(d), "schema/missing-field", "missing field \"loopbacks\": a device of role %s is a router and needs one", d.Role)
		}
		return
	}
	if d.Role == "access" || d.Role == "host" || d.Role == "dns" {
		c.Failf(c.src.At(&d.Loopbacks), "schema/excluded-field", "a device of role %s has no loopbacks", d.Role)
	}
	four, six := 0, 0
	for i := range d.Loopbacks {
		a := &d.Loopbacks[i]
		if a.Is4() {
			four++
		} else {
			six++
		}
		if four > 1 || six > 1 {
			c.Failf(c.src.At(a), "schema/range", "a device has one IPv4 loopback and at most one IPv6 loopback")
		}
		if first, twice := c.loops[*a]; twice {
			c.Failf(c.src.At(a), "address/duplicate", "loopback %s is given twice", *a).Also = []diag.Pos{first}
		} else {
			c.loops[*a] = c.src.At(a)
		}
	}
	if four == 0 {
		c.Failf(c.src.At(&d.Loopbacks), "schema/missing-field", "no IPv4 loopback: it is the router id of %q", d.Name)
	}
}

func (c *checker) refers(what string, name *string, have map[string]diag.Pos) {
	if _, ok := have[*name]; ok {
		return
	}
	fault := c.Failf(c.src.At(name), "reference/missing", "no %s %q in the inventory", what, *name)
	var names []string
	for n := range have {
		names = append(names, n)
	}
	if fault.Guess(*name, names); fault.Hint != "" {
		fault.Also = []diag.Pos{have[fault.Hint]}
	}
}

// groups holds redundancy groups to their size: one member protects nothing.
func (c *checker) groups(inv *Inventory) {
	members := map[string]int{}
	at := map[string][]diag.Pos{}
	for i := range inv.Devices {
		d := &inv.Devices[i]
		members[d.Group]++
		at[d.Group] = append(at[d.Group], c.src.At(&d.Group))
	}
	for i := range inv.Devices {
		d := &inv.Devices[i]
		if n := members[d.Group]; d.Group != "" && (n < 2 || n > 4) {
			c.Failf(c.src.At(&d.Group), "inventory/group-size", "group %q has %d members: want 2 to 4", d.Group, n).
				Also = slices.DeleteFunc(slices.Clone(at[d.Group]), func(p diag.Pos) bool { return p == c.src.At(&d.Group) })
		}
	}
}
