package format_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"plumbline/intent"
	"plumbline/internal/diag"
	"plumbline/internal/format"
	"plumbline/internal/golden"
	"plumbline/internal/network"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// one is a tree of one file.
func one(file string, text []byte) fs.FS { return fstest.MapFS{file: {Data: text}} }

// TestForm plays every case: each file in its form. What is in form stays as it is.
func TestForm(t *testing.T) {
	l := schema.Read()
	golden.Run(t, "testdata/*.txtar", func(t *testing.T, files fs.FS) []byte {
		var b bytes.Buffer
		for _, file := range schema.Files(files) {
			text, err := fs.ReadFile(files, file)
			if err != nil {
				t.Fatal(err)
			}
			form, ds, err := format.File(l, files, file, "")
			out := form.Is
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			fmt.Fprintf(&b, "%s:\n%s", file, out)
			diag.Write(&b, ds, func(string) []byte { return text })
			if again, _, err := format.File(l, one(file, out), file, ""); len(out) > 0 && (err != nil || !bytes.Equal(again.Is, out)) {
				t.Errorf("%s is in form and is not left alone: %v\n%s", file, err, again.Is)
			}
		}
		return b.Bytes()
	})
}

// examples gives the networks of the examples.
func examples(t testing.TB) (out []fstest.MapFS) {
	t.Helper()
	folders, err := filepath.Glob("../../examples/*/inventory.yaml")
	if err != nil || len(folders) == 0 {
		t.Fatal(err)
	}
	for _, f := range folders {
		out = append(out, golden.Files(t, os.DirFS(filepath.Dir(f))))
	}
	return out
}

func resolve(files fs.FS) (*network.Network, diag.List) {
	src := strict.NewSource()
	inv, ds := inventory.Load(files, src)
	set, more := intent.Load(files, src)
	net, most := set.Resolve(inv)
	return net, slices.Concat(ds, more, most)
}

// TestExamples holds the law: the examples are in form; and a network whose files are put
// into disorder and brought into form again is the same network.
func TestExamples(t *testing.T) {
	l := schema.Read()
	for _, files := range examples(t) {
		want, ds := resolve(files)
		if ds.Failed() {
			t.Fatal(ds)
		}
		again := maps.Clone(files)
		for _, file := range schema.Files(files) {
			text := files[file].Data
			if out, ds, err := format.File(l, files, file, ""); err != nil || !bytes.Equal(out.Is, text) {
				t.Errorf("%s is not in form: go run ./cmd/plumbline -C examples/... fmt\n%v%v%s", file, ds, err, out.Is)
			}
			out, _, err := format.File(l, one(file, disorder(string(text))), file, "")
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			again[file] = &fstest.MapFile{Data: out.Is}
		}
		got, ds := resolve(again)
		if cs := network.Diff(want, got); len(cs) > 0 || ds.Failed() {
			t.Errorf("another network: %d differences, %v", len(cs), ds)
		}
	}
}

// disorder puts the entries of a file in the opposite order, and quotes round its words.
func disorder(text string) []byte {
	var entries []string
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && value != "true" && strings.Trim(value, "abcdefghijklmnopqrstuvwxyz-/") == "" {
			line = strings.Replace(line, key+": "+value, key+`:   "`+value+`"`, 1)
		}
		if c := line[0]; c == ' ' || c == '-' || len(entries) > 0 && strings.HasPrefix(entries[len(entries)-1], "#") {
			entries[len(entries)-1] += line
		} else {
			entries = append(entries, line)
		}
	}
	slices.Reverse(entries)
	return []byte(strings.Join(entries, "\n\n"))
}

// FuzzForm holds the law: what can be read comes into form without losing anything, and
// what is in form stays as it is.
func FuzzForm(f *testing.F) {
	l := schema.Read()
	for _, files := range examples(f) {
		for _, file := range schema.Files(files) {
			f.Add(string(files[file].Data))
		}
	}
	cases, _ := filepath.Glob("testdata/*.txtar")
	for _, c := range cases {
		a, err := txtar.ParseFile(c)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range a.Files {
			f.Add(string(x.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, file := range []string{"intent/a.yaml", "inventory.yaml"} {
			out, ds, err := format.File(l, one(file, []byte(text)), file, "")
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if ds.Failed() {
				continue
			}
			again, ds, err := format.File(l, one(file, out.Is), file, "")
			if err != nil || ds.Failed() || !bytes.Equal(again.Is, out.Is) {
				t.Fatalf("not left alone: %v %v\n%s\n%s", err, ds, out.Is, again.Is)
			}
		}
	})
}
