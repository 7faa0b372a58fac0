package replay

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// reading is one way to read words by a pattern.
type reading struct {
	words []string
	slots map[string]string
	cost  []int // how narrow each step was: less is narrower
}

// choose finds the rule that reads words most narrowly, word by word.
func choose(d *dialect.Dialect, rules []*dialect.Rule, words []string) (best *dialect.Rule, as *reading) {
	for _, r := range rules {
		got := read(d, r.Pattern, words)
		if got != nil && (as == nil || slices.Compare(got.cost, as.cost) < 0) {
			best, as = r, got
		}
	}
	return best, as
}

// read gives the narrowest reading of all words by all elements; nil where there is none.
func read(d *dialect.Dialect, es []dialect.Elem, words []string) *reading {
	if len(es) == 0 {
		if len(words) > 0 {
			return nil
		}
		return &reading{slots: map[string]string{}}
	}
	e, rest := es[0], es[1:]
	switch e.Kind {
	case dialect.Literal:
		if len(words) > 0 && words[0] == e.Word {
			return read(d, rest, words[1:]).with(e.Word, "", 0)
		}
	case dialect.Silent:
		if len(words) > 0 && words[0] == e.Word {
			return read(d, rest, words[1:])
		}
		return read(d, rest, words)
	case dialect.Rest:
		return (&reading{slots: map[string]string{}}).with(strings.Join(words, " "), e.Name, 9)
	case dialect.Slot:
		return readSlot(d, e, rest, words)
	case dialect.Group:
		return readGroups(d, es, words)
	}
	return nil
}

// with puts one more word in front; a nil reading stays nil.
func (r *reading) with(word, slot string, cost int) *reading {
	if r == nil {
		return nil
	}
	r.words = append(strings.Fields(word), r.words...)
	r.cost = append([]int{cost}, r.cost...)
	if slot != "" {
		r.slots[slot] = word
	}
	return r
}

func readSlot(d *dialect.Dialect, e dialect.Elem, rest []dialect.Elem, words []string) *reading {
	switch e.Type {
	case "text", "quoted", "communities", "list", "names", "blob", "ace", "secret":
		for n := len(words); n > 0; n-- { // as many words as the rest leaves
			if r := read(d, rest, words[n:]); r != nil {
				return r.with(many(e.Type, words[:n]), e.Name, 8)
			}
		}
		return nil
	}
	if len(words) == 0 {
		return nil
	}
	w, ok := one(d, e, words[0])
	if !ok {
		return nil
	}
	return read(d, rest, words[1:]).with(w, e.Name, width(e.Type))
}

func width(typ string) int {
	switch typ {
	case "enum":
		return 1
	case "word", "peer", "ifname", "nexthop":
		return 4
	}
	return 2
}

// readGroups reads neighbouring optional groups in any order and keeps the rule's order.
func readGroups(d *dialect.Dialect, es []dialect.Elem, words []string) *reading {
	n := 0
	for n < len(es) && es[n].Kind == dialect.Group {
		n++
	}
	found := make([]*reading, n)
	left := words
	for moved := true; moved; {
		moved = false
		for i := 0; i < n; i++ {
			for size := len(left); found[i] == nil && size > 0; size-- {
				if r := read(d, es[i].Group, left[:size]); r != nil {
					found[i], left, moved = r, left[size:], true
				}
			}
		}
	}
	tail := read(d, es[n:], left)
	for i := n - 1; i >= 0 && tail != nil; i-- {
		if found[i] == nil {
			continue
		}
		tail.words = append(slices.Clone(found[i].words), tail.words...)
		for k, v := range found[i].slots {
			tail.slots[k] = v
		}
	}
	return tail.with("", "", 6)
}

// one gives the spelling in which the device stores a word, and whether it takes it.
func one(d *dialect.Dialect, e dialect.Elem, w string) (string, bool) {
	addr, aerr := netip.ParseAddr(w)
	pfx, perr := netip.ParsePrefix(w)
	num, nerr := strconv.ParseUint(w, 10, 64)
	switch e.Type {
	case "int":
		return strconv.FormatUint(num, 10), nerr == nil
	case "enum":
		return w, slices.Contains(e.Enum, w)
	case "ip":
		return addr.String(), aerr == nil && addr.Zone() == ""
	case "prefix":
		if w == "any" {
			return w, true
		}
		return pfx.Masked().String(), perr == nil
	case "ipmask":
		return pfx.String(), perr == nil
	case "asn":
		return asNumber(w, num, nerr)
	case "area":
		if nerr == nil && num <= 0xffffffff {
			return netip.AddrFrom4([4]byte{byte(num >> 24), byte(num >> 16), byte(num >> 8), byte(num)}).String(), true
		}
		return addr.String(), aerr == nil && addr.Is4()
	case "peer":
		if aerr == nil {
			return addr.String(), true
		}
	case "nexthop":
		if aerr == nil {
			return addr.String(), true
		}
		return w, strings.ContainsAny(w[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
	case "ifname":
		return interfaceName(d, w), true
	case "community":
		return plainCommunity(w), true
	case "mac":
		return strings.ToLower(w), strings.Count(w, ":") == 5
	}
	return w, true
}

func asNumber(w string, num uint64, err error) (string, bool) {
	if w == "internal" || w == "external" {
		return w, true
	}
	high, low, dotted := strings.Cut(w, ".")
	if !dotted {
		return strconv.FormatUint(num, 10), err == nil && num <= 0xffffffff
	}
	h, e1 := strconv.ParseUint(high, 10, 16)
	l, e2 := strconv.ParseUint(low, 10, 16)
	return strconv.FormatUint(h*65536+l, 10), e1 == nil && e2 == nil
}

func interfaceName(d *dialect.Dialect, w string) string {
	for short, long := range d.Alias {
		if rest, ok := strings.CutPrefix(w, short); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return long + rest
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

// many gives the spelling of a value of several words.
func many(typ string, words []string) string {
	out := slices.Clone(words)
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
