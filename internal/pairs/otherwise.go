package pairs

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Respelled gives the text of a configuration in other words that mean the same: short names
// of interfaces, masks, host bits, leading zeros, other orders of sets.
func (c *Config) Respelled(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0x5be11))
	say := func(rule *dialect.Rule, words []string) []string {
		out, _ := c.respell(r, rule.Pattern, words)
		return out
	}
	return c.device().Otherwise(say, func(int, func(i, j int)) {})
}

// Permuted gives the text with the lines of each block in another order, where that order has
// no meaning.
func (c *Config) Permuted(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0x0de1))
	return c.device().Otherwise(func(_ *dialect.Rule, words []string) []string { return words }, r.Shuffle)
}

// Noisy gives the text with remarks, empty lines, heads that change with every look and lines
// that only devices say between its sections.
func (c *Config) Noisy(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0x0153))
	var loud []string
	for _, m := range c.d.Comment {
		loud = append(loud, m+" a remark")
	}
	for _, head := range c.d.Volatile {
		loud = append(loud, head+" 12:00")
	}
	m := &Config{d: c.d, r: r}
	for _, rule := range c.d.Rules {
		if rule.DeviceOnly && !rule.Block() && rule.Blob == "" {
			loud = append(loud, text(rule.Pattern, m.fill(rule)))
		}
	}
	if c.d.Syntax == "brace" {
		for i, l := range loud {
			if !strings.HasPrefix(l, "#") && !strings.HasPrefix(l, "/") {
				loud[i] += ";"
			}
		}
	}
	loud = append(loud, "")
	body, at := string(c.Text()), map[int]bool{}
	dialect.Each(c.d, body, func(l dialect.Line) { at[l.No] = at[l.No] || l.Depth == 0 && c.d.Syntax != "path" })
	var out []string
	for i, l := range strings.Split(body, "\n") {
		if at[i+1] && r.IntN(3) == 0 {
			out = append(out, pick(r, loud))
		}
		out = append(out, l)
	}
	return []byte(strings.Join(out, "\n"))
}

// respell goes along a pattern and the words of a line of it.
func (c *Config) respell(r *rand.Rand, es []dialect.Elem, words []string) (out, rest []string) {
	for _, e := range es {
		switch {
		case len(words) == 0:
		case e.Kind == dialect.Group:
			first := e.Group[0]
			if first.Kind == dialect.Slot && (first.Type != "int" || strings.Trim(words[0], "0123456789") == "") || first.Word == words[0] {
				var in []string
				in, words = c.respell(r, e.Group, words)
				out = append(out, in...)
			}
		case e.Kind == dialect.Silent:
		case e.Kind == dialect.Slot && e.Pre == "" && e.Post == "" && r.IntN(2) == 0:
			out, words = append(out, c.same(r, e, words[0])), words[1:]
		default:
			out, words = append(out, words[0]), words[1:]
		}
	}
	return append(out, words...), nil
}

// same gives another spelling of a value, or the same one.
func (c *Config) same(r *rand.Rand, e dialect.Elem, v string) string {
	switch e.Type {
	case "int":
		return "0" + v
	case "ifname":
		for short, long := range c.d.Alias {
			if rest, ok := strings.CutPrefix(v, long); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
				return short + rest
			}
		}
	case "ipmask", "prefix", "wildcard":
		return c.network(e.Type, v)
	case "ip", "peer", "nexthop":
		if a, err := netip.ParseAddr(v); err == nil && a.Is6() {
			return strings.ToUpper(a.StringExpanded())
		}
	case "community", "rt":
		return strings.Replace(v, ":", ":0", 1)
	case "communities":
		parts := strings.Fields(v)
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return strings.ReplaceAll(strings.Join(parts, " "), ":", ":0")
	case "names":
		parts := strings.Fields(v)
		slices.Reverse(parts)
		return strings.Join(parts, " ")
	case "asn":
		if !strings.Contains(v, ".") && v != "" && v[0] >= '0' && v[0] <= '9' && len(v) < 5 {
			return "0." + v
		}
	case "area":
		return strings.TrimPrefix(v, "0.0.0.")
	case "mac":
		hex := strings.ReplaceAll(strings.ToUpper(v), ":", "")
		return hex[:4] + "." + hex[4:8] + "." + hex[8:]
	case "ids":
		parts := strings.Split(v, ",")
		slices.Reverse(parts)
		return strings.Join(parts, ",")
	}
	return v
}

// network gives a prefix with a mask, or with bits that do not count.
func (c *Config) network(typ, v string) string {
	p, err := netip.ParsePrefix(v)
	if err != nil || !p.Addr().Is4() || c.d.Flat() {
		return v
	}
	mask := ^uint32(0) << (32 - p.Bits())
	if p.Bits() == 0 {
		mask = 0
	}
	if typ == "wildcard" {
		mask = ^mask
	}
	quad := fmt.Sprintf("%d.%d.%d.%d", mask>>24, mask>>16&255, mask>>8&255, mask&255)
	switch {
	case typ == "prefix" && p.Bits() < 24:
		a := p.Addr().As4()
		a[3] = 9
		return netip.PrefixFrom(netip.AddrFrom4(a), p.Bits()).String()
	case typ == "prefix":
		return v
	}
	return p.Addr().String() + " " + quad
}
