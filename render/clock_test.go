package render

import (
	"testing"
	"time"

	"plumbline/internal/suite"
	"plumbline/templates"
)

// TestClock holds that each platform's clock is understood as its vendor writes it, and that a
// time in another zone is not taken for ours.
func TestClock(t *testing.T) {
	noon := time.Date(2026, 11, 6, 12, 34, 56, 0, time.UTC)
	for _, name := range suite.Platforms(t) {
		p, ds := Read(templates.FS, name)
		if ds.Failed() {
			t.Fatal(ds)
		}
		said := 0
		for _, a := range suite.Of(t, name).Clock {
			at, ok := p.Clock.Read(a.Text)
			if ok != a.Noon || ok && !at.Truncate(time.Second).Equal(noon) {
				t.Errorf("%s: %q is read as %v, %v", name, a.Text, at, ok)
			}
			if ok {
				said++
			}
		}
		if asked := p.Clock != (Clock{}); asked != (said > 0) {
			t.Errorf("%s: it is asked for the time: %v; %d answers of its suite.txt tell it", name, asked, said)
		}
	}
}
