package tree_test

import (
	"testing"

	"plumbline/internal/replay"
	"plumbline/internal/tree"
)

// TestSpelledInTextOrder holds that a line which is spelled elsewhere takes the place that it has in the
// text among those of its block: a list half of which stands in braces is read in the order of the
// text, and of two values the later one counts. The device on paper reads it the same way.
func TestSpelledInTextOrder(t *testing.T) {
	d := platform(t, "junos")
	session := func(s string) []byte {
		return []byte("protocols { bgp { group g { neighbor 192.0.2.1 { " + s + " } } } }\n")
	}
	for _, c := range []struct{ half, whole string }{
		{"import a; import { b; c; }", "import [ a b c ];"},
		{"import { b; c; } import a;", "import [ b c a ];"},
		{"import a;\nimport {\n b;\n c;\n}\nimport d;", "import [ a b c d ];"},
		{"import [ a e ]; peer-as 3;\nimport { b; c; }\nimport d;", "import [ a e b c d ]; peer-as 3;"},
		{"import a; import b; export [ f h ]; peer-as 3; import c; export { g; }", "peer-as 3; import [ a b c ]; export [ f h g ];"},
		{"import a; import { b; } import c;\nimport { d; }\nimport e; export f; export { g; }", "import [ a b c d e ]; export [ f g ];"},
		{"multihop ttl 5; multihop { ttl 3; }", "multihop { ttl 3; }"},
		{"multihop { ttl 3; } multihop ttl 5;", "multihop { ttl 5; }"},
	} {
		for _, digests := range []bool{false, true} { // where two are compared, and where one is read as a whole
			have, _ := tree.Parse(d, session(c.half))
			want, _ := tree.Parse(d, session(c.whole))
			if digests && tree.Digest(have) != tree.Digest(want) {
				t.Errorf("%s\nis read as\n%s", c.half, tree.Print(have))
			}
			if !digests && c.half[0] == 'm' { // a key that is given twice is settled where a text is read as a whole
				continue
			}
			if es, _, err := tree.Diff(have, want, tree.Options{}); err != nil || len(es) > 0 {
				t.Errorf("%s\nis not %s\n%s%v", c.half, c.whole, tree.Script(d, es), err)
			}
		}
		if _, refusals := replay.Verify(d, session(c.half), session(c.whole), nil, nil); len(refusals) > 0 {
			t.Errorf("%s\non paper is not %s: %v", c.half, c.whole, refusals)
		}
	}
}
