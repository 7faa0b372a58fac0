package health

import (
	"slices"
	"strings"
)

// Script reads from the lines of an FRR script which sessions it adds and takes away. A
// peer that is taken away and set up anew is added. "ospf * INTERFACE" is every adjacency
// over an interface.
func Script(do []byte) (e Expected) {
	vrf, iface := "default", ""
	for line := range strings.Lines(string(do)) {
		w := strings.Fields(line)
		switch {
		case len(w) == 0:
		case line[0] != ' ' && w[0] == "router" && len(w) > 2 && w[1] == "bgp":
			vrf, iface = "default", ""
			if i := slices.Index(w, "vrf"); i > 0 && i+1 < len(w) {
				vrf = w[i+1]
			}
		case w[0] == "no" && len(w) == 3 && w[1] == "interface":
			e.Removed = append(e.Removed, "interface "+w[2])
		case w[0] == "interface" && len(w) > 1:
			iface = w[1]
		case w[0] == "neighbor" && len(w) > 2 && (w[2] == "remote-as" || w[2] == "peer-group" && len(w) > 3):
			e.Added = append(e.Added, "bgp "+vrf+" "+w[1])
		case w[0] == "neighbor" && len(w) == 3 && w[2] == "shutdown":
			e.Removed = append(e.Removed, "bgp "+vrf+" "+w[1])
		case w[0] == "no" && takes(w[1:]):
			e.Removed = append(e.Removed, "bgp "+vrf+" "+w[2])
		case iface != "" && (line != "" && strings.TrimSpace(line) == "shutdown" || strings.HasPrefix(strings.TrimSpace(line), "no ip ospf area")):
			e.Removed = append(e.Removed, "ospf * "+iface)
			if strings.TrimSpace(line) == "shutdown" {
				e.Removed = append(e.Removed, "interface "+iface)
			}
		}
	}
	e.Removed = slices.DeleteFunc(e.Removed, func(s string) bool { return slices.Contains(e.Added, s) })
	e.Added = slices.DeleteFunc(e.Added, func(s string) bool { return !strings.ContainsAny(s[strings.LastIndexByte(s, ' '):], ".:") })
	return e
}

// takes tells whether "no neighbor ..." takes the whole neighbour away.
func takes(w []string) bool {
	return len(w) > 1 && w[0] == "neighbor" && (len(w) == 2 || w[2] == "remote-as" || w[2] == "peer-group")
}

// removed tells whether a change takes a session away.
func (e Expected) removed(session string) bool { return among(e.Removed, session) }

// freed tells whether a change lets a session go, up or not.
func (e Expected) freed(session string) bool { return among(e.Freed, session) }

func among(names []string, session string) bool {
	if listed(names, session) {
		return true
	}
	w := strings.Fields(session)
	if len(w) != 3 || w[0] != "ospf" && w[0] != "ospf6" && w[0] != "isis" {
		return false
	}
	iface, _, _ := strings.Cut(w[2], ":")
	port := strings.TrimSuffix(iface, ".0") // unit 0 of a port is what intent calls the port
	return slices.ContainsFunc(names, func(name string) bool {
		of, is := strings.CutPrefix(name, "ospf * ")
		return is && (of == iface || of == port || short(iface, of))
	})
}

// short tells whether a name of a port is another one whose letters are cut short: Eth1/1, Po7.
func short(cut, whole string) bool {
	digits := func(s string) int { return strings.IndexAny(s, "0123456789") }
	c, w := digits(cut), digits(whole)
	return c >= 2 && w > c && cut[c:] == whole[w:] && strings.EqualFold(cut[:c], whole[:c])
}

// listed tells whether a session is one of several; a session whose table is not told is that
// of the same peer in any table.
func listed(all []string, session string) bool {
	b := strings.Fields(session)
	return slices.ContainsFunc(all, func(s string) bool {
		if s == session || len(b) != 3 || len(s) < len(b[2]) || !strings.EqualFold(s[len(s)-len(b[2]):], b[2]) {
			return s == session
		}
		a := strings.Fields(s)
		return s == session || len(a) == 3 && len(b) == 3 && a[0] == b[0] && (a[0] == "bgp" || a[0] == "route") && strings.EqualFold(a[2], b[2]) && (a[1] == "*" || b[1] == "*")
	})
}
