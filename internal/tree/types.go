package tree

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// canon gives the one spelling of a word of a type, and whether the word is of that type.
// The types are those of the rule language.
func canon(d *dialect.Dialect, e dialect.Elem, word string) (string, bool) {
	switch e.Type {
	case "int":
		return whole(word)
	case "enum":
		return word, slices.Contains(e.Enum, word)
	case "ip":
		a, err := netip.ParseAddr(word)
		return a.String(), err == nil && a.Zone() == ""
	case "prefix":
		if word == "any" {
			return word, true
		}
		p, err := netip.ParsePrefix(word)
		return p.Masked().String(), err == nil
	case "ipmask":
		p, err := netip.ParsePrefix(word)
		return p.String(), err == nil
	case "asn":
		return asn(word)
	case "area":
		return area(word)
	case "peer":
		if a, err := netip.ParseAddr(word); err == nil {
			return a.String(), true
		}
		return word, word != ""
	case "nexthop":
		if a, err := netip.ParseAddr(word); err == nil {
			return a.String(), true
		}
		return word, word != "" && word[0] >= 'A'
	case "ifname":
		return longName(d, word), word != ""
	case "community":
		return community(word), word != ""
	case "mac":
		return strings.ToLower(word), strings.Count(word, ":") == 5
	}
	return word, word != ""
}

// whole drops leading zeros of a number.
func whole(word string) (string, bool) {
	n, err := strconv.ParseUint(word, 10, 64)
	return strconv.FormatUint(n, 10), err == nil
}

// asn writes an AS number in asplain (RFC 5396).
func asn(word string) (string, bool) {
	if word == "internal" || word == "external" {
		return word, true
	}
	if hi, lo, dotted := strings.Cut(word, "."); dotted {
		h, err1 := strconv.ParseUint(hi, 10, 16)
		l, err2 := strconv.ParseUint(lo, 10, 16)
		return strconv.FormatUint(h<<16|l, 10), err1 == nil && err2 == nil
	}
	return whole(word)
}

// area writes an OSPF area as an address (RFC 2328).
func area(word string) (string, bool) {
	if n, err := strconv.ParseUint(word, 10, 32); err == nil {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String(), true
	}
	a, err := netip.ParseAddr(word)
	return a.String(), err == nil && a.Is4()
}

// longName spells an interface as the platform does.
func longName(d *dialect.Dialect, word string) string {
	at := strings.IndexAny(word, "0123456789")
	if at < 0 {
		return word
	}
	if long, ok := d.Alias[word[:at]]; ok {
		return long + word[at:]
	}
	return word
}

// community drops leading zeros of the parts of a community.
func community(word string) string {
	parts := strings.Split(word, ":")
	for i, p := range parts {
		if n, ok := whole(p); ok {
			parts[i] = n
		}
	}
	return strings.Join(parts, ":")
}

// canonList gives the one spelling of a value of several words.
func canonList(typ string, words []string) string {
	out := slices.Clone(words)
	switch typ {
	case "communities":
		for i := range out {
			out[i] = community(out[i])
		}
		slices.SortFunc(out, byNumbers)
		out = slices.Compact(out)
	case "names":
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return strings.Join(out, " ")
}

// byNumbers orders communities part by part, as numbers where both are.
func byNumbers(a, b string) int {
	x, y := strings.Split(a, ":"), strings.Split(b, ":")
	return slices.CompareFunc(x, y, func(p, q string) int {
		m, err1 := strconv.ParseUint(p, 10, 64)
		n, err2 := strconv.ParseUint(q, 10, 64)
		if err1 != nil || err2 != nil {
			return cmp.Compare(p, q)
		}
		return cmp.Compare(m, n)
	})
}

// several tells whether a type takes all words that are left.
func several(typ string) bool {
	return slices.Contains([]string{"text", "quoted", "communities", "list", "names", "blob", "ace", "secret"}, typ)
}
