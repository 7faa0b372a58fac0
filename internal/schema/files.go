package schema

import (
	"io/fs"
	"path"
	"strings"

	"plumbline/intent"
	"plumbline/internal/diag"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Files lists the files of intent and inventory of a tree, by path.
func Files(tree fs.FS) (out []string) {
	for _, folder := range []string{"intent", "inventory", "inventory.yaml"} {
		_ = fs.WalkDir(tree, folder, func(file string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && path.Ext(file) == ".yaml" {
				out = append(out, file)
			}
			return nil
		})
	}
	return out
}

// Speaks tells whether a path is one of a file of intent or inventory.
func Speaks(file string) bool {
	return path.Ext(file) == ".yaml" && (file == "inventory.yaml" || strings.HasPrefix(file, "inventory/") || strings.HasPrefix(file, "intent/"))
}

// Check says what the types say of a file; nothing is looked up in another.
func Check(files fs.FS, file string) diag.List {
	src := strict.NewSource()
	doc, ds := src.Open(files, file)
	if doc == nil {
		return ds
	}
	if !strings.HasPrefix(file, "intent/") {
		return append(ds, doc.Into(new(inventory.Inventory))...)
	}
	kind, at := doc.Word("kind")
	k := intent.New(kind)
	if k == nil {
		ds.Failf(at, "schema/unknown-kind", "no kind %q", kind).Hint = diag.Nearest(kind, intent.Kinds())
		return ds
	}
	return append(ds, doc.Into(k)...)
}

// Of gives what the object of a file may hold; nil where its kind is none.
func (l *Language) Of(file string, tree *strict.Node) *Object {
	if !strings.HasPrefix(file, "intent/") {
		return l.Inventory
	}
	if kind := tree.Get("kind"); kind != nil {
		return l.Kinds[kind.Text]
	}
	return nil
}
