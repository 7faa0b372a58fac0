package probe

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// far is how many hops a path has at the most, and where the ports begin that nothing listens on:
// a packet that may go over n hops is sent to the n-th of them.
const (
	far   = 30
	ports = 33434
)

// settle is how long answers are waited for where some hop stays silent.
const settle = 2 * time.Second

// hop is who answered a packet, and whether it was the end of its way.
type hop struct {
	from netip.Addr
	end  bool
	why  string // of an end that is not the one that was asked for
}

// path is what is known of a way: who answered, by how many hops a packet was allowed.
type path map[int]hop

// reached is how many hops it takes to the end; 0 where nothing is known of one.
func (p path) reached() int {
	for n := 1; n <= far; n++ {
		if p[n].end && p[n].why == "" {
			return n
		}
	}
	return 0
}

// sure tells whether no answer that is still to come changes the verdict: the end answered and who
// stands before it, so that its number is known, and this is as declared, or is not; or all answered.
func (p path) sure(by Probe) bool {
	n := p.reached()
	_, before := p[n-1]
	if n == 0 || n > 1 && !before {
		return false
	}
	known := 0
	for i := 1; i <= n; i++ {
		if _, is := p[i]; is {
			known++
		}
	}
	return known == n || by.Hops > 0 && n != by.Hops || by.holds(p) == nil
}

// holds tells why a path is not as declared.
func (p Probe) holds(way path) error {
	n := way.reached()
	switch {
	case len(way) == 0:
		return errors.New("nothing on its path answers")
	case p.Hops > 0 && n == 0:
		return fmt.Errorf("it does not answer behind %d hops: %s", p.Hops, way)
	case p.Hops > 0 && n != p.Hops:
		return fmt.Errorf("it answers behind %d hops, and %d are declared: %s", n, p.Hops, way)
	case !p.Via.IsValid():
		return nil
	}
	for _, h := range way {
		if h.from == p.Via.Unmap() && (!h.end || h.why == "") {
			return nil
		}
	}
	return fmt.Errorf("%s is not on its path: %s", p.Via, way)
}

// String reads "1 192.0.2.1, 2 silent, 3 198.51.100.7".
func (p path) String() string {
	last := p.reached()
	for n := range p {
		if p.reached() == 0 {
			last = max(last, n)
		}
	}
	var out []string
	for n := 1; n <= last; n++ {
		h, known := p[n]
		switch {
		case !known:
			out = append(out, fmt.Sprint(n, " silent"))
		case h.why != "":
			out = append(out, fmt.Sprint(n, " ", h.from, " ("+h.why+")"))
			return strings.Join(out, ", ") // what comes behind it is its word again
		default:
			out = append(out, fmt.Sprint(n, " ", h.from))
		}
	}
	return strings.Join(out, ", ")
}

// icmpError tells what an error of ICMP means to a packet of ours; false where it is none that ends a
// way, such as one that is too big.
func icmpError(six bool, kind, code byte) (end bool, why string, known bool) {
	const expired, unreachable, expired6, unreachable6 = 11, 3, 3, 1
	switch {
	case !six && kind == expired && code == 0, six && kind == expired6 && code == 0:
		return false, "", true
	case !six && kind == unreachable && code == 3, six && kind == unreachable6 && code == 4:
		return true, "", true
	case !six && kind == unreachable && code == 4: // it is too big
		return false, "", false
	case !six && kind == unreachable, six && kind == unreachable6:
		return true, fmt.Sprintf("unreachable, code %d", code), true
	}
	return false, "", false
}
