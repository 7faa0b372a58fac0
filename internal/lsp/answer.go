package lsp

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf16"

	"plumbline/internal/diag"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// mostLines is how many rendered lines are shown of one line of intent.
const mostLines = 20

// answers is every request that is answered.
var answers = map[string]func(*server, params) any{
	"initialize": func(*server, params) any {
		return object{
			"serverInfo": object{"name": "plumbline"},
			"capabilities": object{
				"textDocumentSync":   object{"openClose": true, "change": 1, "save": true},
				"hoverProvider":      true,
				"definitionProvider": true,
				"referencesProvider": true,
				"renameProvider":     object{"prepareProvider": true},
				"completionProvider": object{"triggerCharacters": []string{" "}},
			},
		}
	},
	"shutdown":                func(*server, params) any { return nil },
	"textDocument/hover":      (*server).hover,
	"textDocument/definition": (*server).definition,
	"textDocument/references": (*server).references,
	"textDocument/completion": (*server).completion,

	"textDocument/prepareRename": (*server).prepareRename,
	"textDocument/rename":        (*server).rename,
}

// places gives what the language speaks of in a file; none where it cannot be read.
func (s *server) places(tree fs.FS, file string) (out []schema.Place) {
	if !schema.Speaks(file) {
		return nil
	}
	if doc, _ := strict.NewSource().Open(tree, file); doc != nil {
		s.Language.Walk(file, doc.Tree(), func(p schema.Place) { out = append(out, p) })
	}
	return out
}

// under gives what stands at a position of a file.
func (s *server) under(tree fs.FS, p params) (schema.Place, string, bool) {
	file, _ := s.file(p.TextDocument.URI)
	line := lineOf(tree, file, p.Position.Line+1)
	col := runes(line, p.Position.Character) + 1
	for _, x := range s.places(tree, file) {
		n := len([]rune(x.Node.Text))
		if x.Node.Quoted {
			n += 2
		}
		if x.Node.At.Line == p.Position.Line+1 && x.Node.At.Col <= col && col <= x.Node.At.Col+n {
			return x, file, true
		}
	}
	return schema.Place{}, file, false
}

// hover tells what a field means and which lines the line renders.
func (s *server) hover(p params) any {
	tree := s.Over(s.texts)
	x, file, ok := s.under(tree, p)
	if !ok {
		return nil
	}
	text := "**" + x.Path + "**\n\n" + x.Field.Doc + "\n\n" + x.Field.Says()
	if lines := s.Lines(tree, file, x.Node.At.Line); len(lines) > 0 {
		text += fmt.Sprintf("\n\nrenders %d lines:\n\n```\n%s\n```", len(lines), strings.ReplaceAll(strings.Join(lines[:min(len(lines), mostLines)], "\n"), "```", "'''"))
	}
	return object{"contents": object{"kind": "markdown", "value": text}}
}

// defines gives the kind of the object whose own name a place is; "" for other places.
func defines(p schema.Place) string {
	words := strings.Split(p.Path, ".")
	switch {
	case p.Type == nil || words[len(words)-1] != "name":
		return ""
	case len(words) == 2 && p.Field.Head:
		return words[0]
	case len(words) == 3 && words[0] == "inventory":
		return strings.TrimSuffix(words[1], "s")
	}
	return ""
}

// named gives the places that a name stands at: where it is given, or where it is used.
func (s *server) named(p params, given bool) any {
	tree := s.Over(s.texts)
	x, _, ok := s.under(tree, p)
	if !ok || x.Type == nil {
		return nil
	}
	of := x.Type.Of
	if of == "" {
		of = defines(x)
	}
	kinds, out := schema.Kinds(of), []any{}
	for _, file := range schema.Files(tree) {
		for _, y := range s.places(tree, file) {
			if of != "" && y.Type != nil && y.Node.Text == x.Node.Text && (given && slices.Contains(kinds, defines(y)) || !given && meet(kinds, schema.Kinds(y.Type.Of))) {
				out = append(out, s.location(tree, y.Node.At))
			}
		}
	}
	return out
}

// meet tells whether two references can be to one kind.
func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(kind string) bool { return slices.Contains(b, kind) })
}

func (s *server) definition(p params) any { return s.named(p, true) }
func (s *server) references(p params) any { return s.named(p, false) }

// completion offers what a field can be: words, or names that there are. The line that is
// typed is seldom YAML yet, so the field is looked for by its name.
func (s *server) completion(p params) any {
	tree := s.Over(s.texts)
	file, _ := s.file(p.TextDocument.URI)
	line := []rune(lineOf(tree, file, p.Position.Line+1))
	before := string(line[:min(len(line), runes(string(line), p.Position.Character))])
	key, _, ok := strings.Cut(strings.TrimLeft(before, " -{"), ":")
	if i := strings.LastIndexAny(before, ",{"); ok && i >= 0 {
		key, _, ok = strings.Cut(strings.TrimSpace(before[i+1:]), ":")
	}
	if !ok || !schema.Speaks(file) {
		return nil
	}
	out := []any{}
	for _, word := range s.Language.Words(lineKind(tree, file), key, schema.NamesIn(tree, nil)) {
		out = append(out, object{"label": word, "kind": 12})
	}
	return out
}

// lineKind gives the kind of a file from its first lines, also while the file is no YAML.
func lineKind(tree fs.FS, file string) string {
	text, err := fs.ReadFile(tree, file)
	if err != nil || !strings.HasPrefix(file, "intent/") {
		return "inventory"
	}
	for line := range strings.Lines(string(text)) {
		if kind, ok := strings.CutPrefix(line, "kind: "); ok {
			return strings.TrimSpace(kind)
		}
	}
	return ""
}

func lineOf(tree fs.FS, file string, no int) string {
	text, err := fs.ReadFile(tree, file)
	lines := strings.Split(string(text), "\n")
	if err != nil || no < 1 || no > len(lines) {
		return ""
	}
	return lines[no-1]
}

// runes gives how many characters lie before a position of an editor, which counts in UTF-16.
func runes(line string, units int) (n int) {
	for _, r := range line {
		if units -= max(utf16.RuneLen(r), 1); units < 0 {
			break
		}
		n++
	}
	return n
}

func (s *server) location(tree fs.FS, at diag.Pos) any {
	return object{"uri": s.uri(at.File), "range": s.span(tree, at)}
}

// span gives the word at a place as an editor counts.
func (s *server) span(tree fs.FS, at diag.Pos) any {
	line := []rune(lineOf(tree, at.File, at.Line))
	from := min(max(at.Col-1, 0), len(line))
	to := from
	for to < len(line) && !strings.ContainsRune(" ,]}", line[to]) {
		to++
	}
	point := func(n int) any {
		return object{"line": max(at.Line-1, 0), "character": len(utf16.Encode(line[:n]))}
	}
	return object{"start": point(from), "end": point(to)}
}
