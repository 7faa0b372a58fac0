package strict

import (
	"encoding"
	"reflect"
	"strings"
)

// layout is what decoding needs to know of a type, looked up once: its fields, and the spots
// that places are remembered for. A value has a spot itself and one for each value inside it;
// what a pointer or a list leads to is a piece of memory of its own.
type layout struct {
	size   uintptr
	spots  int
	index  map[spot]int // of each value inside
	fields []field      // of an object, those of an embedded one among them
}

// spot is a value inside another: an object and its first field lie at one address.
type spot struct {
	off uintptr
	of  reflect.Type
}

type field struct {
	name     string
	is       string
	optional bool
	path     []int // inside the object
	at       int   // its first spot
	of       *layout
}

// layout gives the layout of a type.
func (s *Source) layout(t reflect.Type) *layout {
	if l := s.layouts[t]; l != nil {
		return l
	}
	l := &layout{size: max(1, t.Size()), spots: 1, index: map[spot]int{{0, t}: 0}}
	switch {
	case scalar(t):
	case t.Kind() == reflect.Struct && IsEntry(t):
		for i := range t.NumField() {
			l.add(s, t.Field(i), 0, field{path: []int{i}})
		}
	case t.Kind() == reflect.Struct:
		l.object(s, t, 0, nil)
	}
	s.layouts[t] = l
	return l
}

func (l *layout) object(s *Source, t reflect.Type, off uintptr, path []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), path...), i)
		if f.Anonymous {
			l.object(s, f.Type, off+f.Offset, at)
			continue
		}
		if tag, ok := f.Tag.Lookup("yaml"); ok && f.IsExported() {
			name, option, _ := strings.Cut(tag, ",")
			l.add(s, f, off, field{name: name, is: f.Tag.Get("is"), optional: option == "optional", path: at})
		}
	}
}

func (l *layout) add(s *Source, f reflect.StructField, off uintptr, as field) {
	as.at, as.of = l.spots, s.layout(f.Type)
	for in, i := range as.of.index {
		l.index[spot{off + f.Offset + in.off, in.of}] = as.at + i
	}
	l.spots += as.of.spots
	l.fields = append(l.fields, as)
}

// scalar tells whether a field of a type takes one word rather than a list or an object.
func scalar(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) || t.Kind() != reflect.Struct && t.Kind() != reflect.Slice
}

func (l *layout) find(name string) *field {
	for i := range l.fields {
		if l.fields[i].name == name {
			return &l.fields[i]
		}
	}
	return nil
}

func (l *layout) names() (ns []string) {
	for _, f := range l.fields {
		ns = append(ns, f.name)
	}
	return ns
}

// in gives a field of an object.
func (f *field) in(v reflect.Value) reflect.Value {
	for _, i := range f.path {
		v = v.Field(i)
	}
	return v
}
