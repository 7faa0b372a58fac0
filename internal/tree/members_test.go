package tree_test

import (
	"testing"

	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// Members of an object have no order, and entries of an ordered list have: in JSON names come
// sorted, and in a template as it likes.
func TestMembers(t *testing.T) {
	d, problems := dialect.Read("x", []byte("syntax: path\nacts: message\nnegate: delete\nset: update\n\npolicy [name=<p:word>]\n  default =<w:word>\n  in <w:word> :: ordered\n  out <w:word> :: ordered\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	digest := func(text string) [32]byte {
		x, _ := tree.Parse(d, []byte(text))
		return tree.Digest(x)
	}
	const want = "/policy[name=p]/out b\n/policy[name=p]/in b\n/policy[name=p]/out a\n/policy[name=p]/default x\n"
	for text, same := range map[string]bool{
		`{"policy": [{"name": "p", "default": "x", "in": ["b"], "out": ["b", "a"]}]}`: true,
		`{"policy": [{"name": "p", "default": "x", "in": ["b"], "out": ["a", "b"]}]}`: false,
		`{"policy": [{"name": "p", "default": "y", "in": ["b"], "out": ["b", "a"]}]}`: false,
	} {
		if is := digest(text) == digest(want); is != same {
			t.Errorf("%s: the same as paths: %v", text, is)
		}
	}
}
