package network

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

// drawn is a network by what its devices share: the model is made of it, and what works in it
// is judged without the model.
type drawn struct {
	asn   []uint32 // by device
	links []drawnLink
	talks []drawnTalk
	vni   []int // by segment
	rt    []int // by table
}

type drawnLink struct{ a, b, mtu, net, portA, portB, vlan int }

type drawnTalk struct {
	a, b     int
	password string
	ttl      bool
}

const segments, tenants = 2, 2

func draw(r *rand.Rand) (was, is drawn) {
	n := 3 + r.IntN(5)
	for i := range n {
		was.asn = append(was.asn, uint32(65001+i))
	}
	for i := range n + r.IntN(n) {
		a, b := i%n, (i+1+r.IntN(n-1))%n
		if a != b {
			was.links = append(was.links, drawnLink{a: a, b: b, mtu: 9000, net: i, portA: i, portB: i})
			was.talks = append(was.talks, drawnTalk{a: a, b: b, password: "secret://s/one#key"})
		}
	}
	was.vni, was.rt = []int{10, 20}, []int{1, 2}
	is = drawn{slices.Clone(was.asn), slices.Clone(was.links), slices.Clone(was.talks), slices.Clone(was.vni), slices.Clone(was.rt)}
	for range 1 + r.IntN(4) {
		i := r.IntN(len(is.links))
		l := &is.links[i]
		moved := *l != was.links[i] // another subnet on another port is another link
		switch r.IntN(9) {
		case 0:
			l.mtu = 1500
		case 1:
			if !moved {
				l.net += 100
			}
		case 2:
			if !moved {
				l.portA, l.portB = l.portA+50, l.portB+50
			}
		case 3:
			if !moved {
				l.portB += 50 // one end alone
			}
		case 4:
			l.vlan = 7
		case 5:
			is.talks[i].password = "secret://s/two#key"
		case 6:
			is.talks[i].ttl = true
		case 7:
			is.asn[r.IntN(n)] += 100
		case 8:
			if j := r.IntN(segments); r.IntN(2) == 0 {
				is.vni[j] += 5
			} else {
				is.rt[j] += 5
			}
		}
	}
	return was, is
}

// model gives the devices of a drawing. Device i is in segment i%2, and in table i%2, and lets
// in what the other table tells where it is in a segment of number 0.
func (w drawn) model() map[string]*Device {
	out := map[string]*Device{}
	at := func(i int) *Device { return out[fmt.Sprint("d", i)] }
	for i, asn := range w.asn {
		name := fmt.Sprint("d", i)
		out[name] = &Device{Name: name, Interfaces: &Interfaces{}, BGP: &BGP{ASN: asn}, EVPN: &EVPN{}, VRF: &VRF{}}
		out[name].EVPN.L2 = []L2VNI{{Name: fmt.Sprint("s", i%segments), VNI: w.vni[i%segments]}}
		table := Table{Name: fmt.Sprint("t", i%tenants), RT: fmt.Sprint("1:", w.rt[i%tenants])}
		if i%tenants == 0 {
			table.Imports = []Target{{RT: fmt.Sprint("1:", w.rt[1])}}
		}
		out[name].VRF.Tables = []Table{table}
	}
	for i, l := range w.links {
		addr := func(side byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(l.net), side}) }
		for side, d := range []int{l.a, l.b} {
			port := Port{Name: fmt.Sprint("eth", []int{l.portA, l.portB}[side]), Use: "link", MTU: l.mtu, VLAN: l.vlan, Addrs: []Addr{{Prefix: netip.PrefixFrom(addr(byte(side)), 31)}}}
			at(d).Interfaces.Ports = append(at(d).Interfaces.Ports, port)
			s, far := w.talks[i], []int{l.b, l.a}[side]
			n := Neighbor{Addr: addr(byte(1 - side)), ASN: w.asn[far], Password: s.password, SingleHop: s.ttl}
			at(d).BGP.Neighbors = append(at(d).BGP.Neighbors, n)
		}
	}
	return out
}

// works tells what works where device i holds what the drawing at[i] says; a cable lies where one
// of the drawings has it.
func works(at []drawn, was, is drawn) (out map[string]bool) {
	out = map[string]bool{}
	for i := range at[0].links {
		a, b := at[at[0].links[i].a], at[at[0].links[i].b]
		x, y := a.links[i], b.links[i]
		lies := slices.ContainsFunc([]drawnLink{was.links[i], is.links[i]}, func(l drawnLink) bool { return l.portA == x.portA && l.portB == y.portB })
		out[fmt.Sprint("link ", i)] = x.mtu == y.mtu && x.net == y.net && x.vlan == y.vlan && lies
		s, q := a.talks[i], b.talks[i]
		out[fmt.Sprint("session ", i)] = x.net == y.net && s.password == q.password && s.ttl == q.ttl &&
			a.asn[s.a] == b.asn[s.a] && a.asn[s.b] == b.asn[s.b]
	}
	for i := range at {
		for j := range i {
			if i%2 == j%2 {
				out[fmt.Sprint("segment ", j, i)] = at[i].vni[i%2] == at[j].vni[i%2]
				out[fmt.Sprint("table ", j, i)] = at[i].rt[i%2] == at[j].rt[i%2]
			} else {
				out[fmt.Sprint("shared ", j, i)] = at[i].rt[1] == at[j].rt[1]
			}
		}
	}
	return out
}

// TestPairs holds the law on random networks: with the ends of all pairs changed at once, in
// whatever order, what worked before and works after works between any two steps; and a pair
// changed at one end alone breaks something.
func TestPairs(t *testing.T) {
	pairs := 0
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 1))
		was, is := draw(r)
		n := &Network{}
		for _, d := range is.model() {
			n.Devices = append(n.Devices, d)
		}
		n.Sort()
		found := slices.DeleteFunc(Pairs(was.model(), n), func(p Pair) bool { return p.Secret != "" })
		pairs += len(found)
		state := make([]drawn, len(was.asn))
		reset := func() {
			for i := range state {
				state[i] = was
			}
		}
		reset()
		before := works(state, was, is)
		for i := range state {
			state[i] = is
		}
		after := works(state, was, is)
		lost := func() (out []string) {
			for what, is := range works(state, was, is) {
				if !is && before[what] && after[what] {
					out = append(out, what)
				}
			}
			return out
		}
		number := func(name string) (i int) { _, _ = fmt.Sscanf(name, "d%d", &i); return i }
		unit := make([]int, len(state))
		for i := range unit {
			unit[i] = i
		}
		for _, p := range found {
			a, b := number(p.A), number(p.B)
			for _, one := range []int{a, b} {
				reset()
				state[one] = is
				if len(lost()) == 0 {
					t.Fatalf("seed %d: %s alone breaks nothing, and is paired: %+v", seed, []string{p.A, p.B}, p)
				}
			}
			old := unit[b]
			for i := range unit {
				if unit[i] == old {
					unit[i] = unit[a]
				}
			}
		}
		reset()
		for _, u := range r.Perm(len(state)) {
			for i := range state {
				if unit[i] == u {
					state[i] = is
				}
			}
			if gone := lost(); len(gone) > 0 {
				t.Fatalf("seed %d: %v break in the middle; pairs %+v", seed, gone, found)
			}
		}
	}
	if pairs < 1000 {
		t.Errorf("%d pairs were met: the networks are too quiet", pairs)
	}
}
