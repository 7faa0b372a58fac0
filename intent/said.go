package intent

import (
	"cmp"
	"fmt"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Saying is one value that a file gives of one object: what people wrote, before it turns
// into facts.
type Saying struct {
	Object string // such as link ams-fra-1, or device core1-fra
	Kind   string // such as link, or devices
	strict.Leaf
}

// Said lists every value of every object, by object and field.
func (s *Set) Said(inv *inventory.Inventory) (out []Saying) {
	add := func(object, kind string, ptr any) {
		for _, l := range s.src.Flat(ptr) {
			out = append(out, Saying{object, kind, l})
		}
	}
	for _, k := range s.all {
		add(k.head().Kind+" "+string(k.head().Name), k.head().Kind, k)
	}
	for i := range inv.Sites {
		add("site "+inv.Sites[i].Name, "sites", &inv.Sites[i])
	}
	for i := range inv.Credentials {
		add("credential "+inv.Credentials[i].Name, "credentials", &inv.Credentials[i])
	}
	for i := range inv.Devices {
		add("device "+inv.Devices[i].Name, "devices", &inv.Devices[i])
	}
	slices.SortFunc(out, func(a, b Saying) int { return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Field, b.Field)) })
	return out
}

// Change is a value that a file gives otherwise than before.
type Change struct {
	Object, Kind, Field string
	Was, Is             string // "" where the value came, or went
	At                  diag.Pos
}

// Compare lists what two commits say otherwise.
func Compare(was, is []Saying) (out []Change) {
	type key struct{ object, field string }
	before := map[key]Saying{}
	for _, s := range was {
		before[key{s.Object, s.Field}] = s
	}
	for _, s := range is {
		k := key{s.Object, s.Field}
		if old, there := before[k]; !there || old.Value != s.Value {
			out = append(out, Change{s.Object, s.Kind, s.Field, quoted(old.Value, there), quoted(s.Value, true), s.At})
		}
		delete(before, k)
	}
	for k, s := range before {
		out = append(out, Change{k.object, s.Kind, k.field, quoted(s.Value, true), "", s.At})
	}
	slices.SortFunc(out, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Field, b.Field)) })
	return out
}

// quoted keeps a value that is nothing apart from one that is not there.
func quoted(v string, there bool) string {
	if there && v == "" {
		return fmt.Sprintf("%q", v)
	}
	return v
}
