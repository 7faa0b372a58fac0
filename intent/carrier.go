package intent

import (
	"fmt"
	"maps"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// carrier is what a table is over: a fabric, or a label domain.
type carrier struct {
	fabric *Fabric
	labels *LabelDomain
}

// aboveVNI is where the route targets of tables over labels begin: above every VNI.
const aboveVNI = 20000000

// over gives what carries the table; false where nothing does, which it says.
func (v *VRF) over(b *Build) (c carrier, ok bool) {
	c.fabric, _ = b.set.byName[Head{"fabric", v.Over}].(*Fabric)
	c.labels, _ = b.set.byName[Head{"label_domain", v.Over}].(*LabelDomain)
	switch {
	case c.fabric != nil && c.labels != nil:
		b.Fail(&v.Over, "reference/duplicate", "%s is a fabric and a label_domain: give one of them another name", v.Over).Also = []diag.Pos{b.At(&c.fabric.Name), b.At(&c.labels.Name)}
	case c.fabric == nil && c.labels == nil:
		var have []string
		for h := range b.set.byName {
			if h.Kind == "fabric" || h.Kind == "label_domain" {
				have = append(have, string(h.Name))
			}
		}
		slices.Sort(have)
		b.Fail(&v.Over, "reference/missing", "no fabric or label_domain %q", v.Over).Hint = diag.Nearest(string(v.Over), have)
	case c.fabric != nil && v.VNI == 0:
		b.Fail(&v.Over, "schema/missing-field", "a vrf over a fabric needs vni")
	case c.labels != nil && v.VNI != 0:
		b.Fail(&v.VNI, "schema/excluded-field", "vni goes with a fabric alone: over labels the table has the number that its id gives")
	default:
		return c, true
	}
	return c, false
}

// has tells whether a device is of what carries the table.
func (c carrier) has(b *Build, device string) bool {
	if c.fabric != nil {
		return b.fabricOf(device) == c.fabric
	}
	return slices.Contains(c.labels.Routers, Name(device))
}

// asn gives the system of a device of it.
func (c carrier) asn(d *Design, device string) uint32 {
	if c.fabric != nil {
		return c.fabric.asn(d, device)
	}
	return uint32(d.ASN)
}

// members is where its devices are named.
func (c carrier) members(b *Build) diag.Pos {
	if c.labels != nil {
		return b.At(&c.labels.Routers)
	}
	return b.At(&c.fabric.Name)
}

// what names it for people.
func (c carrier) what() string {
	if c.fabric != nil {
		return "the fabric " + string(c.fabric.Name)
	}
	return "the label domain " + string(c.labels.Name)
}

// rt is what the routes of a table bear.
func (v *VRF) rt(d *Design) string {
	if v.VNI != 0 {
		return fmt.Sprintf("%d:%d", d.RT, v.VNI)
	}
	return fmt.Sprintf("%d:%d", d.RT, aboveVNI+v.ID)
}

// tables gives the routers of the domain that have tables their sessions for them, with
// each other or with the reflectors, and the reflectors theirs.
func (l *LabelDomain) tables(b *Build, d *Design) {
	ends := map[string]bool{}
	for _, v := range every[VRF](b) {
		if v.Over == l.Name {
			for name := range v.leaves(b, carrier{labels: l}) {
				ends[name] = true
			}
		}
	}
	pass := map[string]bool{}
	for _, r := range d.Reflectors {
		if b.Gear(string(r)) != nil && len(ends) > 0 {
			pass[string(r)] = true
		}
	}
	all := maps.Clone(ends)
	maps.Copy(all, pass)
	for _, x := range slices.Sorted(maps.Keys(all)) {
		for _, y := range slices.Sorted(maps.Keys(all)) {
			if x == y || len(pass) > 0 && !pass[x] && !pass[y] {
				continue
			}
			n, to := b.net.Device(x), loopback(b.Gear(y), false)
			if n.VRF == nil {
				n.VRF = &network.VRF{ASN: uint32(d.ASN), RouterID: loopback(b.Gear(x), false), From: b.At(&l.Name)}
			}
			if !slices.ContainsFunc(n.VRF.Peers, func(p network.TablePeer) bool { return p.Addr == to }) {
				n.VRF.Peers = append(n.VRF.Peers, network.TablePeer{Addr: to, Client: pass[x] && !pass[y], From: b.At(&l.Name)})
			}
		}
	}
}
