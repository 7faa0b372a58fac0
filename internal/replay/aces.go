package replay

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// listing is how the entries of a list are read, as far as its rule tells.
type listing struct {
	def      *dialect.Name // what names the list
	number   string        // the slot that orders its entries
	act      string        // the slot that says permit or deny
	prefix   string        // the slots of a list of prefixes
	bounds   map[string]string
	source   string // the slot of a list that looks at sources alone
	ace      string // the slot that holds a whole entry
	routes   string // the slot that names routes in words: a network, a host, or an address and what of it is not looked at
	sizeable bool   // what it lets through can be told
}

// listingOf tells how the entries of a rule are read; nil where they are of no list that lets
// through and holds back.
func listingOf(r *dialect.Rule) *listing {
	if r == nil || r.Block() {
		return nil
	}
	s := &listing{number: r.Sequence, bounds: map[string]string{}}
	for at := r; at != nil && s.def == nil; at = at.Up {
		s.def = at.Def
	}
	for _, e := range dialect.Slots(r.Pattern) {
		switch {
		case e.Type == "enum" && len(e.Enum) == 2 && slices.Contains(e.Enum, "permit") && slices.Contains(e.Enum, "deny"):
			s.act = e.Name
		case e.Type == "ace":
			s.ace = e.Name
		case e.Type == "prefix" && e.Value:
			s.prefix = e.Name
		case e.Type == "wildcard" && e.Value:
			s.source = e.Name
		case e.Type == "routes" && e.Value:
			s.routes = e.Name
		case e.Type == "int" && !e.Value && s.number == "":
			s.number = e.Name
		}
	}
	if s.def == nil || s.act == "" && s.ace == "" {
		return nil
	}
	s.sizeable = s.number != "" && (s.ace != "" || s.prefix != "" || s.source != "" || s.routes != "")
	for _, e := range r.Pattern {
		if e.Kind != dialect.Group {
			continue
		}
		word := e.Group[0].Word
		switch {
		case len(e.Group) == 2 && slices.Contains([]string{"ge", "le", "eq"}, word) && s.prefix != "":
			s.bounds[word] = e.Group[1].Name
		case word == "log" || slices.ContainsFunc(e.Group, func(x dialect.Elem) bool { return x.Name == s.number }):
		default:
			s.sizeable = false
		}
	}
	return s
}

// clause reads an entry; it is false where what the entry speaks of cannot be told.
func (s *listing) clause(dev *Device, e *entry) (clause, bool) {
	c := clause{id: e.says, box: everything()}
	no, err := strconv.Atoi(e.slots.get(s.number))
	if err != nil || !s.sizeable {
		return c, false
	}
	c.no, c.permit = no, e.slots.get(s.act) == "permit"
	switch {
	case s.ace != "":
		return c, c.packets(dev, strings.Fields(e.slots.get(s.ace)))
	case s.source != "":
		return c, c.place(source, e.slots.get(s.source))
	case s.routes != "":
		return c, c.routes(strings.Fields(e.slots.get(s.routes)))
	}
	return c, c.prefixes(s, e)
}

// prefixes reads a prefix and the lengths that it stands for.
func (c *clause) prefixes(s *listing, e *entry) bool {
	if e.slots.get(s.prefix) == "any" {
		return true
	}
	p, err := netip.ParsePrefix(e.slots.get(s.prefix))
	if err != nil {
		return false
	}
	c.box[family], c.box[source] = addresses(p)
	least, most := p.Bits(), p.Bits()
	for _, word := range []string{"ge", "le", "eq"} {
		n, err := strconv.Atoi(e.slots.get(s.bounds[word]))
		switch {
		case err != nil:
		case word == "ge":
			least, most = max(least, n), p.Addr().BitLen()
		case word == "le":
			most = n
		default:
			least, most = n, n
		}
	}
	c.box[length] = span{small(least), small(most)}
	return least <= most // else it speaks of nothing, and that is a fault of its own
}

// routes reads a network with all that is inside it, or with exact-match itself alone, or an address
// with the bits that do not matter, at which a route of any length begins.
func (c *clause) routes(words []string) bool {
	if len(words) == 0 || len(words) > 2 {
		return false
	}
	p, err := netip.ParsePrefix(words[0])
	switch {
	case err == nil:
		c.box[family], c.box[source] = addresses(p)
		c.box[length] = span{small(p.Bits()), small(p.Addr().BitLen())}
		if len(words) == 2 && words[1] == "exact-match" {
			c.box[length].hi = small(p.Bits())
			return true
		}
		return len(words) == 1
	case words[0] == "any":
		return len(words) == 1
	case words[0] == "host" && len(words) == 2:
		words = words[1:]
	}
	addr, err := netip.ParseAddr(words[0])
	if err != nil {
		return false
	}
	size := addr.BitLen()
	if len(words) == 2 {
		free, err := netip.ParseAddr(words[1])
		if err != nil || !addr.Is4() || !free.Is4() {
			return false
		}
		mask := free.As4()
		size -= bits.Len32(binary.BigEndian.Uint32(mask[:]))
		if free != lastBits(size) {
			return false
		}
	}
	p = netip.PrefixFrom(addr, size)
	c.box[family], c.box[source] = addresses(p)
	return p == p.Masked() // what stands in bits that do not matter may match nothing
}

// place reads one side of an access list.
func (c *clause) place(side int, w string) bool {
	if w == "any" {
		return true
	}
	p, err := netip.ParsePrefix(w)
	if err != nil {
		return false
	}
	var of span
	of, c.box[side] = addresses(p)
	if !c.box[family].meets(of) {
		return false
	}
	c.box[family] = of
	return true
}

// protocols gives the numbers that access lists name (IANA, protocol numbers).
func protocols(w string) (span, bool) {
	if w == "ip" || w == "ipv4" || w == "ipv6" {
		return span{hi: small(255)}, true
	}
	n, known := map[string]int{"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ahp": 51, "eigrp": 88, "ospf": 89, "pim": 103, "vrrp": 112, "sctp": 132}[w]
	if !known {
		var err error
		if n, err = strconv.Atoi(w); err != nil || n < 0 || n > 255 {
			return span{}, false
		}
	}
	return span{small(n), small(n)}, true
}

// packets reads permit or deny, a protocol, two sides with their ports, and what is asked
// beside; it is false where a word is not known.
func (c *clause) packets(dev *Device, words []string) bool {
	if len(words) < 2 || words[0] != "permit" && words[0] != "deny" {
		return false
	}
	c.permit = words[0] == "permit"
	of, ok := protocols(words[1])
	if !ok { // a list of sources, or of prefixes, whose entries are one text
		return len(words) == 2 && c.place(source, words[1])
	}
	c.box[protocol], words = of, words[2:]
	for i, side := range []int{source, target} {
		if len(words) == 0 || !c.place(side, words[0]) {
			return false
		}
		words = words[1:]
		if words, ok = c.ports(dev, fromPort+i, words); !ok {
			return false
		}
	}
	for _, w := range words {
		switch w {
		case "log", "log-input":
		case "established":
			c.box[reply].lo = small(1)
		default:
			return false
		}
	}
	return true
}

// ports reads the ports of one side, and gives the words behind them.
func (c *clause) ports(dev *Device, side int, words []string) ([]string, bool) {
	if len(words) == 0 || !slices.Contains([]string{"eq", "lt", "gt", "range", "neq"}, words[0]) {
		return words, true
	}
	number := func(i int) int {
		if i >= len(words) {
			return -1
		}
		w := words[i]
		if n, named := dev.d.Tables["port"][w]; named {
			w = n
		}
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 || n > 65535 {
			return -1
		}
		return n
	}
	a, b, took := number(1), number(1), 2
	switch words[0] {
	case "lt":
		a, b = 0, a-1
	case "gt":
		a, b = a+1, 65535
	case "range":
		b, took = number(2), 3
	case "neq": // two ranges
		return nil, false
	}
	if number(1) < 0 || b < a || a > 65535 {
		return nil, false
	}
	c.box[side] = span{small(a), small(b)}
	return words[took:], true
}
