package sim

import (
	"fmt"
	"strings"
	"testing"
)

// TestGuardEndsTheSender holds that a session which was there when the guard led back sends
// nothing more, as on a real router, and that one which comes later does.
func TestGuardEndsTheSender(t *testing.T) {
	b, _ := router(t)
	show, _ := b.guard("show", "")
	if out, status := b.guard(fmt.Sprintf("arm plb-x 60 %s", b.sum(show)), "no ip route 10.0.0.0/8 Null0\n"); status != 0 {
		t.Fatal(out)
	}
	old, after := &shell{b: b, user: WriteUser, host: "r0"}, &shell{b: b, user: WriteUser, host: "r0"}
	old.begin()
	for _, line := range []string{"configure terminal", "ip route 10.0.0.0/8 Null0"} {
		if out, err := old.do(line); out != "" || err != nil {
			t.Fatal(out, err)
		}
	}
	b.fire("plb-x")
	if out, err := old.do("ip route 10.1.0.0/16 Null0"); err == nil {
		t.Errorf("behind the way back it is told %q", out)
	}
	after.begin()
	if out, err := after.do("show running-config"); err != nil || strings.Contains(out, "ip route") {
		t.Errorf("%s %v", out, err)
	}
}
