package network

import (
	"cmp"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// Baseline is what a device has for those who run it: its clock, names, logs and accounts.
// Secrets stand here by the names that they are kept under.
type Baseline struct {
	Timezone    string // of the database of the IANA
	NTP         []netip.Addr
	NTPKeyID    int // 0 where the clock is not proved
	NTPKey      string
	DNS         []netip.Addr // the first one is asked first
	Domain      string
	Syslog      []netip.Addr
	SyslogLevel string // warning, notice, informational: this and worse
	SNMP        []SNMPUser
	Users       []User
	TACACS      []AAAServer
	Banner      []string
	From        diag.Pos
}

// SNMPUser is an account of SNMPv3, with both proof and secrecy.
type SNMPUser struct {
	Name string `key:"1"`
	Auth string
	Priv string
	From diag.Pos
}

// User is a local account.
type User struct {
	Name     string `key:"1"`
	Write    bool   // it may change the device
	Key      string // SSH; empty where it has a password alone
	Password string
	From     diag.Pos
}

// AAAServer is asked who may log in; the first one first.
type AAAServer struct {
	Addr  netip.Addr `key:"1"`
	Order int
	Key   string
	From  diag.Pos
}

// ACL is who may reach the device itself.
type ACL struct {
	Management []Source // by SSH, gNMI and SNMP
	SNMP       []Source // of those, by SNMP; empty where nobody asks by it
	From       diag.Pos
}

// Source is a prefix whose hosts are meant.
type Source struct {
	Prefix netip.Prefix `key:"1"`
	From   diag.Pos
}

func (b *Baseline) sort() {
	slices.SortFunc(b.NTP, netip.Addr.Compare)
	slices.SortFunc(b.Syslog, netip.Addr.Compare)
	slices.SortFunc(b.SNMP, func(x, y SNMPUser) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortFunc(b.Users, func(x, y User) int { return cmp.Compare(x.Name, y.Name) })
}

func (a *ACL) sort() {
	for _, s := range [][]Source{a.Management, a.SNMP} {
		slices.SortFunc(s, func(x, y Source) int { return byPrefix(x.Prefix, y.Prefix) })
	}
}
