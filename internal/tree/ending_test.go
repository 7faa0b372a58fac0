package tree_test

import (
	"testing"

	"plumbline/internal/tree"
)

// TestEndings: what was read of a line that is its header and the line behind it is true of the line
// by itself.
func TestEndings(t *testing.T) {
	all := map[string]int{}
	for name, d := range dialects(t) {
		for seed := range uint64(300) {
			n, wrong := tree.Endings(d, random(d, seed).have)
			if wrong != "" {
				t.Fatalf("%s, seed %d: %s", name, seed, wrong)
			}
			all[name] += n
		}
	}
	if all["eos"] == 0 {
		t.Errorf("no list of a line each was met: %v", all)
	}
	t.Logf("figure: lines cut from their headers: %v", all)
}
