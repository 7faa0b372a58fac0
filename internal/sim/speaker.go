package sim

import (
	"net/netip"
	"slices"
	"strings"
)

// speaker is what a configuration says of routing: as much as tells which sessions are up.
type speaker struct {
	as       string
	peers    map[string]*peer // by address
	order    []string
	explicit bool // a peer has no family unless it is said
	router   string
	ports    []port
}

// peer is one BGP neighbour.
type peer struct {
	as     string
	down   bool            // administratively
	family map[string]bool // said to be active, or not to be
}

// port is one interface.
type port struct {
	name     string
	nets     []netip.Prefix
	area     string // of OSPFv2; "" is none
	passive  bool
	shutdown bool
}

// speaks reads a configuration as the device shows it.
func speaks(body string) speaker {
	s := speaker{peers: map[string]*peer{}}
	ports := map[string]*port{}
	var block, family string
	for line := range strings.Lines(body) {
		w := strings.Fields(line)
		no := len(w) > 0 && w[0] == "no"
		if no {
			w = w[1:]
		}
		if len(w) == 0 {
			continue
		}
		if line[0] != ' ' && !no {
			block, family = strings.Join(w, " "), "ipv4Unicast"
		}
		switch {
		case len(w) >= 3 && w[0] == "address-family":
			family = w[1] + strings.ToUpper(w[2][:1]) + w[2][1:]
		case w[0] == "exit-address-family":
			family = "ipv4Unicast"
		case strings.HasPrefix(block, "interface "):
			name := strings.Fields(block)[1]
			if ports[name] == nil {
				ports[name] = &port{name: name}
			}
			ports[name].takes(w, no)
		case strings.HasPrefix(block, "router bgp ") && !strings.Contains(block, " vrf "):
			s.bgp(w, no, family)
		case block == "router ospf" && len(w) == 3 && w[1] == "router-id":
			s.router = w[2]
		}
	}
	for _, p := range ports {
		s.ports = append(s.ports, *p)
	}
	if s.router == "" {
		s.router = s.highest()
	}
	slices.SortFunc(s.ports, func(a, b port) int { return strings.Compare(a.name, b.name) })
	return s
}

// highest is the address that a router takes for its name when it is given none.
func (s *speaker) highest() string {
	var top netip.Addr
	for _, p := range s.ports {
		for _, n := range p.nets {
			if n.Addr().Is4() && (!top.IsValid() || top.Less(n.Addr())) {
				top = n.Addr()
			}
		}
	}
	return top.String()
}

// takes is one line under an interface.
func (p *port) takes(w []string, no bool) {
	switch {
	case w[0] == "shutdown":
		p.shutdown = !no
	case len(w) == 3 && w[1] == "address":
		if n, err := netip.ParsePrefix(w[2]); err == nil {
			p.nets = append(p.nets, n)
		}
	case len(w) == 4 && w[0] == "ip" && w[1] == "ospf" && w[2] == "area":
		p.area = w[3]
	case len(w) == 3 && w[0] == "ip" && w[1] == "ospf" && w[2] == "passive":
		p.passive = !no
	}
}

// bgp is one line of the router.
func (s *speaker) bgp(w []string, no bool, family string) {
	switch {
	case w[0] == "router":
		s.as = w[2]
	case strings.Join(w, " ") == "bgp default ipv4-unicast":
		s.explicit = no
	case len(w) == 4 && w[0] == "neighbor" && w[2] == "remote-as":
		s.peer(w[1]).as = w[3]
		s.order = append(s.order, w[1])
	case len(w) >= 3 && w[0] == "neighbor":
		switch p := s.peer(w[1]); w[2] {
		case "shutdown":
			p.down = !no
		case "activate":
			p.family[family] = !no
		}
	}
}

// peer is the neighbour of an address; its lines come in any order, and without remote-as it has no
// session.
func (s *speaker) peer(address string) *peer {
	p := s.peers[address]
	if p == nil {
		p = &peer{family: map[string]bool{}}
		s.peers[address] = p
	}
	return p
}

// carries tells whether a session has a family.
func (s speaker) carries(p *peer, family string) bool {
	on, said := p.family[family]
	return on || !said && family == "ipv4Unicast" && !s.explicit
}

// owns tells whether an address stands on an interface that is not shut.
func (s speaker) owns(a netip.Addr) bool {
	return slices.ContainsFunc(s.ports, func(p port) bool {
		return !p.shutdown && slices.ContainsFunc(p.nets, func(n netip.Prefix) bool { return n.Addr() == a })
	})
}

// expects tells whether a speaker has a session for one of the addresses of another.
func (s speaker) expects(me speaker) bool {
	for _, p := range me.ports {
		for _, n := range p.nets {
			if back := s.peers[n.Addr().String()]; back != nil && back.as == me.as && me.as != "" && !back.down {
				return true
			}
		}
	}
	return false
}

// sees gives the address by which an interface of another is a neighbour of p in OSPFv2.
func (p port) sees(other *speaker) (netip.Addr, bool) {
	for _, o := range other.ports {
		if p.area == "" || o.area != p.area || p.passive || o.passive || p.shutdown || o.shutdown {
			continue
		}
		for _, a := range p.nets {
			for _, b := range o.nets {
				if a.Addr().Is4() && b.Masked() == a.Masked() && a.Addr() != b.Addr() {
					return b.Addr(), true
				}
			}
		}
	}
	return netip.Addr{}, false
}
