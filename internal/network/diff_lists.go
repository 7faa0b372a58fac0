package network

import (
	"fmt"
	"reflect"
	"strings"

	"plumbline/internal/diag"
)

// isPos tells places from facts.
func isPos(t reflect.Type) bool { return t == reflect.TypeFor[diag.Pos]() }

// pairing says which elements of two lists are the same one; -1 where one side has none.
type pairing struct{ was, is int }

// pairs finds them: by key where the elements have one, else in their order.
func pairs(a, b reflect.Value) (out []pairing) {
	if !keyed(a.Type().Elem()) {
		return inOrder(a, b)
	}
	at := make(map[string][]int, a.Len())
	for i := range a.Len() {
		k := key(a.Index(i))
		at[k] = append(at[k], i)
	}
	left := make([]bool, a.Len())
	for i := range left {
		left[i] = true
	}
	for j := range b.Len() {
		k := key(b.Index(j))
		if is := at[k]; len(is) > 0 {
			out = append(out, pairing{is[0], j})
			at[k], left[is[0]] = is[1:], false
		} else {
			out = append(out, pairing{-1, j})
		}
	}
	for i, alone := range left {
		if alone {
			out = append(out, pairing{i, -1})
		}
	}
	return out
}

// inOrder pairs the longest run of elements that say the same, in the order of both; what
// stands between two of them is taken for changed, then for gone or new.
func inOrder(a, b reflect.Value) (out []pairing) {
	left, right := contents(a), contents(b)
	long := common(left, right)
	var gone, come []int
	flush := func() {
		for k := range max(len(gone), len(come)) {
			p := pairing{-1, -1}
			if k < len(gone) {
				p.was = gone[k]
			}
			if k < len(come) {
				p.is = come[k]
			}
			out = append(out, p)
		}
		gone, come = nil, nil
	}
	i, j := 0, 0
	for i < len(left) || j < len(right) {
		switch {
		case i < len(left) && j < len(right) && left[i] == right[j]:
			flush()
			out = append(out, pairing{i, j})
			i, j = i+1, j+1
		case j == len(right) || i < len(left) && long[i+1][j] >= long[i][j+1]:
			gone = append(gone, i)
			i++
		default:
			come = append(come, j)
			j++
		}
	}
	flush()
	return out
}

// common gives for each two places how many elements from there on both lists share.
func common(a, b []string) [][]int {
	long := make([][]int, len(a)+1)
	for i := range long {
		long[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	return long
}

func contents(list reflect.Value) []string {
	out := make([]string, list.Len())
	for i := range out {
		out[i] = content(list.Index(i))
	}
	return out
}

// keyed tells whether elements of a type have something that names them.
func keyed(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("key") == "1" {
			return true
		}
	}
	return false
}

// key is what names an element; "" where nothing does.
func key(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return ""
	}
	var parts []string
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("key") == "1" {
			parts = append(parts, fmt.Sprint(v.Field(i).Interface()))
		}
	}
	return strings.Join(parts, " ")
}

// content is all that an element says, in one line.
func content(v reflect.Value) string {
	text := said(v)
	if v.Kind() != reflect.Struct {
		return text
	}
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice {
			text += " [" + strings.Join(contents(f), "; ") + "]"
		}
	}
	return text
}

// said writes a value for a person: a struct by its fields that say something beside what
// names it, and a list in it by how much it holds.
func said(v reflect.Value) string {
	if v.Kind() != reflect.Struct || fields(v.Type()) == 0 {
		if v.IsZero() {
			return "none"
		}
		return fmt.Sprint(v.Interface())
	}
	var parts []string
	for i := range v.NumField() {
		f, x := v.Type().Field(i), v.Field(i)
		switch {
		case x.IsZero() || isPos(f.Type) || f.Tag.Get("key") != "" || f.Type.Kind() == reflect.Pointer:
		case f.Type.Kind() == reflect.Slice:
			parts = append(parts, fmt.Sprintf("%d %s", x.Len(), f.Name))
		default:
			parts = append(parts, f.Name+" "+said(x))
		}
	}
	if len(parts) == 0 {
		return "present"
	}
	return strings.Join(parts, ", ")
}

// fields counts what of a type can be seen; an address is one value and has none.
func fields(t reflect.Type) (n int) {
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			n++
		}
	}
	return n
}
