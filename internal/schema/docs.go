package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
)

// comments gives what the sources of packages say of their types, by Type and Type.Field.
// A source that cannot be parsed says nothing: it was compiled, so there is none.
func comments(sources ...fs.FS) map[string]string {
	said := map[string]string{}
	for _, src := range sources {
		files, _ := fs.Glob(src, "*.go")
		for _, file := range files {
			text, err := fs.ReadFile(src, file)
			if err != nil || strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, text, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				continue
			}
			for _, d := range f.Decls {
				if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.TYPE {
					types(d, said)
				}
			}
		}
	}
	return said
}

func types(d *ast.GenDecl, said map[string]string) {
	for _, s := range d.Specs {
		s, ok := s.(*ast.TypeSpec)
		if !ok {
			continue
		}
		said[s.Name.Name] = one(d.Doc)
		st, ok := s.Type.(*ast.StructType)
		for i := 0; ok && i < len(st.Fields.List); i++ {
			for _, name := range st.Fields.List[i].Names {
				said[s.Name.Name+"."+name.Name] = one(st.Fields.List[i].Doc)
			}
		}
	}
}

// one gives a comment on one line.
func one(doc *ast.CommentGroup) string { return strings.Join(strings.Fields(doc.Text()), " ") }

// sentence takes the name of the type off its comment.
func sentence(doc, of string) string {
	for _, verb := range []string{" is ", " are ", ""} {
		if rest, ok := strings.CutPrefix(doc, of+verb); ok && strings.TrimSpace(rest) != "" {
			rest = strings.TrimSpace(rest)
			return strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	return doc
}
