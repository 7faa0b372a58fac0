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

var neighborLine = regexp.MustCompile(`(?m)^\s*neighbor ([0-9a-fA-F.:]+)(?: remote-as| peer| as |;| \{|\s*$)`)

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
				if strings.Contains(g.body, "address "+addr.String()+end) || strings.Contains(g.body, "local "+addr.String()+end) || strings.Contains(g.body, "[ip-prefix="+addr.String()+end) {
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

// door is one interface that a configuration names.
type door struct {
	name string
	up   bool
}

// doors gives the interfaces that a configuration names: one is up unless it is shut.
func (b *Box) doors() (out []door) {
	inside := false // of the block of interfaces, where there is one
	for line := range strings.Lines(b.body()) {
		line = strings.TrimRight(line, "\n")
		word := strings.TrimSpace(line)
		name, opens := strings.CutPrefix(line, "interface ")
		if braces, in := strings.CutPrefix(line, "    "); inside && in && !strings.HasPrefix(braces, " ") {
			name, opens = strings.CutSuffix(braces, " {")
		}
		switch {
		case opens && !strings.Contains(name, " "):
			out = append(out, door{name, true})
		case line == "interfaces {":
			inside = true
		case !strings.HasPrefix(line, " "):
			inside = false
		case (word == "shutdown" || word == "disable;") && len(out) > 0:
			out[len(out)-1].up = false
		}
	}
	return out
}

// ports tells interfaces in columns.
func ports(doors []door, head, up, down string) string {
	var out strings.Builder
	out.WriteString(head)
	for _, d := range doors {
		state := down
		if d.up {
			state = up
		}
		fmt.Fprintf(&out, "%s unassigned %s\n", d.name, state)
	}
	return out.String()
}

// either gives one of two words.
func either(good bool, yes, no string) string {
	if good {
		return yes
	}
	return no
}
