//go:build live

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// prefers has the peer tell the route server what it tells us, with no longer a path: what we
// hear from itself must be best, each time. What it is about to withdraw is left out.
func (p *peers) prefers(out *bytes.Buffer) {
	p.t.Helper()
	peer, both := p.by("peer"), map[string]bool{}
	for _, a := range p.told {
		if a.from == "peer" && a.good && !a.gshut && a.prefix.Addr().Is4() {
			a.path, a.more = []string{fmt.Sprint(peer.asn)}, ""
			peer.says(p.live, a.words(peer, server))
			both[a.prefix.String()] = true
		}
	}
	var best map[string]string
	p.until(fmt.Sprintf("%d prefixes are known both ways", len(both)), func() bool {
		best = p.bests(both)
		return len(best) == len(both)
	})
	direct := 0
	for prefix, by := range best {
		if by == peer.own(false) {
			direct++
		} else {
			p.t.Errorf("%s is best by %s", prefix, by)
		}
	}
	p.t.Logf("figure: known by the peer and by the route server: %d prefixes, the peer is best for %d", len(best), direct)
	fmt.Fprintf(out, "known by the peer and by the route server: %d, best by the peer: %d\n", len(best), direct)
}

// bests gives by whom each prefix that is known twice is best.
func (p *peers) bests(of map[string]bool) map[string]string {
	p.t.Helper()
	text, err := p.lab.Show(p.t.Context(), edge, "show bgp ipv4 unicast json")
	p.must(err)
	var table struct {
		Routes map[string][]struct {
			Bestpath bool
			PeerID   string
		}
	}
	p.must(json.Unmarshal([]byte(text), &table))
	best := map[string]string{}
	for prefix, paths := range table.Routes {
		for _, path := range paths {
			if of[prefix] && len(paths) == 2 && path.Bestpath {
				best[prefix] = path.PeerID
			}
		}
	}
	return best
}

// closes fills a session up to its limit, which it bears, and by one more, which it does not.
func (p *peers) closes(out *bytes.Buffer) {
	p.t.Helper()
	const limit = 20
	s := p.by("customer")
	addr := s.own(false)
	more := func(no int) {
		s.says(p.live, fmt.Sprintf("neighbor %s announce route 11.80.%d.0/24 next-hop %s as-path [ %d ]", s.meets[0], 100+no, addr, s.asn))
	}
	for no := range limit - len(p.heard(addr, "routes", "routes")) {
		more(no)
	}
	p.until("the customer has as many prefixes as it may", func() bool { return len(p.heard(addr, "routes", "routes")) == limit })
	time.Sleep(time.Second) // that nothing happens can only be shown by waiting
	if state := p.session(addr).BgpState; state != "Established" {
		p.t.Errorf("at %d prefixes, its limit, the session is %s", limit, state)
	}
	no := limit
	for ; p.session(addr).BgpState == "Established"; no++ {
		more(no)
		p.until(fmt.Sprintf("prefix %d is taken, or closes the session", no+1), func() bool {
			return len(p.heard(addr, "routes", "routes")) > no || p.session(addr).BgpState != "Established"
		})
	}
	p.until("what it told is gone", func() bool { return len(p.heard(addr, "routes", "routes")) == 0 })
	is := p.session(addr)
	p.t.Logf("figure: at %d of %d prefixes the session stands, prefix %d closes it: %s", limit, limit, no, is.LastNotificationReason)
	fmt.Fprintf(out, "limit %d: at %d Established, closed by prefix %d: %s\n", limit, limit, no, is.LastNotificationReason)
}

// roles looks at the neighbour that takes itself for our provider while we take it for a
// peer, and sees that it is met as soon as it says what we say.
func (p *peers) roles(out *bytes.Buffer) {
	p.t.Helper()
	const addr = "11.1.0.79"
	var seen session
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("the session with %s: %+v", addr, seen)
		}
	})
	p.until("the roles were compared", func() bool {
		seen = p.session(addr)
		return strings.Contains(seen.LastNotificationReason, "Role")
	})
	for range 20 { // that it never comes up can only be shown by looking on
		if is := p.session(addr); is.BgpState == "Established" {
			p.t.Fatalf("two that take each other for something else meet: %+v", is)
		}
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Fprintf(out, "a peer that takes itself for our provider: not Established: %s\n", p.session(addr).LastNotificationReason)
	p.load(misled, roleOf("peer"))
	p.until("a peer that takes itself for a peer is met", func() bool { return p.session(addr).BgpState == "Established" })
	fmt.Fprintln(out, "the same, taking itself for a peer: Established")
}

// roleOf is a router on the LAN that takes itself for something.
func roleOf(role string) string {
	return fmt.Sprintf(`interface eth0
 ip address 11.1.0.79/24
router bgp 3000700
 bgp router-id 11.1.0.79
 no bgp ebgp-requires-policy
 neighbor 11.1.0.10 remote-as %d
 neighbor 11.1.0.10 passive
 neighbor 11.1.0.10 ttl-security hops 1
 neighbor 11.1.0.10 local-role %s
`, edgeASN, role)
}
