package tree_test

import (
	"strings"
	"testing"

	"plumbline/internal/replay"
	"plumbline/internal/tree"
)

// TestOthersStayActive holds that neighbours which are not ours stay as active as they are when our
// lines turn what silence about them means: by a line of the plan where the device turns them
// too, by none where it keeps them.
func TestOthersStayActive(t *testing.T) {
	for name, c := range map[string]struct{ have, want, says string }{
		"eos": {"router bgp 65001\n   neighbor 192.0.2.9 remote-as 65009\n   neighbor 192.0.2.8 remote-as 65008\n   address-family ipv4\n      no neighbor 192.0.2.8 activate\n" +
			"   vrf A\n      neighbor 192.0.2.7 remote-as 65007\n",
			"router bgp 65001\n   no bgp default ipv4-unicast\n   neighbor 192.0.2.1 remote-as 65002\n   address-family ipv4\n      neighbor 192.0.2.1 activate\n",
			"neighbor 192.0.2.9 activate,neighbor 192.0.2.7 activate"},
		"ios-xe": {"router bgp 65001\n neighbor 192.0.2.9 remote-as 65009\n",
			"router bgp 65001\n no bgp default ipv4-unicast\n neighbor 192.0.2.1 remote-as 65002\n address-family ipv4\n  neighbor 192.0.2.1 activate\n exit-address-family\n", ""},
	} {
		d := platform(t, name)
		have, _ := tree.Parse(d, []byte(c.have))
		ours, _ := tree.Parse(d, []byte(c.want))
		want, _ := tree.Expect(have, ours, nil, tree.Options{})
		do, _, err1 := tree.Diff(have, want, tree.Options{})
		undo, _, err2 := tree.Diff(want, have, tree.Options{})
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		script := string(tree.Script(d, do))
		if _, refused := replay.Verify(d, tree.Print(have), tree.Print(want), []byte(script), tree.Script(d, undo)); len(refused) > 0 {
			t.Errorf("%s: %v\n%s", name, refused, script)
		}
		var says []string
		for line := range strings.Lines(script) {
			if line = strings.TrimSpace(line); strings.Contains(line, "activate") && !strings.Contains(line, "192.0.2.1 ") {
				says = append(says, line)
			}
		}
		if got := strings.Join(says, ","); got != c.says {
			t.Errorf("%s: says %q instead of %q:\n%s", name, got, c.says, script)
		}
	}
}
