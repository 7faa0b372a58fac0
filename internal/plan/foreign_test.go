package plan

import (
	"slices"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
	"plumbline/render"
	"plumbline/templates"
)

// frr is the dialect that the cases are written in.
func frr(t *testing.T) *dialect.Dialect {
	t.Helper()
	p, problems := render.Read(templates.FS, "frr")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p.Dialect
}

// TestOver holds that a value which is not ours is seen before it is written over: the old
// line stands in the change, and the plan has a risk. What our last push left is no risk.
func TestOver(t *testing.T) {
	const live, want = "router bgp 65001\n bgp router-id 192.0.2.1\nexit\n", "router bgp 65001\n bgp router-id 10.0.0.1\nexit\n"
	for deployed, risk := range map[string]bool{"": true, "router bgp 65001\nexit\n": true, live: false} {
		in := Input{Device: "r1", Want: tree.Config{Dialect: frr(t), Text: []byte(want)}, Style: "guard"}
		if in.Answer.Live.Text = []byte(live); deployed != "" {
			in.Deployed = []byte(deployed)
		}
		p, ds := Make(Header{}, []Input{in})
		if ds.Failed() || len(p.Changes) != 1 {
			t.Fatal(ds)
		}
		c := p.Changes[0]
		shown := slices.ContainsFunc(c.Edits, func(e tree.Edit) bool { return e.Was == "bgp router-id 192.0.2.1" })
		if !shown || slices.Contains(c.Risks, Over) != risk {
			t.Errorf("deployed %q: %+v, risks %v", deployed, c.Edits, c.Risks)
		}
	}
}

// TestForeign holds the promise of the first contact where keeping and having what is
// wanted exclude each other: the plan is refused and names the line; nothing is removed.
func TestForeign(t *testing.T) {
	d := frr(t)
	for name, c := range map[string]struct{ live, want, deployed, refused string }{
		"another AS": {"router bgp 65009\n neighbor 192.0.2.2 remote-as 65010\nexit\n", "router bgp 65001\nexit\n", "", "router bgp 65009"},
		"a list entry that is not replaced in place": {"bgp as-path access-list A seq 5 permit ^1$\n", "bgp as-path access-list A seq 5 permit ^2$\n", "", "permit ^1$"},
		"ours": {"router bgp 65009\nexit\n", "router bgp 65001\nexit\n", "router bgp 65009\nexit\n", ""},
	} {
		in := Input{Device: "r1", Want: tree.Config{Dialect: d, Text: []byte(c.want)}, Style: "guard"}
		in.Answer.Live = drivers.Live{Text: []byte(c.live)}
		if c.deployed != "" {
			in.Deployed = []byte(c.deployed)
		}
		p, ds := Make(Header{}, []Input{in})
		switch {
		case c.refused == "" && (ds.Failed() || len(p.Changes) != 1):
			t.Errorf("%s: %v", name, ds)
		case c.refused != "" && (len(p.Changes) > 0 || len(ds) == 0 || ds[0].Rule != "plan/foreign-line" || !strings.Contains(ds[0].Text, c.refused)):
			t.Errorf("%s: %v, %v", name, p.Changes, ds)
		}
	}
}
