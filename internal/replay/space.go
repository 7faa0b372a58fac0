package replay

import (
	"math/bits"
	"net/netip"
)

// num is a whole number of up to 128 bits: an address, a port, a length.
type num struct{ hi, lo uint64 }

func small(n int) num { return num{lo: uint64(n)} }

func (a num) less(b num) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

func (a num) next() num {
	lo, carry := bits.Add64(a.lo, 1, 0)
	return num{a.hi + carry, lo}
}

func (a num) prev() num {
	lo, borrow := bits.Sub64(a.lo, 1, 0)
	return num{a.hi - borrow, lo}
}

// low gives the last n bits as ones.
func low(n int) num {
	switch {
	case n >= 128:
		return num{^uint64(0), ^uint64(0)}
	case n >= 64:
		return num{1<<(n-64) - 1, ^uint64(0)}
	}
	return num{0, 1<<n - 1}
}

// span is the numbers from lo to hi, both among them.
type span struct{ lo, hi num }

func (s span) meets(t span) bool { return !s.hi.less(t.lo) && !t.hi.less(s.lo) }
func (s span) holds(t span) bool { return !t.lo.less(s.lo) && !s.hi.less(t.hi) }

// The sides of a box. What a kind of list does not look at is left open.
const (
	family = iota // 4 or 6
	source        // of a list of prefixes: the address
	target
	length // of a prefix
	protocol
	fromPort
	toPort
	reply // 1: an answer in a connection that stands
	sides
)

// box is a set of prefixes or packets that one entry of a list speaks of.
type box [sides]span

// everything is the box that holds all others.
func everything() box {
	wide := span{hi: low(128)}
	return box{family: {small(4), small(6)}, source: wide, target: wide, length: {hi: small(128)},
		protocol: {hi: small(255)}, fromPort: {hi: small(65535)}, toPort: {hi: small(65535)}, reply: {hi: small(1)}}
}

func (b *box) meets(c *box) bool {
	for i := range b {
		if !b[i].meets(c[i]) {
			return false
		}
	}
	return true
}

func (b *box) holds(c *box) bool {
	for i := range b {
		if !b[i].holds(c[i]) {
			return false
		}
	}
	return true
}

// empty tells whether no prefix can be in a box: its lengths are so short that none of them
// begins among its addresses.
func (b *box) empty() bool {
	if b[length].lo == (num{}) && b[length].hi == small(128) { // not a list of prefixes
		return false
	}
	size := 128
	if b[family].hi == small(4) {
		size = 32
	}
	host := low(size - min(size, int(b[length].hi.lo)))
	first := num{b[source].lo.hi &^ host.hi, b[source].lo.lo &^ host.lo}
	if first == b[source].lo {
		return false
	}
	next := num{first.hi | host.hi, first.lo | host.lo}.next() // the next one that a prefix may begin at
	return next == (num{}) || b[source].hi.less(next)
}

// without visits the parts of a box that another one, which meets it, does not hold.
func (b *box) without(c *box, f func(*box)) {
	rest := *b
	for i := range rest {
		if rest[i].lo.less(c[i].lo) {
			part := rest
			part[i].hi = c[i].lo.prev()
			f(&part)
			rest[i].lo = c[i].lo
		}
		if c[i].hi.less(rest[i].hi) {
			part := rest
			part[i].lo = c[i].hi.next()
			f(&part)
			rest[i].hi = c[i].hi
		}
	}
	f(&rest)
}

// addresses gives the family and the addresses of a prefix.
func addresses(p netip.Prefix) (of, in span) {
	raw, size, kind := p.Masked().Addr().As16(), p.Addr().BitLen(), 6
	var n num
	for i, c := range raw {
		if i < 8 {
			n.hi = n.hi<<8 | uint64(c)
		} else {
			n.lo = n.lo<<8 | uint64(c)
		}
	}
	if p.Addr().Is4() {
		n, kind = num{lo: n.lo & 0xffffffff}, 4
	}
	host := low(size - p.Bits())
	return span{small(kind), small(kind)}, span{n, num{n.hi | host.hi, n.lo | host.lo}}
}
