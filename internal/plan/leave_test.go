package plan

import (
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/tree"
)

// TestLeave holds what a statement of kind leave does: what our last push left and intent
// no longer asks for goes, unless it is left; at a first contact nothing goes at all.
func TestLeave(t *testing.T) {
	d := frr(t)
	const (
		eigrp = "router eigrp 10\n network 10.0.0.0/8\n network 10.9.0.0/16\nexit\n"
		ospf  = "router ospf\n ospf router-id 10.0.0.1\nexit\n"
		port  = "interface eth1\n description one\nexit\n"
		more  = "interface eth1\n description two\nexit\n"
		both  = "interface eth1\n description one\n ip address 10.0.0.1/31\nexit\n"
	)
	for name, c := range map[string]struct {
		live, want, deployed string
		section              string
		most                 int
		gone, refused        string
		left                 int
	}{
		"not ours, never":         {live: eigrp + port, want: more, section: "router eigrp 10", most: 5, left: 3},
		"not ours, after a push":  {live: eigrp + port, want: more, deployed: port, section: "router eigrp 10", most: 5, left: 3},
		"ours and left":           {live: eigrp + port, want: more, deployed: eigrp + port, section: "router eigrp 10", most: 3, left: 3},
		"ours and not left":       {live: ospf + port, want: more, deployed: ospf + port, section: "router rip", most: 3, gone: "no router ospf"},
		"a line inside a block":   {live: both, want: more, deployed: both, section: "interface eth1 / ip address 10.0.0.1/31", most: 1, left: 1},
		"more than was agreed to": {live: eigrp + port, want: more, section: "router eigrp 10", most: 2, refused: "plan/leave-too-long"},
		"a way in":                {live: "line vty\n exec-timeout 5\n" + port, want: more, section: "line vty", most: 9, refused: "plan/leave-way-in"},
		"a filter":                {live: port, want: more, section: "route-map X permit 10", most: 9, refused: "plan/leave-way-in"},
	} {
		in := Input{Device: "r1", Style: "guard", Want: tree.Config{
			Dialect: d, Text: []byte(c.want),
			Leave: []tree.Section{{Leave: "old", Path: c.section, Max: c.most, From: diag.Pos{File: "intent/old.yaml", Line: 4, Col: 1}}},
		}}
		in.Answer.Live = drivers.Live{Text: []byte(c.live)}
		if c.deployed != "" {
			in.Deployed = []byte(c.deployed)
		}
		p, ds := Make(Header{}, []Input{in})
		if c.refused != "" {
			if len(p.Changes) != 0 || len(ds) != 1 || ds[0].Rule != c.refused || ds[0].At.Line != 4 {
				t.Errorf("%s: %v, %v", name, p.Changes, ds)
			}
			continue
		}
		if ds.Failed() || len(p.Changes) != 1 {
			t.Errorf("%s: %v", name, ds)
			continue
		}
		script := string(p.Changes[0].Do)
		if c.gone == "" && strings.Contains(script, "no ") || !strings.Contains(script, c.gone) {
			t.Errorf("%s: it sends %q", name, script)
		}
		left := p.Changes[0].Coverage.Left(in.Want.Leave)
		if len(left) != 1 || len(left[0].Lines) != c.left {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}
