package render_test

import (
	"os"
	"strings"
	"testing"

	"plumbline/internal/suite"
	"plumbline/render"
	"plumbline/templates"
)

// TestDeterminism holds that every speaker of BGP chooses by what paths say, and not by which came
// first (RFC 3345, and RFC 5004 turned off): MED compared group by group, and router ids of external
// paths compared. A word that a platform does not name is how it behaves anyway, as its vendor's manual says.
func TestDeterminism(t *testing.T) {
	example := os.DirFS("../examples/two-site")
	for _, v := range vendors(t) {
		cs, ds := render.All(resolve(t, v.moved(t, example)), templates.FS)
		onlyWords(t, ds)
		words, n := suite.Of(t, v.platform).Deterministic, 0
		for _, c := range cs {
			text := string(c.Text)
			if !strings.Contains(text, "bgp") {
				continue
			}
			n++
			for _, word := range words {
				if !strings.Contains(text, word) {
					t.Errorf("%s on %s: no %q", c.Device, v.platform, word)
				}
			}
		}
		if n == 0 && len(words) > 0 {
			t.Errorf("%s: nothing of the example speaks BGP", v.platform)
		}
	}
}
