// Package format writes files of intent and inventory in one way: fields in the order of
// their kind, lists of values on one line where they fit, quotes where they are needed.
// Comments stay with what they stand at, and no value changes.
package format

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing/fstest"

	"plumbline/internal/diag"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// ErrLossy says that a file cannot be brought into form without losing something; it stays
// as it is.
var ErrLossy = errors.New("cannot be brought into form without losing something, and stays as it is: this is a bug of plumbline")

// Modeline is how an editor is told the schema of a file, in its first line.
const Modeline = "# yaml-language-server: $schema="

// Form is a file as it was, and in its form.
type Form struct{ Was, Is []byte }

// File gives a file in its form. The list tells why a file cannot be read; then there is no
// text. modeline, where it is not empty, is the path of the schema for the first line.
func File(l *schema.Language, files fs.FS, file, modeline string) (Form, diag.List, error) {
	tree, ds := read(files, file)
	if ds.Failed() {
		return Form{}, ds, nil
	}
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return Form{}, nil, err
	}
	c := remarks(tree, text)
	w := writer{remarks: c}
	w.comments(c.head(modeline), 0)
	w.object(tree, l.Of(file, tree), 0)
	w.comments(c.foot, 0)
	out := append(bytes.TrimSpace(w.out.Bytes()), '\n')
	again, ds := read(fstest.MapFS{file: {Data: out, Mode: 0o644}}, file)
	if ds.Failed() || !same(tree, again, l.Of(file, tree)) || !slices.Equal(said(text, modeline), said(out, modeline)) {
		return Form{}, nil, ErrLossy
	}
	return Form{Was: text, Is: out}, nil, nil
}

func read(files fs.FS, file string) (*strict.Node, diag.List) {
	doc, ds := strict.NewSource().Open(files, file)
	if doc == nil {
		return nil, ds
	}
	tree := doc.Tree()
	if len(tree.Keys) == 0 && !ds.Failed() {
		ds.Failf(tree.At, "schema/type", "want an object with fields")
	}
	return tree, ds
}

// said lists the comments of a text, in no order that means anything.
func said(text []byte, modeline string) (out []string) {
	for line := range strings.Lines(string(text)) {
		if i := strict.Comment(line); i >= 0 && (modeline == "" || !strings.HasPrefix(line, Modeline)) {
			out = append(out, strings.TrimSpace(line[i:]))
		}
	}
	slices.Sort(out)
	return out
}

// same tells whether two trees hold the same values; only fields and sets of prefixes may
// stand in another order.
func same(a, b *strict.Node, o *schema.Object) bool {
	if a.List != b.List || a.Text != b.Text || a.Scalar() != b.Scalar() || len(a.Items) != len(b.Items) || a.Scalar() && !a.Quoted && a.Tag != b.Tag {
		return false
	}
	for i, k := range a.Keys {
		x, t := b.Get(k.Text), fieldType(o, k.Text)
		switch {
		case x == nil:
			return false
		case set(t) && a.Items[i].List && x.List:
			if !slices.Equal(texts(a.Items[i]), texts(x)) {
				return false
			}
		case !same(a.Items[i], x, inside(t)):
			return false
		}
	}
	for i := range a.Items {
		if a.List && !same(a.Items[i], b.Items[i], o) {
			return false
		}
	}
	return true
}

func texts(n *strict.Node) (out []string) {
	for _, x := range n.Items {
		out = append(out, x.Text)
	}
	slices.Sort(out)
	return out
}

// fieldType gives the type of a field; nil where the object has none of that name.
func fieldType(o *schema.Object, name string) *schema.Type {
	if o == nil {
		return nil
	}
	if f, ok := o.Field(name); ok {
		return &f.Type
	}
	return nil
}

// inside gives the object that stands in a value; nil where there is none.
func inside(t *schema.Type) *schema.Object {
	if t == nil || t.Value != nil {
		return nil
	}
	return t.Scalar().Object
}

// set tells whether the order of a list says nothing: only sets of prefixes are brought
// into one.
func set(t *schema.Type) bool {
	return t != nil && t.Elem != nil && t.Elem.Shape.Word == "prefix"
}
