package schema

import (
	"strconv"
	"strings"

	"plumbline/internal/strict"
)

// Place is something in a file that the language speaks of: the name of a field, or a value.
type Place struct {
	Path   string // of the field: link.between.device
	At     string // the same with the numbers of elements: between.0.device
	Object *Object
	Field  *Field
	Type   *Type // of a value, nil for the name of a field
	Node   *strict.Node
}

// Walk tells every field of a file and every value in it, in the order of the file; what the
// language does not know is passed over.
func (l *Language) Walk(file string, tree *strict.Node, f func(Place)) {
	root := "inventory"
	if kind := tree.Get("kind"); strings.HasPrefix(file, "intent/") && kind != nil {
		root = kind.Text
	}
	if o := l.Of(file, tree); o != nil && tree.Keys != nil {
		walk(o, tree, Place{Path: root}, f)
	}
}

func walk(o *Object, n *strict.Node, p Place, f func(Place)) {
	for i, k := range n.Keys {
		field, ok := o.Field(k.Text)
		if !ok {
			continue
		}
		in := Place{Path: p.Path + "." + k.Text, At: strings.TrimPrefix(p.At+"."+k.Text, "."), Object: o, Field: field, Node: k}
		f(in)
		in.value(&field.Type, n.Items[i], f)
	}
}

func (p Place) value(t *Type, n *strict.Node, f func(Place)) {
	switch {
	case t.Elem != nil && n.List:
		for i, x := range n.Items {
			q := p
			q.At += "." + strconv.Itoa(i)
			q.value(t.Elem, x, f)
		}
	case t.Value != nil:
		for i, k := range n.Keys {
			q := p
			q.At += "." + k.Text
			q.value(t.Key, k, f)
			q.value(t.Value, n.Items[i], f)
		}
	case t.Object != nil && n.Keys != nil:
		walk(t.Object, n, p, f)
	case t.Object == nil && t.Elem == nil && n.Scalar():
		p.Type, p.Node = t, n
		f(p)
	}
}
