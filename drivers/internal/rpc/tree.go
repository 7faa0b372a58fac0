package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmi/value"
)

// Tree is what a device told, as RFC 7951 has it: a container is an object, a list is an
// array of objects, and names come without their modules. What the keys of a list are is
// known where a path names them.
type Tree map[string]any

// lay puts all updates at their places. Two values at one place are an error.
func (t Tree) lay(ns []*gnmi.Notification) error {
	for _, n := range ns {
		for _, u := range n.GetUpdate() {
			elems := slices.Concat(n.GetPrefix().GetElem(), u.GetPath().GetElem())
			v, err := decode(u.GetVal())
			if err == nil {
				err = put(t, elems, v)
			}
			if err != nil {
				return fmt.Errorf("the value of %s cannot be read: %w", show(elems), err)
			}
		}
	}
	return nil
}

// put goes down a path, making what is not there yet.
func put(at map[string]any, elems []*gnmi.PathElem, v any) error {
	if len(elems) == 0 {
		m, ok := v.(map[string]any)
		if !ok {
			return errors.New("it is no container")
		}
		_, err := merge(at, m)
		return err
	}
	e := elems[0]
	name := bare(e.GetName())
	if len(e.GetKey()) > 0 {
		list, ok := at[name].([]any)
		if at[name] != nil && !ok {
			return errors.New(name + " is a list and no list")
		}
		in := Entry(list, e.GetKey())
		if in == nil {
			in = map[string]any{}
			for k, v := range e.GetKey() {
				in[bare(k)] = v
			}
			at[name] = append(list, in)
		}
		return put(in, elems[1:], v)
	}
	if len(elems) == 1 {
		out, err := merge(at[name], v)
		at[name] = out
		return err
	}
	in, ok := at[name].(map[string]any)
	if at[name] != nil && !ok {
		return errors.New(name + " is a container and a value")
	}
	if in == nil {
		in = map[string]any{}
		at[name] = in
	}
	return put(in, elems[1:], v)
}

// Entry finds the entry of a list with these keys; nil where there is none.
func Entry(list []any, keys map[string]string) map[string]any {
	for _, item := range list {
		m, _ := item.(map[string]any)
		fits := m != nil
		for k, v := range keys {
			fits = fits && same(m[bare(k)], v)
		}
		if fits {
			return m
		}
	}
	return nil
}

// same compares two scalars that may be written in two ways: a number or its digits, an
// identity with its module or without.
func same(a, b any) bool {
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	return x == y || strings.HasSuffix(x, ":"+y) && !strings.Contains(y, ":") || strings.HasSuffix(y, ":"+x) && !strings.Contains(x, ":")
}

// merge lays one value over another that says no other thing.
func merge(was, is any) (any, error) {
	a, isObject := was.(map[string]any)
	b, object := is.(map[string]any)
	switch {
	case was == nil:
		return is, nil
	case isObject && object:
		for k, v := range b {
			out, err := merge(a[k], v)
			if err != nil {
				return was, err
			}
			a[k] = out
		}
		return a, nil
	}
	x, err := json.Marshal(was)
	y, err2 := json.Marshal(is)
	if err != nil || err2 != nil || !bytes.Equal(x, y) && !same(was, is) {
		return was, fmt.Errorf("two values, %.80s and %.80s", x, y)
	}
	return is, nil
}

// Leaves counts the values.
func (t Tree) Leaves() int { return leaves(map[string]any(t)) }

func leaves(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		for _, child := range v {
			n += leaves(child)
		}
	case []any:
		for _, child := range v {
			n += leaves(child)
		}
	default:
		n = 1
	}
	return n
}

// On tells whether a switch of a name is on somewhere.
func (t Tree) On(name string) bool { return on(map[string]any(t), name) }

func on(v any, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		for k, child := range v {
			if k == name && child == true || on(child, name) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(child any) bool { return on(child, name) })
	}
	return false
}

// without drops the containers of a name, wherever they are.
func (t Tree) without(name string) { without(map[string]any(t), name) }

func without(v any, name string) {
	switch v := v.(type) {
	case map[string]any:
		if _, is := v[name].(map[string]any); is {
			delete(v, name)
		}
		for _, child := range v {
			without(child, name)
		}
	case []any:
		for _, child := range v {
			without(child, name)
		}
	}
}

// Text prints the tree; the same tree has one text.
func (t Tree) Text() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if e.Encode(t) != nil { // all in it came out of JSON, or is a scalar
		return nil
	}
	return b.Bytes()
}

func decode(v *gnmi.TypedValue) (out any, err error) {
	text := v.GetJsonIetfVal()
	if text == nil {
		text = v.GetJsonVal()
	}
	if text == nil {
		if out, err = value.ToScalar(v); err != nil {
			return nil, err
		}
		if text, err = json.Marshal(out); err != nil {
			return nil, errors.New("it has no form in JSON")
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // a counter of 64 bits is no float
	if err = d.Decode(&out); err == nil && d.More() {
		err = errors.New("something stands behind its end")
	}
	if err != nil {
		return nil, err
	}
	return named(out)
}

// named takes the modules off the names of members. Two that are one then are an error.
func named(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, child := range v {
			if _, twice := out[bare(k)]; twice {
				return nil, fmt.Errorf("two modules have a member %s", bare(k))
			}
			if out[bare(k)], err = named(child); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		for i := range v {
			if v[i], err = named(v[i]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// bare is a name without its module.
func bare(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }

// show prints a path for people.
func show(elems []*gnmi.PathElem) string {
	var b strings.Builder
	for _, e := range elems {
		b.WriteString("/" + e.GetName())
		for _, k := range slices.Sorted(maps.Keys(e.GetKey())) {
			b.WriteString("[" + k + "=" + e.GetKey()[k] + "]")
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}
