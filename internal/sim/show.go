package sim

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
)

// show answers the operational questions that health asks. The caller holds the lock.
func (b *Box) show(line string) string {
	switch line {
	case "show version":
		return "FRRouting 8.4.4 (" + b.name + ").\nAn embedded device of plumbline; it forwards nothing.\n"
	case "show bgp vrf all summary json":
		return b.bgp()
	case "show ip ospf neighbor json", "show ipv6 ospf6 neighbor json":
		return `{"neighbors":{}}` + "\n"
	}
	return "% Unknown command: " + line + "\n"
}

// speaker is what a configuration says of BGP.
type speaker struct {
	as        string
	addresses []netip.Addr
	peers     map[string]string // address -> AS
	order     []string
}

func speaks(body string) (s speaker) {
	s.peers = map[string]string{}
	for line := range strings.Lines(body) {
		w := strings.Fields(line)
		switch {
		case len(w) == 3 && w[0] == "router" && w[1] == "bgp":
			s.as = w[2]
		case len(w) == 4 && w[0] == "neighbor" && w[2] == "remote-as":
			s.peers[w[1]] = w[3]
			s.order = append(s.order, w[1])
		case len(w) == 3 && w[1] == "address" && (w[0] == "ip" || w[0] == "ipv6"):
			if p, err := netip.ParsePrefix(w[2]); err == nil {
				s.addresses = append(s.addresses, p.Addr())
			}
		}
	}
	return s
}

// bgp tells the sessions: one is established where the other end is configured for it with
// the right numbers, or is a speaker outside of the farm that answers.
func (b *Box) bgp() string {
	me := speaks(b.body())
	if me.as == "" {
		return "{}\n"
	}
	families := map[string]any{}
	for _, family := range []string{"ipv4Unicast", "ipv6Unicast"} {
		peers := map[string]any{}
		for _, addr := range me.order {
			a, err := netip.ParseAddr(addr)
			if err != nil || a.Is6() != (family == "ipv6Unicast") {
				continue
			}
			state, prefixes := b.peering(me, a)
			peers[addr] = map[string]any{"remoteAs": json.Number(me.peers[addr]), "state": state, "pfxRcd": prefixes}
		}
		if len(peers) > 0 {
			families[family] = map[string]any{"as": json.Number(me.as), "peers": peers}
		}
	}
	text, err := json.MarshalIndent(map[string]any{"default": families}, "", "  ")
	if err != nil {
		return "{}\n"
	}
	return string(text) + "\n"
}

// peering is the state of one session, and how many prefixes came over it.
func (b *Box) peering(me speaker, addr netip.Addr) (state string, prefixes int) {
	want := me.peers[addr.String()]
	for _, x := range b.farm.opt.Externals {
		if x.Address == addr {
			if want == itoa(x.AS) {
				return "Established", x.Prefixes
			}
			return "Active", 0
		}
	}
	for _, other := range b.farm.others(b) {
		for _, a := range other.addresses {
			if a == addr && other.as == want && other.expects(me) {
				return "Established", 1
			}
		}
	}
	return "Active", 0
}

// expects tells whether a speaker has a session for one of the addresses of another.
func (s speaker) expects(me speaker) bool {
	for _, a := range me.addresses {
		if s.peers[a.String()] == me.as && me.as != "" {
			return true
		}
	}
	return false
}

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// others is what the other devices of the farm say of BGP. Each tells when its own lock is
// free; a device that changes right now is left out of the picture.
func (f *Farm) others(b *Box) (out []speaker) {
	for _, name := range f.names {
		o := f.boxes[name]
		if o == b {
			continue
		}
		if body, ok := o.glance.Load().(string); ok {
			out = append(out, speaks(body))
		}
	}
	return out
}
