package schema

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"plumbline/internal/diag"
)

// Find gives what a path names: a kind (link), an object of the inventory (devices), or a
// field in one (link.between.device). Where it names nothing, near is what it may have been
// meant to be.
func (l *Language) Find(path string) (o *Object, f *Field, near string) {
	words := strings.Split(path, ".")
	roots := l.roots()
	o = roots[words[0]]
	if o == nil {
		return nil, nil, diag.Nearest(words[0], slices.Collect(keys(roots)))
	}
	for i, w := range words[1:] {
		if o == nil { // the field before is no object
			return nil, nil, strings.Join(words[:i+1], ".")
		}
		next, ok := o.Field(w)
		if !ok {
			if near = diag.Nearest(w, o.Names()); near != "" {
				near = strings.Join(words[:i+1], ".") + "." + near
			}
			return nil, nil, near
		}
		f, o = next, next.Type.Scalar().Object
	}
	return o, f, ""
}

// roots gives the objects that a path can begin with.
func (l *Language) roots() map[string]*Object {
	out := map[string]*Object{"inventory": l.Inventory}
	for _, f := range l.Inventory.Fields {
		out[strings.TrimSuffix(f.Name, "s")] = f.Type.Scalar().Object
		out[f.Name] = f.Type.Scalar().Object
	}
	for kind, o := range l.Kinds {
		out[kind] = o
	}
	return out
}

func keys(m map[string]*Object) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Roots lists what a path can begin with: the kinds, and the objects of the inventory.
func (l *Language) Roots() []string { return slices.Sorted(keys(l.roots())) }

// KindNames lists the kinds of intent.
func (l *Language) KindNames() []string { return slices.Sorted(keys(l.Kinds)) }

// Explain writes what a path means: what it is, and the fields in it.
func (l *Language) Explain(w io.Writer, path string) (near string, err error) {
	o, f, near := l.Find(path)
	if o == nil && f == nil {
		return near, fmt.Errorf("nothing is called %q", path)
	}
	fmt.Fprintf(w, "%s\n", path)
	if f != nil {
		need := "required"
		if f.Optional {
			need = "optional"
		}
		fmt.Fprintf(w, "  %s\n  %s; %s\n", f.Doc, strings.ReplaceAll(f.Says(), "`", ""), need)
	}
	if o == nil {
		return "", nil
	}
	fmt.Fprintf(w, "  %s\n\n", o.Doc)
	wide := 0
	for _, name := range o.Names() {
		wide = max(wide, len(name))
	}
	for _, f := range o.Fields {
		name := f.Name
		if f.Optional {
			name += "?"
		}
		fmt.Fprintf(w, "  %-*s  %s\n  %*s  %s\n", wide+1, name, f.Doc, wide+2, "", strings.ReplaceAll(f.Says(), "`", ""))
	}
	_, err = fmt.Fprintf(w, "\n  a ? marks what may be left out; more of a field: plumbline explain %s.FIELD\n", path)
	return "", err
}
