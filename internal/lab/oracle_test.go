package lab

import (
	"slices"
	"strings"
	"testing"
)

// TestAlone holds that an oracle says to each line what FRR says, and keeps what it took.
func TestAlone(t *testing.T) {
	Need(t, "time")
	Need(t, "root", "netns", "veth", "frr", "rpki")
	o, err := Alone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Down()
	long := strings.Repeat("x", 300)
	got, err := o.Type(t.Context(), []string{
		"configure terminal", "interface eth1", "description why? " + long, "exit",
		"router bgp 65001", "neighbor 192.0.2.1 activate", "nonsense", "end", "show running-config",
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"", "", "", "", "", "% Specify remote-as or peer-group commands first\n", "% Unknown command: nonsense\n", ""}; !slices.Equal(got[:8], want) {
		t.Errorf("answered %q, want %q", got[:8], want)
	}
	for _, line := range []string{"interface eth1\n description why? " + long + "\nexit\n", "router bgp 65001\nexit\n"} {
		if !strings.Contains(got[8], line) {
			t.Errorf("it holds\n%s\nwithout\n%s", got[8], line)
		}
	}
	// A word that leaves the prompt ends a session; the next one begins at the top again.
	for _, c := range []struct{ typed, want []string }{
		{[]string{"configure terminal", "interface eth1"}, []string{"", ""}},
		{[]string{"show daemons", "exit", "show daemons"}, []string{" zebra ospfd ospf6d bgpd isisd staticd bfdd\n", ""}},
		{[]string{"interface eth1"}, []string{"% Unknown command: interface eth1\n"}},
	} {
		if got, err := o.Type(t.Context(), c.typed); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: answered %q, %v, want %q", c.typed, got, err, c.want)
		}
	}
}
