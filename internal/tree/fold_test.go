package tree_test

import (
	"fmt"
	"testing"

	"plumbline/internal/pairs"
	"plumbline/internal/tree"
)

// TestFold holds that a text which is read when something looks into it is the one that is
// read line by line, in good and in bad shape; and that of two texts of the same bytes no more
// is told than of two that differ by an empty line.
func TestFold(t *testing.T) {
	for name, d := range dialects(t) {
		for seed := range uint64(60) {
			text := random(d, seed).have
			if d.Syntax == "indent" && seed%4 > 0 {
				text = pairs.Mangle(text, seed)
			}
			if says := tree.Unfolded(d, text); says != "" {
				t.Fatalf("%s: seed %d: %s:\n%s", name, seed, says, text)
			}
			have, _ := tree.Parse(d, text)
			same, _ := tree.Parse(d, text)
			more, _ := tree.Parse(d, append(text[:len(text):len(text)], '\n'))
			a, told, err1 := tree.Diff(have, same, tree.Options{})
			b, says, err2 := tree.Diff(have, more, tree.Options{})
			if fmt.Sprint(a, told, err1) != fmt.Sprint(b, says, err2) {
				t.Fatalf("%s: seed %d: of the same bytes is told %v %v %v, of an empty line more %v %v %v\n%s", name, seed, a, told, err1, b, says, err2, text)
			}
		}
	}
}
