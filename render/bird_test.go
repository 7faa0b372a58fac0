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
	none, _ := tree.Parse(p.Dialect, nil)
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
