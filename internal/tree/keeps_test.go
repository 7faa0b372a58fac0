package tree

import "testing"

// TestSwitchesInTexts holds that a switch which stands elsewhere, or says something else, is seen in
// texts that nobody has read.
func TestSwitchesInTexts(t *testing.T) {
	d := frr(t)
	const a, b = "router bgp 1\n neighbor 192.0.2.1 remote-as 2\nexit\n!\n", "router bgp 1 vrf x\n!\n neighbor 192.0.2.1 remote-as 2\nexit\n"
	off := func(s string) string { return s[:len(s)-len("exit\n")] + " no bgp default ipv4-unicast\nexit\n" }
	on := func(s string) string { return s[:len(s)-len("exit\n")] + " bgp default ipv4-unicast\nexit\n" }
	a2 := a[:len(a)-len("!\n")]
	for _, c := range []struct {
		have, want string
		turns      int
	}{
		{a + b, a + b, 0},
		{a + b, a + on(b), 0},
		{a + off(b), a + off(b) + "hostname h\n", 0},
		{a + b, a + off(b), 1},
		{a + off(b), a + on(b), 1},
		{off(a2) + b, a + off(b), 2},
		{off(a2) + off(b), b, 1}, // a block that goes takes its switch along
		{off(b), off(a2) + b, 1},
		{"", off(a2), 0},
	} {
		have, _ := Parse(d, []byte(c.have))
		want, _ := Parse(d, []byte(c.want))
		first, _, err := turn(have, want, Options{})
		if err != nil || len(first) != c.turns {
			t.Errorf("%d switches instead of %d are turned: %v\n%s\nbecomes\n%s", len(first), c.turns, err, c.have, c.want)
		}
	}
}
