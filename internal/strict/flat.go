package strict

import (
	"fmt"
	"reflect"
	"strings"

	"plumbline/internal/diag"
)

// Leaf is one value that a file gives, with the name of its field, such as
// between[1].device, and its place.
type Leaf struct {
	Field, Value string
	At           diag.Pos
}

// Flat lists every value of a decoded object that its file gives: ptr is what was decoded
// into.
func (s *Source) Flat(ptr any) (out []Leaf) {
	s.flat("", reflect.ValueOf(ptr).Elem(), &out)
	return out
}

func (s *Source) flat(name string, v reflect.Value, out *[]Leaf) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			s.flat(name, v.Elem(), out)
		}
	case scalar(v.Type()):
		if at, known := s.known(v.Addr().Interface()); known {
			*out = append(*out, Leaf{name, fmt.Sprint(v.Interface()), at})
		}
	case v.Kind() == reflect.Slice && IsEntry(v.Type().Elem()):
		for i := range v.Len() {
			s.flat(fmt.Sprintf("%s.%v", name, v.Index(i).Field(0).Interface()), v.Index(i).Field(1), out)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			s.flat(fmt.Sprintf("%s[%d]", name, i), v.Index(i), out)
		}
	default:
		of := s.layout(v.Type())
		for i := range of.fields {
			if f := &of.fields[i]; given(f, f.in(v)) {
				s.flat(strings.TrimPrefix(name+"."+f.name, "."), f.in(v), out)
			}
		}
	}
}

// given tells whether a field says something: what may be left out and is nothing was left
// out, or might have been.
func given(f *field, v reflect.Value) bool { return !f.optional || !v.IsZero() }
