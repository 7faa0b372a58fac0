package sim

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"

	"plumbline/internal/tree/dialect"
)

// show answers the operational questions that health asks. The caller holds the lock.
func (b *Box) show(line string) string {
	switch line {
	case "show version":
		return "FRRouting 8.4.4 (" + b.name + ").\nAn " + Mark + "; it forwards nothing.\n"
	case "show bgp vrf all summary json":
		return b.bgp()
	case "show ip ospf neighbor json":
		return b.ospf()
	case "show ipv6 ospf6 neighbor json":
		return b.ospf6()
	case "show isis neighbor detail":
		return b.isis()
	case "show interface vrf all json":
		return b.interfaces()
	}
	if said, known := b.entries(line); known {
		return said
	}
	return "% Unknown command: " + line + "\n"
}

// bgp tells the sessions, by family: one is established where the other end is configured
// for it with the right numbers, or is a speaker outside of the farm that answers.
func (b *Box) bgp() string {
	me := speaks(b.body())
	if me.as == "" {
		return "{}\n"
	}
	families, others := map[string]any{}, b.farm.others(b)
	for _, family := range []string{"ipv4Unicast", "ipv6Unicast"} {
		peers := map[string]any{}
		for _, addr := range me.order {
			p := me.peers[addr]
			a, err := netip.ParseAddr(addr)
			if err != nil || !me.carries(p, family) {
				continue
			}
			state, prefixes := b.peering(me, others, p, a)
			sent := 0
			if state == "Established" {
				prefixes, sent = b.carried("received", prefixes), b.carried("advertised", told)
			}
			peers[addr] = map[string]any{"remoteAs": json.Number(p.as), "state": state, "pfxRcd": prefixes, "pfxSnt": sent}
		}
		if len(peers) > 0 {
			families[family] = map[string]any{"as": json.Number(me.as), "peers": peers}
		}
	}
	return said(map[string]any{"default": families})
}

// peering is the state of one session, and how many prefixes came over it.
func (b *Box) peering(me speaker, others []*speaker, p *peer, addr netip.Addr) (state string, prefixes int) {
	if p.down {
		return "Idle (Admin)", 0
	}
	for _, x := range b.farm.opt.Externals {
		if x.Address == addr {
			if p.as == itoa(x.AS) {
				return "Established", x.Prefixes
			}
			return "Active", 0
		}
	}
	for _, other := range others {
		if other.as == p.as && other.owns(addr) && other.expects(me) {
			return "Established", 1
		}
	}
	return "Active", 0
}

// ospf tells the adjacencies: two interfaces in one network and area, neither passive.
func (b *Box) ospf() string {
	neighbors, others := map[string]any{}, b.farm.others(b)
	for _, p := range speaks(b.body()).ports {
		for _, other := range others {
			if address, is := p.sees(other); is {
				was, _ := neighbors[other.router].([]any)
				neighbors[other.router] = append(was, map[string]any{"nbrState": "Full/-", "ifaceName": p.name, "address": address.String()})
			}
		}
	}
	return said(map[string]any{"neighbors": neighbors})
}

// ospf6 tells nothing where nobody set it up.
func (b *Box) ospf6() string {
	if !b.runs("ospf6") {
		return ""
	}
	return said(map[string]any{"neighbors": rows(b.near("ospf6"), func(a adjacency) map[string]any {
		return map[string]any{"neighborId": a.id, "state": "Full", "ifState": "PointToPoint", "interfaceName": a.port, "interfaceState": "PointToPoint"}
	})})
}

// isis tells its neighbours in lines, and nothing where nobody set it up.
func (b *Box) isis() string {
	if !b.runs("isis") {
		return ""
	}
	var out strings.Builder
	out.WriteString("Area plumbline:\n")
	for _, a := range b.near("isis") {
		fmt.Fprintf(&out, " %-20s\n    Interface: %s, Level: 2, State: Up, Expires in 28s\n    Circuit type: L2, Speaks: IPv4, IPv6\n\n", a.id, a.port)
	}
	return out.String()
}

// runs tells whether a protocol has a block of its own.
func (b *Box) runs(proto string) bool {
	return slices.ContainsFunc(b.state.Paths(), func(at []string) bool { return len(at) == 1 && protocol(at) == proto })
}

// interfaces tells those that the configuration names; one that is shut has no further state.
func (b *Box) interfaces() string {
	out := map[string]any{}
	for _, d := range b.doors() {
		of := map[string]any{"administrativeStatus": either(d.up, "up", "down"), "vrfName": "default"}
		if out[d.name] = of; d.up {
			of["operationalStatus"] = "up"
		}
	}
	return said(out)
}

func said(v any) string {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return "{}\n"
	}
	return string(text) + "\n"
}

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// others is what the other devices of the farm say of BGP. Each tells when its own lock is
// free; a device that changes right now is left out of the picture.
func (f *Farm) others(b *Box) (out []*speaker) {
	for _, name := range f.names {
		o := f.boxes[name]
		if o == b {
			continue
		}
		if g, ok := o.glance.Load().(*glance); ok {
			out = append(out, g.speaks())
		}
	}
	return out
}

// glance is a body that is understood when somebody first asks.
type glance struct {
	body string
	d    *dialect.Dialect
	host []Port
	once sync.Once
	is   speaker
	look sync.Once
	in   *interior
}

// inside is where the device has interior protocols.
func (g *glance) inside() *interior {
	g.look.Do(func() { g.in = interiorOf(g.d, g.body, g.host) })
	return g.in
}

func (g *glance) speaks() *speaker {
	g.once.Do(func() { g.is = speaks(g.body) })
	return &g.is
}
