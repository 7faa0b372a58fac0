// Package synth writes networks of any size: fabrics of two spines and eighteen leaves, each
// leaf with a server, one segment for each fabric. The same number gives the same bytes.
package synth

import (
	"fmt"
	"net/netip"
	"strings"
)

// PerFabric is how many devices a fabric has: two spines, and leaves.
const PerFabric = 20

const spines = 2

// key is a host key that no device has.
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAH/B+OPP35LAifSvmkuEdG6OPo+JcZHF7r2fvtb455u"

// Write gives a network of some devices, rounded up to whole fabrics, file by file. It has
// as many files of intent as devices, and one more.
func Write(devices int, file func(name, text string) error) error {
	fabrics := (devices + PerFabric - 1) / PerFabric
	if err := file("plumbline.yaml", "plumbline: 1\nname: synthetic\nbranch: main\n"); err != nil {
		return err
	}
	if err := file("intent/design.yaml", design); err != nil {
		return err
	}
	for f := range fabrics {
		for name, text := range fabric(f) {
			if err := file(name, text); err != nil {
				return err
			}
		}
	}
	return nil
}

const design = `kind: design
name: synthetic
asn: 64496
lab: true
owned: [198.51.100.0/24]
pools: {loopback4: 10.0.0.0/14, link4: 10.64.0.0/11, segment4: 172.16.0.0/12, management4: 10.128.0.0/12}
rt: 64
gateway: first
anycast_mac: 02:00:00:00:00:01
`

// addr gives the n-th address behind one.
func addr(first string, n int) netip.Addr {
	a := netip.MustParseAddr(first).As4()
	v := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	v += uint32(n)
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// fabric gives the files of one fabric.
func fabric(f int) map[string]string {
	out := map[string]string{}
	var inv, cables, asns, attach strings.Builder
	fmt.Fprintf(&inv, "sites: [{name: s%d}]\n", f)
	if f == 0 {
		inv.WriteString("credentials:\n- name: net\n  method: key\n  read: {user: ro, secret: secret://local/net/read#key}\n  write: {user: rw, secret: secret://local/net/write#key}\n")
	}
	inv.WriteString("devices:\n")
	for i := range PerFabric {
		n := f*PerFabric + i
		role, oob, asn := "leaf", "", 4200001000+n
		if i < spines {
			role, oob, asn = "spine", "", 4200001000+f*PerFabric
		}
		if i == 0 {
			oob = fmt.Sprintf(" oob: %s,", addr("192.168.0.1", f))
		}
		fmt.Fprintf(&inv, "- {name: d%d, site: s%d, role: %s, platform: frr, address: %s,%s credential: net, host_keys: [%s], loopbacks: [%s]}\n",
			n, f, role, addr("10.128.0.1", n), oob, key, addr("10.0.0.1", n))
		fmt.Fprintf(&asns, "  d%d: %d\n", n, asn)
		if i < spines {
			continue
		}
		for s := range spines {
			fmt.Fprintf(&cables, "- {spine: d%d, spine_port: eth%d, leaf: d%d, leaf_port: eth%d, net: %s/31}\n",
				f*PerFabric+s, i, n, 49+s, addr("10.64.0.0", 2*(n*spines+s)))
		}
		out[fmt.Sprintf("intent/link/srv%d.yaml", n)] = fmt.Sprintf("kind: link\nname: srv%d\noutside: server %d\nports:\n- device: d%d\n  interface: eth1\nspeed: 25G\nmtu: 9000\n", n, n, n)
		fmt.Fprintf(&attach, "- {link: srv%d, tag: tagged}\n", n)
	}
	out[fmt.Sprintf("inventory/s%d.yaml", f)] = inv.String()
	out[fmt.Sprintf("intent/fabric/f%d.yaml", f)] = fmt.Sprintf("kind: fabric\nname: f%d\nunderlay: ebgp\nasns:\n%sspeed: 100G\nmtu: 9192\ncables:\n%s", f, asns.String(), cables.String())
	out[fmt.Sprintf("intent/segment/g%d.yaml", f)] = fmt.Sprintf("kind: segment\nname: g%d\nfabric: f%d\nvlan: 20\nvni: %d\nsubnets: [%s/24]\nmtu: 9000\nattach:\n%s", f, f, 10000+f, addr("172.16.0.0", 256*f), attach.String())
	return out
}
