package gate

import (
	"net/netip"
	"net/url"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// mostProbes is how many a policy may declare: all are asked in each look at a wave.
const mostProbes = 32

// mostHops is how many of a path are traced.
const mostHops = 30

func (p *Policy) checkProbes(src *strict.Source, ds *diag.List) {
	if len(p.Probes) > mostProbes {
		ds.Failf(src.At(&p.Probes), "policy/probe", "%d probes, and %d is the most", len(p.Probes), mostProbes)
	}
	seen := map[string]bool{}
	for i := range p.Probes {
		one := &p.Probes[i]
		why := one.wrong()
		if seen[one.Name] {
			why = "another one has its name"
		}
		if seen[one.Name] = true; why != "" {
			ds.Failf(src.At(&one.Name), "policy/probe", "probe %q: %s", one.Name, why)
		}
	}
}

// wrong tells why a probe cannot be asked; "" where it can.
func (p *Probe) wrong() string {
	kinds := 0
	for _, there := range []bool{p.HTTP != "", p.TCP.IsValid(), p.DNS.IsValid(), p.Ping.IsValid(), p.Trace.IsValid()} {
		if there {
			kinds++
		}
	}
	switch {
	case !plain(p.Name, "-_.") || len(p.Name) > 40:
		return "a name is up to 40 letters, digits, - _ and ."
	case kinds != 1:
		return "give one of http, tcp, dns, ping, trace"
	case p.Trace.IsValid() != (p.Hops > 0 || p.Via.IsValid()):
		return "trace, and it alone, says in hops or via how the path must be"
	case p.Hops > mostHops:
		return "a path has up to 30 hops"
	case p.Via.IsValid() && p.Via.Is4() != p.Trace.Is4():
		return "via is an address of the family that is traced"
	case p.HTTP != "" && !isPage(p.HTTP):
		return "http wants an address such as https://www.example.net/, with no user in it"
	case p.HTTP != "" && p.Status != 0 && (p.Status < 200 || p.Status > 599):
		return "a status is a number from 200 to 599"
	case p.HTTP == "" && p.Status != 0:
		return "only a page has a status"
	case p.TCP.IsValid() && p.Port == 0:
		return "tcp wants a port"
	case p.Port != 0 && !p.TCP.IsValid() && !p.DNS.IsValid():
		return "only tcp and dns have a port"
	case p.DNS.IsValid() != (p.Ask != ""):
		return "dns, and it alone, says in ask which name is asked for"
	case p.Ask != "" && !isName(p.Ask):
		return "ask wants a whole name such as www.example.net"
	}
	return ""
}

func isPage(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Fragment == "" && len(text) <= 2000
}

func isName(text string) bool {
	for part := range strings.SplitSeq(strings.TrimSuffix(text, "."), ".") {
		if !plain(part, "-_") || len(part) > 63 {
			return false
		}
	}
	return len(text) <= 253
}

// plain tells whether a text is letters, digits and some signs, and there.
func plain(text, signs string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(signs, r)
	}) < 0
}

// At is where a probe of tcp or dns is asked.
func (p Probe) At() (tcp, dns netip.AddrPort) {
	switch port := p.Port; {
	case p.TCP.IsValid():
		tcp = netip.AddrPortFrom(p.TCP, port)
	case p.DNS.IsValid() && port == 0:
		dns = netip.AddrPortFrom(p.DNS, 53)
	case p.DNS.IsValid():
		dns = netip.AddrPortFrom(p.DNS, port)
	}
	return tcp, dns
}
