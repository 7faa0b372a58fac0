package sim

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// link is one BGP session as a device sees it.
type link struct {
	peer      string
	up        bool
	got, sent int // routes that came over it, and that were told
}

// links gives the sessions that a configuration sets up, whatever its words are: one is up
// where its far end is a speaker outside of the farm, or stands on another device of it.
func (b *Box) links() (out []link) {
	seen := map[string]bool{}
	for _, m := range neighborLine.FindAllStringSubmatch(b.body(), -1) {
		addr, err := netip.ParseAddr(m[1])
		if err != nil || seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		l := link{peer: m[1], up: b.answers(addr)}
		if l.up {
			l.got, l.sent = b.carried("received", b.announces(addr)), b.carried("advertised", told)
		}
		out = append(out, l)
	}
	return out
}

var neighborLine = regexp.MustCompile(`(?m)^\s*neighbor ([0-9a-fA-F.:]+)(?: remote-as| peer| as |;| \{|\s*$)`)

// told is how many routes a device tells over each session: it has no table, and tells always the same.
const told = 2

// announces is how many routes come from an address: one from another device.
func (b *Box) announces(addr netip.Addr) int {
	for _, x := range b.farm.opt.Externals {
		if x.Address == addr {
			return x.Prefixes
		}
	}
	return 1
}

// carried is how many routes go over a session, unless the device loses some, or leaks, while its
// configuration is another one.
func (b *Box) carried(of string, n int) int {
	if f := b.faults.takes("loses", func(f *Fault) bool { return f.Text == of }); f != nil && b.body() != b.before {
		return f.N
	}
	return n
}

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
			state = strconv.Itoa(l.got)
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
	for _, at := range b.state.Paths() {
		name, is := strings.CutPrefix(at[0], "interface ")
		depth := 1
		if at[0] == "interfaces" && len(at) > 1 {
			name, is, depth = at[1], true, 2
		}
		switch {
		case !is || strings.Contains(name, " "):
		case len(at) == depth:
			out = append(out, door{name, true})
		case len(at) == depth+1 && (at[depth] == "shutdown" || at[depth] == "disable"):
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
