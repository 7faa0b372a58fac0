package render_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"plumbline/render"
	"plumbline/templates"
)

// TestAliases holds that every name of a platform leads to it alone.
func TestAliases(t *testing.T) {
	owner := map[string]string{}
	all, err := fs.ReadDir(templates.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if !d.IsDir() {
			continue
		}
		p, ds := render.Read(templates.FS, d.Name())
		if ds.Failed() {
			t.Fatal(ds)
		}
		for _, n := range append([]string{p.Name}, p.Aliases...) {
			if other, taken := owner[strings.NewReplacer("-", "", "_", "").Replace(n)]; taken {
				t.Errorf("%s is %s and %s", n, other, p.Name)
			}
			owner[strings.NewReplacer("-", "", "_", "").Replace(n)] = p.Name
			if found, err := render.Find(templates.FS, strings.ToUpper(n)); err != nil || found.Name != p.Name {
				t.Errorf("%s leads to %q, %v", n, found.Name, err)
			}
		}
	}
	if len(owner) < 16 {
		t.Errorf("%d names", len(owner))
	}
}

// TestNamesElsewhere holds that the names which other tools have lead to our platforms: netmiko and
// Nautobot, NAPALM, scrapli, Ansible (short and whole), hier_config, platforms of NetBox.
func TestNamesElsewhere(t *testing.T) {
	shelf := render.NewShelf(templates.FS)
	elsewhere := map[string]string{
		"bird":     "bird bird2 BIRD",
		"eos":      "arista_eos eos arista.eos.eos ARISTA_EOS arista-eos",
		"frr":      "frr frrouting frr.frr.frr linux_frr FRR",
		"ios-xe":   "cisco_ios cisco_xe ios cisco_iosxe cisco.ios.ios CISCO_IOS cisco-ios cisco-ios-xe iosxe",
		"ios-xr":   "cisco_xr iosxr iosxr_netconf cisco_iosxr cisco.iosxr.iosxr CISCO_XR cisco-ios-xr",
		"junos":    "juniper_junos juniper junos junipernetworks.junos.junos JUNIPER_JUNOS juniper-junos",
		"nx-os":    "cisco_nxos nxos nxos_ssh cisco.nxos.nxos CISCO_NXOS cisco-nx-os",
		"sr-linux": "nokia_srl srl srlinux nokia_srlinux nokia.srlinux.srlinux nokia-sr-linux",
	}
	for _, want := range slices.Sorted(maps.Keys(elsewhere)) {
		for name := range strings.FieldsSeq(elsewhere[want]) {
			if p, err := shelf.Find(name); err != nil || p.Name != want {
				t.Errorf("%s leads to %q, %v; want %s", name, p.Name, err, want)
			}
		}
	}
	for _, name := range []string{"", "-", "..", "cisco", "ios.", "a.b.c.ios", "nokia_sros"} {
		if p, err := shelf.Find(name); err == nil {
			t.Errorf("%q leads to %s", name, p.Name)
		}
	}
}
