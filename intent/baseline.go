package intent

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones are those of this version, whatever the machine has

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Baseline is what all devices of some roles have for those who run them. An entry is
// whole: nothing is taken from another.
type Baseline struct {
	// The roles that it is for; each role that is in use is in one entry.
	Roles []Role `yaml:"roles"`
	// The zone of the clock, by the database of the IANA.
	Timezone Timezone `yaml:"timezone"`
	// Servers of time, three to eight.
	NTP []Address `yaml:"ntp"`
	// What servers of time prove themselves with, by SHA-1.
	NTPKey *NTPKey `yaml:"ntp_key,optional"`
	// Who is asked for names.
	DNS Resolvers `yaml:"dns"`
	// Who is told what happens.
	Syslog Syslog `yaml:"syslog"`
	// Who may watch by SNMPv3.
	SNMP *SNMP `yaml:"snmp,optional"`
	// The local accounts; one at least may write.
	Users []Account `yaml:"users"`
	// Servers that are asked first who may log in, one to four.
	TACACS []TACACSServer `yaml:"tacacs,optional"`
	// What is shown before a login, twelve lines at most.
	Banner []Text `yaml:"banner,optional"`
	// Who may reach the devices themselves.
	Management Name `yaml:"management" of:"prefixes"`
}

// Role is what devices are for.
type Role string

// Values are the roles of the inventory.
func (Role) Values() []string { return inventory.Role("").Values() }

// Timezone is the name of a zone.
type Timezone string

// UnmarshalText takes a zone that there is.
func (z *Timezone) UnmarshalText(b []byte) error {
	s := string(b)
	if _, err := time.LoadLocation(s); err != nil || s == "" || s == "Local" || strings.Contains(s, "..") {
		return fmt.Errorf("%q is no zone of the IANA: want UTC, or a name as Europe/Berlin", s)
	}
	*z = Timezone(s)
	return nil
}

// NTPKey is the proof of servers of time.
type NTPKey struct {
	// The number of the key, the same at the servers.
	ID int `yaml:"id" is:"1..65535"`
	// Where it is kept.
	Key strict.Secret `yaml:"key"`
}

// Resolvers are servers of names.
type Resolvers struct {
	// They are asked in this order; one to three.
	Servers []Address `yaml:"servers"`
	// The domain that names without dots are looked up in.
	Domain string `yaml:"domain" is:"fqdn"`
}

// Syslog is where logs go.
type Syslog struct {
	// One to four servers; each gets all.
	Servers []Address `yaml:"servers"`
	// The least that is told.
	Level SyslogLevel `yaml:"level"`
}

// SyslogLevel is how grave a message is.
type SyslogLevel string

// Values are the levels that are worth telling.
func (SyslogLevel) Values() []string { return []string{"warning", "notice", "informational"} }

// SNMP is who may watch: SNMPv3 with proof and secrecy, and nothing older.
type SNMP struct {
	// The accounts.
	Users []SNMPUser `yaml:"users"`
	// Where they ask from.
	From Name `yaml:"from" of:"prefixes"`
}

// SNMPUser is an account that watches.
type SNMPUser struct {
	// Its name.
	Name string `yaml:"name" is:"user"`
	// Where its proof is kept.
	Auth strict.Secret `yaml:"auth"`
	// Where the key of its secrecy is kept.
	Priv strict.Secret `yaml:"priv"`
}

// Account is a local account.
type Account struct {
	// The login name.
	Name string `yaml:"name" is:"user"`
	// Whether it may change devices.
	Access Access `yaml:"access"`
	// Its public key for SSH, without a comment.
	Key string `yaml:"key,optional" is:"pin"`
	// Where its password is kept, in the form that the device shows.
	Password strict.Secret `yaml:"password,optional"`
}

// Access is what an account may do.
type Access string

// Values are looking, and changing.
func (Access) Values() []string { return []string{"read", "write"} }

// TACACSServer is a server that is asked who may log in.
type TACACSServer struct {
	// Where it answers.
	Address Address `yaml:"address"`
	// Where the word that both know is kept.
	Key strict.Secret `yaml:"key"`
}

// baselines gives every device the entry of its role.
func (d *Design) baselines(b *Build) {
	by := map[Role]*Baseline{}
	for i := range d.Baselines {
		e := &d.Baselines[i]
		for j := range e.Roles {
			r := &e.Roles[j]
			if first := by[*r]; first != nil && first != e {
				b.Fail(r, "design/baselines", "the role %s is in another entry already", *r).Also = []diag.Pos{b.At(&first.Roles)}
			}
			by[*r] = e
		}
		e.check(b)
		e.reachable(b)
	}
	said := map[string]bool{}
	for i := range b.inv.Devices {
		g := &b.inv.Devices[i]
		e := by[Role(g.Role)]
		switch {
		case len(d.Baselines) == 0:
			return
		case e == nil && !said[string(g.Role)]:
			b.Fail(&d.Baselines, "design/baselines", "no entry is for the role %s, which %s has", g.Role, g.Name).Also = []diag.Pos{b.At(&g.Role)}
			said[string(g.Role)] = true
		case e != nil:
			n := b.net.Device(g.Name)
			n.Baseline, n.ACL = e.facts(b), e.acl(b)
		}
	}
}

// check holds the lists of an entry to their lengths, and its accounts to their meaning.
func (e *Baseline) check(b *Build) {
	for _, l := range []struct {
		field     any
		what      string
		n, lo, hi int
	}{
		{&e.NTP, "servers of time", len(e.NTP), 3, 8},
		{&e.DNS.Servers, "servers of names", len(e.DNS.Servers), 1, 3},
		{&e.Syslog.Servers, "servers of logs", len(e.Syslog.Servers), 1, 4},
		{&e.TACACS, "servers of logins", len(e.TACACS), 0, 4},
		{&e.Banner, "lines", len(e.Banner), 0, 12},
	} {
		if l.n < l.lo || l.n > l.hi {
			b.Fail(l.field, "schema/range", "%d %s: want %d to %d", l.n, l.what, max(l.lo, 1), l.hi)
		}
	}
	writer, names := false, map[string]*string{}
	for i := range e.Users {
		u := &e.Users[i]
		writer = writer || u.Access == "write"
		switch {
		case u.Key == "" && u.Password == "":
			b.Fail(&u.Name, "schema/missing-field", "%s has neither key nor password: nobody can log in", u.Name)
		case strings.HasPrefix(u.Key, "spki-"):
			b.Fail(&u.Key, "schema/type", "%q is no key for SSH: want ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa and the key", u.Key)
		}
		if first := names[u.Name]; first != nil {
			b.Fail(&u.Name, "schema/duplicate-element", "%s stands here twice", u.Name).Also = []diag.Pos{b.At(first)}
		}
		names[u.Name] = &u.Name
	}
	if !writer {
		b.Fail(&e.Users, "design/last-writer", "no local account may write: when the servers of logins are away, nobody can repair a device")
	}
}

// facts gives what a device has by the entry.
func (e *Baseline) facts(b *Build) *network.Baseline {
	out := &network.Baseline{Timezone: string(e.Timezone), Domain: e.DNS.Domain, SyslogLevel: string(e.Syslog.Level), From: b.At(&e.Roles)}
	for _, a := range e.NTP {
		out.NTP = append(out.NTP, a.Addr)
	}
	for _, a := range e.DNS.Servers {
		out.DNS = append(out.DNS, a.Addr)
	}
	for _, a := range e.Syslog.Servers {
		out.Syslog = append(out.Syslog, a.Addr)
	}
	if e.NTPKey != nil {
		out.NTPKeyID, out.NTPKey = e.NTPKey.ID, e.NTPKey.Key.String()
	}
	if e.SNMP != nil {
		for i := range e.SNMP.Users {
			u := &e.SNMP.Users[i]
			out.SNMP = append(out.SNMP, network.SNMPUser{Name: u.Name, Auth: u.Auth.String(), Priv: u.Priv.String(), From: b.At(&u.Name)})
		}
	}
	for i := range e.Users {
		u := &e.Users[i]
		out.Users = append(out.Users, network.User{Name: u.Name, Write: u.Access == "write", Key: u.Key, Password: u.Password.String(), From: b.At(&u.Name)})
	}
	for i := range e.TACACS {
		s := &e.TACACS[i]
		out.TACACS = append(out.TACACS, network.AAAServer{Addr: s.Address.Addr, Order: i + 1, Key: s.Key.String(), From: b.At(&s.Address)})
	}
	for _, l := range e.Banner {
		out.Banner = append(out.Banner, string(l))
	}
	return out
}

// acl gives who may reach a device by the entry.
func (e *Baseline) acl(b *Build) *network.ACL {
	out := &network.ACL{Management: b.sources(&e.Management), From: b.At(&e.Management)}
	if e.SNMP != nil {
		out.SNMP = b.sources(&e.SNMP.From)
	}
	return out
}

// sources gives the hosts of a set; a set of routes, with up_to, is none.
func (b *Build) sources(field *Name) (out []network.Source) {
	p, ok := b.set.byName[Head{"prefixes", *field}].(*Prefixes)
	for i := 0; ok && i < len(p.Prefixes); i++ {
		out = append(out, network.Source{Prefix: p.Prefixes[i].Prefix, From: b.At(field)})
	}
	return slices.Clip(out)
}

// reachable sees that the sets that an entry names are there, once for all devices.
func (e *Baseline) reachable(b *Build) {
	fields := []*Name{&e.Management}
	if e.SNMP != nil {
		fields = append(fields, &e.SNMP.From)
	}
	for _, field := range fields {
		if p := Find[Prefixes](b, field); p != nil && (p.UpTo.IPv4 != 0 || p.UpTo.IPv6 != 0) {
			b.Fail(field, "prefixes/up-to", "%s has up_to, which is for routes: who may reach devices is said by prefixes alone", *field).Also = []diag.Pos{b.At(&p.UpTo)}
		}
	}
}
