package offline_test

import (
	"strings"
	"testing"

	"plumbline/internal/offline"
	"plumbline/render"
	"plumbline/templates"
)

// TestCompare holds what a comparison gives: proved commands, or why there are none.
func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		platform, have, want, do, finding string
		unruled                           int
	}{
		"a neighbour":       {"frr", "router bgp 65001\nexit\n", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\nexit\n", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\nexit\n", "", 0},
		"nothing":           {"frr", "hostname r1\n", "hostname r1\n", "", "", 0},
		"taken away":        {"eos", "ip prefix-list A seq 10 permit 192.0.2.0/24\n", "", "no ip prefix-list A", "", 0},
		"what nobody knows": {"frr", "", "frobnicate 1\n", "frobnicate 1", "Unknown command", 1},
		"cut":               {"junos", "system {\n    host-name r1;\n", "system {\n    host-name r1;\n}\n", "", "it is cut", 0},
		"a secret":          {"frr", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\nexit\n", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password hunter2hunter\nexit\n", "password <", "", 0},
	} {
		p, ds := render.Read(templates.FS, c.platform)
		if ds.Failed() {
			t.Fatal(ds)
		}
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want))
		if got.Verified != (c.finding == "") || !strings.Contains(string(got.Commands), c.do) || c.do == "" && len(got.Commands) > 0 || len(got.Unruled) != c.unruled {
			t.Errorf("%s: %+v\n%s", name, got, got.Commands)
		}
		if c.finding != "" && !strings.Contains(strings.Join(got.Findings, "\n"), c.finding) {
			t.Errorf("%s: %v", name, got.Findings)
		}
		if strings.Contains(string(got.Commands)+strings.Join(got.Notes, ""), "hunter2") {
			t.Errorf("%s: tells a secret: %s", name, got.Commands)
		}
	}
}
