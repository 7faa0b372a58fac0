package replay

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// value gives the spelling in which the device stores a value of one or two words, and
// whether it takes it.
func value(d *dialect.Dialect, e *dialect.Elem, words []dialect.Word) (string, bool) {
	w := words[0].Text
	if e.Pre != "" || e.Post != "" {
		if !strings.HasPrefix(w, e.Pre) || !strings.HasSuffix(w, e.Post) || len(w) < len(e.Pre)+len(e.Post) {
			return "", false
		}
		w = w[len(e.Pre) : len(w)-len(e.Post)]
	}
	switch e.Is {
	case dialect.TypePrefix, dialect.TypeIPMask:
		return network(e.Is == dialect.TypePrefix, w, words[1:])
	case dialect.TypeWildcard:
		return wild(w, plain(words[1:]))
	}
	if len(words) > 1 {
		return "", false
	}
	return one(d, e, w)
}

// wild takes an address and the bits that do not matter; a run of them at the end is a length.
func wild(w string, more []string) (string, bool) {
	if len(more) == 1 {
		if w == "host" {
			return wild(more[0], nil)
		}
		a, err1 := netip.ParseAddr(w)
		m, err2 := netip.ParseAddr(more[0])
		if err1 != nil || err2 != nil {
			return "", false
		}
		for bits := 0; bits <= 32 && a.Is4() && m.Is4(); bits++ {
			if p := netip.PrefixFrom(a, bits).Masked(); lastBits(bits) == m {
				return p.String(), true
			}
		}
		return a.String() + " " + m.String(), true
	}
	if w == "any" {
		return all4, true
	}
	if p, err := netip.ParsePrefix(w); err == nil {
		return p.Masked().String(), true
	}
	a, err := netip.ParseAddr(w)
	return netip.PrefixFrom(a, a.BitLen()).String(), err == nil
}

// lastBits has ones behind so many zeros.
func lastBits(zeros int) netip.Addr {
	v := uint32(1<<(32-zeros) - 1)
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// one gives the spelling in which the device stores a word, and whether it takes it.
func one(d *dialect.Dialect, e *dialect.Elem, w string) (string, bool) {
	switch e.Is {
	case dialect.TypeInt:
		if digits(w) && (w[0] != '0' || w == "0") && len(w) < 19 {
			return w, true
		}
		num, err := strconv.ParseUint(w, 10, 64)
		if err == nil && (w[0] != '0' || w == "0") && w[0] != '+' {
			return w, true
		}
		return strconv.FormatUint(num, 10), err == nil
	case dialect.TypeEnum:
		return w, slices.Contains(e.Enum, w)
	case dialect.TypeIP:
		addr, err := netip.ParseAddr(w)
		return addr.String(), err == nil && addr.Zone() == ""
	case dialect.TypeASN:
		return asNumber(w)
	case dialect.TypeArea:
		return area(w)
	case dialect.TypePeer, dialect.TypeNexthop:
		return neighbour(w, e.Is == dialect.TypePeer)
	case dialect.TypeIfname:
		long := interfaceName(d, w)
		return long, w != "" && (e.Enum == nil || slices.Contains(e.Enum, kindOf(d, long)))
	case dialect.TypeCommunity, dialect.TypeRD, dialect.TypeRT:
		return plainCommunity(w), w != ""
	case dialect.TypeIDs:
		if w == "all" || w == "none" {
			return w, true
		}
		set, ok := numbers(w)
		return runs(set), ok
	case dialect.TypePort:
		if n, named := d.Tables["port"][w]; named {
			return n, true
		}
		return w, w != ""
	case dialect.TypeMAC:
		return hardware(w)
	}
	return w, w != ""
}

// digits tells whether a word is nothing else.
func digits(w string) bool {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w != ""
}

// area writes the number of an area as an address.
func area(w string) (string, bool) {
	if num, err := strconv.ParseUint(w, 10, 64); err == nil && num <= 0xffffffff {
		return netip.AddrFrom4([4]byte{byte(num >> 24), byte(num >> 16), byte(num >> 8), byte(num)}).String(), true
	}
	addr, err := netip.ParseAddr(w)
	return addr.String(), err == nil && addr.Is4()
}

// neighbour takes an address or a name; only that of a peer may begin with any sign.
func neighbour(w string, peer bool) (string, bool) {
	if addr, err := netip.ParseAddr(w); err == nil {
		return addr.String(), true
	}
	letter := w != "" && strings.ContainsAny(w[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
	return w, peer && w != "" || letter
}

func asNumber(w string) (string, bool) {
	if w == "internal" || w == "external" {
		return w, true
	}
	high, low, dotted := strings.Cut(w, ".")
	if !dotted {
		num, err := strconv.ParseUint(w, 10, 64)
		return strconv.FormatUint(num, 10), err == nil
	}
	h, e1 := strconv.ParseUint(high, 10, 16)
	l, e2 := strconv.ParseUint(low, 10, 16)
	return strconv.FormatUint(h*65536+l, 10), e1 == nil && e2 == nil
}

// interfaceName writes an interface with the whole word for what it begins with, up to one of
// its digits.
func interfaceName(d *dialect.Dialect, w string) string {
	for i := 1; i < len(w) && len(d.Alias) > 0; i++ {
		if w[i] < '0' || w[i] > '9' {
			continue
		}
		if long, ok := d.Long(w[:i]); ok {
			return long + w[i:]
		}
	}
	return w
}

func plainCommunity(w string) string {
	var out []string
	for _, p := range strings.Split(w, ":") {
		if n, err := strconv.ParseUint(p, 10, 64); err == nil {
			p = strconv.FormatUint(n, 10)
		}
		out = append(out, p)
	}
	return strings.Join(out, ":")
}

// hardware writes a hardware address with colons.
func hardware(w string) (string, bool) {
	hex := strings.ToLower(strings.NewReplacer(":", "", ".", "", "-", "").Replace(w))
	if len(hex) != 12 || strings.Trim(hex, "0123456789abcdef") != "" {
		return "", false
	}
	out := hex[:2]
	for i := 2; i < 12; i += 2 {
		out += ":" + hex[i:i+2]
	}
	return out, true
}

// mostNumbers bounds a set of numbers.
const mostNumbers = 1 << 13

// numbers reads a set such as 1-3,7.
func numbers(w string) (out []int, ok bool) {
	for part := range strings.SplitSeq(w, ",") {
		lo, hi, ranged := strings.Cut(part, "-")
		if !ranged {
			hi = lo
		}
		a, err1 := strconv.Atoi(lo)
		b, err2 := strconv.Atoi(hi)
		if err1 != nil || err2 != nil || a < 0 || b < a || b >= mostNumbers || len(out) > mostNumbers {
			return nil, false
		}
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// runs writes a set of numbers.
func runs(set []int) string {
	var out []string
	for len(set) > 0 {
		n := 1
		for n < len(set) && set[n] == set[0]+n {
			n++
		}
		s := strconv.Itoa(set[0])
		if n > 1 {
			s += "-" + strconv.Itoa(set[n-1])
		}
		out, set = append(out, s), set[n:]
	}
	return strings.Join(out, ",")
}

// many gives the spelling of a value of several words.
func many(d *dialect.Dialect, typ string, s said) string {
	switch typ {
	case "blob":
		value := s.raw()
		if strings.HasPrefix(value, "\x03") {
			value = strings.ReplaceAll(value, "\x03", "^C")
		}
		if at := strings.LastIndexByte(s.line[:s.words[0].At], '\n'); at >= 0 && !strings.Contains(value, "\n") { // nothing but its end
			value = "\n" + value
		}
		return value
	case "text", "secret":
		return strings.ReplaceAll(s.raw(), "\x03", "^C")
	case "quoted":
		return bare(s.raw())
	case "ace":
		return accessEntry(d, s.each())
	}
	out := s.each()
	switch typ {
	case "communities":
		for i, w := range out {
			out[i] = plainCommunity(w)
		}
		slices.SortFunc(out, compareCommunities)
		out = slices.Compact(out)
	case "names":
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return strings.Join(out, " ")
}

// bare drops quotes around a word that needs none.
func bare(s string) string {
	if len(s) < 3 || s[0] != '"' || s[len(s)-1] != '"' || strings.ContainsAny(s[1:len(s)-1], " \t\"\\;{}[]#") {
		return s
	}
	return s[1 : len(s)-1]
}

// all4 is every address of IPv4.
const all4 = "0.0.0.0/0"

// accessEntry writes an entry of an access list with addresses and ports in one spelling.
func accessEntry(d *dialect.Dialect, words []string) string {
	var out []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i+1 < len(words) && (w == "host" || address(w)) {
			if v, ok := wild(w, words[i+1:i+2]); ok {
				if v == all4 {
					v = "any"
				}
				out = append(out, v)
				i++
				continue
			}
		}
		if p, ok := prefix(w); ok {
			w = p.Masked().String()
			verb := i == 0 || words[i-1] == "permit" || words[i-1] == "deny" // a prefix of a list, maybe
			if p.Bits() == 0 && !verb {
				w = "any"
			}
		}
		if i > 0 && (words[i-1] == "eq" || words[i-1] == "neq" || words[i-1] == "lt" || words[i-1] == "gt") {
			if n, named := d.Tables["port"][w]; named {
				w = n
			}
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// address tells whether a word is one. Most words are none, which is seen without being told why.
func address(w string) bool {
	if !strings.ContainsAny(w, ".:") {
		return false
	}
	_, err := netip.ParseAddr(w)
	return err == nil
}

func prefix(w string) (netip.Prefix, bool) {
	if !strings.Contains(w, "/") {
		return netip.Prefix{}, false
	}
	p, err := netip.ParsePrefix(w)
	return p, err == nil
}

func compareCommunities(a, b string) int {
	x, y := strings.Split(a, ":"), strings.Split(b, ":")
	for i := range min(len(x), len(y)) {
		m, e1 := strconv.Atoi(x[i])
		n, e2 := strconv.Atoi(y[i])
		switch {
		case e1 == nil && e2 == nil && m != n:
			return m - n
		case (e1 != nil || e2 != nil) && x[i] != y[i]:
			return strings.Compare(x[i], y[i])
		}
	}
	return len(x) - len(y)
}
