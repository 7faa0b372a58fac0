package strict

import (
	"testing"
	"testing/fstest"
)

type head struct {
	Kind string `yaml:"kind" is:"name"`
	Name string `yaml:"name" is:"name"`
}

type inner struct {
	Deep string `yaml:"deep" is:"name"`
	Left string `yaml:"left,optional" is:"name"`
}

type outer struct {
	head
	First inner                  `yaml:"first"`
	Ptr   *inner                 `yaml:"ptr,optional"`
	Gone  inner                  `yaml:"gone,optional"`
	List  []inner                `yaml:"list"`
	By    []Entry[string, inner] `yaml:"by"`
	Bare  int
}

const outerText = `kind: x
name: z
first: {deep: a}
ptr:
  deep: b
list:
- {deep: c}
- deep: d
by:
  k: {deep: e}
  m: {deep: f, left: g}
`

// TestPlaces holds that each value has its own place, wherever in memory it lies.
func TestPlaces(t *testing.T) {
	read := func(s *Source, v *outer, before string) {
		t.Helper()
		if ds := s.Read(fstest.MapFS{"f": &fstest.MapFile{Data: []byte(before + outerText)}}, "f", v); ds.Failed() {
			t.Fatal(ds.Err())
		}
	}
	s, v := NewSource(), new(outer)
	read(s, v, "")
	at := func(s *Source, v *outer) (have []string) {
		for _, ptr := range []any{
			v, &v.Kind, &v.Name, &v.First, &v.First.Deep, &v.First.Left, &v.Ptr, v.Ptr, &v.Ptr.Deep, &v.Gone, &v.Gone.Deep,
			&v.List, &v.List[0], &v.List[1].Deep, &v.By, &v.By[0], &v.By[0].Key, &v.By[0].Value, &v.By[0].Value.Deep, &v.By[1].Key, &v.By[1].Value.Left,
		} {
			p := s.At(ptr)
			have = append(have, p.String())
		}
		return have
	}
	want := []string{
		"f:1:1", "f:1:7", "f:2:7", "f:3:8", "f:3:15", "f:3:8", "f:5:3", "f:5:3", "f:5:9", "f:1:1", "f:1:1",
		"f:7:1", "f:7:3", "f:8:9", "f:10:3", "f:10:3", "f:10:3", "f:10:6", "f:10:13", "f:11:3", "f:11:22",
	}
	same(t, at(s, v), want)

	read(s, v, "# the same memory again\n")
	if p := s.At(&v.First.Deep).String(); p != "f:4:15" {
		t.Errorf("what was read again is at %s", p)
	}

	one, two := NewSource(), NewSource()
	two.Join(one)
	w := new(outer)
	read(one, w, "")
	same(t, at(two, w), want)

	copied := []outer{{}, *w}
	one.Moved(w, &copied[1])
	same(t, at(two, &copied[1]), want)
	again := copied[1]
	one.Moved(&copied[1], &again)
	same(t, at(two, &again), want)

	for what, ptr := range map[string]any{"a field that files do not give": &w.Bare, "a copy": &copied[0], "another type": (*int)(nil)} {
		if _, known := two.known(ptr); known {
			t.Errorf("%s has a place", what)
		}
	}
}

func same(t *testing.T, have, want []string) {
	t.Helper()
	for i := range want {
		if have[i] != want[i] {
			t.Errorf("value %d is at %s, want %s", i, have[i], want[i])
		}
	}
}
