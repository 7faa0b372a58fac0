package plan

import (
	"strings"
	"testing"

	"plumbline/internal/tree"
)

// TestFrozen holds that no plan offers a router ID which FRR would take and not follow: while a port
// speaks OSPF, whatever stands in the place of the ID. What is there before any port, goes after the
// last one, or stays as it is, is offered.
func TestFrozen(t *testing.T) {
	const port, port6 = "interface eth1\n ip ospf area 0.0.0.0\nexit\n", "interface eth1\n ipv6 ospf6 area 0.0.0.0\nexit\n"
	const one, two = "router ospf\n ospf router-id 192.0.2.1\nexit\n", "router ospf\n ospf router-id 192.0.2.2\nexit\n"
	const none, network = "router ospf\nexit\n", "router ospf\n network 192.0.2.0/24 area 0.0.0.0\nexit\n"
	const one6, two6 = "router ospf6\n ospf6 router-id 192.0.2.1\nexit\n", "router ospf6\n ospf6 router-id 192.0.2.2\nexit\n"
	for name, c := range map[string]struct{ live, want, thaw string }{
		"another ID":                          {port + one, port + two, "clear ip ospf process"},
		"another ID of OSPFv3":                {port6 + one6, port6 + two6, "clear ipv6 ospf6 process"},
		"the first one of a router that runs": {port + none, port + one, "clear ip ospf process"},
		"its networks speak":                  {network, network + one, "clear ip ospf process"},
		"ports wait for a router":             {port, port + one, "clear ip ospf process"},
		"none speaks":                         {one, two, ""},
		"no ID":                               {port + one, port + none, "clear ip ospf process"},
		"all goes":                            {port + one, "interface eth1\nexit\n", ""},
		"all comes":                           {"interface eth1\nexit\n", port + one, ""},
		"the ports go before the ID":          {port + one, none, ""},
		"the ID stays":                        {port + one, port + one + "interface eth2\n ip ospf area 0.0.0.0\nexit\n", ""},
	} {
		in := Input{Device: "r1", Want: tree.Config{Dialect: frr(t), Text: []byte(c.want)}, Style: "guard", Deployed: []byte(c.live)}
		in.Answer.Live.Text = []byte(c.live)
		p, ds := Make(Header{}, []Input{in})
		switch {
		case c.thaw == "" && (ds.Failed() || len(p.Changes) != 1):
			t.Errorf("%s: %v", name, ds)
		case c.thaw != "" && (len(p.Changes) > 0 || len(ds) != 1 || ds[0].Rule != "plan/frozen-line" || !strings.Contains(ds[0].Text, c.thaw)):
			t.Errorf("%s: %v, %d changes", name, ds, len(p.Changes))
		}
	}
}
