package inventory

import (
	"errors"
	"io/fs"
	"path"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Load reads inventory.yaml and inventory/**/*.yaml of a commit as one, and checks what
// they say of each other.
func Load(tree fs.FS, src *strict.Source) (*Inventory, diag.List) {
	var ds diag.List
	var parts []*Inventory
	sound := true
	for _, file := range find(tree, &ds) {
		part := new(Inventory)
		if more := src.Read(tree, file, part); more.Failed() {
			ds, sound = append(ds, more...), false
		}
		parts = append(parts, part)
	}
	inv := join(src, parts)
	if sound { // what was not read would be missed everywhere
		check(inv, src, &ds)
	}
	return inv, ds
}

// find lists the files of the inventory, in the order of their paths.
func find(tree fs.FS, ds *diag.List) (files []string) {
	if _, err := fs.Lstat(tree, "inventory.yaml"); err == nil {
		files = append(files, "inventory.yaml")
	}
	err := fs.WalkDir(tree, "inventory", func(file string, d fs.DirEntry, err error) error {
		switch {
		case file == "inventory" && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || d.IsDir():
			return err
		case path.Ext(file) == ".yaml":
			files = append(files, file)
		case path.Ext(file) == ".yml":
			ds.Failf(diag.Pos{File: file, Line: 1, Col: 1}, "file/name", "the name of an inventory file ends in .yaml")
		}
		return nil
	})
	if err != nil {
		ds.Failf(diag.Pos{File: "inventory", Line: 1, Col: 1}, "file/unreadable", "cannot read the folder inventory")
	}
	if len(files) == 0 && !ds.Failed() {
		ds.Failf(diag.Pos{File: "inventory.yaml", Line: 1, Col: 1}, "file/unreadable", "there is no inventory.yaml: it lists sites, credentials and devices")
	}
	return files
}

// join makes one inventory of many, and takes the places along.
func join(src *strict.Source, parts []*Inventory) *Inventory {
	if len(parts) == 1 {
		return parts[0]
	}
	all := new(Inventory)
	for _, p := range parts {
		all.Sites = append(all.Sites, p.Sites...)
		all.Credentials = append(all.Credentials, p.Credentials...)
		all.Devices = append(all.Devices, p.Devices...)
	}
	var s, c, d int
	for _, p := range parts {
		for i := range p.Sites {
			src.Moved(&p.Sites[i], &all.Sites[s])
			s++
		}
		for i := range p.Credentials {
			src.Moved(&p.Credentials[i], &all.Credentials[c])
			c++
		}
		for i := range p.Devices {
			src.Moved(&p.Devices[i], &all.Devices[d])
			d++
		}
	}
	return all
}
