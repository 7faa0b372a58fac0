package intent_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/intent"
	"plumbline/internal/golden"
)

// words is what a reader calls a value of each type that is no object and no choice.
var words = map[string]string{
	"int": "whole number", "bool": "`true` or `false`", "string": "word", "Name": "name",
	"Interface": "interface", "ASN": "AS number", "Address": "address", "Prefix": "prefix",
	"IfAddr": "address/length", "Text": "text", "MAC": "MAC address", "IRRSet": "registry set",
	"Section": "section", "Person": "person", "Date": "date",
}

// language is what the source of the package says of its types.
type language struct {
	t      *testing.T
	kinds  map[string]string          // the type of each kind
	said   map[string]string          // the comment of each type
	fields map[string]*ast.StructType // of the types that are objects
	values map[string][]string        // of the types that are a choice
}

func readLanguage(t *testing.T) *language {
	t.Helper()
	l := &language{t, map[string]string{}, map[string]string{}, map[string]*ast.StructType{}, map[string][]string{}}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				l.declared(d)
			case *ast.FuncDecl:
				if d.Name.Name == "Values" {
					l.values[d.Recv.List[0].Type.(*ast.Ident).Name] = literals(d.Body)
				}
			}
		}
	}
	return l
}

// declared takes up the objects of a declaration, and the table of kinds.
func (l *language) declared(d *ast.GenDecl) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			l.said[s.Name.Name] = strings.Join(strings.Fields(d.Doc.Text()), " ")
			if st, ok := s.Type.(*ast.StructType); ok {
				l.fields[s.Name.Name] = st
			}
		case *ast.ValueSpec:
			if s.Names[0].Name != "kinds" {
				continue
			}
			for _, e := range s.Values[0].(*ast.CompositeLit).Elts {
				kv := e.(*ast.KeyValueExpr)
				name, _ := strconv.Unquote(kv.Key.(*ast.BasicLit).Value)
				ast.Inspect(kv.Value, func(n ast.Node) bool {
					if c, ok := n.(*ast.CallExpr); ok {
						l.kinds[name] = c.Args[0].(*ast.Ident).Name
					}
					return true
				})
			}
		}
	}
}

// literals gives the words that a body lists.
func literals(body ast.Node) (out []string) {
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BasicLit); ok && b.Kind == token.STRING {
			s, _ := strconv.Unquote(b.Value)
			out = append(out, strings.Fields(s)...)
		}
		return true
	})
	return out
}

// word says what a value is, and names the type of the object that it is made of.
func (l *language) word(x ast.Expr) (says, object string) {
	switch x := x.(type) {
	case *ast.ArrayType:
		if e, ok := x.Elt.(*ast.IndexListExpr); ok { // an object whose keys people choose
			key, _ := l.word(e.Indices[0])
			value, object := l.word(e.Indices[1])
			return "object: " + key + " to " + value, object
		}
		says, object = l.word(x.Elt)
		return "list of " + says, object
	case *ast.Ident:
		switch {
		case l.values[x.Name] != nil:
			return "`" + strings.Join(l.values[x.Name], "` `") + "`", ""
		case words[x.Name] != "":
			return words[x.Name], ""
		case l.fields[x.Name] != nil:
			return "object", x.Name
		}
	}
	l.t.Errorf("no word for the type %v: add it to words", x)
	return "", ""
}

// table writes the fields of an object, then the objects in them.
func (l *language) table(b *bytes.Buffer, of, where string) {
	type inner struct{ object, where string }
	var more []inner
	b.WriteString("| field | type | required | meaning |\n|---|---|---|---|\n")
	for _, f := range l.fields[of].Fields.List {
		if f.Tag == nil {
			continue // Head, which every object begins with
		}
		raw, _ := strconv.Unquote(f.Tag.Value)
		tag := reflect.StructTag(raw)
		name, option, _ := strings.Cut(tag.Get("yaml"), ",")
		says, object := l.word(f.Type)
		if is := tag.Get("is"); is != "" {
			says += ", " + strings.Replace(is, "..", " to ", 1)
		}
		required := "yes"
		if option == "optional" {
			required = "no"
		}
		doc := strings.Join(strings.Fields(f.Doc.Text()), " ")
		if doc == "" {
			l.t.Errorf("%s of %s has no comment: it is its documentation", name, of)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name, says, required, doc)
		if object != "" {
			more = append(more, inner{object, strings.TrimPrefix(where+"."+name, ".")})
		}
	}
	for _, m := range more {
		fmt.Fprintf(b, "\n## %s\n\n%s\n\n", m.where, sentence(l.said[m.object], m.object))
		l.table(b, m.object, m.where)
	}
}

// sentence takes the name of the type off its comment.
func sentence(doc, of string) string {
	for _, verb := range []string{" is ", " are ", ""} {
		if rest, ok := strings.CutPrefix(doc, of+verb); ok {
			rest = strings.TrimSpace(rest)
			return strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	return doc
}

// example gives the first object of a kind in the case that the kind is good.
func example(t *testing.T, kind string) (text string) {
	t.Helper()
	a, err := txtar.ParseFile("testdata/" + kind + "/good.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if strings.HasPrefix(string(f.Data), "kind: "+kind+"\n") {
			return string(f.Data)
		}
	}
	t.Errorf("the good case of %s has no file that begins with its kind", kind)
	return ""
}

// TestKindPages holds the law: the pages of the kinds say what the types say. -update
// writes them.
func TestKindPages(t *testing.T) {
	l := readLanguage(t)
	var index bytes.Buffer
	index.WriteString("# Kinds\n\nWhat can be asked for. One file is one object, and begins with `kind` and `name`; a field that is not listed is refused.\n")
	index.WriteString("These pages are made from the types of `intent` (`go test ./intent -update`).\n\n| kind | what it is |\n|---|---|\n")
	want := map[string][]byte{}
	for _, kind := range intent.Kinds() {
		of := l.kinds[kind]
		says := sentence(l.said[of], of)
		fmt.Fprintf(&index, "| [%s](%s.md) | %s |\n", kind, kind, says)
		var b bytes.Buffer
		fmt.Fprintf(&b, "# %s\n\n%s\n\n```yaml\n%s```\n\n", kind, says, example(t, kind))
		l.table(&b, of, "")
		want[kind+".md"] = b.Bytes()
	}
	want["README.md"] = index.Bytes()
	golden.Pages(t, "../docs/kinds", want)
}
