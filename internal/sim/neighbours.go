package sim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// below is what stands under some names, or nothing.
func below(at map[string]any, names ...string) map[string]any {
	for _, name := range names {
		at, _ = at[name].(map[string]any)
	}
	return at
}

// planted reads where a tree has interior protocols: by the models of OpenConfig, or by those of SR
// Linux, by subinterface.
func planted(t map[string]any) *interior {
	if t["network-instances"] != nil {
		return open(t)
	}
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

// open reads where a tree of the models of OpenConfig has interior protocols, by interface; what is
// behind its first subinterface is called by both.
func open(t map[string]any) *interior {
	in := &interior{ports: map[string]*inside{}}
	for _, i := range entries(below(t, "interfaces")["interface"]) {
		for _, s := range entries(below(i, "subinterfaces")["subinterface"]) {
			name := fmt.Sprint(i["name"])
			if n := fmt.Sprint(s["index"]); n != "0" {
				name += "." + n
			}
			p := in.port(name)
			p.down = set(i, "enabled", "false") || set(s, "enabled", "false")
			for _, family := range []string{"ipv4", "ipv6"} {
				for _, a := range entries(below(s, family, "addresses")["address"]) {
					c := below(a, "config")
					if n, err := netip.ParsePrefix(fmt.Sprint(c["ip"], "/", c["prefix-length"])); err == nil {
						p.nets = append(p.nets, n)
					}
				}
			}
		}
	}
	for _, n := range entries(below(t, "network-instances")["network-instance"]) {
		for _, p := range entries(below(n, "protocols")["protocol"]) {
			in.enters("isis", "interface-id", p, entries(below(p, "isis", "interfaces")["interface"]))
			if id, is := below(p, "ospfv2", "global", "config")["router-id"].(string); is {
				in.router = id
			}
			for _, a := range entries(below(p, "ospfv2", "areas")["area"]) {
				in.enters("ospf", "id", p, entries(below(a, "interfaces")["interface"]))
			}
		}
	}
	return in
}

// enters has a protocol look for neighbours on interfaces, as OpenConfig says it.
func (in *interior) enters(proto, key string, instance map[string]any, on []map[string]any) {
	for _, e := range on {
		p := in.port(fmt.Sprint(e[key]))
		p.runs[proto] = !set(instance, "enabled", "false") && !set(e, "enabled", "false")
		p.passive[proto] = set(e, "passive", "true")
	}
}

// set tells whether the container config of an entry has a value.
func set(e map[string]any, leaf, value string) bool {
	return fmt.Sprint(below(e, "config")[leaf]) == value
}

// sees puts neighbours into a tree, in the list that a question asks for last: they stand under
// the interface that they are seen on, and no configuration names them.
func sees(at map[string]any, path []string, port, proto, state string, near func(proto string) []adjacency) {
	var names []string // containers on the way
	for i, part := range path {
		name, rest, _ := strings.Cut(part, " ")
		keys, _ := keyed(rest)
		switch after := path[i+1:]; {
		case len(keys) == 0:
			names = append(names, name)
			continue
		case !slices.ContainsFunc(after, func(p string) bool { return strings.Contains(p, "[") }):
			for _, a := range near(proto) {
				if a.port == port {
					e := grownEntry(branch(at, names...), name, [][2]string{{keys[0][0], a.id}})
					branch(e, after[:len(after)-1]...)[after[len(after)-1]] = state
				}
			}
		default:
			for _, e := range entries(below(at, names...)[name]) {
				if slices.ContainsFunc(keys, func(k [2]string) bool { return k[1] != "*" && fmt.Sprint(e[k[0]]) != k[1] }) {
					continue
				}
				on := port
				if name == "interface" {
					on = fmt.Sprint(e[keys[0][0]])
				}
				sees(e, after, on, versioned(proto, e), state, near)
			}
		}
		return
	}
}
