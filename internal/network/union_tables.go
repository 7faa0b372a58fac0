package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// domainsOf keeps the broadcast domains that are there no more, and the sessions that told of
// them, where their numbers are free.
func domainsOf(was, is *EVPN, asn uint32) *EVPN {
	switch {
	case was == nil || was.ASN != asn:
		return is
	case is == nil:
		return was
	}
	if was.VTEP != is.VTEP {
		return is
	}
	out := *is
	out.Peers = both(was.Peers, is.Peers, func(p EVPNPeer) netip.Addr { return p.Addr })
	out.L2 = slices.Clone(is.L2)
	for _, old := range was.L2 {
		if !slices.ContainsFunc(is.L2, func(n L2VNI) bool {
			return n.VNI == old.VNI || n.Name == old.Name || n.VLAN == old.VLAN || n.RD == old.RD
		}) {
			out.L2 = append(out.L2, old)
		}
	}
	return &out
}

// tablesOf keeps the tables that are there no more, and of the others what they tell, let in and
// speak with. What of a table has another value in is has that one.
func tablesOf(was, is *VRF, asn uint32) *VRF {
	switch {
	case was == nil || was.ASN != asn:
		return is
	case is == nil:
		return was
	}
	if was.RouterID != is.RouterID {
		return is
	}
	out := *is
	out.Peers = both(was.Peers, is.Peers, func(p TablePeer) netip.Addr { return p.Addr })
	out.Tables = slices.Clone(is.Tables)
	for _, old := range was.Tables {
		i := slices.IndexFunc(is.Tables, func(t Table) bool { return t.Name == old.Name })
		if i < 0 {
			if !slices.ContainsFunc(is.Tables, func(t Table) bool { return t.VNI != 0 && t.VNI == old.VNI || t.RD == old.RD }) {
				out.Tables = append(out.Tables, old)
			}
			continue
		}
		t := &out.Tables[i]
		t.Imports = both(old.Imports, t.Imports, func(x Target) string { return x.RT })
		t.Imports = slices.DeleteFunc(t.Imports, func(x Target) bool { return x.RT == t.RT })
		t.Nets = both(old.Nets, t.Nets, func(s Subnet) netip.Prefix { return s.Prefix })
		t.Neighbors = both(old.Neighbors, t.Neighbors, func(n Neighbor) netip.Addr { return n.Addr })
	}
	return &out
}

// labels and watched keep ports that are still there.
func labels(was, is *MPLS, in *Interfaces) *MPLS {
	if was == nil || is != nil && (was.Domain != is.Domain || was.Signalling != is.Signalling) {
		return is
	}
	out, gone := *cmp.Or(is, was), is == nil
	is = cmp.Or(is, &MPLS{})
	out.Ports = slices.DeleteFunc(both(was.Ports, is.Ports, func(p LabelPort) string { return p.Name }), func(p LabelPort) bool { return !in.has(p.Name) })
	if gone && len(out.Ports) == 0 {
		return nil
	}
	return &out
}

func watched(was, is *BFD, in *Interfaces) *BFD {
	if was == nil {
		return is
	}
	out := *cmp.Or(is, was)
	is = cmp.Or(is, &BFD{})
	out.Ports = slices.DeleteFunc(both(was.Ports, is.Ports, func(p BFDPort) string { return p.Name }), func(p BFDPort) bool { return !in.has(p.Name) })
	return &out
}

func (i *Interfaces) has(port string) bool {
	return i != nil && slices.ContainsFunc(i.Ports, func(p Port) bool { return p.Name == port })
}

// lostTables tells what of tables and broadcast domains a device has no more.
func lostTables(was, is *Device) (out []string) {
	if was.EVPN != nil {
		for _, s := range was.EVPN.L2 {
			if is.EVPN == nil || !slices.ContainsFunc(is.EVPN.L2, func(n L2VNI) bool { return n.Name == s.Name }) {
				out = append(out, "segment "+s.Name)
			}
		}
	}
	for _, t := range was.tables() {
		now := Table{}
		if at := slices.IndexFunc(is.tables(), func(n Table) bool { return n.Name == t.Name }); at >= 0 {
			now = is.tables()[at]
		} else {
			out = append(out, "table "+t.Name)
		}
		for _, n := range t.Neighbors {
			if !slices.ContainsFunc(now.Neighbors, func(o Neighbor) bool { return o.Addr == n.Addr }) {
				out = append(out, fmt.Sprintf("AS %d in table %s", n.ASN, t.Name))
			}
		}
		for _, s := range t.Nets {
			if !slices.ContainsFunc(now.Nets, func(o Subnet) bool { return o.Prefix == s.Prefix }) {
				out = append(out, fmt.Sprintf("%s in table %s", s.Prefix, t.Name))
			}
		}
	}
	return out
}

func (d *Device) tables() []Table {
	if d.VRF == nil {
		return nil
	}
	return d.VRF.Tables
}
