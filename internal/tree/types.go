package tree

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// canonWords gives the one spelling of a value at the head of words, and how many words it
// takes; 0 where they are not of the type. The types are those of the rule language.
func canonWords(d *dialect.Dialect, e *dialect.Elem, words []dialect.Word) (int, string) {
	word := words[0].Text
	if e.Pre != "" || e.Post != "" {
		in, ok := strings.CutPrefix(word, e.Pre)
		if ok {
			in, ok = strings.CutSuffix(in, e.Post)
		}
		if !ok {
			return 0, ""
		}
		word = in
	}
	switch e.Is {
	case dialect.TypeIPMask, dialect.TypePrefix:
		return withMask(e.Is == dialect.TypePrefix, word, words)
	case dialect.TypeWildcard:
		return wildcard(word, words)
	}
	w, ok := canon(d, e, word)
	if !ok {
		return 0, ""
	}
	return 1, w
}

// canon gives the one spelling of a word of a type, and whether the word is of that type.
func canon(d *dialect.Dialect, e *dialect.Elem, word string) (string, bool) {
	switch e.Is {
	case dialect.TypeInt:
		return whole(word)
	case dialect.TypeEnum:
		return word, slices.Contains(e.Enum, word)
	case dialect.TypeIP:
		a, err := netip.ParseAddr(word)
		return a.String(), err == nil && a.Zone() == ""
	case dialect.TypeASN:
		return asn(word)
	case dialect.TypeArea:
		return area(word)
	case dialect.TypePeer, dialect.TypeNexthop:
		if a, err := netip.ParseAddr(word); err == nil {
			return a.String(), true
		}
		return word, word != "" && (e.Is == dialect.TypePeer || word[0] >= 'A')
	case dialect.TypeIfname:
		name := longName(d, word)
		return name, word != "" && (len(e.Enum) == 0 || slices.Contains(e.Enum, classOf(d, name)))
	case dialect.TypeCommunity, dialect.TypeRD, dialect.TypeRT:
		return community(word), word != ""
	case dialect.TypeIDs:
		return ids(word)
	case dialect.TypePort:
		return port(d, word), word != ""
	case dialect.TypeMAC:
		return mac(word)
	}
	return word, word != ""
}

// ones counts the leading ones of a mask; -1 where others follow a zero.
func ones(m netip.Addr) int {
	b := m.As4()
	v := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	n := 0
	for v&(1<<31) != 0 {
		v <<= 1
		n++
	}
	if v != 0 {
		return -1
	}
	return n
}

// wildcard reads an address with the bits that do not matter: "any", "host A", "A W" or "A/N".
// Where these are the last ones, it is written as a prefix.
func wildcard(word string, words []dialect.Word) (int, string) {
	switch {
	case word == "any":
		return 1, "0.0.0.0/0"
	case word == "host" && len(words) > 1:
		a, err := netip.ParseAddr(words[1].Text)
		if err != nil {
			return 0, ""
		}
		return 2, netip.PrefixFrom(a, a.BitLen()).String()
	}
	a, err := netip.ParseAddr(word)
	if err != nil {
		if p, err := netip.ParsePrefix(word); err == nil {
			return 1, p.Masked().String()
		}
		return 0, ""
	}
	if len(words) > 1 {
		if w, err := netip.ParseAddr(words[1].Text); err == nil && w.Is4() && a.Is4() {
			b := w.As4()
			if n := ones(netip.AddrFrom4([4]byte{^b[0], ^b[1], ^b[2], ^b[3]})); n >= 0 {
				return 2, netip.PrefixFrom(a, n).Masked().String()
			}
			return 2, a.String() + " " + w.String()
		}
	}
	return 1, netip.PrefixFrom(a, a.BitLen()).String()
}

// whole drops leading zeros of a number.
func whole(word string) (string, bool) {
	for i := range len(word) {
		if word[i] < '0' || word[i] > '9' {
			return "", false
		}
	}
	if len(word) > 0 && len(word) < 19 && (word[0] != '0' || len(word) == 1) {
		return word, true
	}
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
	for at := range len(word) {
		if word[at] < '0' || word[at] > '9' {
			continue
		}
		if long, ok := d.Long(word[:at]); ok {
			return long + word[at:]
		}
		break
	}
	return word
}

// community drops leading zeros of the parts of a community.
func community(word string) string {
	if !strings.Contains(word, ":0") && word != "" && word[0] != '0' {
		return word
	}
	parts := strings.Split(word, ":")
	for i, p := range parts {
		if n, ok := whole(p); ok {
			parts[i] = n
		}
	}
	return strings.Join(parts, ":")
}

// port gives the number of a named port, from the platform's table "port".
func port(d *dialect.Dialect, word string) string {
	if n, ok := d.Tables["port"][word]; ok {
		return n
	}
	return word
}

// mac writes a hardware address with colons in lower case.
func mac(word string) (string, bool) {
	var hex []byte
	for _, c := range []byte(strings.ToLower(word)) {
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
			hex = append(hex, c)
		case c != ':' && c != '.' && c != '-':
			return "", false
		}
	}
	if len(hex) != 12 {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < 12; i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.Write(hex[i : i+2])
	}
	return b.String(), true
}

// ids writes a set of numbers as sorted ranges.
func ids(word string) (string, bool) {
	if word == "all" || word == "none" {
		return word, true
	}
	set, ok := readIDs(word)
	return writeIDs(set), ok
}

// maxIDs bounds a set: no platform numbers more.
const maxIDs = 1 << 13

func readIDs(word string) (out []int, ok bool) {
	for _, part := range strings.Split(word, ",") {
		lo, hi, ranged := strings.Cut(part, "-")
		a, err1 := strconv.Atoi(lo)
		b := a
		var err2 error
		if ranged {
			b, err2 = strconv.Atoi(hi)
		}
		if err1 != nil || err2 != nil || a < 0 || b < a || b >= maxIDs || len(out) > maxIDs {
			return nil, false
		}
		for n := a; n <= b; n++ {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

func writeIDs(set []int) string { return strings.Join(ranges(set), ",") }

// ranges gives the runs of a sorted set.
func ranges(set []int) (out []string) {
	for i := 0; i < len(set); {
		j := i
		for j+1 < len(set) && set[j+1] == set[j]+1 {
			j++
		}
		if i == j {
			out = append(out, strconv.Itoa(set[i]))
		} else {
			out = append(out, strconv.Itoa(set[i])+"-"+strconv.Itoa(set[j]))
		}
		i = j + 1
	}
	return out
}

// canonList gives the one spelling of a value of several words; raw is its text.
func canonList(d *dialect.Dialect, e *dialect.Elem, words []dialect.Word, raw string) string {
	switch e.Type {
	case "blob":
		if !strings.HasPrefix(raw, "\x03") { // it is the mark that the value begins and ends with
			return raw
		}
		return strings.ReplaceAll(raw, "\x03", "^C")
	case "text", "secret":
		return strings.ReplaceAll(raw, "\x03", "^C")
	case "quoted":
		return unquote(raw)
	case "ace":
		return ace(d, texts(words))
	}
	out := texts(words)
	switch e.Type {
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

// unquote drops quotes that are not needed.
func unquote(raw string) string {
	in, ok := strings.CutPrefix(raw, `"`)
	if in, ok2 := strings.CutSuffix(in, `"`); ok && ok2 && in != "" && !strings.ContainsAny(in, " \t\"\\;{}[]#") {
		return in
	}
	return raw
}

// ace folds the addresses and ports of an entry of an access list.
func ace(d *dialect.Dialect, words []string) string {
	var out []string
	for i := 0; i < len(words); {
		w := words[i]
		switch {
		case w == "host" || i+1 < len(words) && strings.ContainsAny(w, ".:") && isAddress(w):
			if n, c := wildcard(w, places(words[i:])); n == 2 {
				if c == "0.0.0.0/0" {
					c = "any"
				}
				out = append(out, c)
				i += 2
				continue
			}
		case strings.Contains(w, "/"):
			if n, c := wildcard(w, places(words[i:])); n == 1 {
				w = c
			}
			if i > 0 && words[i-1] != "permit" && words[i-1] != "deny" && (w == "0.0.0.0/0" || w == "::/0") {
				w = "any" // behind the verb alone it may be a prefix of a list, which is that one and not all
			}
		case i > 0 && slices.Contains([]string{"eq", "neq", "lt", "gt"}, words[i-1]):
			w = port(d, w)
		}
		out = append(out, w)
		i++
	}
	return strings.Join(out, " ")
}

func isAddress(w string) bool {
	_, err := netip.ParseAddr(w)
	return err == nil
}

func places(words []string) (out []dialect.Word) {
	for _, w := range words {
		out = append(out, dialect.Word{Text: w})
	}
	return out
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
