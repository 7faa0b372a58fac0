package intent_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"plumbline/internal/diag"
	"plumbline/internal/golden"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// named is a value that is a name, and whose its field says that it is.
type named struct {
	field, of, text string
	at              diag.Pos
}

// namesIn lists the names that an object holds, but for its own.
func namesIn(o *schema.Object, n *strict.Node, at string) (out []named) {
	for i, k := range n.Keys {
		if f, ok := o.Field(k.Text); ok && !f.Head {
			out = append(out, namesOf(&f.Type, n.Items[i], at+"."+k.Text)...)
		}
	}
	return out
}

func namesOf(t *schema.Type, n *strict.Node, at string) (out []named) {
	switch {
	case t.Object != nil:
		return namesIn(t.Object, n, at)
	case t.Elem != nil:
		for _, x := range n.Items {
			out = append(out, namesOf(t.Elem, x, at)...)
		}
	case t.Value != nil:
		for i, k := range n.Keys {
			out = append(out, namesOf(t.Key, k, at)...)
			out = append(out, namesOf(t.Value, n.Items[i], at)...)
		}
	case t.Shape.Word == "name":
		out = append(out, named{at, t.Of, n.Text, n.At})
	}
	return out
}

// networks gives the good case of every kind, and the examples.
func networks(t *testing.T) (out []fstest.MapFS) {
	t.Helper()
	cases, _ := filepath.Glob("testdata/*/good*.txtar")
	for _, c := range cases {
		a, err := txtar.ParseFile(c)
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{}
		for _, f := range a.Files {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		out = append(out, files)
	}
	for _, name := range []string{"two-site", "leaf-spine"} {
		out = append(out, golden.Files(t, os.DirFS("../examples/"+name)))
	}
	return out
}

// TestReferences holds the law: a field says whose name it holds, and it is looked up
// there; a field that says nothing of the kind names nothing else. Every name of the good
// cases is taken to be that of nobody, one at a time.
func TestReferences(t *testing.T) {
	l := schema.Read()
	tried := map[string]bool{}
	for _, files := range networks(t) {
		for file, was := range files {
			if tree := read(files, file); tree != nil && strings.HasPrefix(file, "intent/") {
				kind := tree.Get("kind").Text
				for _, n := range namesIn(l.Kinds[kind], tree, kind) {
					tried[n.field] = true
					change(files, file, n)
					_, ds := resolve(files)
					if why := judged(ds, n); why != "" {
						t.Errorf("%s: %s %s: %v", n.at, n.field, why, ds)
					}
					files[file] = was
				}
			}
		}
	}
	for kind, o := range l.Kinds {
		for _, field := range fieldsOf(o, kind) {
			if !tried[field] {
				t.Errorf("no good case gives %s, which names something: add it to one", field)
			}
		}
	}
}

// judged tells what is wrong with what is said of a name of nobody: where it should name an
// object it is missed, or refused by a narrower rule; else nobody looks for it.
func judged(ds diag.List, n named) string {
	missed := slices.IndexFunc(ds, func(d diag.Diag) bool { return d.Rule == "reference/missing" && d.At == n.at })
	switch {
	case n.of == "" && missed >= 0:
		return "names something and has no tag of"
	case n.of == "" || missed >= 0 && strings.Contains(ds[missed].Text, n.of):
		return ""
	case missed >= 0:
		return "names another than a " + n.of
	case !slices.ContainsFunc(ds, func(d diag.Diag) bool { return d.At.File == n.at.File && d.At.Line == n.at.Line }):
		return "names a " + n.of + " and is not looked up"
	}
	return ""
}

func read(files fs.FS, file string) *strict.Node {
	doc, _ := strict.NewSource().Open(files, file)
	if doc == nil {
		return nil
	}
	return doc.Tree()
}

// change writes a name of nobody into a file, in place of another.
func change(files fstest.MapFS, file string, n named) {
	lines := strings.Split(string(files[file].Data), "\n")
	line := lines[n.at.Line-1]
	lines[n.at.Line-1] = line[:n.at.Col-1] + "nobody-at-all" + line[n.at.Col-1+len(n.text):]
	files[file] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
}

// fieldsOf lists the fields of an object that name something.
func fieldsOf(o *schema.Object, at string) (out []string) {
	for _, f := range o.Fields {
		switch in := f.Type.Scalar(); {
		case in.Object != nil:
			out = append(out, fieldsOf(in.Object, at+"."+f.Name)...)
		case in.Of != "" || f.Type.Key != nil && f.Type.Key.Of != "":
			out = append(out, at+"."+f.Name)
		}
	}
	return out
}
