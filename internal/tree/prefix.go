package tree

import (
	"net/netip"

	"plumbline/internal/tree/dialect"
)

// withMask reads a prefix or an address, with its length or with a mask behind it.
func withMask(network bool, word string, words []dialect.Word) (int, string) {
	if network && word == "any" {
		return 1, word
	}
	if spelledOut(word, network) {
		return 1, word
	}
	if p, err := netip.ParsePrefix(word); err == nil {
		return 1, written(p, network, word)
	}
	if len(words) < 2 {
		return 0, ""
	}
	a, err1 := netip.ParseAddr(word)
	m, err2 := netip.ParseAddr(words[1].Text)
	if err1 != nil || err2 != nil || !a.Is4() || !m.Is4() {
		return 0, ""
	}
	n := ones(m)
	if n < 0 {
		return 0, ""
	}
	return 2, written(netip.PrefixFrom(a, n), network, "")
}

// spelledOut tells whether a word is a prefix of IPv4, or an address with its length, in its one
// spelling: as most are, and seen without an address being made of it.
func spelledOut(word string, network bool) bool {
	var addr uint32
	at := 0
	number := func(most uint32) (n uint32, ok bool) {
		from := at
		for ; at < len(word) && word[at] >= '0' && word[at] <= '9' && at < from+3; at++ {
			n = 10*n + uint32(word[at]-'0')
		}
		return n, at > from && n <= most && (word[from] != '0' || at == from+1)
	}
	for _, end := range [4]byte{'.', '.', '.', '/'} {
		n, ok := number(255)
		if !ok || at == len(word) || word[at] != end {
			return false
		}
		addr = addr<<8 | n
		at++
	}
	bits, ok := number(32)
	return ok && at == len(word) && (!network || uint64(addr)<<bits&(1<<32-1) == 0)
}

// written is the one spelling of a prefix: that of the word it was read from, where it is it.
func written(p netip.Prefix, network bool, word string) string {
	if network {
		p = p.Masked()
	}
	var space [64]byte
	if out := p.AppendTo(space[:0]); string(out) != word {
		return string(out)
	}
	return word
}
