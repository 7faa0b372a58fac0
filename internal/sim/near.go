package sim

import (
	"fmt"
	"strings"
)

// nest puts a value under keys, the first of which is outermost.
func nest(v any, keys ...string) any {
	for i := len(keys) - 1; i >= 0; i-- {
		v = map[string]any{keys[i]: v}
	}
	return v
}

// rows makes an object of each neighbour.
func rows(near []adjacency, made func(a adjacency) map[string]any) []any {
	out := []any{}
	for _, a := range near {
		out = append(out, made(a))
	}
	return out
}

// columns tells neighbours in lines; of none, nothing is said.
func columns(near []adjacency, head, form string) string {
	if len(near) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString(head)
	for _, a := range near {
		fmt.Fprintf(&out, form, a.id, a.port)
	}
	return out.String()
}

const (
	ospfHead  = "\nNeighbor ID     Pri   State           Dead Time   Address         Interface\n"
	ospf6Head = "\nNeighbor ID     Pri   State           Dead Time   Interface ID    Interface\n"
	ospfRow   = "%s   0   FULL/  -        00:00:36    192.0.2.0   %s\n"
	ospf6Row  = "%s   0   FULL/  -        00:00:36    4   %s\n"
)

// near tells neighbours as EOS does.
func (m *sessions) near(line string) string {
	switch {
	case strings.Contains(line, "isis"):
		list := map[string]any{}
		for _, a := range m.b.near("isis") {
			of, _ := list[a.id].(map[string]any)
			all, _ := of["adjacencies"].([]any)
			list[a.id] = map[string]any{"adjacencies": append(all, map[string]any{"interfaceName": a.port, "state": "up"})}
		}
		return said(nest(list, "vrfs", "default", "isisInstances", "plumbline", "neighbors"))
	case strings.Contains(line, "ospfv3"):
		return said(nest(m.full("ospf6"), "vrfs", "default", "addressFamily", "ipv6", "ospf3NeighborEntries"))
	}
	return said(nest(m.full("ospf"), "vrfs", "default", "instList", "1", "ospfNeighborEntries"))
}

func (m *sessions) full(proto string) any {
	return rows(m.b.near(proto), func(a adjacency) map[string]any {
		return map[string]any{"routerId": a.id, "interfaceName": a.port, "adjacencyState": "full"}
	})
}

// near tells neighbours as Junos does.
func (m *exclusive) near(proto string) string {
	data := func(text string) any { return []any{map[string]any{"data": text}} }
	near := m.b.near(proto)
	if len(near) == 0 {
		return map[string]string{"isis": "IS-IS", "ospf": "OSPF", "ospf6": "OSPF"}[proto] + " instance is not running\n"
	}
	name := map[string]string{"isis": "isis-adjacency", "ospf": "ospf-neighbor", "ospf6": "ospf3-neighbor"}[proto]
	list := rows(near, func(a adjacency) map[string]any {
		if proto == "isis" {
			return map[string]any{"system-name": data(a.id), "interface-name": data(a.port), "adjacency-state": data("Up")}
		}
		return map[string]any{"neighbor-id": data(a.id), "interface-name": data(a.port), "ospf-neighbor-state": data("Full")}
	})
	return said(nest([]any{nest(list, name)}, name+"-information"))
}

// near tells neighbours as NX-OS does, with names of ports cut short.
func (m *dualStage) near(proto string) string {
	near := m.b.near(proto)
	for i := range near {
		near[i].port = strings.Replace(strings.Replace(near[i].port, "port-channel", "Po", 1), "Ethernet", "Eth", 1)
	}
	switch {
	case len(near) == 0:
		return ""
	case proto == "ospf6":
		return columns(near, " OSPFv3 Process ID 1 VRF default\n Total number of neighbors: 1\n Neighbor ID     Pri State            Up Time  Interface ID    Interface\n",
			" %-15s 1 FULL/ -          00:10:05 6               %s \n   Neighbor address fe80::1\n")
	case proto == "isis":
		return said(nest(rows(near, func(a adjacency) map[string]any {
			return map[string]any{"adj-sys-name-out": a.id, "adj-intf-name-out": a.port, "adj-state-out": "UP"}
		}), "TABLE_process_tag", "ROW_process_tag", "TABLE_vrf", "ROW_vrf", "TABLE_process_adj", "ROW_process_adj"))
	}
	return said(nest(rows(near, func(a adjacency) map[string]any {
		return map[string]any{"rid": a.id, "intf": a.port, "state": "FULL"}
	}), "TABLE_ctx", "ROW_ctx", "TABLE_nbr", "ROW_nbr"))
}

// neighbors tells neighbours as IOS XE does.
func (b *Box) neighbors(line string) string {
	switch line {
	case "show ip ospf neighbor":
		return columns(b.near("ospf"), ospfHead, ospfRow)
	case "show ipv6 ospf neighbor":
		return columns(b.near("ospf6"), ospf6Head, ospf6Row)
	}
	return columns(b.near("isis"), "\nTag plumbline:\nSystem Id       Type Interface     IP Address      State Holdtime Circuit Id\n", "%s  L2   %s  192.0.2.0  UP    23       00\n")
}
