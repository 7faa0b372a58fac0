package offline_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/offline"
	"plumbline/internal/pairs"
	"plumbline/internal/tree/dialect"
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
		"overwrites, junos": {"junos", "set chassis fpc 0 speed 10g\n", "set chassis fpc 0 speed 40g\n", "delete chassis fpc 0 speed 10g\nset chassis fpc 0 speed 40g\n", "", 2},
		"one more, eos":     {"eos", "zork 5\n", "zork 6\n", "no zork 5\nzork 6\n", "Unknown command", 2},
		"at once":           {"ios-xe", "zork 5\n", "zork 6\n", "zork 6\nno zork 5\n", "Unknown command", 2},
		"cut":               {"junos", "system {\n    host-name r1;\n", "system {\n    host-name r1;\n}\n", "", "it is cut", 0},
		"one value twice":   {"eos", "interface Ethernet1\n   mtu 1400\n   mtu 1600\n", "interface Ethernet1\n   mtu 1400\n", " mtu 1400\n", "", 0},
		"two in other turn": {"eos", "interface Ethernet1\n   mtu 1400\n   mtu 1600\n", "interface Ethernet1\n   mtu 1600\n   mtu 1400\n", " mtu 1400\n", "", 0},
		"a block twice":     {"eos", "interface Ethernet1\n   mtu 1400\ninterface Ethernet1\n   shutdown\n", "interface Ethernet1\n   shutdown\ninterface Ethernet1\n   mtu 1400\n", "", "", 0},
		"secrets of both":   {"frr", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password zhunter2hunter\nexit\n", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password ahunter2hunter\nexit\n", "password <", "", 0},
		"ends of lines":     {"ios-xr", "banner exec /\r\nhello\r\n/\r\nhostname a\r\n", "banner exec /\nhello\n/\nhostname a\n", "", "", 0},
		"a secret":          {"frr", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\nexit\n", "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password hunter2hunter\nexit\n", "password <", "", 0},
	} {
		p, ds := render.Read(templates.FS, c.platform)
		if ds.Failed() {
			t.Fatal(ds)
		}
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want), nil)
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

// TestGone holds that what no rule knows goes with all that stands around it and holds no other line: a
// device keeps an entry that lost its last one. Where the headers are not to be seen, that is told.
func TestGone(t *testing.T) {
	p, ds := render.Read(templates.FS, "junos")
	if ds.Failed() {
		t.Fatal(ds)
	}
	const (
		kept = "policy A {\n then {\n permit;\n }\n }\n"
		more = "policy B {\n match {\n source any;\n to [ x y ];\n }\n then {\n authentication-key {\n ascii hunter2hunter;\n }\n }\n }\n"
		set  = "set security policies policy A then permit\nset security policies policy B then log\n"
	)
	in := func(s string) string { return "security {\n policies {\n " + s + "}\n}\n" }
	for name, c := range map[string]struct{ have, want, do, note string }{
		"an entry":          {in(kept + more), in(kept), "delete security policies policy B\n", "security / policies / policy B: no rule"},
		"all":               {in(kept + more), "", "delete security\n", ""},
		"for another":       {in(kept + more), in(kept + strings.Replace(more, "policy B", "policy C", 1)), "delete security policies policy B\nset security policies policy C match source any\nset security policies policy C match to x\nset security policies policy C match to y\nset security policies policy C then authentication-key <secret:1> <secret:2>\n", ""},
		"a line of several": {in(kept + more), in(kept + strings.Replace(more, "[ x y ]", "[ y z ]", 1)), "delete security policies policy B match to x\nset security policies policy B match to z\n", ""},
		"a container":       {in(kept + more), in(kept + strings.Replace(more, "match {\n source any;\n to [ x y ];\n }\n", "", 1)), "delete security policies policy B match\n", ""},
		"in a known block":  {"interfaces {\n ge-0/0/0 {\n mtu 1500;\n zork {\n a 1;\n b 2;\n }\n }\n}\n", "interfaces {\n ge-0/0/0 {\n mtu 1500;\n }\n}\n", "delete interfaces ge-0/0/0 zork\n", ""},
		"other in paths":    {in(kept + more), "set security policies policy A then permit\n", "delete security policies policy B\n", ""},
		"in paths":          {set, "set security policies policy A then permit\n", "delete security policies policy B then log\n", "have stands in whole paths"},
		"switched off":      {in(kept + "inactive: policy B {\n then log;\n }\n"), in(kept), "delete security policies policy B\n", ""},
		"in one line":       {in(kept + more), in("policy A then permit;\n"), "delete security policies policy B\n", ""},
	} {
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want), nil)
		if notes := strings.Join(got.Notes, "\n"); !got.Verified || string(got.Commands) != c.do || !strings.Contains(notes, c.note) {
			t.Errorf("%s: %q %q\n%s", name, got.Findings, notes, got.Commands)
		}
		for i := range got.Edits {
			got.Edits[i].Send, got.Edits[i].Blocks = "", nil
		}
		said := fmt.Sprint(got.Notes, got.Unruled, got.Edits)
		for _, e := range got.Edits {
			said += fmt.Sprint(*e.Place, *e.Aside)
		}
		if strings.Contains(said, "hunter2") {
			t.Errorf("%s: tells a secret: %s", name, said)
		}
	}
}

// TestAstray holds that lines which no rule knows and that stand in another order are told with their
// places, and counted: no silence says that there is no difference.
func TestAstray(t *testing.T) {
	const zones = "set security policies policy P1 then permit\nset security policies policy P2 then [ deny log ]\n"
	for name, c := range map[string]struct {
		platform, have, want, note string
		astray                     int
	}{
		"entries":              {"junos", zones, "security {\n  policies {\n    policy P2 {\n      then [ deny log ];\n    }\n    policy P1 {\n      then {\n        permit;\n      }\n    }\n  }\n}\n", "have:1, want:8: security policies policy P1 then permit: no rule knows this line", 1},
		"members of a list":    {"junos", zones, strings.Replace(zones, "deny log", "log deny", 1), "have:2, want:2: security policies policy P2 then log", 1},
		"in one order":         {"junos", zones, zones + "set chassis zork\n", "", 0},
		"behind another block": {"junos", "set chassis zork\n" + zones, zones + "set chassis zork\n", "", 0},
		"a secret":             {"eos", "zork a\nzork password hunter2hunter\n", "zork password hunter2hunter\nzork a\n", "have:2, want:1: zork password <", 1},
		"one of equal lines":   {"eos", "flurb X\n   a\n   b\n   a\n", "flurb X\n   a\n   a\n   b\n", "have:4, want:3: flurb X / a:", 1},
		"among ordered ones":   {"ios-xr", "route-policy A\n  pass\nend-policy\nipv4 prefix-zork A\n 10 permit x\n 20 permit y\n!\n", "ipv4 prefix-zork A\n 20 permit y\n 10 permit x\n!\nroute-policy A\n  pass\nend-policy\n", "have:6, want:2: ipv4 prefix-zork A / 20 permit y", 1},
		"many":                 {"frr", "zork 1\nzork 2\nzork 3\n!\nhostname r1\n", "zork 3\nhostname r1\nzork 2\nzork 1\n", "have:3, want:1: zork 3: no rule knows this line, and it stands in another order, as 1 more of its block;", 2},
	} {
		p, ds := render.Read(templates.FS, c.platform)
		if ds.Failed() {
			t.Fatal(ds)
		}
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want), nil)
		if said := strings.Join(got.Notes, "\n"); got.Astray != c.astray || len(got.Findings) > 0 || !strings.Contains(said, c.note) || strings.Contains(said, "hunter2") {
			t.Errorf("%s: %d astray, %q %q, want %d, %q", name, got.Astray, got.Findings, said, c.astray, c.note)
		}
	}
}

// TestSwitched holds that nothing is verified where a block that no rule knows is switched on and another one
// goes line by line.
func TestSwitched(t *testing.T) {
	p, ds := render.Read(templates.FS, "junos")
	if ds.Failed() {
		t.Fatal(ds)
	}
	const have = "security {\n policies {\n inactive: policy A {\n then permit;\n }\n policy C {\n then log;\n }\n }\n}\n"
	const want = "security {\n policies {\n policy A {\n then permit;\n }\n }\n}\n"
	got := offline.Compare(p.Dialect, []byte(have), []byte(want), nil)
	if got.Verified || !strings.Contains(strings.Join(got.Findings, "\n"), "an entry that loses its last line may stay") {
		t.Errorf("%q\n%s", got.Findings, got.Commands)
	}
}

// TestTwofold holds what becomes of one thing that a text gives two values: the later one counts, which
// is told; where a device may keep both nothing is verified; and what both texts say so is no matter.
func TestTwofold(t *testing.T) {
	const pool = "ip dhcp pool P\n network 192.0.2.0 255.255.255.0\n dns-server 192.0.2.1\n"
	for name, c := range map[string]struct{ platform, have, want, do, said, finding string }{
		"one value":        {"ios-xe", "interface Loopback1\n mtu 1400\n", "interface Loopback1\n mtu 1400\n mtu 1500\n", "no mtu", "want:3: interface Loopback1 / mtu 1500: a line before gives another value; this one counts", ""},
		"a list":           {"ios-xe", pool, pool + " dns-server 192.0.2.2\n", "", "", "want:4: ip dhcp pool P / dns-server 192.0.2.2: a line before gives another value, and whether a device keeps both is not known"},
		"of what there is": {"nx-os", "route-map M permit 10\n set large-community 1:1:1\n set large-community 2:2:2\n", "route-map M permit 10\n set large-community 2:2:2\n", "", "", "have:3: route-map M permit 10 / set large-community 2:2:2: a line before"},
		"of both":          {"ios-xe", "hostname r1\n" + pool + " dns-server 192.0.2.2\n", "hostname r2\n" + pool + " dns-server 192.0.2.2\n", "hostname r2\n", "", ""},
		"not the same two": {"ios-xe", pool + " dns-server 192.0.2.2\n", pool + " dns-server 192.0.2.3\n dns-server 192.0.2.2\n", "", "", "want:5: ip dhcp pool P / dns-server 192.0.2.2: a line before"},
		"a header":         {"frr", "", "route-map M permit 10\n set metric 5\nexit\nroute-map M deny 10\n set weight 7\nexit\n", "route-map M deny 10\n set metric 5\n set weight 7\nexit\n", "want:4: route-map M deny 10: a line before", ""},
		"a whole text":     {"ios-xr", "", "route-policy A\n  pass\nend-policy\nroute-policy A\n  drop\nend-policy\n", "route-policy A\n drop\nend-policy\n", "", ""},
		"a secret":         {"eos", "hostname r1\n", "hostname r1\nusername x secret 0 hunter2hunter\nusername x secret 0 other\nusername x secret 0 hunter2hunter\n", "", "<secret", ""},
	} {
		p, ds := render.Read(templates.FS, c.platform)
		if ds.Failed() {
			t.Fatal(ds)
		}
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want), nil)
		notes, findings := strings.Join(got.Notes, "\n"), strings.Join(got.Findings, "\n")
		if got.Verified != (c.finding == "") || !strings.Contains(findings, c.finding) || !strings.Contains(notes, c.said) || !strings.Contains(string(got.Commands), c.do) || strings.Contains(notes+findings, "hunter2") {
			t.Errorf("%s: %q %q\n%s", name, findings, notes, got.Commands)
		}
	}
}

// TestStrange holds that what is no configuration of the platform is told at its place, and that
// nothing of it is taken for verified.
func TestStrange(t *testing.T) {
	const (
		ios   = "hostname r1\ninterface GigabitEthernet0/1\n description old\n ip address 192.0.2.1 255.255.255.0\nend\n"
		junos = "system {\n    host-name r1;\n    domain-name x;\n}\n"
		json  = `{"interface":[{"name":"ethernet-1/1","description":"x"}]}`
	)
	all := func() (ds []*dialect.Dialect) {
		names, err := render.Names(templates.FS)
		for _, n := range names {
			p, _ := render.Read(templates.FS, n)
			ds = append(ds, p.Dialect)
		}
		if err != nil || len(ds) < 9 {
			t.Fatal("few platforms", err)
		}
		return ds
	}
	for name, c := range map[string]struct{ platform, have, want, finding string }{
		"a mark of editors":               {"ios-xe", "\ufeff" + ios, ios, ""},
		"ends of lines as of Windows":     {"ios-xe", ios, strings.ReplaceAll(ios, "\n", "\r\n"), ""},
		"nothing":                         {"sr-linux", "", json, ""},
		"a banner with a prompt":          {"ios-xe", "banner motd ^C\nr1#\n--More--\n^C\n", "", ""},
		"a delimiter of one byte":         {"ios-xe", "banner motd \x03\nhello\n\x03\n", "", ""},
		"a prompt with its command":       {"ios-xe", ios, "r1#sh run\n" + ios, `want: "r1#sh run" is a prompt`},
		"a prompt behind":                 {"frr", "hostname r1\nend\nr1# \n", "hostname r1\n", `have: "r1#" is a prompt`},
		"a page break":                    {"eos", "hostname r1\n--More--\nntp server 192.0.2.1\n", "hostname r1\n", `have: "--More--" is a prompt`},
		"a page break of Junos":           {"junos", junos, strings.Replace(junos, "    dom", "---(more 50%)---\n    dom", 1), "want:3: a prompt"},
		"a prompt of Junos":               {"junos", "user@r1> show configuration\n" + junos + "\nuser@r1> \n", junos, "have:1: a prompt"},
		"a page break that was wiped":     {"ios-xe", ios, strings.Replace(ios, "\n ip", "\n--More-- \b\b\b ip", 1), "want:4: a control byte (0x08)"},
		"a zero byte":                     {"frr", "hostname r1\n\x00\n", "", "have:2: a control byte (0x00)"},
		"braces for lines":                {"ios-xe", ios, junos, "want: 4 of 4 lines have no rule of ios-xe, and most have one of junos:"},
		"lines for braces":                {"junos", ios, junos, "have: as a text of junos it is cut, and most have one of"},
		"JSON for braces":                 {"junos", junos, json, "want: 3 of 3 lines have no rule of junos, and most have one of sr-linux:"},
		"lines of a terminal for a model": {"sr-linux", json, "set / interface ethernet-1/1 description x\n", "want:1: neither JSON"},
		"braces for a model":              {"openconfig", junos, json, "have:1: neither JSON"},
		"an object that goes on":          {"sr-linux", json, json + "{}", "want:1: more stands behind"},
		"a member twice":                  {"sr-linux", json, strings.TrimSuffix(json, "}") + ",\n\"interface\":[]}", `want:2: the member "interface" stands twice`},
		"JSON that is none":               {"sr-linux", json, "{\n\"a\":1,\n}", "want:3: it is no JSON"},
		"JSON that is cut":                {"sr-linux", json[:len(json)-1], json, "have:1: the text ends before this is closed"},
	} {
		p, ds := render.Read(templates.FS, c.platform)
		if ds.Failed() {
			t.Fatal(ds)
		}
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want), all)
		if got.Verified != (c.finding == "") || !strings.Contains(strings.Join(got.Findings, "\n"), c.finding) {
			t.Errorf("%s: %v %q, want %q", name, got.Verified, got.Findings, c.finding)
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
		c := offline.Compare(p.Dialect, nil, text, nil)
		if !c.Verified || strings.Contains(string(c.Commands), "<secret") {
			continue // what cannot be sent as it stands
		}
		judged++
		for _, pair := range [][2][]byte{{c.Commands, text}, {text, c.Commands}, {c.Commands, c.Commands}} {
			if got := offline.Compare(p.Dialect, pair[0], pair[1], nil); !got.Verified || len(got.Edits) > 0 {
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
		"unruled":             {"poe {\n    interface all;\n    management {\n        class;\n    }\n}\n", "set poe interface all\nset poe management class\n", ""},
		"unruled, folded":     {"poe {\n    interface all;\n    management class;\n}\n", "poe {\n    management {\n        class;\n    }\n    interface {\n        all;\n    }\n}\n", ""},
		"off, and unruled":    {"poe {\n    inactive: interface all;\n}\n", "poe {\n    inactive: interface all;\n}\n", ""},
		"a remark":            {"/* said\nset system host-name r9\n*/\n" + blocks, set, ""},
	} {
		got := offline.Compare(p.Dialect, []byte(c.have), []byte(c.want), nil)
		if c.finding == "" && (!got.Verified || len(got.Edits) > 0) || !strings.Contains(strings.Join(got.Findings, "\n"), c.finding) {
			t.Errorf("%s: %v\n%s", name, got.Findings, got.Commands)
		}
	}
}
