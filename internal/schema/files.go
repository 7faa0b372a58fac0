package schema

import (
	"io/fs"
	"path"
	"strings"

	"plumbline/internal/strict"
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
