package main

import (
	"io/fs"
	"testing/fstest"
)

// layered is a tree in which some files have another text than on the disk.
type layered struct {
	fs.FS
	texts map[string][]byte
}

func (o layered) over(name string) (fstest.MapFS, bool) {
	text, ok := o.texts[name]
	return fstest.MapFS{name: {Data: text, Mode: 0o644}}, ok
}

// Open opens a file with its other text, where it has one.
func (o layered) Open(name string) (fs.File, error) {
	if tree, ok := o.over(name); ok {
		return tree.Open(name)
	}
	return o.FS.Open(name)
}

// Lstat tells of a file, and not of what a link leads to.
func (o layered) Lstat(name string) (fs.FileInfo, error) {
	if tree, ok := o.over(name); ok {
		return tree.Stat(name)
	}
	return fs.Lstat(o.FS, name)
}

// ReadLink tells where a link leads.
func (o layered) ReadLink(name string) (string, error) { return fs.ReadLink(o.FS, name) }
