package sim

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"
)

// interior is where a configuration has interior protocols (ospf, ospf6, isis), whatever the
// words of its platform are.
type interior struct {
	router string // the number that OSPF calls the device by
	ports  map[string]*inside
}

// inside is one interface of them.
type inside struct {
	nets          []netip.Prefix
	down          bool
	runs, passive map[string]bool
}

// interiorOf reads a configuration by its paths: lines of interfaces, and of protocols that
// name interfaces; a tree of paths by its models. The addresses of a device that is a file are those
// of its host.
func interiorOf(d *dialect.Dialect, body string, host []Port) *interior {
	in := &interior{ports: map[string]*inside{}}
	for _, p := range host {
		if d.AsFile() {
			in.port(p.Name).nets = p.Nets
		}
	}
	if !strings.Contains(body, "ospf") && !strings.Contains(body, "isis") {
		return in
	}
	if d.Syntax == "path" {
		return planted(grown(body, nil))
	}
	for _, at := range replay.New(d, []byte(body)).Paths() {
		last := strings.Fields(at[len(at)-1])
		if len(last) == 0 || last[0] == d.Negate {
			continue
		}
		if d.AsFile() {
			in.filed(at, last)
			continue
		}
		if i := slices.Index(last, "router-id"); i >= 0 && i+1 < len(last) && in.router == "" {
			in.router = last[i+1]
		}
		if proto := protocol(at); proto != "" {
			in.names(proto, at, last)
		} else if name := portOf(at); name != "" {
			in.port(name).line(last)
		}
	}
	return in
}

// filed is a line of a file, in the words of BIRD.
func (in *interior) filed(at, last []string) {
	if len(at) == 1 && strings.HasPrefix(at[0], "router id ") {
		in.router = strings.Trim(last[len(last)-1], ";")
	}
	proto := map[string]string{"protocol ospf v2": "ospf", "protocol ospf v3": "ospf6"}[strings.Join(strings.Fields(at[0])[:min(3, len(strings.Fields(at[0])))], " ")]
	for _, block := range at[1:] {
		if name, is := strings.CutPrefix(block, `interface "`); is && proto != "" {
			p := in.port(name[:max(0, strings.IndexByte(name, '"'))])
			p.runs[proto] = true
			p.passive[proto] = p.passive[proto] || strings.HasPrefix(last[0], "stub")
		}
	}
}

func (in *interior) port(name string) *inside {
	if in.ports[name] == nil {
		in.ports[name] = &inside{runs: map[string]bool{}, passive: map[string]bool{}}
	}
	return in.ports[name]
}

// protocol tells which one a block is of.
func protocol(at []string) string {
	w := strings.Fields(at[0])
	switch {
	case len(at) > 1 && at[0] == "protocols":
		return map[string]string{"ospf": "ospf", "ospf3": "ospf6", "isis": "isis"}[at[1]]
	case len(w) > 2 && w[0] == "ipv6" && w[1] == "router" && w[2] == "ospf":
		return "ospf6"
	case len(w) > 1 && w[0] == "router":
		return map[string]string{"ospf": "ospf", "ospfv3": "ospf6", "ospf6": "ospf6", "isis": "isis"}[w[1]]
	}
	return ""
}

// names is a line of a protocol that names an interface.
func (in *interior) names(proto string, at, last []string) {
	for _, block := range at[1:] {
		if name, is := strings.CutPrefix(block, "interface "); is {
			p := in.port(name)
			p.runs[proto] = true
			p.passive[proto] = p.passive[proto] || last[0] == "passive"
		}
	}
	if last[0] == "passive-interface" && len(last) == 2 {
		in.port(last[1]).passive[proto] = true
	}
}

// portOf tells whose line it is: of an interface, or of a unit of one.
func portOf(at []string) string {
	if name, is := strings.CutPrefix(at[0], "interface "); is {
		return name
	}
	if at[0] != "interfaces" || len(at) < 3 {
		return ""
	}
	if unit, is := strings.CutPrefix(at[2], "unit "); is {
		return at[1] + "." + unit
	}
	return at[1]
}

// line is one of an interface.
func (p *inside) line(w []string) {
	if w[0] == "shutdown" || w[0] == "disable" {
		p.down = true
	}
	if i := slices.Index(w, "address"); i >= 0 && i+1 < len(w) {
		p.address(w[i+1:])
	}
	proto := ""
	switch three := w[:min(3, len(w))]; {
	case slices.Contains(three, "isis"):
		proto = "isis"
	case slices.Contains(three, "ospfv3"), slices.Contains(three, "ospf6"), w[0] == "ipv6" && slices.Contains(three, "ospf"):
		proto = "ospf6"
	case slices.Contains(three, "ospf"):
		proto = "ospf"
	default:
		return
	}
	if slices.Contains(w, "area") || slices.Contains(w, "router") || slices.Contains(w, "enable") {
		p.runs[proto] = true
	}
	if slices.ContainsFunc(w, func(s string) bool { return strings.HasPrefix(s, "passive") }) {
		p.passive[proto] = true
	}
}

// address has a length or a mask behind it.
func (p *inside) address(w []string) {
	if n, err := netip.ParsePrefix(w[0]); err == nil {
		p.nets = append(p.nets, n)
		return
	}
	a, err := netip.ParseAddr(w[0])
	if err != nil || len(w) < 2 {
		return
	}
	if mask := net.ParseIP(w[1]).To4(); mask != nil {
		ones, _ := net.IPMask(mask).Size()
		p.nets = append(p.nets, netip.PrefixFrom(a, ones))
	}
}

// speaks tells whether a protocol looks for neighbours on an interface.
func (in *interior) speaks(name, proto string) bool {
	p := in.ports[name]
	whole, _, _ := strings.Cut(name, ".")
	of := in.ports[whole]
	return p.runs[proto] && !p.passive[proto] && !p.down && (of == nil || !of.down)
}

// meets tells whether two interfaces are in one network of the family that a protocol is for.
func (p *inside) meets(o *inside, proto string) bool {
	return slices.ContainsFunc(p.nets, func(a netip.Prefix) bool {
		return (proto == "isis" || a.Addr().Is4() == (proto == "ospf")) && slices.ContainsFunc(o.nets, func(b netip.Prefix) bool {
			return a.Masked() == b.Masked() && a.Addr() != b.Addr()
		})
	})
}

// adjacency is a neighbour in an interior protocol.
type adjacency struct{ id, port string }

// near tells the neighbours of the device: two interfaces in one network that both look for
// some. The caller holds the lock.
func (b *Box) near(proto string) (out []adjacency) {
	me := interiorOf(b.is.Dialect, b.body(), b.is.Host)
	for _, port := range slices.Sorted(maps.Keys(me.ports)) {
		if !me.speaks(port, proto) {
			continue
		}
		for _, name := range b.farm.names {
			g, ok := b.farm.boxes[name].glance.Load().(*glance)
			if !ok || name == b.name {
				continue
			}
			far := g.inside()
			for _, q := range slices.Sorted(maps.Keys(far.ports)) {
				if far.speaks(q, proto) && me.ports[port].meets(far.ports[q], proto) {
					id := far.router
					if proto == "isis" {
						id = name
					}
					out = append(out, adjacency{id, port})
				}
			}
		}
	}
	return out
}

// seen is near, asked once for each protocol.
func (b *Box) seen() func(proto string) []adjacency {
	known := map[string][]adjacency{}
	return func(proto string) []adjacency {
		if _, asked := known[proto]; !asked {
			known[proto] = b.near(proto)
		}
		return known[proto]
	}
}
