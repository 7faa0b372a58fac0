package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// Union gives what a device holds when all that comes with is is there, and nothing is gone
// yet that others may rely on and that was had: sessions, prefixes that are told, links, what
// the interior protocol speaks over, broadcast domains and tables with all that they have,
// policies, and services that are not drained. What has another value in is has that one.
func Union(was, is *Device) *Device {
	u := *is
	u.Policy, u.BGP = policies(was.Policy, is.Policy), kept(was.BGP, is.BGP)
	if u.BGP != nil {
		u.EVPN, u.VRF = domainsOf(was.EVPN, is.EVPN, u.BGP.ASN), tablesOf(was.VRF, is.VRF, u.BGP.ASN)
	}
	u.Interfaces = ports(was.Interfaces, &u)
	u.IGP = igp(was.IGP, is.IGP, u.Interfaces)
	u.MPLS, u.BFD = labels(was.MPLS, is.MPLS, u.Interfaces), watched(was.BFD, is.BFD, u.Interfaces)
	n := Network{Devices: []*Device{&u}}
	n.Sort()
	return n.Devices[0]
}

// kept is the speaker with all its sessions and prefixes, where the device is of the same system.
func kept(was, is *BGP) *BGP {
	switch {
	case is == nil:
		return was
	case was == nil || was.ASN != is.ASN:
		return is
	}
	out := *is
	out.Neighbors = both(was.Neighbors, is.Neighbors, func(n Neighbor) netip.Addr { return n.Addr })
	out.Origins = both(was.Origins, is.Origins, func(o Originated) netip.Prefix { return o.Prefix })
	return &out
}

// both gives all of is, and what was there besides.
func both[T any, K comparable](was, is []T, key func(T) K) []T {
	out := slices.Clone(is)
	for _, x := range was {
		if !slices.ContainsFunc(is, func(y T) bool { return key(x) == key(y) }) {
			out = append(out, x)
		}
	}
	return out
}

// ports keeps ports, addresses of ports, and numbers of domains that come out of them, where
// what they are a part of stays and nothing that comes has their place. A port that others are a
// part of is looked at before those.
func ports(was *Interfaces, u *Device) *Interfaces {
	if was == nil || u.Interfaces == nil {
		return u.Interfaces
	}
	out := &Interfaces{slices.Clone(u.Interfaces.Ports), u.Interfaces.From}
	olds := slices.Clone(was.Ports)
	slices.SortStableFunc(olds, func(a, b Port) int { return cmp.Compare(len(a.Parent), len(b.Parent)) })
	for _, old := range olds {
		i := slices.IndexFunc(out.Ports, func(p Port) bool { return p.Name == old.Name })
		switch {
		case i < 0 && old.Use == "loopback":
		case i >= 0 && out.Ports[i].Use == old.Use && out.Ports[i].VRF == old.VRF:
			out.Ports[i] = widened(old, out.Ports[i], u)
		case i < 0 && !held(u.Interfaces, old.Addrs) && !bundled(out, old) && u.stands(old):
			out.Ports = append(out.Ports, old)
		}
	}
	return out
}

// widened is a port with what it had besides.
func widened(old, is Port, u *Device) Port {
	for _, a := range old.Addrs {
		if (is.Use != "loopback" || a.Shared != "") && !taken(u.Interfaces, a.Prefix) { // else it is who the device is
			is.Addrs = append(slices.Clone(is.Addrs), a)
		}
	}
	for _, s := range old.Segments {
		other := slices.ContainsFunc(is.Segments, func(x PortSegment) bool { return x.VLAN == s.VLAN || x.Untagged && s.Untagged })
		if len(is.Segments) > 0 && !other && (!s.Fabric || u.carries(s.VLAN)) {
			is.Segments = append(slices.Clone(is.Segments), s)
		}
	}
	return is
}

// stands tells whether all is there that a port speaks of: its table, and its domains.
func (d *Device) stands(p Port) bool {
	table := p.VRF == "" || slices.ContainsFunc(d.tables(), func(t Table) bool { return t.Name == p.VRF })
	return table && !slices.ContainsFunc(p.Segments, func(s PortSegment) bool { return s.Fabric && !d.carries(s.VLAN) })
}

// carries tells whether a fabric carries a number on the device.
func (d *Device) carries(vlan int) bool {
	return d.EVPN != nil && slices.ContainsFunc(d.EVPN.L2, func(n L2VNI) bool { return n.VLAN == vlan })
}

func held(is *Interfaces, as []Addr) bool {
	return slices.ContainsFunc(as, func(a Addr) bool { return taken(is, a.Prefix) })
}

func taken(is *Interfaces, a netip.Prefix) bool {
	return slices.ContainsFunc(is.Ports, func(p Port) bool {
		return slices.ContainsFunc(p.Addrs, func(b Addr) bool { return b.Prefix.Masked().Overlaps(a.Masked()) })
	})
}

// bundled tells whether a port is a part of a bundle now, or a part of a port that is gone.
func bundled(is *Interfaces, old Port) bool {
	parent := old.Parent == ""
	for _, p := range is.Ports {
		parent = parent || p.Name == old.Parent
		for _, m := range slices.Concat(p.Members, []Member{{Name: ""}}) {
			if m.Name == old.Name || slices.ContainsFunc(old.Members, func(o Member) bool { return o.Name == p.Name || o.Name == m.Name }) {
				return true
			}
		}
	}
	return !parent
}

// igp keeps what the protocol speaks over, where that is there.
func igp(was, is *IGP, in *Interfaces) *IGP {
	if was == nil || is == nil || in == nil || was.Protocol != is.Protocol || was.Domain != is.Domain {
		return is
	}
	out := *is
	out.Ports = both(was.Ports, is.Ports, func(p IGPPort) string { return p.Name })
	out.Ports = slices.DeleteFunc(out.Ports, func(p IGPPort) bool {
		return !slices.ContainsFunc(in.Ports, func(q Port) bool { return q.Name == p.Name })
	})
	return &out
}

// policies keeps what is named no more, and the terms that let through what is drained next.
func policies(was, is *Policy) *Policy {
	if was == nil {
		return is
	}
	if is == nil { // what is kept may speak of them
		return was
	}
	out := *is
	out.PrefixSets = both(was.PrefixSets, is.PrefixSets, func(s PrefixSet) string { return s.Name })
	out.PathSets = both(was.PathSets, is.PathSets, func(s PathSet) string { return s.Name })
	out.CommunitySets = both(was.CommunitySets, is.CommunitySets, func(s CommunitySet) string { return s.Name })
	out.Routes = both(was.Routes, is.Routes, func(r RoutePolicy) string { return r.Name })
	for i, r := range out.Routes {
		old := slices.IndexFunc(was.Routes, func(o RoutePolicy) bool { return o.Name == r.Name })
		if old < 0 {
			continue
		}
		out.Routes[i].Terms = slices.Clone(r.Terms)
		for j, t := range r.Terms {
			for _, o := range was.Routes[old].Terms {
				if drains(o, t) {
					out.Routes[i].Terms[j] = o
				}
			}
		}
	}
	return &out
}

// drains tells whether a term sends away what it let through before.
func drains(was, is Term) bool {
	if was.Seq != is.Seq || was.Prefixes != is.Prefixes || was.Does == "reject" {
		return false
	}
	return is.Shut && !was.Shut || is.Does == "reject" || is.Prefer && is.Preference == 0 && !(was.Prefer && was.Preference == 0)
}

// Lost tells what a device loses on its way from one state to another that others may rely on,
// by what it is a part of: the inside of the network, a neighboring system, a prefix or a
// service. What it gains is what it loses on the way back.
func Lost(was, is *Device) (out []string) {
	if was == nil || is == nil {
		return nil
	}
	out = slices.Concat(lostSessions(was.BGP, is.BGP), lostLinks(was.Interfaces, is.Interfaces), drained(was, is.Policy), lostTables(was, is))
	slices.Sort(out)
	return slices.Compact(out)
}

// inside is what sessions and links of our own system are a part of.
const inside = "the network"

func lostSessions(was, is *BGP) (out []string) {
	if was == nil {
		return nil
	}
	if is == nil {
		is = &BGP{}
	}
	for _, n := range was.Neighbors {
		switch {
		case slices.ContainsFunc(is.Neighbors, func(o Neighbor) bool { return o.Addr == n.Addr }):
		case n.Relation == "internal" || n.Relation == "fabric":
			out = append(out, inside)
		case n.Relation == "anycast":
			out = append(out, n.Intent)
		default:
			out = append(out, fmt.Sprintf("AS %d", n.ASN))
		}
	}
	for _, o := range was.Origins {
		if !slices.ContainsFunc(is.Origins, func(p Originated) bool { return p.Prefix == o.Prefix }) {
			out = append(out, o.Prefix.String())
		}
	}
	return out
}

func lostLinks(was, is *Interfaces) []string {
	if was == nil {
		return nil
	}
	for _, p := range was.Ports {
		if p.Use == "link" && (is == nil || !slices.ContainsFunc(is.Ports, func(q Port) bool { return q.Name == p.Name && q.Use == "link" })) {
			return []string{inside}
		}
	}
	return nil
}

// drained gives the prefixes that a device tells, and the sets that it lets through, of which
// the policies send the users away.
func drained(was *Device, is *Policy) (out []string) {
	if was.Policy == nil || is == nil {
		return nil
	}
	for _, o := range was.Policy.Routes {
		i := slices.IndexFunc(is.Routes, func(r RoutePolicy) bool { return r.Name == o.Name })
		for _, x := range o.Terms {
			if i < 0 || !slices.ContainsFunc(is.Routes[i].Terms, func(y Term) bool { return drains(x, y) }) {
				continue
			}
			if x.Prefixes != "" {
				out = append(out, x.Prefixes)
			}
			for _, p := range told(was.BGP, o.Name) {
				out = append(out, p.String())
			}
		}
	}
	return out
}

// told gives the prefixes that a policy marks.
func told(b *BGP, policy string) (out []netip.Prefix) {
	if b == nil {
		return nil
	}
	for _, o := range b.Origins {
		if o.Policy == policy {
			out = append(out, o.Prefix)
		}
	}
	return out
}
