package lsp

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"plumbline/internal/diag"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// refusal is why a request is not answered.
type refusal string

// naming is every place of the name of one object.
type naming struct {
	under  *strict.Node // where the editor is
	kind   string
	places []*strict.Node
}

// naming finds the object whose name stands at a position, given or used, and all places of that
// name. It refuses where it cannot be told which object is meant, or whether these are all.
func (s *server) naming(tree fs.FS, p params) (naming, refusal) {
	x, _, ok := s.under(tree, p)
	if !ok || x.Type == nil {
		return naming{}, "no name stands here"
	}
	of := x.Type.Of
	if of == "" {
		of = defines(x)
	}
	if of == "" {
		return naming{}, "this is not the name of an object"
	}
	all, no := s.everywhere(tree, x.Node.Text)
	if no != "" {
		return naming{}, no
	}
	kind, no := one(all, of, x.Node.Text)
	n := naming{under: x.Node, kind: kind}
	for _, y := range all {
		switch is := defines(y); {
		case no != "":
		case is == kind:
			n.places = append(n.places, y.Node)
		case is == "" && slices.Contains(schema.Kinds(y.Type.Of), kind):
			_, no = one(all, y.Type.Of, x.Node.Text) // it may be to another kind as well
			n.places = append(n.places, y.Node)
		}
	}
	return n, no
}

// everywhere gives every value of all files that is so written. A file that cannot be read may
// hold more of them.
func (s *server) everywhere(tree fs.FS, text string) (out []schema.Place, no refusal) {
	for _, file := range schema.Files(tree) {
		doc, ds := strict.NewSource().Open(tree, file)
		if doc == nil {
			return nil, broken(ds)
		}
		s.Language.Walk(file, doc.Tree(), func(p schema.Place) {
			if p.Type != nil && p.Node.Text == text {
				out = append(out, p)
			}
		})
	}
	return out, ""
}

// one gives the kind of the one object of a name that a reference can be to.
func one(all []schema.Place, of, name string) (kind string, no refusal) {
	var kinds []string
	for _, y := range all {
		if is := defines(y); is != "" && slices.Contains(schema.Kinds(of), is) {
			kinds = append(kinds, is)
		}
	}
	switch len(kinds) {
	case 0:
		return "", refusal(fmt.Sprintf("no %s of this network is called %s", of, name))
	case 1:
		return kinds[0], ""
	}
	return "", refusal(fmt.Sprintf("%d objects are called %s (%s): it cannot be told which is meant", len(kinds), name, strings.Join(kinds, ", ")))
}

// broken refuses because of what check finds.
func broken(ds diag.List) refusal {
	i := slices.IndexFunc(ds, func(d diag.Diag) bool { return d.Severity == diag.Fail })
	return refusal(fmt.Sprintf("%s: %s: mend this first", ds[i].At, ds[i].Text))
}

// prepareRename tells an editor what would be renamed.
func (s *server) prepareRename(p params) any {
	tree := s.Over(s.texts)
	n, no := s.naming(tree, p)
	if no != "" {
		return no
	}
	return object{"range": s.word(tree, n.under), "placeholder": n.under.Text}
}

// rename gives an object another name, wherever it stands. What comes of it must be right, and
// what was before too: where check stops early nobody knows what it would have said.
func (s *server) rename(p params) any {
	tree := s.Over(s.texts)
	n, no := s.naming(tree, p)
	if no != "" {
		return no
	}
	if ds := s.Check(tree); ds.Failed() {
		return broken(ds)
	}
	name := p.NewName
	if !strict.Plain(name) {
		name = `"` + name + `"`
	}
	slices.SortFunc(n.places, func(a, b *strict.Node) int { return b.At.Compare(a.At) }) // from behind
	changes, texts := map[string][]any{}, maps.Clone(s.texts)
	for _, at := range n.places {
		uri := s.uri(at.At.File)
		changes[uri] = append(changes[uri], object{"range": s.word(tree, at), "newText": name})
		text, known := texts[at.At.File]
		if !known {
			var err error
			if text, err = fs.ReadFile(tree, at.At.File); err != nil {
				return refusal(at.At.File + " cannot be read")
			}
		}
		texts[at.At.File] = exchange(text, at, name)
	}
	if ds := s.Check(s.Over(texts)); ds.Failed() {
		i := slices.IndexFunc(ds, func(d diag.Diag) bool { return d.Severity == diag.Fail })
		return refusal(fmt.Sprintf("%s cannot be called %s: %s: %s", n.under.Text, p.NewName, ds[i].At, ds[i].Text))
	}
	return object{"changes": changes}
}

// exchange puts a word in the place of a value.
func exchange(text []byte, at *strict.Node, word string) []byte {
	lines := strings.Split(string(text), "\n")
	line := []rune(lines[at.At.Line-1])
	from := min(at.At.Col-1, len(line))
	lines[at.At.Line-1] = string(line[:from]) + word + string(line[min(from+length(at), len(line)):])
	return []byte(strings.Join(lines, "\n"))
}

// length is how many characters a value takes in its file; no name holds an escape.
func length(n *strict.Node) int {
	if n.Quoted {
		return len([]rune(n.Text)) + 2
	}
	return len([]rune(n.Text))
}

// word gives the range of a value as an editor counts.
func (s *server) word(tree fs.FS, n *strict.Node) any {
	line := []rune(lineOf(tree, n.At.File, n.At.Line))
	from := min(max(n.At.Col-1, 0), len(line))
	point := func(to int) any {
		return object{"line": n.At.Line - 1, "character": len(utf16.Encode(line[:min(to, len(line))]))}
	}
	return object{"start": point(from), "end": point(from + length(n))}
}
