package render_test

import (
	"fmt"
	"net/netip"

	"plumbline/internal/network"
)

// baseline gives what a device has for those who run it.
func (r *dice) baseline() *network.Baseline {
	b := &network.Baseline{Timezone: some(r, []string{"UTC", "Europe/Berlin"}), Domain: "net.example", SyslogLevel: some(r, []string{"warning", "notice", "informational"})}
	for range 3 + r.IntN(3) {
		b.NTP = append(b.NTP, r.addr(r.one(2)))
	}
	if r.one(2) {
		b.NTPKeyID, b.NTPKey = 1+r.IntN(9), "secret://local/ntp#key"
	}
	for range 1 + r.IntN(3) {
		b.DNS = append(b.DNS, r.addr(r.one(2)))
	}
	for range 1 + r.IntN(3) {
		b.Syslog = append(b.Syslog, r.addr(r.one(2)))
	}
	for i := range 1 + r.IntN(3) {
		u := network.User{Name: fmt.Sprint("user", i), Write: i == 0 || r.one(2)}
		if r.one(2) {
			u.Password = fmt.Sprintf("secret://local/user%d#password", i)
		}
		if u.Password == "" || r.one(2) {
			u.Key = fmt.Sprint("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", i)
		}
		b.Users = append(b.Users, u)
	}
	for i := range r.IntN(3) {
		b.TACACS = append(b.TACACS, network.AAAServer{Addr: r.addr(r.one(3)), Order: i + 1, Key: fmt.Sprintf("secret://local/login%d#key", i)})
	}
	if r.one(2) {
		b.Banner = []string{"Owners.", "Logged."}
	}
	if r.one(5) {
		b.SNMP = []network.SNMPUser{{Name: "watcher", Auth: "secret://local/snmp#auth", Priv: "secret://local/snmp#priv"}}
	}
	return b
}

// reach gives who may reach a device.
func (r *dice) reach() *network.ACL {
	sources := func() (out []network.Source) {
		for range 1 + r.IntN(3) {
			six := r.one(2)
			out = append(out, network.Source{Prefix: netip.PrefixFrom(r.addr(six), 24+r.IntN(8)).Masked()})
		}
		return out
	}
	a := &network.ACL{Management: sources()}
	if r.one(2) {
		a.SNMP = sources()
	}
	return a
}

// managed gives the facts of those who run a device: its clock, names, logs and accounts.
func managed(b *network.Baseline, add func(string, ...any)) {
	add("zone %s", b.Timezone)
	add("domain %s", b.Domain)
	add("level %s", b.SyslogLevel)
	if b.NTPKeyID > 0 {
		add("proof %d %s", b.NTPKeyID, b.NTPKey)
		add("trusts %d", b.NTPKeyID)
	}
	for _, a := range b.NTP {
		add("clock %s", a)
		if b.NTPKeyID > 0 {
			add("proved %s %d", a, b.NTPKeyID)
		}
	}
	for i, a := range b.DNS {
		add("resolver %d %s", i, a)
	}
	for _, a := range b.Syslog {
		add("log %s", a)
	}
	for _, u := range b.Users {
		add("account %s %s", u.Name, map[bool]string{false: "read", true: "write"}[u.Write])
		if u.Password != "" {
			add("password %s %s", u.Name, u.Password)
		}
		if u.Key != "" {
			add("key %s %s", u.Name, u.Key)
		}
	}
	for i, s := range b.TACACS {
		add("asks %s %s", s.Addr, s.Key)
		add("server %s", s.Addr)
		add("rank %d %s", s.Order, s.Addr) // where a name stands between an address and its key
		add("knows %d %s", s.Order, s.Key)
		add("turn %d", s.Order)
		if i == 0 {
			add("login")
			add("local")
		}
	}
	for _, line := range b.Banner {
		add("banner %s", line)
	}
}

// reached gives who may reach a device, and by what.
func reached(a *network.ACL, add func(string, ...any)) {
	for _, s := range a.Management {
		add("reach %s %s", of(s.Prefix.Addr().Is6()), s.Prefix)
	}
	for _, s := range a.SNMP {
		add("watch %s %s", of(s.Prefix.Addr().Is6()), s.Prefix)
	}
	for _, f := range []string{"ipv4", "ipv6"} {
		add("guards ssh %s", f)
		if len(a.SNMP) > 0 {
			add("guards snmp %s", f)
		}
	}
}
