package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"

	"plumbline/internal/diag"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// compiled makes a checker of a schema, by an implementation that is not ours.
func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plumbline.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("plumbline.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain gives what a schema sees of a file: values, without their spelling.
func plain(n *strict.Node) any {
	switch {
	case n.List:
		out := []any{}
		for _, x := range n.Items {
			out = append(out, plain(x))
		}
		return out
	case n.Keys != nil:
		out := map[string]any{}
		for i, k := range n.Keys {
			out[k.Text] = plain(n.Items[i])
		}
		return out
	case n.Tag == "!!null":
		return nil
	case n.Tag == "!!bool":
		return strings.EqualFold(n.Text, "true")
	case n.Tag == "!!int" || n.Tag == "!!float":
		if _, err := strconv.ParseFloat(n.Text, 64); err == nil {
			return json.Number(n.Text)
		}
	}
	return n.Text
}

// decode gives a file as it is written, and what its types say of it; nothing is looked up.
func decode(file string, text []byte) (*strict.Node, diag.List) {
	src := strict.NewSource()
	doc, ds := src.Open(fstest.MapFS{file: {Data: text}}, file)
	if doc == nil {
		return nil, ds
	}
	return doc.Tree(), schema.Check(fstest.MapFS{file: {Data: text}}, file)
}

// beyond is what no schema can say: what follows from arithmetic with a value.
var beyond = []string{"the network itself", "broadcast address", "no zones", "mapped", "host key", "levels joined", "is no date", "a date that exists"}

// sayable tells whether a schema can find a fault: it sees values and not their spelling.
func sayable(d diag.Diag) bool {
	switch d.Rule {
	case "schema/unknown-field", "schema/missing-field", "schema/not-one-of", "schema/range", "schema/empty", "schema/duplicate-element", "schema/unknown-kind":
		return true
	}
	return d.Rule == "schema/type" && d.Hint == "" && !slices.ContainsFunc(beyond, func(s string) bool { return strings.Contains(d.Text, s) })
}

type judge struct {
	*testing.T
	language          *schema.Language
	intent, inventory *jsonschema.Schema
	good, bad, other  int
}

func newJudge(t *testing.T) *judge {
	l := schema.Read()
	return &judge{T: t, language: l, intent: compiled(t, l.JSONIntent(nil)), inventory: compiled(t, l.JSONInventory(nil))}
}

// alike holds that schema and types agree on a file.
func (j *judge) alike(name, file string, text []byte) {
	tree, ds := decode(file, text)
	if tree == nil {
		return
	}
	s := j.inventory
	if strings.HasPrefix(file, "intent/") {
		s = j.intent
	}
	j.agree(name, s, tree, ds, text)
}

// agree holds that a schema says of a file what its types said.
func (j *judge) agree(name string, s *jsonschema.Schema, tree *strict.Node, ds diag.List, text []byte) {
	err := s.Validate(plain(tree))
	switch {
	case !ds.Failed():
		j.good++
		if err != nil {
			j.Errorf("%s: the types take it, the schema does not: %v\n%s", name, err, text)
		}
	case slices.ContainsFunc(ds, sayable):
		j.bad++
		if err == nil {
			j.Errorf("%s: the schema takes it, the types do not: %v\n%s", name, ds, text)
		}
	default:
		j.other++
	}
}

// corpus gives every file of intent and inventory of all cases and examples.
func corpus(t *testing.T, f func(name, file string, text []byte)) {
	t.Helper()
	for _, pattern := range []string{"../../intent/testdata/*/*.txtar", "../../inventory/testdata/*.txtar", "../../validate/testdata/*/*/*.txtar"} {
		cases, _ := filepath.Glob(pattern)
		for _, c := range cases {
			a, err := txtar.ParseFile(c)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range a.Files {
				if strings.HasSuffix(x.Name, ".yaml") && (strings.HasPrefix(x.Name, "intent/") || strings.HasPrefix(x.Name, "inventory")) {
					f(c+" "+x.Name, x.Name, x.Data)
				}
			}
		}
	}
	err := fs.WalkDir(os.DirFS("../../examples"), ".", func(p string, d fs.DirEntry, err error) error {
		_, file, _ := strings.Cut(p, "/")
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".yaml") || !strings.HasPrefix(file, "intent/") && !strings.HasPrefix(file, "inventory") {
			return err
		}
		text, err := os.ReadFile("../../examples/" + p)
		f(p, file, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAlike holds the law: what the types take the schema takes, and what they refuse the
// schema refuses, as far as a schema can say it: every file of every case and example, and
// every typed mutation of the good ones.
func TestAlike(t *testing.T) {
	j := newJudge(t)
	mutants, seen := 0, map[string]bool{}
	corpus(t, func(name, file string, text []byte) {
		j.alike(name, file, text)
		tree, ds := decode(file, text)
		if tree == nil || ds.Failed() || seen[string(text)] || strings.Contains(name, "/bad") || strings.HasPrefix(name, "../../intent") && strings.HasPrefix(file, "inventory") {
			return
		}
		if testing.Short() && mutants > 1000 {
			return
		}
		seen[string(text)] = true
		o := j.language.Inventory
		if strings.HasPrefix(file, "intent/") {
			o = j.language.Kinds[tree.Get("kind").Text]
		}
		m := mutator{emit: func(what string, root any) {
			mutants++
			j.alike(name+": "+what, file, write(root))
		}}
		m.root = plain(tree)
		m.object(o, m.root.(map[string]any), "")
	})
	t.Logf("figure: %d files and %d mutations: %d good, %d bad, %d beyond a schema", j.good+j.bad+j.other-mutants, mutants, j.good, j.bad, j.other)
	if mutants < 500 || j.bad < 500 {
		t.Errorf("only %d mutations, %d of them bad", mutants, j.bad)
	}
}

// write writes values as a file.
func write(v any) []byte {
	var b bytes.Buffer
	for _, k := range sortedKeys(v.(map[string]any)) {
		fmt.Fprintf(&b, "%s: %s\n", k, flow(v.(map[string]any)[k]))
	}
	return b.Bytes()
}

func flow(v any) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			parts = append(parts, k+": "+flow(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, x := range v {
			parts = append(parts, flow(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return strconv.Quote(v)
	}
	return fmt.Sprint(v)
}

func sortedKeys(m map[string]any) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// mutator makes one change after the other to what root holds, and takes each back.
type mutator struct {
	root any
	emit func(what string, root any)
}

func (m mutator) object(o *schema.Object, v map[string]any, at string) {
	was := clone(v)
	try := func(what string, change func()) {
		change()
		m.emit(at+": "+what, m.root)
		clear(v)
		for k, x := range was {
			v[k] = x
		}
	}
	try("a field too many", func() { v["bogus"] = "x" })
	for _, k := range sortedKeys(v) {
		f, _ := o.Field(k)
		if at != "" || k != "kind" {
			try("without "+k, func() { delete(v, k) })
			try("misspelt "+k, func() { v[k[:len(k)-1]] = v[k]; delete(v, k) })
		}
		for what, x := range wrong(&f.Type, v[k]) {
			try(k+" "+what, func() { v[k] = x })
		}
		m.inside(&f.Type, v[k], at+"."+k)
	}
}

// inside goes into what a field holds.
func (m mutator) inside(t *schema.Type, v any, at string) {
	switch {
	case t.Object != nil:
		m.object(t.Object, v.(map[string]any), at)
	case t.Elem != nil:
		list := v.([]any)
		for i := range list[:1] {
			was := list[i]
			for what, x := range wrong(t.Elem, was) {
				list[i] = x
				m.emit(at+" element "+what, m.root)
			}
			list[i] = was
			m.inside(t.Elem, was, at)
		}
	}
}

// wrong gives values that are not what a type wants, and some that are.
func wrong(t *schema.Type, v any) map[string]any {
	out := map[string]any{"in a list": []any{v}, "as an object": map[string]any{"a": "b"}, "nonsense": "No! such; thing", "empty list": []any{}, "empty object": map[string]any{}}
	switch {
	case t.Elem != nil && t.Elem.Object == nil && t.Elem.Elem == nil:
		out["twice"] = append(slices.Clone(v.([]any)), v.([]any)[0])
	case t.Value != nil:
		out["bad key"] = map[string]any{"Bad.Key": "x"}
	case t.Object != nil || t.Elem != nil:
	case t.Values != nil:
		for _, w := range t.Values {
			out["as "+w] = w
		}
	case t.Shape.Number:
		out["too low"], out["too high"], out["lowest"] = t.Shape.Low-1, t.Shape.High+1, t.Shape.Low
		out["fraction"] = json.Number("1.5")
	case t.Shape.Truth:
		out["a word"], out["other"] = "yes", true
	default:
		out["a number"] = 7
		for _, w := range t.Shape.Not {
			out["as "+w] = w
		}
		if t.Shape.Longest > 0 {
			out["too long"], out["as long as may be"] = strings.Repeat("a", t.Shape.Longest+1), strings.Repeat("a", t.Shape.Longest)
		}
	}
	return out
}

func clone(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// TestSaid holds the law: every kind and field says what it means, and every field that
// takes a name says whose.
func TestSaid(t *testing.T) {
	l := schema.Read()
	for kind, o := range l.Kinds {
		if o.Doc == "" {
			t.Errorf("%s says nothing", kind)
		}
	}
	if got := l.Inventory.Names(); !reflect.DeepEqual(got, []string{"sites", "credentials", "devices"}) {
		t.Error(got)
	}
}
