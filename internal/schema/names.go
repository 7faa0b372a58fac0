package schema

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"plumbline/intent"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Kinds gives the kinds that a reference can be to: "fabric or label_domain" is to either.
func Kinds(of string) []string { return strings.Split(of, " or ") }

// Of gives the names that a reference can be.
func (n Names) Of(of string) (out []string) {
	for _, kind := range Kinds(of) {
		out = append(out, n[kind]...)
	}
	return out
}

// NamesIn gathers the names of a tree, also where files say wrong things beside them; a
// file that cannot be read has none. platforms are the folders of templates, nil where they are of no interest.
func NamesIn(tree, platforms fs.FS) Names {
	names := Names{}
	add := func(kind, name string) {
		if name != "" && !slices.Contains(names[kind], name) {
			names[kind] = append(names[kind], name)
		}
	}
	src := strict.NewSource()
	_ = fs.WalkDir(tree, "intent", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".yaml" {
			return nil
		}
		if doc, _ := src.Open(tree, file); doc != nil {
			kind, _ := doc.Word("kind")
			name, _ := doc.Word("name")
			if intent.New(kind) != nil {
				add(kind, name)
			}
		}
		return nil
	})
	inv, _ := inventory.Load(tree, src)
	for i := range inv.Sites {
		add("site", inv.Sites[i].Name)
	}
	for i := range inv.Credentials {
		add("credential", inv.Credentials[i].Name)
	}
	for i := range inv.Devices {
		add("device", inv.Devices[i].Name)
	}
	if platforms != nil {
		folders, _ := fs.Glob(platforms, "*/platform.yaml")
		for _, f := range folders {
			add("platform", path.Dir(f))
		}
	}
	for kind := range names {
		slices.Sort(names[kind])
	}
	return names
}
