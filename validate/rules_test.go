package validate_test

import (
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/intent"
	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/strict"
	"plumbline/inventory"
	"plumbline/validate"
)

// today is the day of the example.
var today = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func load(files fs.FS) (*network.Network, diag.List) {
	src := strict.NewSource()
	inv, ds := inventory.Load(files, src)
	set, more := intent.Load(files, src)
	if ds = append(ds, more...); ds.Failed() {
		return new(network.Network), ds
	}
	return set.Resolve(inv)
}

func good(t *testing.T) *network.Network {
	t.Helper()
	net, ds := load(os.DirFS("../examples/two-site"))
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	return net
}

// outside gives the first session of edge1-fra that leaves our system.
func outside(n *network.Network) *network.Neighbor {
	b := n.Device("edge1-fra").BGP
	for i := range b.Neighbors {
		if b.Neighbors[i].ASN != b.ASN && b.Neighbors[i].Relation == "peer" {
			return &b.Neighbors[i]
		}
	}
	panic("the example has no peer")
}

func port(n *network.Network, use string) *network.Port {
	ps := n.Device("edge1-fra").Interfaces.Ports
	for i := range ps {
		if ps[i].Use == use {
			return &ps[i]
		}
	}
	panic("the example has no " + use)
}

func accepting(n *network.Network) *network.Term {
	p := n.Device("edge1-fra").Policy
	for i := range p.Routes {
		if p.Routes[i].Name != outside(n).Import {
			continue
		}
		for j := range p.Routes[i].Terms {
			if t := &p.Routes[i].Terms[j]; t.Does == "accept" {
				return t
			}
		}
	}
	panic("the example lets nothing in")
}

// breaks holds for every rule the ways to break it, each on a good network.
var breaks = map[string][]func(*network.Network){
	"address/duplicate": {
		func(n *network.Network) {
			port(n, "link").Addrs = append(port(n, "link").Addrs, network.Addr{Prefix: port(n, "exchange").Addrs[0].Prefix, From: port(n, "link").From})
		},
	},
	"address/overlap": {
		func(n *network.Network) {
			a := port(n, "exchange").Addrs[0]
			port(n, "loopback").Addrs = append(port(n, "loopback").Addrs, network.Addr{Prefix: netip.PrefixFrom(a.Prefix.Addr().Next(), 32), From: a.From})
		},
	},
	"igp/backbone-connected": {
		func(n *network.Network) { n.Device("edge1-fra").IGP.Ports = nil },
		func(n *network.Network) {
			for i := range n.Device("core1-fra").IGP.Ports {
				n.Device("core1-fra").IGP.Ports[i].Passive = true
			}
		},
	},
	"policy/empty-is-not-all": {
		func(n *network.Network) {
			for i := range n.Device("edge1-fra").Policy.PrefixSets {
				n.Device("edge1-fra").Policy.PrefixSets[i].Items = nil
			}
		},
		func(n *network.Network) { *accepting(n) = network.Term{Does: "accept", From: accepting(n).From} },
	},
	"peering/in-lan": {
		func(n *network.Network) { outside(n).Addr = netip.MustParseAddr("203.0.113.1") },
		func(n *network.Network) {
			b := n.Device("edge1-fra").BGP
			b.Origins = append(b.Origins, network.Originated{Prefix: port(n, "exchange").Addrs[0].Prefix.Masked(), Policy: b.Origins[0].Policy, From: b.From})
		},
	},
	"peering/irr-lock-age": {
		func(n *network.Network) { fetched(n, "2026-10-01") },
		func(n *network.Network) { fetched(n, "2027-10-01") },
		func(n *network.Network) { fetched(n, "yesterday") },
	},
	"leave/ends": {
		func(n *network.Network) { left(n, "2026-11-23") },
		func(n *network.Network) { left(n, "2026-12-01") },
		func(n *network.Network) { left(n, "2028-01-01") },
		func(n *network.Network) { left(n, "soon") },
	},
	"link/both-ends-agree": {
		func(n *network.Network) { port(n, "link").MTU = 1500 },
		func(n *network.Network) { port(n, "link").Addrs = port(n, "link").Addrs[:1] },
	},
	"peering/mode": {
		func(n *network.Network) { outside(n).FirstAS = false },
		func(n *network.Network) { outside(n).Role = "rs-client" },
	},
	"peering/policy-required": {
		func(n *network.Network) { outside(n).Import = "" },
		func(n *network.Network) { outside(n).Export = "nowhere" },
		func(n *network.Network) { outside(n).MaxPrefixes = 0 },
	},
	"peering/roles-match": {
		func(n *network.Network) { n.Device("edge1-fra").BGP.Neighbors = nil },
		func(n *network.Network) {
			for i := range n.Device("core1-fra").BGP.Neighbors {
				n.Device("core1-fra").BGP.Neighbors[i].Role = "customer"
			}
		},
	},
	"fabric/route-target": {
		func(n *network.Network) {
			n.Device("edge1-fra").EVPN = broadcast("64:10020", 10020, n)
			n.Device("core1-fra").EVPN = broadcast("65101:10020", 10020, n)
		},
		func(n *network.Network) { n.Device("edge1-fra").EVPN = broadcast("", 10020, n) },
		func(n *network.Network) {
			for i, name := range []string{"edge1-fra", "core1-fra"} {
				from := n.Device(name).At
				n.Device(name).VRF = &network.VRF{Tables: []network.Table{{Name: "red", RT: fmt.Sprint("64:", i), From: from}}, From: from}
			}
		},
	},
	"policy/reordered": {
		func(n *network.Network) {
			p := n.Device("edge1-fra").Policy
			for i := range p.Routes {
				if p.Routes[i].Name == outside(n).Import {
					slices.Reverse(p.Routes[i].Terms)
				}
			}
		},
	},
	"peering/valley-free": {
		func(n *network.Network) { // what they send us bears our own marks, and keeps them
			for _, d := range n.Devices {
				terms(d, func(t *network.Term) { t.Strip = "" })
			}
		},
		func(n *network.Network) { // what a peer tells us is marked as a customer's
			for _, d := range n.Devices {
				terms(d, func(t *network.Term) {
					if strings.HasSuffix(t.Mark, ":1:2") {
						t.Mark = strings.TrimSuffix(t.Mark, "2") + "1"
					}
				})
			}
		},
		func(n *network.Network) { // an export asks nothing
			for _, d := range n.Devices {
				terms(d, func(t *network.Term) { t.Large = "" })
			}
		},
		func(n *network.Network) { // the set of what may be told grew
			for _, d := range n.Devices {
				for i := 0; d.Policy != nil && i < len(d.Policy.CommunitySets); i++ {
					if s := &d.Policy.CommunitySets[i]; s.Name == "EXPORT" {
						s.Items = append(s.Items, network.CommunityItem{Value: "64496:1:4"})
					}
				}
			}
		},
		func(n *network.Network) { outside(n).Export = "" },
	},
	"policy/undefined-set": {
		func(n *network.Network) { accepting(n).Prefixes = "nowhere" },
		func(n *network.Network) { n.Device("edge1-fra").BGP.Origins[0].Policy = "nowhere" },
	},
}

func broadcast(rt string, vni int, n *network.Network) *network.EVPN {
	from := n.Device("edge1-fra").At
	return &network.EVPN{L2: []network.L2VNI{{VNI: vni, RT: rt, From: from}}, From: from}
}

func left(n *network.Network, day string) {
	d := n.Device("edge1-fra")
	d.Leave = []network.Section{{Leave: "old", Path: "router eigrp 10", Max: 10, Owner: "a@example.net", Ends: day, From: d.At}}
}

func terms(d *network.Device, f func(*network.Term)) {
	for i := 0; d.Policy != nil && i < len(d.Policy.Routes); i++ {
		for j := range d.Policy.Routes[i].Terms {
			f(&d.Policy.Routes[i].Terms[j])
		}
	}
}

func fetched(n *network.Network, day string) {
	for _, d := range n.Devices {
		for i := 0; d.Policy != nil && i < len(d.Policy.PrefixSets); i++ {
			if s := &d.Policy.PrefixSets[i]; s.Fetched != "" {
				s.Fetched = day
			}
		}
	}
}

// TestRules holds the law: every rule is silent on the good network, and each way of
// breaking it is found by it, at a place.
func TestRules(t *testing.T) {
	if ds := validate.Run(validate.View{Is: good(t), Now: today}); len(ds) > 0 {
		t.Errorf("the good network is refused: %v", ds)
	}
	for _, r := range validate.Rules() {
		if !played(t, r.ID) && len(breaks[r.ID]) == 0 {
			t.Errorf("no case breaks %s", r.ID)
		}
		if r.Label == "" || r.Sentence == "" || r.Motive == "" || r.JudgedBy == "" {
			t.Errorf("%s does not say what it holds, why, and who judges", r.ID)
		}
		for i, breaking := range breaks[r.ID] {
			n := good(t)
			breaking(n)
			found := false
			for _, d := range validate.Run(validate.View{Was: good(t), Is: n, Now: today}) {
				found = found || d.Rule == r.ID && d.At.Line > 0 && d.At.File != ""
			}
			if !found {
				t.Errorf("%s does not see way %d of breaking it", r.ID, i)
			}
		}
	}
}
