package validate_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/diag"
	"plumbline/internal/golden"
)

// damage is one way to spoil a file. The mark § in text stands where the finding must
// point; it is taken out before the file is read.
type damage struct {
	what, rule string
	do         func(f *fstest.MapFile, text string) (marked string)
}

// line puts something after the first line, which every file has.
func line(s string) func(*fstest.MapFile, string) string {
	return func(_ *fstest.MapFile, text string) string {
		head, rest, _ := strings.Cut(text, "\n")
		return head + "\n" + s + "\n" + rest
	}
}

// everywhere is damage that fits any file that begins with its kind and name, whatever
// the kind is.
var everywhere = []damage{
	{"unknown field", "schema/unknown-field", line("§vars: {a: b}")},
	{"unknown field with an empty list", "schema/unknown-field", line("§extra: []")},
	{"duplicate key", "yaml/duplicate-key", func(_ *fstest.MapFile, text string) string { return text + "§name: again\n" }},
	{"anchor", "yaml/anchor", func(_ *fstest.MapFile, text string) string { return strings.Replace(text, "name: ", "name: §&x ", 1) }},
	{"alias", "yaml/anchor", line("unknown: §*x")},
	{"tag", "yaml/tag", func(_ *fstest.MapFile, text string) string {
		return strings.Replace(text, "name: ", "name: §!!str ", 1)
	}},
	{"merge key", "yaml/merge-key", line("§<<: {a: b}")},
	{"second document", "yaml/second-document", func(_ *fstest.MapFile, text string) string { return text + "§---\n" + text }},
	{"document end", "yaml/directive", func(_ *fstest.MapFile, text string) string { return text + "§...\n" }},
	{"directive", "yaml/directive", func(_ *fstest.MapFile, text string) string { return "§%YAML 1.2\n---\n" + text }},
	{"no value", "yaml/no-value", line("§unknown:")},
	{"null", "yaml/no-value", line("§unknown: ~")},
	{"comment without a blank", "yaml/comment", line("§#md5")},
	{"tab", "file/character", line("§\t")},
	{"carriage return", "file/character", func(_ *fstest.MapFile, text string) string { return strings.Replace(text, "\n", "§\r\n", 1) }},
	{"byte-order mark", "file/character", func(_ *fstest.MapFile, text string) string { return "§\ufeff" + text }},
	{"bidirectional control", "file/character", line("# ab§\u202ecd")},
	{"no UTF-8", "file/not-utf8", line("# ab§\xff")},
	{"block text", "yaml/block-text", line("unknown: §|\n  text")},
	{"folded value", "yaml/many-lines", line("unknown: §one\n  two")},
	{"quoted key", "yaml/key", line("§\"unknown\": a")},
	{"escape", "yaml/escape", line(`unknown: "a§\u0041"`)},
	{"address that ends in ::", "yaml/unquoted", line("unknown: [§2001:db8::, 192.0.2.1]")},
	{"huge", "file/too-big", func(_ *fstest.MapFile, text string) string { return "§" + text + strings.Repeat("# x\n", 1<<18) }},
	{"symbolic link out of the tree", "file/mode", func(f *fstest.MapFile, _ string) string {
		f.Mode = fs.ModeSymlink | 0o777
		return "§../../etc/passwd"
	}},
	{"executable", "file/mode", func(f *fstest.MapFile, text string) string { f.Mode = 0o755; return "§" + text }},
	{"empty", "schema/empty", func(*fstest.MapFile, string) string { return "§" }},
	{"a list", "", func(_ *fstest.MapFile, text string) string { return "§- a\n" }},
	{"deep", "file/too-deep", line("unknown: {{{{{{§{a: b}}}}}}}")},
}

// pointed is damage to one value: in file, old becomes new, and § is where it is found.
var pointed = []struct{ rule, file, old, new string }{
	{"schema/type", "intent/design/example-net.yaml", "asn: 64496", "asn: §064496"},
	{"schema/type", "intent/design/example-net.yaml", "asn: 64496", "asn: §64512.10"},
	{"schema/type", "intent/design/example-net.yaml", "asn: 64496", "asn: §6_4496"},
	{"schema/type", "intent/design/example-net.yaml", "asn: 64496", "asn: §23456"},
	{"schema/type", "intent/design/example-net.yaml", "asn: 64496", "asn: §-1"},
	{"schema/type", "intent/design/example-net.yaml", "asn: 64496", "asn: §1e3"},
	{"yaml/quoted", "intent/design/example-net.yaml", "asn: 64496", `asn: §"64496"`},
	{"schema/type", "intent/design/example-net.yaml", "asn: 64496", "asn: §[64496]"},
	{"schema/type", "intent/design/example-net.yaml", "lab: true", "lab: §yes"},
	{"schema/type", "intent/design/example-net.yaml", "lab: true", "lab: §on"},
	{"schema/type", "intent/design/example-net.yaml", "lab: true", "lab: §True"},
	{"schema/not-one-of", "intent/design/example-net.yaml", "igp: ospf", "igp: §opsf"},
	{"schema/type", "intent/design/example-net.yaml", "customer: 300", "customer: §0300"},
	{"schema/missing-field", "intent/design/example-net.yaml", "kind: design\n", "§kind: design\n#"},
	{"schema/unknown-kind", "intent/design/example-net.yaml", "kind: design", "kind: §desing"},
	{"schema/unknown-kind", "intent/design/example-net.yaml", "kind: design", "kind: §zone"},
	{"schema/empty", "intent/design/example-net.yaml", "owned: [198.51.100.0/24, 2001:db8::/36]", "owned: §[]"},
	{"schema/type", "intent/exchange/ix-fra.yaml", "mtu: 1500", "mtu: §01500"},
	{"schema/type", "intent/exchange/ix-fra.yaml", "mtu: 1500", "mtu: §0x5dc"},
	{"schema/type", "intent/exchange/ix-fra.yaml", "mtu: 1500", "mtu: §1500.0"},
	{"schema/duplicate-element", "intent/exchange/ix-fra.yaml", "lan: [198.18.0.0/24,", "lan: [198.18.0.0/24, §198.18.0.0/24,"},
	{"reference/missing", "intent/exchange/ix-fra.yaml", "router: edge1-fra", "router: §edge1-fr"},
	{"reference/missing", "intent/peering/as64500-fra.yaml", "exchange: ix-fra", "exchange: §ix-frb"},
	{"reference/missing", "intent/link/fra-edge.yaml", "device: core1-fra", "device: §core2-fra"},
	{"peering/in-lan", "intent/peering/as64500-fra.yaml", "addresses: [198.18.0.77,", "addresses: [§198.18.1.77,"},
	{"schema/not-one-of", "intent/peering/as64500-fra.yaml", "relation: peer", "relation: §pear"},
	{"schema/not-one-of", "intent/peering/as64500-fra.yaml", "mode: bilateral", "mode: §bilaterl"},
	{"irr/lock-missing", "intent/peering/as64500-fra.yaml", "irr: AS64500:AS-ALL", "irr: §AS64500:AS-NONE"},
	{"schema/type", "intent/peering/as64500-fra.yaml", "irr: AS64500:AS-ALL", "irr: §ANY"},
	{"secret/literal", "intent/link/ams-fra-1.yaml", "label: circuit 4711", "label: §$9$abcdef"},
	{"schema/type", "intent/link/ams-fra-1.yaml", "cost: 1200", "cost: §1200ms"},
	{"schema/not-one-of", "intent/link/ams-fra-1.yaml", "speed: 100G", "speed: §100g"},
	{"reference/missing", "inventory.yaml", "site: ams", "site: §asm"},
	{"reference/missing", "inventory.yaml", "credential: net", "credential: §nett"},
	{"schema/not-one-of", "inventory.yaml", "role: core", "role: §croe"},
	{"schema/not-one-of", "inventory.yaml", "method: key", "method: §keys"},
	{"schema/range", "inventory.yaml", "port: 22\n", "port: §70000\n"},
	{"schema/range", "inventory.yaml", "port: 22\n", "port: §0\n"},
	{"schema/type", "inventory.yaml", "port: 22\n", "port: §022\n"},
	{"schema/not-canonical", "inventory.yaml", "2001:db8:0:1::1]", "§2001:DB8:0:1::1]"},
	{"schema/type", "inventory.yaml", "loopbacks: [10.0.0.1,", "loopbacks: [§10.0.0.01,"},
	{"schema/type", "inventory.yaml", "address: 10.255.0.11", "address: §core1.example.net"},
	{"schema/type", "inventory.yaml", "host_keys: [ssh-ed25519 AAAA", "host_keys: [§ssh-dss AAAA"},
	{"schema/type", "inventory.yaml", "host_keys: [", "host_keys: [§ssh-ed25519 AAAA, "},
	{"secret/literal", "inventory.yaml", "secret: secret://local/net/read#key", "secret: §hunter2"},
	{"secret/reference", "inventory.yaml", "secret://local/net/read#key", "§secret://local/../read#key"},
	{"reference/duplicate", "inventory.yaml", "- name: core1-fra", "- name: §core1-ams"},
	{"reference/duplicate", "inventory.yaml", "- name: fra\n", "- name: §ams\n"},
	{"address/duplicate", "inventory.yaml", "address: 10.255.0.12", "address: §10.255.0.11"},
	{"inventory/one-user", "inventory.yaml", "{user: plumb-write", "{user: §plumb-read"},
	{"schema/type", "inventory.yaml", "- name: core1-ams", "- name: §Core1_ams"},
	{"schema/type", "inventory.yaml", "- name: core1-ams", "- name: §all"},
	{"yaml/unquoted", "inventory.yaml", "city: Amsterdam", "city: §2026-01-01"},
	{"yaml/unquoted", "inventory.yaml", "city: Amsterdam", "city: §no"},
	{"schema/type", "inventory.yaml", "city: Amsterdam", "city: §Amster!dam"},
}

// place takes the mark out of a text and gives the line and column where it stood.
func place(marked string) (text string, l, c int) {
	before, after, ok := strings.Cut(marked, "§")
	if !ok {
		panic("no mark in " + marked)
	}
	last := before[strings.LastIndex(before, "\n")+1:]
	return before + after, strings.Count(before, "\n") + 1, len([]rune(last)) + 1
}

func example(t *testing.T) fstest.MapFS {
	t.Helper()
	return golden.Files(t, os.DirFS("../examples/two-site"))
}

// refused loads a repository and holds it to one finding at one place, and to no panic.
func refused(t *testing.T, what string, files fstest.MapFS, rule string, at diag.Pos) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: panic: %v", what, r)
		}
	}()
	_, ds := load(files)
	if !ds.Failed() {
		t.Errorf("%s is taken", what)
		return
	}
	for _, d := range ds {
		if d.At == at && (rule == "" || d.Rule == rule) {
			return
		}
	}
	t.Errorf("%s: want %s at %s, have %v", what, rule, at, ds.Sorted())
}

func spoilt(t *testing.T, file string, f func(*fstest.MapFile, string) string) (fstest.MapFS, diag.Pos) {
	files := example(t)
	m := files[file]
	text, l, c := place(f(m, string(m.Data)))
	m.Data = []byte(text)
	return files, diag.Pos{File: file, Line: l, Col: c}
}

// TestMalformed holds the law: every malformed repository is refused with the right rule,
// line and column, and none brings the reader down.
func TestMalformed(t *testing.T) {
	n := 0
	for _, file := range slices.Sorted(maps.Keys(example(t))) {
		if !strings.HasPrefix(file, "intent/") {
			continue
		}
		for _, d := range everywhere {
			files, at := spoilt(t, file, d.do)
			refused(t, d.what+" in "+file, files, d.rule, at)
			n++
		}
	}
	for _, p := range pointed {
		files, at := spoilt(t, p.file, func(_ *fstest.MapFile, text string) string {
			if !strings.Contains(text, p.old) {
				t.Errorf("%s does not hold %q", p.file, p.old)
			}
			return strings.Replace(text, p.old, p.new, 1)
		})
		refused(t, p.new+" in "+p.file, files, p.rule, at)
		n++
	}
	if !t.Failed() {
		fmt.Printf("%d malformed repositories, each refused by its rule at its line and column\n", n)
	}
	if n < 200 {
		t.Errorf("%d repositories are fewer than 200", n)
	}
}

// TestAllAtOnce holds the law: as many faults as there are come in one run.
func TestAllAtOnce(t *testing.T) {
	files := example(t)
	want := map[string]int{}
	for _, p := range pointed {
		if p.rule == "schema/type" && want[p.file] == 0 {
			m := files[p.file]
			text, l, _ := place(strings.Replace(string(m.Data), p.old, p.new, 1))
			m.Data, want[p.file] = []byte(text), l
		}
	}
	m := files["intent/design/example-net.yaml"]
	m.Data = append(m.Data, "colour: red\nvars: {a: b}\n"...)
	_, ds := load(files)
	for file, l := range want {
		if !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.At.File == file && d.At.Line == l }) {
			t.Errorf("nothing is said of %s:%d", file, l)
		}
	}
	unknown := 0
	for _, d := range ds {
		if d.Rule == "schema/unknown-field" {
			unknown++
		}
	}
	if len(want) < 4 || unknown != 2 {
		t.Errorf("%d files and %d unknown fields: %v", len(want), unknown, ds)
	}
}
