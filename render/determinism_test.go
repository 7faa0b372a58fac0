package render_test

import (
	"os"
	"strings"
	"testing"

	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// determinism is what makes the choice between paths the same whatever came first (RFC 3345, and
// RFC 5004 turned off): MED compared group by group, and router ids of external paths compared. A
// word that is not here is how the platform behaves anyway, as its vendor's manual says.
var determinism = map[string]string{
	"frr":        "bgp deterministic-med; bgp bestpath compare-routerid",
	"ios-xe":     "bgp deterministic-med; bgp bestpath compare-routerid",
	"ios-xr":     "bgp bestpath compare-routerid",
	"nx-os":      "bestpath compare-routerid",
	"eos":        "bgp bestpath tie-break router-id",
	"junos":      "external-router-id;",
	"bird":       "deterministic med on;",           // it compares router ids unless told to prefer the older path
	"openconfig": "external-compare-router-id true", // no model has a word for comparing MED group by group
	// No word of SR Linux for it is known to us: of equal external paths the one that is there may stay.
}

// TestDeterminism holds that every speaker of BGP chooses by what paths say, and not by which
// came first.
func TestDeterminism(t *testing.T) {
	check := func(platform string, cs []tree.Config) {
		n := 0
		for _, c := range cs {
			text := string(c.Text)
			if !strings.Contains(text, "bgp") {
				continue
			}
			n++
			for _, word := range strings.SplitAfter(determinism[platform], "; ") {
				if word = strings.TrimSuffix(word, "; "); !strings.Contains(text, word) {
					t.Errorf("%s on %s: no %q", c.Device, platform, word)
				}
			}
		}
		if n == 0 && determinism[platform] != "" {
			t.Errorf("%s: nothing of the example speaks BGP", platform)
		}
	}
	example := os.DirFS("../examples/two-site")
	cs, ds := render.All(resolve(t, example), templates.FS)
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	check("frr", cs)
	for _, v := range vendors(t) {
		cs, ds := render.All(resolve(t, v.moved(t, example)), templates.FS)
		onlyWords(t, ds)
		check(v.platform, cs)
		if determinism[v.platform] == "" && v.platform != "sr-linux" {
			t.Errorf("%s: how is its choice made the same each time?", v.platform)
		}
	}
}
