// Package schema says what files may hold, read off the types that take them and the
// comments beside their fields: one source for editors, explanations, formatting and the
// reference pages, so that they cannot disagree.
package schema

import (
	"io/fs"
	"reflect"
	"strings"

	"plumbline/intent"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Object is what an object of a file may hold.
type Object struct {
	Doc    string // one sentence
	Fields []*Field
}

// Field is one field of an object.
type Field struct {
	Name     string
	Doc      string
	Optional bool
	Asked    bool // who makes a new one is asked for it, though some may leave it out
	Head     bool // every object of intent begins with it
	Take     Take // what a new one of it is taken from
	Type     Type
}

// Type is what a value may be: a scalar, or an object, a list, or an object whose keys
// people choose.
type Type struct {
	Shape  strict.Shape
	Is     string   // the bounds or the grammar that the field asks for
	Values []string // the words that it takes, where they are a choice
	Of     string   // the kind of the object that it names

	Object     *Object
	Elem       *Type // of a list
	Key, Value *Type // of an object whose keys people choose
}

// Language is everything that the files of a network can say.
type Language struct {
	Kinds     map[string]*Object // by the word of the kind
	Inventory *Object
}

// Read reads the language off its types.
func Read() *Language {
	r := reader{said: comments(intent.Source, inventory.Source), known: map[reflect.Type]*Object{}}
	l := &Language{Kinds: map[string]*Object{}}
	for _, kind := range intent.Kinds() {
		l.Kinds[kind] = r.object(reflect.TypeOf(intent.New(kind)).Elem())
		head, _ := l.Kinds[kind].Field("kind")
		head.Type.Values = []string{kind}
	}
	l.Inventory = r.object(reflect.TypeFor[inventory.Inventory]())
	return l
}

// Of reads what a file may hold off the type that takes it, and the comments of its source.
func Of(t reflect.Type, source fs.FS) *Object {
	r := reader{said: comments(source), known: map[reflect.Type]*Object{}}
	return r.object(t)
}

// Field gives a field by name.
func (o *Object) Field(name string) (*Field, bool) {
	for _, f := range o.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// Names lists the fields, in their order.
func (o *Object) Names() (out []string) {
	for _, f := range o.Fields {
		out = append(out, f.Name)
	}
	return out
}

// Scalar gives the type of one value: of a list or an object with chosen keys that of what
// stands in it.
func (t *Type) Scalar() *Type {
	switch {
	case t.Elem != nil:
		return t.Elem.Scalar()
	case t.Value != nil:
		return t.Value.Scalar()
	}
	return t
}

// Says is what a person calls the values.
func (t *Type) Says() string {
	switch {
	case t.Elem != nil:
		return "list of " + t.Elem.Says()
	case t.Value != nil:
		return "object: " + t.Key.Says() + " to " + t.Value.Says()
	case t.Object != nil:
		return "object"
	case t.Values != nil:
		return "`" + strings.Join(t.Values, "` `") + "`"
	case t.Of != "":
		return "name of `" + t.Of + "`"
	}
	return t.Shape.Word
}

// Says is what a person calls the values of a field, with their bounds.
func (f *Field) Says() string {
	says := f.Type.Says()
	if is := f.Type.Scalar().Is; strings.Contains(is, "..") {
		if low, high, _ := strings.Cut(is, ".."); high == "" {
			says += ", at least " + low
		} else {
			says += ", " + low + " to " + high
		}
	}
	return says
}

type reader struct {
	said  map[string]string
	known map[reflect.Type]*Object
}

func (r reader) object(t reflect.Type) *Object {
	if o := r.known[t]; o != nil {
		return o
	}
	o := &Object{Doc: sentence(r.said[t.Name()], t.Name())}
	r.known[t] = o
	r.fields(o, t, false)
	return o
}

func (r reader) fields(o *Object, t reflect.Type, head bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			r.fields(o, f.Type, true)
			continue
		}
		tag, ok := f.Tag.Lookup("yaml")
		name, option, _ := strings.Cut(tag, ",")
		if !ok || name == "-" || !f.IsExported() {
			continue
		}
		is, of := f.Tag.Get("is"), f.Tag.Get("of")
		o.Fields = append(o.Fields, &Field{
			Name: name, Doc: r.said[t.Name()+"."+f.Name], Optional: option == "optional", Asked: f.Tag.Get("new") == "asked", Head: head, Type: r.value(f.Type, is, of), Take: take(f.Tag.Get("take")),
		})
	}
}

// value reads a type. It panics on one that says no shape: the table would have a hole.
func (r reader) value(t reflect.Type, is, of string) Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if e, ok := reflect.New(t).Elem().Interface().(strict.Enum); ok {
		return Type{Values: e.Values()}
	}
	shape, shaped := strict.ShapeOf(t, is)
	switch {
	case shaped:
		return Type{Shape: shape, Is: is, Of: of}
	case t.Kind() == reflect.Slice && strict.IsEntry(t.Elem()):
		key, value := r.value(t.Elem().Field(0).Type, "", of), r.value(t.Elem().Field(1).Type, is, "")
		return Type{Key: &key, Value: &value}
	case t.Kind() == reflect.Slice:
		elem := r.value(t.Elem(), is, of)
		return Type{Elem: &elem}
	case t.Kind() == reflect.Struct:
		return Type{Object: r.object(t)}
	}
	panic("schema: " + t.String() + " says no shape: give it a method Shape")
}
