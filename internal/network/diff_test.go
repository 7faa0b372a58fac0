package network

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"plumbline/internal/diag"
)

// TestKeys holds the law that Diff lives by: an element of a list is named by a field, but
// for those whose order has a meaning.
func TestKeys(t *testing.T) {
	ordered := []string{"Term"}
	var walk func(reflect.Type)
	walk = func(x reflect.Type) {
		if x.Kind() != reflect.Struct || x.PkgPath() == "net/netip" {
			return
		}
		for i := range x.NumField() {
			f := x.Field(i).Type
			if f.Kind() == reflect.Slice {
				f = f.Elem()
				if f.Kind() == reflect.Struct && fields(f) > 0 && keyed(f) == slices.Contains(ordered, f.Name()) {
					t.Errorf("%s.%s: its elements need one field with the tag key, or an order", x.Name(), x.Field(i).Name)
				}
			}
			if f.Kind() == reflect.Pointer {
				f = f.Elem()
			}
			walk(f)
		}
	}
	walk(reflect.TypeFor[Device]())
}

// full gives a value in which nothing is empty.
func full(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		full(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		full(v.Index(0), n)
		full(v.Index(1), n+1)
	case reflect.Struct:
		switch v.Interface().(type) {
		case netip.Addr:
			v.Set(reflect.ValueOf(netip.AddrFrom4([4]byte{10, 0, 0, byte(n)})))
			return
		case netip.Prefix:
			v.Set(reflect.ValueOf(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(n), 0}), 24)))
			return
		}
		for i := range v.NumField() {
			full(v.Field(i), n)
		}
	case reflect.String:
		v.SetString("text" + string(rune('a'+n)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(n + 1))
	case reflect.Uint32:
		v.SetUint(uint64(n + 1))
	}
}

// spots calls f on every fact of a value that could be another, one after the other.
func spots(v reflect.Value, f func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		spots(v.Elem(), f)
	case reflect.Slice:
		for i := range v.Len() {
			spots(v.Index(i), f)
		}
		kept := reflect.ValueOf(v.Interface())
		v.Set(v.Slice(0, 1))
		f(v)
		v.Set(kept)
	case reflect.Struct:
		if fields(v.Type()) == 0 {
			f(v)
			return
		}
		for i := range v.NumField() {
			if sf := v.Type().Field(i); sf.Type != reflect.TypeFor[diag.Pos]() && sf.Tag.Get("key") != "-" {
				spots(v.Field(i), f)
			}
		}
	default:
		f(v)
	}
}

// TestExact changes every fact there can be on a device, one at a time: each is told, on
// that device and at a place, and nothing is told of two equal networks.
func TestExact(t *testing.T) {
	build := func() *Network {
		d := new(Device)
		full(reflect.ValueOf(d).Elem(), 1)
		d.Name = "r1"
		return &Network{Devices: []*Device{d}}
	}
	if cs := Diff(build(), build()); len(cs) > 0 {
		t.Fatalf("equal networks differ: %v", cs)
	}
	is, n := build(), 0
	spots(reflect.ValueOf(is.Devices[0]).Elem(), func(v reflect.Value) {
		if v.Addr().Interface() == any(&is.Devices[0].Name) {
			return
		}
		kept := reflect.ValueOf(v.Interface())
		if v.Kind() != reflect.Slice {
			full(v, 7)
			if v.Kind() == reflect.Bool {
				v.SetBool(false)
			}
		}
		cs := Diff(build(), is)
		if len(cs) == 0 {
			t.Errorf("a fact of type %s changed and nothing is told", v.Type())
		}
		for _, c := range cs {
			if c.Device != "r1" || c.Fact == "" || c.Was == c.Is || c.At.Line == 0 {
				t.Errorf("not told well: %+v", c)
			}
		}
		v.Set(kept)
		n++
	})
	if n < 100 {
		t.Errorf("only %d facts were changed", n)
	}
}

func of(n *Network) *Network {
	n.Devices[0].Platform = "frr"
	return n
}

// TestCame tells of a device that came, group by group and element by element.
func TestCame(t *testing.T) {
	var got []string
	for _, c := range Diff(nil, of(speaker(1, 7))) {
		got = append(got, c.Fact+"="+c.Is)
		if c.Was != "" {
			t.Errorf("%s was not there before", c.Fact)
		}
	}
	want := []string{"Platform=frr", "BGP=ASN 64496, 1 Neighbors", "BGP.Neighbors[192.0.2.1]=ASN 1"}
	if !slices.Equal(got, want) {
		t.Errorf("have %q", got)
	}
	if back := Diff(of(speaker(1, 7)), nil); len(back) != 3 || back[0].Is != "" || back[0].Was == "" {
		t.Errorf("a device that went: %v", back)
	}
}

// TestOrder pairs the terms of a policy by what they say: one that came in between is one
// change, whatever numbers the others have now.
func TestOrder(t *testing.T) {
	policy := func(sets ...string) *Network {
		r := RoutePolicy{Name: "in"}
		for i, s := range sets {
			r.Terms = append(r.Terms, Term{Seq: 10 * i, Does: "reject", Prefixes: s})
		}
		return &Network{Devices: []*Device{{Name: "r1", Policy: &Policy{Routes: []RoutePolicy{r}}}}}
	}
	for _, c := range []struct {
		was, is []string
		want    int
	}{
		{[]string{"a", "b", "c"}, []string{"a", "x", "b", "c"}, 1},
		{[]string{"a", "b", "c"}, []string{"a", "c"}, 1},
		{[]string{"a", "b", "c"}, []string{"a", "x", "c"}, 1},
		{[]string{"a", "b"}, []string{"b", "a"}, 2},
	} {
		if cs := Diff(policy(c.was...), policy(c.is...)); len(cs) != c.want {
			t.Errorf("%v to %v: %v", c.was, c.is, cs)
		}
	}
}
