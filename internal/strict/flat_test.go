package strict

import (
	"slices"
	"testing"
	"testing/fstest"
)

// TestFlat lists what a file gives, each with its place, and nothing that it leaves out.
func TestFlat(t *testing.T) {
	var v struct {
		Name  string               `yaml:"name" is:"name"`
		Cost  int                  `yaml:"cost,optional"`
		Label string               `yaml:"label,optional" is:"text"`
		Tags  []string             `yaml:"tags,optional" is:"name"`
		By    []Entry[string, int] `yaml:"by,optional"`
		In    *struct {
			A bool `yaml:"a"`
		} `yaml:"in,optional"`
	}
	s := NewSource()
	ds := s.Read(fstest.MapFS{"f.yaml": &fstest.MapFile{Data: []byte("name: x\ncost: 7\ntags: [p, q]\nby: {k: 1}\nin: {a: false}\n")}}, "f.yaml", &v)
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	var have []string
	for _, l := range s.Flat(&v) {
		have = append(have, l.Field+"="+l.Value+" "+l.At.String())
	}
	want := []string{"name=x f.yaml:1:7", "cost=7 f.yaml:2:7", "tags[0]=p f.yaml:3:8", "tags[1]=q f.yaml:3:11", "by.k=1 f.yaml:4:9", "in.a=false f.yaml:5:9"}
	if !slices.Equal(have, want) {
		t.Errorf("have %q", have)
	}
}
