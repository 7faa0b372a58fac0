package strict

import (
	"reflect"

	"go.yaml.in/yaml/v4"
)

// Entry is one line of an object whose keys are names that people chose. A field of type
// []Entry takes such an object, in the order in which it was written.
type Entry[K, V any] struct {
	Key   K
	Value V
}

type entry interface{ entry() }

func (Entry[K, V]) entry() {}

// entries decodes an object whose keys are values.
func (d decoder) entries(n *yaml.Node, v reflect.Value, is string) {
	switch {
	case n.Kind != yaml.MappingNode:
		d.out.Failf(d.pos(n), "schema/type", "want an object: a name, a colon and a value on each line")
		return
	case len(n.Content) == 0:
		d.out.Failf(d.pos(n), "schema/empty", "an empty object never means all: leave the key out, or give it something")
		return
	}
	of, all := d.room(v, len(n.Content)/2)
	word := &of.fields[1]
	for i := range v.Len() {
		key, one, at := n.Content[2*i], v.Index(i), all[i*of.spots:(i+1)*of.spots]
		at[0] = d.place(key)
		at[of.fields[0].at] = at[0]
		if !d.bad[key] {
			d.scalar(key, one.Field(0), "")
		}
		d.value(n.Content[2*i+1], one.Field(1), is, word.of, at[word.at:word.at+word.of.spots])
	}
}

// IsEntry tells whether a type is one line of such an object.
func IsEntry(t reflect.Type) bool { return t.Implements(reflect.TypeFor[entry]()) }
