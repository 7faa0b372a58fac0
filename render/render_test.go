package render_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/intent"
	"plumbline/internal/diag"
	"plumbline/internal/golden"
	"plumbline/internal/network"
	"plumbline/internal/strict"
	"plumbline/internal/tree"
	"plumbline/inventory"
	"plumbline/render"
	"plumbline/templates"
)

// resolve reads a repository's files up to the model.
func resolve(t *testing.T, files fs.FS) *network.Network {
	t.Helper()
	src := strict.NewSource()
	inv, ds := inventory.Load(files, src)
	set, more := intent.Load(files, src)
	if ds = append(ds, more...); ds.Failed() {
		t.Fatal(ds.Err())
	}
	net, more := set.Resolve(inv)
	if more.Failed() {
		t.Fatal(more.Err())
	}
	return net
}

// page writes configurations, and beside each line where it was asked for and written.
func page(t *testing.T, cs []tree.Config, ds diag.List) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, c := range cs {
		fmt.Fprintf(&b, "== %s\n", c.Device)
		ls := slices.Collect(bytes.Lines(c.Text))
		if len(ls) != len(c.Origins) {
			t.Fatalf("%s has %d lines and %d origins", c.Device, len(ls), len(c.Origins))
		}
		for i, line := range ls {
			o := c.Origins[i]
			if o.Intent.Line == 0 || o.Template.Line == 0 {
				t.Errorf("%s:%d comes from nowhere: %s", c.Device, i+1, line)
			}
			fmt.Fprintf(&b, "%-72s | %s | %s:%d %s\n", bytes.TrimSuffix(line, []byte("\n")), o.Intent, o.Template.File, o.Template.Line, strings.Join(o.Holes, ", "))
		}
	}
	for _, d := range ds.Sorted() {
		fmt.Fprintf(&b, "%s: %s: %s\n", d.At, d.Rule, d.Text)
	}
	return b.Bytes()
}

// TestRender plays every case. Files under platforms/ stand in for those of the program.
func TestRender(t *testing.T) {
	golden.Run(t, "testdata/*/*.txtar", func(t *testing.T, files fs.FS) []byte {
		platforms := fs.FS(templates.FS)
		if sub, err := fs.Sub(files, "platforms"); err == nil {
			if names, err := fs.ReadDir(sub, "."); err == nil && len(names) > 0 {
				platforms = sub
			}
		}
		cs, ds := render.All(resolve(t, files), platforms)
		if !ds.Failed() {
			comesBack(t, cs)
		}
		return page(t, cs, ds)
	})
}

// TestExample holds the laws over the example: every line has a rule and an origin, and
// text that is read and written again says the same.
func TestExample(t *testing.T) {
	for _, cs := range examples(t) {
		page(t, cs, nil)
		comesBack(t, cs)
	}
}

// examples renders every example.
func examples(t *testing.T) map[string][]tree.Config {
	t.Helper()
	dirs, err := os.ReadDir("../examples")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]tree.Config{}
	for _, d := range dirs {
		if _, err := os.Stat("../examples/" + d.Name() + "/inventory.yaml"); err != nil {
			continue // no network
		}
		cs, ds := render.All(resolve(t, os.DirFS("../examples/"+d.Name())), templates.FS)
		if ds.Failed() || len(cs) < 2 {
			t.Fatal(d.Name(), len(cs), ds.Err())
		}
		out[d.Name()] = cs
	}
	return out
}

func comesBack(t *testing.T, cs []tree.Config) {
	t.Helper()
	for _, c := range cs {
		if again, _ := tree.Parse(c.Dialect, tree.Print(c.Root)); tree.Digest(again) != tree.Digest(c.Root) {
			t.Errorf("%s does not come back as it was written", c.Device)
		}
		es, _, err := tree.Diff(mustParse(c, ""), c.Root, tree.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if e.Unruled {
				t.Errorf("%s: no rule of the dialect knows %q", c.Device, e.Line)
			}
		}
	}
}

func mustParse(c tree.Config, text string) *tree.Tree {
	root, _ := tree.Parse(c.Dialect, []byte(text))
	return root
}

// TestOrder holds the law: how files are called and lie means nothing; the bytes are equal.
func TestOrder(t *testing.T) {
	base := os.DirFS("../examples/two-site")
	want, _ := render.All(resolve(t, base), templates.FS)
	moved, kept := golden.Apart(t, base, "intent/")
	r := rand.New(rand.NewPCG(3, 4))
	for range 10 {
		files := maps.Clone(kept)
		for i, at := range r.Perm(len(moved)) {
			files[fmt.Sprintf("intent/%d/%d.yaml", r.IntN(4), at)] = &fstest.MapFile{Data: moved[i]}
		}
		got, ds := render.All(resolve(t, files), templates.FS)
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		for i := range want {
			if !bytes.Equal(want[i].Text, got[i].Text) {
				t.Fatalf("%s changed with the order of files", want[i].Device)
			}
		}
	}
}

// TestInjection holds the law: no value can begin a line of its own, whatever it came from.
func TestInjection(t *testing.T) {
	for _, bad := range []string{"x\nno router bgp 64496", "x\r", "x\x01y", "x\x03\x04", "\x1b[2J", "x\u0085y"} {
		net := &network.Network{Devices: []*network.Device{{Name: "r1", Platform: "frr", Interfaces: &network.Interfaces{
			From:  diag.Pos{File: "f", Line: 1, Col: 1},
			Ports: []network.Port{{Name: "eth1", Description: bad, From: diag.Pos{File: "f", Line: 2, Col: 1}}},
		}}}}
		cs, ds := render.All(net, templates.FS)
		if !ds.Failed() {
			t.Errorf("%q is rendered: %q", bad, cs[0].Text)
		}
	}
}

// TestSafe holds the law: what a template of a pull request may not do is refused before
// it runs, or as it runs.
func TestSafe(t *testing.T) {
	kept := fstest.MapFS{}
	for _, f := range []string{"frr/platform.yaml", "frr/dialect.rules"} {
		b, err := fs.ReadFile(templates.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		kept[f] = &fstest.MapFile{Data: b}
	}
	net := &network.Network{Devices: []*network.Device{{Name: "r1", Platform: "frr", BGP: manySessions(300)}}}
	var slowest time.Duration
	for text, want := range map[string]string{
		"{{range 1000000000000}}{{end}}":                                                 "range",
		"{{range $x := .ASN}}{{end}}":                                                    "range",
		"{{with $x := .ASN}}{{range $x}}{{end}}{{end}}":                                  "range",
		nested("{{range $.Neighbors}}", 6, ""):                                           "entries",
		nested("{{with $}}{{range .Neighbors}}", 3, "") + "{{end}}{{end}}{{end}}":        "entries",
		nested("{{range $.Neighbors}}", 2, strings.Repeat("x", 1000)):                    "bytes",
		"{{" + strings.Repeat("(", 50_000) + ".ASN" + strings.Repeat(")", 50_000) + "}}": "",
		nested("{{if .ASN}}", 20_000, "x"):                                               "",
		"{{.From.String}}":                                                               "String",
		"{{.RouterID.AsSlice}}":                                                          "AsSlice",
		"{{index .Neighbors 1000000}}":                                                   "out of range",
		"{{slice .Neighbors 5 1}}":                                                       "slice",
		"{{html .ASN}}":                                                                  "html",
		"{{urlquery .ASN}}":                                                              "urlquery",
		"{{print .ASN}}":                                                                 "print",
		"{{println .ASN}}":                                                               "println",
		"{{template \"x\"}}":                                                             "",
		"{{break}}":                                                                      "",
		"{{$x := .ASN}}{{$x.Y}}":                                                         "Y",
		"{{readFile \"/etc/passwd\"}}":                                                   "readFile",
		"{{env \"HOME\"}}":                                                               "env",
		"{{/* x":                                                                         "unclosed",
		"{{range .ASN}}{{end}}":                                                          "range",
		"{{range .From.File}}x{{end}}":                                                   "File",
		"{{define \"a\"}}{{template \"a\"}}{{end}}":                                      "templates inside",
		"{{block \"a\" .}}x{{end}}":                                                      "templates inside",
		"{{printf \"%2000000000d\" 1}}":                                                  "printf",
		"{{call .ASN}}":                                                                  "call",
		"{{.Nothing}}":                                                                   "Nothing",
		"{{.ASN.X}}":                                                                     "X",
		"{{if}}":                                                                         "missing value",
		"{{js .ASN}}":                                                                    "js",
		strings.Repeat("a", 300<<10):                                                     "bytes",
	} {
		files := maps.Clone(kept)
		files["frr/BGP.tmpl"] = &fstest.MapFile{Data: []byte(text)}
		begin := time.Now()
		_, ds := render.All(net, files)
		_, judged := render.Judge(net, files)
		slowest = max(slowest, time.Since(begin))
		if fmt.Sprint(judged) != fmt.Sprint(ds) {
			t.Errorf("%.40q: %v is judged, and rendered %v", text, judged, ds)
		}
		if !ds.Failed() || !strings.Contains(ds.Err().Error(), want) || ds[0].At.File != "f" {
			t.Errorf("%.40q: %v", text, ds)
		}
	}
	t.Logf("figure: the slowest refusal of a hostile template took %v", slowest)
}

// crowd is a router of so many sessions.
func manySessions(n int) *network.BGP {
	g := &network.BGP{ASN: 4294967294, From: diag.Pos{File: "f", Line: 1, Col: 1}, RouterID: netip.MustParseAddr("192.0.2.1")}
	for range n {
		g.Neighbors = append(g.Neighbors, network.Neighbor{ASN: 64500, Addr: netip.MustParseAddr("192.0.2.2"), From: g.From})
	}
	return g
}

// nested puts a block into itself.
func nested(open string, deep int, inner string) string {
	return strings.Repeat(open, deep) + inner + strings.Repeat("{{end}}", deep)
}
