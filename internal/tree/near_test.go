package tree_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/tree"
)

// TestNear holds that what a rule names beside a line is found without a look at all lines, wherever in
// the line its name stands, and that no line is missed.
func TestNear(t *testing.T) {
	d := platform(t, "frr")
	groups := func(n int) []byte {
		var b strings.Builder
		b.WriteString("router bgp 65000\n")
		for i := range n {
			fmt.Fprintf(&b, " neighbor G%d peer-group\n neighbor G%d remote-as 65001\n neighbor 10.0.%d.%d peer-group G%d\n no neighbor G%d activate\n",
				i, i, i/256, i%256, i, i)
		}
		return []byte(b.String() + " address-family ipv4 unicast\n  neighbor G0 activate\n exit-address-family\nexit\n")
	}
	small, wrong := tree.Sought(d, groups(100))
	big, more := tree.Sought(d, groups(400))
	if wrong+more != "" {
		t.Errorf("an index misses lines, or their order: %s %s", wrong, more)
	}
	if big > 5*small {
		t.Errorf("four times the groups make %d lines be looked at, for %d", big, small)
	}
}
