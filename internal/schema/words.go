package schema

import "slices"

// Words gives what a field of a name can be in a kind, or in the inventory: its words, or the
// names that there are.
func (l *Language) Words(kind, field string, names Names) (out []string) {
	o := l.roots()[kind]
	if o == nil {
		o = l.Inventory
	}
	l.words(o, field, names, &out)
	slices.Sort(out)
	return slices.Compact(out)
}

func (l *Language) words(o *Object, field string, names Names, out *[]string) {
	for _, f := range o.Fields {
		in := f.Type.Scalar()
		if f.Name == field && in.Object == nil {
			*out = append(*out, in.Values...)
			*out = append(*out, names.Of(in.Of)...)
			if f.Type.Key != nil {
				*out = append(*out, names.Of(f.Type.Key.Of)...)
			}
			if in.Shape.Truth {
				*out = append(*out, "true", "false")
			}
		}
		if in.Object != nil {
			l.words(in.Object, field, names, out)
		}
	}
}
