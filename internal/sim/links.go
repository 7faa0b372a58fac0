package sim

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// link is one BGP session as a device sees it.
type link struct {
	peer string
	up   bool
}

// links gives the sessions that a configuration sets up, whatever its words are: one is up
// where its far end is a speaker outside of the farm, or stands on another device of it.
// Only sessions are told; the embedded devices of these command lines have no adjacencies.
func (b *Box) links() (out []link) {
	seen := map[string]bool{}
	for _, m := range neighborLine.FindAllStringSubmatch(b.body(), -1) {
		addr, err := netip.ParseAddr(m[1])
		if err != nil || seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		out = append(out, link{m[1], b.answers(addr)})
	}
	return out
}

var neighborLine = regexp.MustCompile(`(?m)^\s*neighbor ([0-9a-fA-F.:]+)(?: remote-as| peer|;| \{|\s*$)`)

// answers tells whether somebody has the address.
func (b *Box) answers(addr netip.Addr) bool {
	for _, x := range b.farm.opt.Externals {
		if x.Address == addr {
			return true
		}
	}
	for _, name := range b.farm.names {
		o := b.farm.boxes[name]
		if g, ok := o.glance.Load().(*glance); ok && o != b {
			for _, end := range []string{"/", " ", ";", "\n"} {
				if strings.Contains(g.body, "address "+addr.String()+end) {
					return true
				}
			}
		}
	}
	return false
}

// table tells sessions in columns, each state last: how many prefixes came where it is up.
func table(links []link, head, between string) string {
	if len(links) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString(head)
	for _, l := range links {
		state := "Idle"
		if l.up {
			state = "1"
		}
		fmt.Fprintf(&out, "%s %s %s\n", l.peer, between, state)
	}
	return out.String()
}

// summary tells sessions as JSON, by the words of the device.
func summary(links []link, made func(l link, state string) any, whole func(peers []any) any) string {
	peers := []any{}
	for _, l := range links {
		state := "Active"
		if l.up {
			state = "Established"
		}
		peers = append(peers, made(l, state))
	}
	text, err := json.Marshal(whole(peers))
	if err != nil {
		return "{}\n"
	}
	return string(text) + "\n"
}
