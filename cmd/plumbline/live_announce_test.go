//go:build live

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// announcement is one line of the table of a case.
type announcement struct {
	from   string
	good   bool
	prefix netip.Prefix
	path   []string
	hop    string // empty for the sender's own address
	more   string // attributes, in the words of exabgp
	gshut  bool
	why    string
}

// announcements reads the table.
func announcements(t *testing.T, table [][]string) (out []announcement) {
	t.Helper()
	for _, f := range table {
		end := slices.Index(f, ":")
		if end < 4 {
			t.Fatalf("no announcement: %s", strings.Join(f, " "))
		}
		a := announcement{from: f[0], good: f[1] == "good", prefix: netip.MustParsePrefix(f[2]), why: strings.Join(f[end+1:], " ")}
		for _, word := range f[3:end] {
			key, value, _ := strings.Cut(word, "=")
			switch n, err := strconv.Atoi(strings.TrimPrefix(word, "x")); {
			case key == "large":
				a.more += " large-community [ " + value + " ]"
			case key == "community":
				a.more += " community [ " + value + " ]"
			case key == "gshut":
				a.gshut, a.more = true, a.more+" community [ 65535:0 ]"
			case key == "otc":
				asn, err := strconv.Atoi(value)
				if err != nil {
					t.Fatal(err)
				}
				a.more += fmt.Sprintf(" attribute [ 0x23 0xc0 0x%08X ]", asn)
			case key == "hop":
				a.hop = value
			case err != nil:
				t.Fatalf("%s: what is %q?", f[2], word)
			case word[0] == 'x':
				for i := range n {
					a.path = append(a.path, strconv.Itoa(3002000+i))
				}
			default:
				a.path = append(a.path, word)
			}
		}
		out = append(out, a)
	}
	return out
}

// words is how exabgp is told to announce it to a neighbour.
func (a announcement) words(s *sender, to string) string {
	hop := a.hop
	if hop == "" {
		hop = s.own(a.prefix.Addr().Is6())
	}
	return fmt.Sprintf("neighbor %s announce route %s next-hop %s as-path [ %s ]%s", to, a.prefix, hop, strings.Join(a.path, " "), a.more)
}

// peers is the edge and those around it.
type peers struct {
	*live
	all  []*sender
	told []announcement
}

// by gives a sender by name.
func (p *peers) by(name string) *sender {
	i := slices.IndexFunc(p.all, func(s *sender) bool { return s.name == name })
	if i < 0 {
		p.t.Fatalf("nobody is called %s", name)
	}
	return p.all[i]
}

// as gives the session of the edge by which it hears a sender's prefixes of a family.
func (p *peers) as(s *sender, six bool) string {
	if s.name == "server" {
		return server
	}
	return s.own(six)
}

// session is what FRR says of a session.
type session struct {
	BgpState, LastNotificationReason, LastResetDueTo string
	LastErrorCodeSubcode                             string
}

func (p *peers) session(addr string) session {
	p.t.Helper()
	out, err := p.lab.Show(p.t.Context(), edge, "show bgp neighbors "+addr+" json")
	p.must(err)
	var all map[string]session
	p.must(json.Unmarshal([]byte(out), &all))
	return all[addr]
}

// listens has the edge keep what it hears before it judges, so that the test can tell what
// was refused from what never came; then it waits for the sessions.
func (p *peers) listens() {
	p.t.Helper()
	text := fmt.Sprintf("router bgp %d\n", edgeASN)
	for _, six := range []bool{false, true} {
		text += map[bool]string{false: " address-family ipv4 unicast\n", true: " address-family ipv6 unicast\n"}[six]
		for _, s := range p.all {
			if addr := p.as(s, six); addr != "" && strings.Contains(addr, ":") == six {
				text += "  neighbor " + addr + " soft-reconfiguration inbound\n"
			}
		}
		text += " exit-address-family\n"
	}
	p.load(edge, text)
	begin := time.Now()
	for _, s := range p.all {
		for _, six := range []bool{false, true} {
			if addr := p.as(s, six); addr != "" {
				p.until("the edge meets "+addr, func() bool { return p.session(addr).BgpState == "Established" })
			}
		}
	}
	p.t.Logf("figure: the sessions with a peer, a customer, a provider and a route server stand %.1f s after the push", time.Since(begin).Seconds())
}

// heard gives the prefixes of a table of the edge about one neighbour.
func (p *peers) heard(addr, what, field string) map[string]json.RawMessage {
	p.t.Helper()
	family := "ipv4"
	if strings.Contains(addr, ":") {
		family = "ipv6"
	}
	out, err := p.lab.Show(p.t.Context(), edge, fmt.Sprintf("show bgp %s unicast neighbors %s %s json", family, addr, what))
	p.must(err)
	var is map[string]json.RawMessage
	var routes map[string]json.RawMessage
	if json.Unmarshal([]byte(out), &is) != nil || json.Unmarshal(is[field], &routes) != nil {
		return nil
	}
	return routes
}

// judges announces everything and writes what became of each. What is left out of the table
// of received routes was refused before FRR keeps it: what came behind it shows that.
func (p *peers) judges(out *bytes.Buffer, all []announcement) {
	p.t.Helper()
	last := map[string]netip.Prefix{}
	for _, a := range all {
		s := p.by(a.from)
		s.says(p.live, a.words(s, s.meets[min(len(s.meets)-1, map[bool]int{true: 1}[a.prefix.Addr().Is6()])]))
		last[p.as(s, a.prefix.Addr().Is6())] = a.prefix
	}
	came, taken := map[string]map[string]json.RawMessage{}, map[string]map[string]json.RawMessage{}
	for addr, prefix := range last {
		p.until("the edge hears of "+prefix.String()+" from "+addr, func() bool {
			came[addr] = p.heard(addr, "received-routes", "receivedRoutes")
			return came[addr][prefix.String()] != nil
		})
		taken[addr] = p.heard(addr, "routes", "routes")
	}
	count := map[[2]bool]int{}
	for _, a := range all {
		addr := p.as(p.by(a.from), a.prefix.Addr().Is6())
		route, is := taken[addr][a.prefix.String()]
		count[[2]bool{a.good, is}]++
		if is != a.good {
			p.t.Errorf("%s from %s (%s) is taken: %v", a.prefix, a.from, a.why, is)
		}
		word := "refused"
		if is {
			word = p.worth(a.prefix, route)
		} else if came[addr][a.prefix.String()] == nil {
			word = "refused before it is kept"
		}
		fmt.Fprintf(out, "%s %s: %s | %s\n", a.from, a.prefix, word, a.why)
	}
	p.t.Logf("figure: %d of %d bad announcements taken, %d of %d good ones", count[[2]bool{false, true}],
		count[[2]bool{false, true}]+count[[2]bool{false, false}], count[[2]bool{true, true}], count[[2]bool{true, true}]+count[[2]bool{true, false}])
	p.told = all
}

// worth says what a route that was taken is worth and which of our marks it bears.
func (p *peers) worth(prefix netip.Prefix, route json.RawMessage) string {
	p.t.Helper()
	var paths []struct{ LocPrf int }
	p.must(json.Unmarshal(route, &paths))
	family := map[bool]string{false: "ipv4", true: "ipv6"}[prefix.Addr().Is6()]
	text, err := p.lab.Show(p.t.Context(), edge, "show bgp "+family+" unicast "+prefix.String()+" json")
	p.must(err)
	var is struct {
		Paths []struct{ LargeCommunity struct{ String string } }
	}
	p.must(json.Unmarshal([]byte(text), &is))
	if len(paths) != 1 || len(is.Paths) != 1 {
		p.t.Fatalf("%s has %d and %d paths", prefix, len(paths), len(is.Paths))
	}
	return fmt.Sprintf("taken at %d with %s", paths[0].LocPrf, is.Paths[0].LargeCommunity.String)
}
