package render_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/lab"
	"plumbline/internal/network"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// bird gives a function that asks the daemon itself whether it takes a file.
func bird(t *testing.T) func(text []byte) (string, bool) {
	t.Helper()
	lab.Need(t, "bird")
	return func(text []byte) (string, bool) {
		file := filepath.Join(t.TempDir(), "bird.conf")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("/usr/sbin/bird", "-p", "-c", file).CombinedOutput()
		return strings.ReplaceAll(string(out), file, "bird.conf"), err == nil
	}
}

// TestBIRD asks the real thing whether it takes what the cases hold, and refuses what they
// say that it refuses.
func TestBIRD(t *testing.T) {
	takes := bird(t)
	cases, err := filepath.Glob("../templates/bird/testdata/diff/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(err, len(cases))
	}
	for _, file := range cases {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		refused := slices.ContainsFunc(a.Files, func(f txtar.File) bool { return f.Name == "options" })
		for _, f := range a.Files {
			if f.Name != "have" && f.Name != "wanted" {
				continue
			}
			if out, ok := takes(f.Data); ok == (refused && f.Name == "wanted") {
				t.Errorf("%s: %s: taken: %v: %s", filepath.Base(file), f.Name, ok, out)
			}
		}
	}
}

// TestBIRDRules holds that a file with all that the rules know is one that the daemon
// takes, and that the rules know all of it.
func TestBIRDRules(t *testing.T) {
	text, err := os.ReadFile("testdata/bird/every.conf")
	if err != nil {
		t.Fatal(err)
	}
	p, problems := render.Read(templates.FS, "bird")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	none, _ := tree.Parse(p.Dialect, "")
	every, _ := tree.Parse(p.Dialect, text)
	es, _, err := tree.Diff(none, every, tree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		if e.Unruled {
			t.Errorf("no rule knows %s", e.Send)
		}
		if e.Proof < 4 {
			t.Errorf("the daemon takes %s: proof=4", e.Send)
		}
	}
	if out, ok := bird(t)(text); !ok {
		t.Error(out)
	}
	if _, ok := bird(t)([]byte("router id nonsense;\n")); ok {
		t.Error("bird takes a word that does not exist: it cannot judge")
	}
}

// TestBIRDTakes asks the real thing whether it takes what is rendered: every example and
// every case of the first platform that BIRD has words for.
func TestBIRDTakes(t *testing.T) {
	takes := bird(t)
	cases, err := filepath.Glob("testdata/frr/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(err, len(cases))
	}
	files := map[string]fs.FS{"two-site": os.DirFS("../examples/two-site"), "leaf-spine": os.DirFS("../examples/leaf-spine")}
	for _, file := range cases {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if files[file], err = txtar.FS(a); err != nil {
			t.Fatal(err)
		}
	}
	v, asked := vendor{platform: "bird"}, 0
	for name, f := range files {
		for _, d := range resolve(t, v.moved(t, f)).Devices {
			cs, ds := render.All(&network.Network{Devices: []*network.Device{d}}, templates.FS)
			if ds.Failed() {
				continue
			}
			asked++
			if out, ok := takes(cs[0].Text); !ok {
				t.Errorf("%s: %s: %s", name, d.Name, out)
			}
		}
	}
	if asked < 8 {
		t.Errorf("only %d devices were asked for", asked)
	}
}

// TestBIRDFile holds that a file which was read and written again, as a push sends it, is
// one that the daemon still takes and the model reads alike.
func TestBIRDFile(t *testing.T) {
	takes := bird(t)
	p, problems := render.Read(templates.FS, "bird")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	every, err := os.ReadFile("testdata/bird/every.conf")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		"every": every,
		"empty": []byte("protocol device {\n}\nprotocol static a { ipv4; };\ntemplate bgp t { local as 64496; }\n"),
		"texts": []byte("log syslog { info, trace };\nfunction one(int a) {\n if a > 1 then { return true; } else return false;\n}\nfilter two {\n case net.type { NET_IP4: accept; else: print \"a; b }\"; }\n # a remark }\n if net ~ [\n  10.0.0.0/8{16,24},\n  192.0.2.0/24+ ] then { bgp_community.add((1,2)); if one(2) then { accept; } }\n reject;\n}\nprotocol device {}\nprotocol bgp b {\n debug { states, routes };\n local as 1; neighbor 192.0.2.1 as 2;\n ipv4 { import filter { if net.len > 24 then { reject; } accept; }; export where { 1 } ~ [ 1 ]; };\n}\n"),
	}
	cases, err := filepath.Glob("../templates/bird/testdata/diff/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(err, len(cases))
	}
	for _, file := range cases {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name == "have" || f.Name == "wanted" {
				files[filepath.Base(file)+" "+f.Name] = f.Data
			}
		}
	}
	asked := 0
	for name, text := range files {
		if _, ok := takes(text); !ok {
			continue
		}
		asked++
		was, _ := tree.Parse(p.Dialect, text)
		again := tree.Print(was)
		is, _ := tree.Parse(p.Dialect, again)
		if out, ok := takes(again); !ok || tree.Digest(is) != tree.Digest(was) {
			t.Errorf("%s: read alike: %v: %s\n%s", name, tree.Digest(is) == tree.Digest(was), out, again)
		}
	}
	if asked < 10 {
		t.Errorf("only %d files were asked for", asked)
	}
}
