package offline_test

import (
	"strings"
	"testing"

	"plumbline/internal/offline"
	"plumbline/internal/pairs"
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
		"one value twice":   {"eos", "interface Ethernet1\n   mtu 1400\n   mtu 1600\n", "interface Ethernet1\n   mtu 1400\n", " mtu 1400\n", "", 0},
		"two in other turn": {"eos", "interface Ethernet1\n   mtu 1400\n   mtu 1600\n", "interface Ethernet1\n   mtu 1600\n   mtu 1400\n", " mtu 1400\n", "", 0},
		"a block twice":     {"eos", "interface Ethernet1\n   mtu 1400\ninterface Ethernet1\n   shutdown\n", "interface Ethernet1\n   shutdown\ninterface Ethernet1\n   mtu 1400\n", "", "", 0},
		"secrets of both":   {"frr", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password zhunter2hunter\nexit\n", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password ahunter2hunter\nexit\n", "password <", "", 0},
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

// TestSetLines holds the law: a configuration in whole paths is the one in blocks. Random ones
// are written as the commands that make them, and compared with themselves.
func TestSetLines(t *testing.T) {
	p, ds := render.Read(templates.FS, "junos")
	if ds.Failed() {
		t.Fatal(ds)
	}
	judged := 0
	for seed := range uint64(150) {
		text := pairs.New(p.Dialect, seed, 40).Text()
		c := offline.Compare(p.Dialect, nil, text)
		if !c.Verified || strings.Contains(string(c.Commands), "<secret") {
			continue // what cannot be sent as it stands
		}
		judged++
		for _, pair := range [][2][]byte{{c.Commands, text}, {text, c.Commands}, {c.Commands, c.Commands}} {
			if got := offline.Compare(p.Dialect, pair[0], pair[1]); !got.Verified || len(got.Edits) > 0 {
				t.Fatalf("seed %d: %v\n%s\nwhere there is no difference between:\n%s\nand:\n%s", seed, got.Findings, got.Commands, pair[0], pair[1])
			}
		}
	}
	if judged < 50 {
		t.Errorf("only %d of 150 configurations were compared", judged)
	}
}

// TestForms holds what of whole paths is taken, and what is refused at which line.
func TestForms(t *testing.T) {
	p, ds := render.Read(templates.FS, "junos")
	if ds.Failed() {
		t.Fatal(ds)
	}
	const blocks = "system {\n    host-name r1;\n    name-server {\n        192.0.2.1;\n        192.0.2.2;\n    }\n}\nprotocols {\n    bgp {\n        inactive: group A {\n            type external;\n        }\n    }\n}\n"
	const set = "## Last commit\n\nset system host-name r1\nset system name-server [ 192.0.2.1 192.0.2.2 ]\nset protocols bgp group A type external ## a remark\nprotect system\ndeactivate protocols bgp group A\n"
	for name, c := range map[string]struct{ have, want, finding string }{
		"equal":               {blocks, set, ""},
		"blocks behind":       {"set system host-name r1\nsystem {\n}\n", set, `have:2: neither "set" nor "deactivate" begins this line`},
		"paths behind":        {blocks, "# c\nsystem {\n    host-name r1;\n}\nset system host-name r2\n", "want:5: a line in whole paths in a text of blocks"},
		"a command":           {blocks, "set system host-name r1\ndelete system host-name\n", "want:2: neither"},
		"switched off, never": {blocks, "set system host-name r1\ndeactivate protocols bgp\n", "want:2: the model of the device does not take this line: missing"},
		"a remark":            {"/* said\nset system host-name r9\n*/\n" + blocks, set, ""},
	} {
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want))
		if c.finding == "" && (!got.Verified || len(got.Edits) > 0) || !strings.Contains(strings.Join(got.Findings, "\n"), c.finding) {
			t.Errorf("%s: %v\n%s", name, got.Findings, got.Commands)
		}
	}
}
