package tree_test

import (
	"testing"

	"plumbline/internal/replay"
	"plumbline/internal/tree"
)

// TestSource holds that a proof begins at the text that was read: a line that a comparison did not see
// is too many in the end, and the text of a tree is the one that it was read from, noise and all.
func TestSource(t *testing.T) {
	d := platform(t, "nx-os")
	shown := "vdc leaf1 id 1\n  limit-resource vlan minimum 16 maximum 4094\nvlan 10,20\nhostname old\n"
	have, _ := tree.Parse(d, []byte(shown))
	want, _ := tree.Parse(d, []byte("vlan 10\nvlan 20\nhostname new\n"))
	do, _, err := tree.Diff(have, want, tree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := tree.Source(have); got != shown {
		t.Errorf("the text that was read is %q", got)
	}
	if refused := replay.Check(d, tree.Source(have), tree.Print(want), tree.Script(d, do)); len(refused) > 0 {
		t.Errorf("refused: %v", refused)
	}
	more := []byte(shown + "snmp-server location lost\n") // the device showed it, and the comparison lost it
	if refused := replay.Check(d, more, tree.Print(want), tree.Script(d, do)); len(refused) != 1 {
		t.Errorf("a line that was lost is not told: %v", refused)
	}
}
