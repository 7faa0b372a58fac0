package network

import (
	"fmt"
	"net/netip"
	"slices"

	"plumbline/internal/diag"
)

// talk is one end of a session.
type talk struct {
	d   *Device
	asn uint32 // that the end says it is
	n   Neighbor
}

// session is one between two devices of ours, by the addresses that they know each other by.
type session struct{ a, b string }

// talks gives the sessions of a device by the table that they are of.
func (d *Device) talks() map[string][]Neighbor {
	out := map[string][]Neighbor{}
	if d.BGP != nil {
		out[""] = d.BGP.Neighbors
	}
	for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
		out[d.VRF.Tables[i].Name] = d.VRF.Tables[i].Neighbors
	}
	return out
}

func (d *Device) asn(table string) uint32 {
	switch {
	case table != "" && d.VRF != nil:
		return d.VRF.ASN
	case d.BGP != nil:
		return d.BGP.ASN
	}
	return 0
}

// home is the one device, and the table of it, that has an address.
type home struct{ device, table string }

// homes gives who has which address; those that several have are nobody's.
func homes(ds []*Device) map[netip.Addr]home {
	out := map[netip.Addr]home{}
	for _, d := range ds {
		for i := 0; d.Interfaces != nil && i < len(d.Interfaces.Ports); i++ {
			p := d.Interfaces.Ports[i]
			for _, a := range p.Addrs {
				h := home{d.Name, p.VRF}
				if old, taken := out[a.Prefix.Addr()]; a.Shared != "" || taken && old != h {
					h = home{}
				}
				out[a.Prefix.Addr()] = h
			}
		}
	}
	return out
}

// sessions finds those whose two ends are devices of ours.
func sessions(ds []*Device) map[session][2]talk {
	at := homes(ds)
	type way struct{ from, to home }
	ends := map[way][]talk{}
	for _, d := range ds {
		for table, ns := range d.talks() {
			for _, n := range ns {
				if w := (way{home{d.Name, table}, at[n.Addr]}); w.to.device != "" {
					ends[w] = append(ends[w], talk{d, d.asn(table), n})
				}
			}
		}
	}
	out := map[session][2]talk{}
	for w, ours := range ends {
		if w.to.device <= w.from.device { // each is found from one end
			continue
		}
		for _, a := range ours {
			for _, b := range ends[way{w.to, w.from}] {
				if speaks(a.n, b.n.Addr) && speaks(b.n, a.n.Addr) {
					out[session{w.from.device + " " + b.n.Addr.String(), w.to.device + " " + a.n.Addr.String()}] = [2]talk{a, b}
				}
			}
		}
	}
	return out
}

// speaks tells whether a session is spoken from an address.
func speaks(n Neighbor, from netip.Addr) bool { return !n.Source.IsValid() || n.Source == from }

func sessionPairs(was, is []*Device) (out []Pair) {
	before := sessions(was)
	for key, now := range sessions(is) {
		old, found := before[key]
		if !found {
			continue
		}
		a, b := now[0], now[1]
		pair := func(what, secret string) {
			out = append(out, Pair{
				A: a.d.Name, B: b.d.Name, What: fmt.Sprintf("the %s of the session %s - %s", what, b.n.Addr, a.n.Addr), AtA: a.n.From, AtB: b.n.From, Secret: secret,
			})
		}
		for _, what := range clash(sessionValues, old[0], old[1], a, b) {
			pair(what, "")
		}
		if ref := a.n.Password; ref != "" && ref == b.n.Password && ref == old[0].n.Password && ref == old[1].n.Password {
			pair("text of the password", ref)
		}
	}
	return out
}

// sessionValues are what both ends of a session must say alike. How fast a neighbor is watched
// is none of them: the slower one counts (RFC 5880, 6.8.2), and who is not watched is not missed.
var sessionValues = []shared[talk]{
	{"AS number", func(a, b talk) bool { return a.n.ASN == b.asn && b.n.ASN == a.asn }},
	{"password", func(a, b talk) bool { return a.n.Password == b.n.Password }},
	{"TTL check", func(a, b talk) bool { return a.n.SingleHop == b.n.SingleHop }},
	{"role", func(a, b talk) bool {
		if a.n.Role == "" || b.n.Role == "" {
			return (a.n.Role != "" || !b.n.Strict) && (b.n.Role != "" || !a.n.Strict)
		}
		return others[a.n.Role] == b.n.Role
	}},
}

// others gives the role that the other end has (RFC 9234, 4.2).
var others = map[string]string{"provider": "customer", "customer": "provider", "peer": "peer", "rs": "rs-client", "rs-client": "rs"}

// number is one that several devices know a broadcast domain or a table by.
type number struct {
	what, device string
	at           diag.Pos
	own          bool // it changes what the device tells, and not only what it lets in
}

// overlayPairs finds the numbers that all devices of one broadcast domain, or of one table,
// know it by: who has another one is in another domain.
func overlayPairs(was, is []*Device) (out []Pair) {
	by := map[string][]number{}
	for i, d := range is {
		for _, n := range slices.Concat(domains(was[i].EVPN, d.EVPN), tables(was[i].VRF, d.VRF)) {
			n.device = d.Name
			by[n.what] = append(by[n.what], n)
		}
	}
	for what, ns := range by {
		for i := 1; i < len(ns); i++ {
			if a, b := ns[i-1], ns[i]; a.device != b.device && slices.ContainsFunc(ns, func(n number) bool { return n.own }) {
				out = append(out, Pair{A: a.device, B: b.device, What: what, AtA: a.at, AtB: b.at})
			}
		}
	}
	return out
}

// domains gives the numbers of broadcast domains that a device knows otherwise than before.
func domains(was, is *EVPN) (out []number) {
	if was == nil || is == nil {
		return nil
	}
	for _, s := range is.L2 {
		i := slices.IndexFunc(was.L2, func(o L2VNI) bool { return o.Name == s.Name })
		if i < 0 {
			continue
		}
		if was.L2[i].VNI != s.VNI {
			out = append(out, number{what: fmt.Sprintf("the VNI of the segment %s, %d and then %d", s.Name, was.L2[i].VNI, s.VNI), at: s.From, own: true})
		}
		if was.L2[i].RT != s.RT {
			out = append(out, number{what: fmt.Sprintf("the route target of the segment %s, %s and then %s", s.Name, was.L2[i].RT, s.RT), at: s.From, own: true})
		}
	}
	return out
}

// tables gives the numbers of tables that a device knows otherwise than before. A target is
// one number for all tables that tell it or let it in.
func tables(was, is *VRF) (out []number) {
	if was == nil || is == nil {
		return nil
	}
	for _, t := range is.Tables {
		i := slices.IndexFunc(was.Tables, func(o Table) bool { return o.Name == t.Name })
		if i < 0 {
			continue
		}
		old := was.Tables[i]
		if old.VNI != t.VNI && old.VNI != 0 && t.VNI != 0 {
			out = append(out, number{what: fmt.Sprintf("the VNI of the table %s, %d and then %d", t.Name, old.VNI, t.VNI), at: t.From, own: true})
		}
		for _, rt := range slices.Concat(old.targets(), t.targets()) {
			if own := (rt == old.RT) != (rt == t.RT); own || old.knows(rt) != t.knows(rt) {
				out = append(out, number{what: "the route target " + rt + " of tables", at: t.From, own: own})
			}
		}
	}
	return out
}

// targets gives those that a table tells or lets in.
func (t Table) targets() []string {
	out := []string{t.RT}
	for _, i := range t.Imports {
		out = append(out, i.RT)
	}
	return out
}

func (t Table) knows(rt string) bool { return slices.Contains(t.targets(), rt) }
