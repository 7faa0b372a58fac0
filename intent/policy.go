package intent

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// longest is the length beyond which the Internet does not carry prefixes.
func longest(six bool) int {
	if six {
		return 48
	}
	return 24
}

// suffix keeps the sets of the two families apart.
func suffix(six bool) string {
	if six {
		return "-6"
	}
	return "-4"
}

// never is space that no network can announce; unrouted is space that only a lab may.
var (
	never = map[bool][]string{
		false: {"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"},
		true:  {"::/8", "100::/64", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"},
	}
	unrouted = map[bool][]string{
		false: {"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
			"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"},
		true: {"2001:db8::/32", "2001:2::/48", "2001:10::/28", "3fff::/20"},
	}
)

// policies gives the policy of a device.
func (d *Design) policies(b *Build, n *network.Device) *network.Policy {
	if n.Policy == nil {
		n.Policy = &network.Policy{From: b.At(&d.ASN)}
	}
	return n.Policy
}

// large gives our large community with the number that a relation has.
func (d *Design) large(relation string) string {
	number := map[string]int{"own": 0, "customer": 1, "peer": 2, "provider": 3, "route_server": 4}[relation]
	return fmt.Sprintf("%d:1:%d", d.ASN, number)
}

// marking gives a device the policy that marks what we originate.
func (d *Design) marking(b *Build, n *network.Device) {
	p, at := d.policies(b, n), b.At(&d.ASN)
	p.Routes = append(p.Routes, network.RoutePolicy{Name: "OWN", From: at, Terms: []network.Term{
		{Seq: 10, Does: "accept", Mark: d.large("own"), From: at},
	}})
}

// common gives a device the sets that every session of a family is judged by.
func (d *Design) common(b *Build, n *network.Device, six bool) {
	p, at, end := d.policies(b, n), b.At(&d.ASN), suffix(six)
	if slices.ContainsFunc(p.PrefixSets, func(s network.PrefixSet) bool { return s.Name == "BOGONS"+end }) {
		return
	}
	all := netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	if six {
		all = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	bogons := slices.Clone(never[six])
	if !d.Lab {
		bogons = append(bogons, unrouted[six]...)
	}
	add := func(name string, items []network.PrefixItem) {
		if len(items) > 0 {
			p.PrefixSets = append(p.PrefixSets, network.PrefixSet{Name: name + end, IPv6: six, Items: number(items), From: at})
		}
	}
	var items []network.PrefixItem
	for _, s := range bogons {
		items = append(items, within(netip.MustParsePrefix(s), all.Addr().BitLen(), at))
	}
	add("BOGONS", items)
	add("LONG", []network.PrefixItem{{Prefix: all, Min: longest(six) + 1, From: at}})
	add("DEFAULT", []network.PrefixItem{{Prefix: all, From: at}})
	add("OWN", ownSpace(b, d, six))
	add("LANS", lanSpace(b, six))
	if len(p.PathSets) == 0 {
		d.speaker(b, n).LongestPath = longestPath
		p.PathSets = append(p.PathSets,
			network.PathSet{Name: "PATH-LONG", Longer: longestPath, From: at},
			network.PathSet{Name: "PATH-RESERVED", Holds: d.reserved(), From: at},
			network.PathSet{Name: "PATH-TRANSIT-FREE", Holds: alone(transitFree), From: at})
	}
	d.communities(p, at)
}

// communities gives a device the sets of communities that have a meaning for us.
func (d *Design) communities(p *network.Policy, at diag.Pos) {
	if len(p.CommunitySets) > 0 {
		return
	}
	p.CommunitySets = append(p.CommunitySets,
		network.CommunitySet{Name: "GSHUT", Items: []network.CommunityItem{{Seq: 5, Value: "65535:0"}}, From: at},
		network.CommunitySet{Name: "OURS", Large: true, Of: uint32(d.ASN), From: at},
		network.CommunitySet{Name: "EXPORT", Large: true, Items: []network.CommunityItem{{Seq: 5, Value: d.large("own")}, {Seq: 10, Value: d.large("customer")}}, From: at})
}

// longestPath is how many systems a path from outside may go through.
const longestPath = 50

// reserved gives the systems that can be in no path of the Internet; a lab may have the
// private and documentation ones.
func (d *Design) reserved() []network.ASRange {
	out := []network.ASRange{
		{Name: "zero", First: 0, Last: 0},
		{Name: "trans", First: 23456, Last: 23456},
		{Name: "last16", First: 65535, Last: 65535},
		{Name: "last32", First: 1<<32 - 1, Last: 1<<32 - 1},
	}
	if !d.Lab {
		out = append(out,
			network.ASRange{Name: "private16", First: 64496, Last: 65534},
			network.ASRange{Name: "documentation32", First: 65536, Last: 65551},
			network.ASRange{Name: "private32", First: 4200000000, Last: 1<<32 - 2})
	}
	for i := range out {
		out[i].Seq = 5 * (i + 1)
	}
	return out
}

// transitFree is the systems that buy transit from nobody: behind a customer or a peer
// they can only be a leak.
var transitFree = []ASN{174, 701, 1299, 2914, 3257, 3320, 3356, 3491, 5511, 6453, 6461, 6762, 6830, 7018, 12956}

// alone gives each of some systems as a range of its own.
func alone(list []ASN) (out []network.ASRange) {
	for i, a := range list {
		out = append(out, network.ASRange{Seq: 5 * (i + 1), Name: "one", First: uint32(a), Last: uint32(a)})
	}
	return out
}

func ownSpace(b *Build, d *Design, six bool) (out []network.PrefixItem) {
	for i := range d.Owned {
		if p := &d.Owned[i]; p.Addr().Is6() == six {
			out = append(out, within(p.Prefix, p.Addr().BitLen(), b.At(p)))
		}
	}
	return out
}

func lanSpace(b *Build, six bool) (out []network.PrefixItem) {
	for _, x := range every[Exchange](b) {
		for i := range x.LAN {
			if p := &x.LAN[i]; p.Addr().Is6() == six {
				out = append(out, within(p.Prefix, p.Addr().BitLen(), b.At(p)))
			}
		}
	}
	return out
}

// within matches a prefix and all inside it up to a length.
func within(p netip.Prefix, to int, at diag.Pos) network.PrefixItem {
	item := network.PrefixItem{Prefix: p, From: at}
	if to > p.Bits() {
		item.Max = to
	}
	return item
}

// number gives items the numbers of a short list that seldom changes.
func number(items []network.PrefixItem) []network.PrefixItem {
	slices.SortFunc(items, func(a, b network.PrefixItem) int { return a.Prefix.Compare(b.Prefix) })
	for i := range items {
		items[i].Seq = 5 * (i + 1)
	}
	return items
}

// scatter gives items numbers that each prefix keeps for ever, so that one prefix more
// in a set of thousands is one line more on a device and not a thousand.
func scatter(items []network.PrefixItem) []network.PrefixItem {
	used := map[int]bool{}
	for i := range items {
		h := fnv.New32a()
		h.Write([]byte(items[i].Prefix.String()))
		seq := int(h.Sum32()>>2) + 1
		for used[seq] {
			seq++
		}
		used[seq], items[i].Seq = true, seq
	}
	return items
}
