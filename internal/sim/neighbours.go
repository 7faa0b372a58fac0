package sim

import (
	"fmt"
	"net/netip"
	"strings"
)

// below is what stands under some names, or nothing.
func below(at map[string]any, names ...string) map[string]any {
	for _, name := range names {
		at, _ = at[name].(map[string]any)
	}
	return at
}

// planted reads where a tree of the models of SR Linux has interior protocols, by subinterface.
func planted(t map[string]any) *interior {
	in := &interior{ports: map[string]*inside{}}
	for _, i := range entries(t["interface"]) {
		for _, s := range entries(i["subinterface"]) {
			p := in.port(fmt.Sprint(i["name"], ".", s["index"]))
			p.down = disabled(i) || disabled(s)
			for _, family := range []string{"ipv4", "ipv6"} {
				for _, a := range entries(below(s, family)["address"]) {
					if n, err := netip.ParsePrefix(fmt.Sprint(a["ip-prefix"])); err == nil {
						p.nets = append(p.nets, n)
					}
				}
			}
		}
	}
	for _, n := range entries(t["network-instance"]) {
		for _, i := range entries(below(n, "protocols", "isis")["instance"]) {
			in.joins("isis", i, entries(i["interface"]))
		}
		for _, i := range entries(below(n, "protocols", "ospf")["instance"]) {
			if id, is := i["router-id"].(string); is {
				in.router = id
			}
			for _, a := range entries(i["area"]) {
				in.joins(versioned("ospf", i), i, entries(a["interface"]))
			}
		}
	}
	return in
}

// joins has an instance of a protocol look for neighbours on interfaces.
func (in *interior) joins(proto string, instance map[string]any, on []map[string]any) {
	for _, e := range on {
		p := in.port(fmt.Sprint(e["interface-name"]))
		p.runs[proto] = !disabled(instance) && !disabled(e)
		p.passive[proto] = e["passive"] == true
	}
}

func disabled(e map[string]any) bool { return e["admin-state"] == "disable" }

// versioned is what a protocol is called where its instance is one of IPv6.
func versioned(proto string, instance map[string]any) string {
	if instance["version"] == "ospf-v3" {
		return "ospf6"
	}
	return proto
}

// sees puts neighbours into a tree, in the list that a question asks for last: they stand under
// the interface that they are seen on, and no configuration names them.
func sees(at map[string]any, path []string, port, proto, state string, near func(proto string) []adjacency) {
	name, rest, _ := strings.Cut(path[0], " ")
	switch keys, _ := keyed(rest); {
	case len(keys) == 0:
		sees(below(at, name), path[1:], port, proto, state, near)
	case len(path) == 2:
		for _, a := range near(proto) {
			if a.port == port {
				grownEntry(at, name, [][2]string{{keys[0][0], a.id}})[path[1]] = state
			}
		}
	default:
		for _, e := range entries(at[name]) {
			sees(e, path[1:], fmt.Sprint(e[keys[0][0]]), versioned(proto, e), state, near)
		}
	}
}
