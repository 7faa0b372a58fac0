package plan

import (
	"slices"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/tree"
)

// TestPropagating holds which changes are carried on to others: those of which facts tell, and
// those that bring back by hand what others learn. Such a change is watched for longer.
func TestPropagating(t *testing.T) {
	d := frr(t)
	const whole = "interface eth1\n description one\nexit\nrouter bgp 65001\n address-family ipv4 unicast\n  network 203.0.113.0/24\n exit-address-family\nexit\n"
	without := strings.Replace(whole, "  network 203.0.113.0/24\n", "", 1)
	renamed := strings.Replace(whole, "one", "two", 1)
	for name, c := range map[string]struct {
		live, want, deployed string
		told                 []string
		is                   bool
	}{
		"facts tell":              {live: without, want: whole, deployed: without, told: []string{"BGP.Origins[203.0.113.0/24]"}, is: true},
		"somebody took it away":   {live: without, want: whole, deployed: whole, is: true},
		"somebody renamed a port": {live: renamed, want: whole, deployed: whole},
		"it is wanted for the first time, and no fact tells": {live: without, want: whole, deployed: without},
		"another line": {live: whole, want: renamed, deployed: whole},
	} {
		in := Input{Device: "r1", Style: "guard", Hold: 180, LongHold: 240, Told: c.told, Deployed: []byte(c.deployed)}
		in.Want = tree.Config{Dialect: d, Text: []byte(c.want)}
		for line := range strings.Lines(c.want) {
			from := "templates/frr/BGP.tmpl"
			if strings.Contains(line, "interface") || strings.Contains(line, "description") {
				from = "templates/frr/Interfaces.tmpl"
			}
			in.Want.Origins = append(in.Want.Origins, tree.Origin{Template: diag.Pos{File: from, Line: 1, Col: 1}})
		}
		in.Answer.Live = drivers.Live{Text: []byte(c.live)}
		p, ds := Make(Header{}, []Input{in})
		if ds.Failed() || len(p.Changes) != 1 {
			t.Fatal(name, ds, p)
		}
		got := p.Changes[0]
		hold := map[bool]int{true: 240, false: 180}[c.is]
		noted := slices.ContainsFunc(got.Notes, func(n string) bool { return strings.HasPrefix(n, "propagates: ") })
		if got.Propagates() != c.is || got.Hold != hold || noted != c.is {
			t.Errorf("%s: risks %v, hold %d, notes %v", name, got.Risks, got.Hold, got.Notes)
		}
	}
}
