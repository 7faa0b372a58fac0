// Package scaffold begins a file of intent or inventory: its fields in their order, what a
// person said of it, and the numbers and addresses that are free, so that two objects never
// get the same and adding one never renumbers another.
package scaffold

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"

	"plumbline/internal/diag"
	"plumbline/internal/format"
	"plumbline/internal/schema"
)

// Next is the value that asks for the next free one.
const Next = "next"

// File is a file that was begun.
type File struct {
	Name    string
	Text    []byte
	Missing []string // the fields that a person must still give
}

// value is a value while it is built: a scalar, fields, or elements.
type value struct {
	text  string
	bare  bool // a number or a truth, which has no quotes
	keys  []string
	items []*value
}

// build is the work on one file.
type build struct {
	*Taken
	language *schema.Language
	missing  []string
	blocks   map[schema.Block]*subnet // what the addresses of one object are taken from
}

// New begins the file of an object. sets are what a person says of its fields, as
// field=value; kind is a kind of intent, or device, site or credential.
func New(l *schema.Language, t *Taken, kind, name string, sets []string) (File, error) {
	b := &build{Taken: t, language: l, blocks: map[schema.Block]*subnet{}}
	o, f, near := l.Find(kind)
	switch {
	case o == nil || f != nil || kind == "inventory" || strings.Contains(kind, "."):
		return File{}, fmt.Errorf("no kind %q%s", kind, meant(near))
	case slices.Contains(t.names[kind], name):
		return File{}, fmt.Errorf("a %s %q is there already", kind, name)
	}
	root := &value{}
	if _, ok := l.Kinds[kind]; ok {
		root.field("kind").text = kind
	}
	root.field("name").text = name
	for _, s := range sets {
		path, text, ok := strings.Cut(s, "=")
		if !ok {
			return File{}, fmt.Errorf("--set %s: write it as field=value", s)
		}
		if err := b.set(o, root, kind, strings.Split(path, "."), text); err != nil {
			return File{}, fmt.Errorf("--set %s: %w", s, err)
		}
	}
	if err := b.fill(o, root, ""); err != nil {
		return File{}, err
	}
	out := File{Name: "intent/" + kind + "/" + name + ".yaml", Missing: b.missing}
	if l.Kinds[kind] == nil {
		out.Name = "inventory/" + kind + "/" + name + ".yaml"
		root = &value{keys: []string{kind + "s"}, items: []*value{{items: []*value{root}}}}
	}
	return out, b.write(&out, root)
}

func meant(near string) string {
	if near == "" {
		return ""
	}
	return ": did you mean " + near + "?"
}

// field gives the value of a field, made where there is none.
func (v *value) field(name string) *value {
	if i := slices.Index(v.keys, name); i >= 0 {
		return v.items[i]
	}
	v.keys, v.items = append(v.keys, name), append(v.items, &value{})
	return v.items[len(v.items)-1]
}

// set puts a text where a path leads, and makes what lies on the way.
func (b *build) set(o *schema.Object, v *value, at string, path []string, text string) error {
	f, ok := o.Field(path[0])
	if !ok {
		return fmt.Errorf("%s has no field %q%s", at, path[0], meant(diag.Nearest(path[0], o.Names())))
	}
	t, at, v := &f.Type, at+"."+path[0], v.field(path[0])
	for path = path[1:]; ; path = path[1:] {
		switch {
		case t.Object != nil && len(path) > 0:
			return b.set(t.Object, v, at, path, text)
		case t.Object != nil:
			return fmt.Errorf("%s is an object: name one of its fields: %s", at, strings.Join(t.Object.Names(), ", "))
		case len(path) == 0 && t.Elem != nil && t.Elem.Object != nil:
			return fmt.Errorf("%s is a list: write %s.0.FIELD=VALUE for its first element", at, at)
		case len(path) == 0:
			return b.put(f, t, v, text)
		case t.Elem != nil:
			n, err := strconv.Atoi(path[0])
			if err != nil || n < 0 || n > len(v.items) {
				return fmt.Errorf("%s is a list: its elements are counted from 0, and the next is %d", at, len(v.items))
			}
			if n == len(v.items) {
				v.items = append(v.items, &value{})
			}
			t, v = t.Elem, v.items[n]
		case t.Value != nil:
			t, v = t.Value, v.field(path[0])
		default:
			return fmt.Errorf("%s is one value, and has no %q in it", at, path[0])
		}
		at += "." + path[0]
	}
}

// put gives a value its text: next is the next free one, and commas part the elements of a
// list.
func (b *build) put(f *schema.Field, t *schema.Type, v *value, text string) error {
	switch {
	case text == Next && f.Take.Any():
		return b.take(f, t, v)
	case text == Next && len(t.Scalar().Values) == 0 && t.Scalar().Shape.Number:
		return fmt.Errorf("%s is taken from nothing: give a value", f.Name)
	case t.Value != nil:
		return fmt.Errorf("%s has keys of its own: write %s.KEY=VALUE", f.Name, f.Name)
	case t.Elem != nil:
		for _, x := range strings.Split(text, ",") {
			x = strings.TrimSpace(x)
			v.items = append(v.items, &value{text: x, bare: bare(t.Elem, x)})
		}
	default:
		v.text, v.bare = text, bare(t, text)
	}
	return nil
}

// bare tells whether a text is a number or a truth as its type wants it.
func bare(t *schema.Type, text string) bool {
	return (t.Shape.Number || t.Shape.Truth) && text != "" && strings.Trim(text, "0123456789aeflrstu") == ""
}

// fill gives an object what it must have and nobody gave: what is taken from pools, what can
// only be one thing. What is left is missing.
func (b *build) fill(o *schema.Object, v *value, at string) error {
	for _, f := range o.Fields {
		path := strings.TrimPrefix(at+"."+f.Name, ".")
		given := slices.Contains(v.keys, f.Name)
		if !given && (!f.Optional || f.Asked) {
			if err := b.guess(f, v, path); err != nil {
				return err
			}
			continue
		}
		if in := f.Type.Scalar().Object; given && in != nil {
			x := v.field(f.Name)
			if f.Type.Object != nil {
				if err := b.fill(in, x, path); err != nil {
					return err
				}
				continue
			}
			for i, e := range x.items {
				if err := b.fill(in, e, path+"."+strconv.Itoa(i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// guess gives a field that is needed the one value that it can have; else it is missing.
func (b *build) guess(f *schema.Field, v *value, path string) error {
	names := b.names.Of(f.Type.Of)
	switch {
	case f.Take.Any() && f.Type.Value == nil:
		x := &value{}
		if err := b.take(f, &f.Type, x); err != nil {
			return err
		}
		if x.text != "" || x.items != nil {
			*v.field(f.Name) = *x
			return nil
		}
	case f.Type.Of != "" && len(names) == 1:
		v.field(f.Name).text = names[0]
		return nil
	case len(f.Type.Values) == 1:
		v.field(f.Name).text = f.Type.Values[0]
		return nil
	}
	b.missing = append(b.missing, path+": "+f.Doc+" ("+strings.ReplaceAll(f.Says(), "`", "")+")")
	return nil
}

// write writes the values as a file, in its form, with what is missing above.
func (b *build) write(f *File, root *value) error {
	var text bytes.Buffer
	if len(f.Missing) > 0 {
		text.WriteString("# To be given:\n")
	}
	for _, m := range f.Missing {
		text.WriteString("# " + m + "\n")
	}
	for i, k := range root.keys {
		text.WriteString(k + ": " + root.items[i].flow() + "\n")
	}
	form, ds, err := format.File(b.language, fstest.MapFS{f.Name: {Data: text.Bytes(), Mode: 0o644}}, f.Name, "")
	if err != nil {
		return err
	}
	said := text.Bytes()
	if !ds.Failed() {
		said = form.Is
		ds = schema.Check(fstest.MapFS{f.Name: {Data: form.Is, Mode: 0o644}}, f.Name)
	}
	for _, d := range ds {
		if d.Rule != "schema/missing-field" {
			return fmt.Errorf("%s: %s", lineOf(said, d.At.Line), d.Text)
		}
	}
	f.Text = form.Is
	return nil
}

// lineOf gives a line of a text, by which a person knows what they gave.
func lineOf(text []byte, n int) string {
	lines := strings.Split(string(text), "\n")
	if n < 1 || n > len(lines) {
		return "the file"
	}
	return strings.TrimSpace(lines[n-1])
}

// flow writes a value in brackets; the form makes blocks of them.
func (v *value) flow() string {
	var parts []string
	for i, x := range v.items {
		if v.keys != nil {
			parts = append(parts, v.keys[i]+": "+x.flow())
		} else {
			parts = append(parts, x.flow())
		}
	}
	switch {
	case v.keys != nil:
		return "{" + strings.Join(parts, ", ") + "}"
	case v.items != nil:
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if v.bare {
		return v.text
	}
	return format.Scalar(v.text)
}
