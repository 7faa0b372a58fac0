package replay

import (
	"net/netip"
	"slices"
)

// nets are the networks of a part of the device, and the lines that have them: of one that has
// addresses in common with another the device takes the first alone (clash=overlap).
type nets struct {
	all    []net
	long   [129]int32 // how many there are of each length
	sorted bool
}

type net struct {
	p netip.Prefix
	e *entry
}

// netOf gives the network of the address that a line holds alone.
func netOf(e *entry) (netip.Prefix, bool) {
	v, _ := e.near(e.r.Unique.Slots[0])
	p, err := netip.ParsePrefix(v)
	return p.Masked(), err == nil
}

// ahead puts a network before those that begin behind it, and before those inside it.
func ahead(a, b netip.Prefix) int {
	if c := a.Addr().Compare(b.Addr()); c != 0 {
		return c
	}
	return a.Bits() - b.Bits()
}

func (n *nets) sort() {
	if !n.sorted {
		slices.SortStableFunc(n.all, func(a, b net) int { return ahead(a.p, b.p) })
		n.sorted = true
	}
}

// from is the place of the first network that is not before p.
func (n *nets) from(p netip.Prefix) int {
	n.sort()
	at, _ := slices.BinarySearchFunc(n.all, p, func(x net, p netip.Prefix) int { return ahead(x.p, p) })
	return at
}

func (n *nets) add(p netip.Prefix, e *entry) {
	n.long[p.Bits()]++
	if !n.sorted {
		n.all = append(n.all, net{p, e})
		return
	}
	n.all = slices.Insert(n.all, n.from(p), net{p, e})
}

func (n *nets) cut(p netip.Prefix, e *entry) {
	for at := n.from(p); at < len(n.all) && n.all[at].p == p; at++ {
		if n.all[at].e == e {
			n.all = slices.Delete(n.all, at, at+1)
			n.long[p.Bits()]--
			return
		}
	}
}

// meeting visits the lines whose networks have addresses in common with one, until it is told to stop.
func (n *nets) meeting(p netip.Prefix, f func(*entry) bool) {
	for bits := range p.Bits() { // those around it
		if n.long[bits] == 0 {
			continue
		}
		around := netip.PrefixFrom(p.Addr(), bits).Masked()
		for at := n.from(around); at < len(n.all) && n.all[at].p == around; at++ {
			if !f(n.all[at].e) {
				return
			}
		}
	}
	for at := n.from(p); at < len(n.all) && p.Contains(n.all[at].p.Addr()); at++ {
		if !f(n.all[at].e) {
			return
		}
	}
}

// net keeps the book of networks; of is the name of the part of the device that a line was in.
func (dev *Device) net(e *entry, of string, by int) {
	if e.r.Clash != "overlap" {
		return
	}
	p, ok := netOf(e)
	if !ok {
		return
	}
	b := &dev.book
	if b.nets == nil {
		b.nets = map[string]*nets{}
	}
	n := b.nets[of]
	if n == nil {
		n = &nets{}
		b.nets[of] = n
	}
	if by > 0 {
		n.add(p, e)
	} else {
		n.cut(p, e)
	}
}

// overlapped finds a line of another block whose network has addresses in common with that of a
// line; nil is none.
func (dev *Device) overlapped(e *entry) (other *entry) {
	p, ok := netOf(e)
	n := dev.book.nets[partOf(dev.space(e), e)]
	if !ok || n == nil {
		return nil
	}
	n.meeting(p, func(x *entry) bool {
		if x.up != e.up {
			other = x
		}
		return other == nil
	})
	return other
}
