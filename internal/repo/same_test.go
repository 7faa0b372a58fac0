package repo

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestSame holds that every difference at a path that counts is seen, and no other.
func TestSame(t *testing.T) {
	s := newScene(t)
	at := s.commit("main", files{"intent/a.yaml": []byte("a"), "intent/b.yaml": []byte("b"), "README": []byte("r")})
	input := func(name string) bool { return strings.HasPrefix(name, "intent/") }
	for _, c := range []struct {
		name string
		tree map[string]string
		want bool
	}{
		{"equal", map[string]string{"intent/a.yaml": "a", "intent/b.yaml": "b", "README": "other"}, true},
		{"changed", map[string]string{"intent/a.yaml": "a", "intent/b.yaml": "c"}, false},
		{"gone", map[string]string{"intent/a.yaml": "a"}, false},
		{"came", map[string]string{"intent/a.yaml": "a", "intent/b.yaml": "b", "intent/c.yaml": "c"}, false},
		{"came instead", map[string]string{"intent/a.yaml": "a", "intent/c.yaml": "b"}, false},
		{"hidden folders are not looked into", map[string]string{"intent/a.yaml": "a", "intent/b.yaml": "b", ".git/x": "c"}, true},
	} {
		tree := fstest.MapFS{}
		for name, text := range c.tree {
			tree[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got, err := s.Same(at, tree, input); err != nil || got != c.want {
			t.Errorf("%s: %v %v", c.name, got, err)
		}
	}
	if _, err := s.Same(strings.Repeat("0", 40), fstest.MapFS{}, input); err == nil {
		t.Error("a commit that there is not is the same")
	}
}
