package plan

import (
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestSpoken holds that what a command line has no words for is refused by the plan, at the intent
// behind it, and not by push: what changes, and what the way back would bring again.
func TestSpoken(t *testing.T) {
	p, problems := render.Read(templates.FS, "sr-linux")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const text = "/system/name/host-name r1\n/system/banner/login-banner \"%\"\n"
	at := diag.Pos{File: "intent/design.yaml", Line: 9, Col: 3}
	for _, c := range []struct{ name, have, want, driver, refused string }{
		{"one line", "a", "b c", "ssh", ""},
		{"two lines", "a", `b\nc`, "ssh", "line break"},
		{"what the command line takes for a key", "a", "who are you?", "ssh", "takes for a key"},
		{"two lines in a request", "a", `b\nc`, "gnmi", ""},
		{"two lines by the usual driver", "a", `b\nc`, "", ""},
		{"two lines that go", `a\nb`, "c", "ssh", "and that is the way back"},
		{"two lines that stay", `a\nb`, `a\nb`, "ssh", ""},
	} {
		in := Input{Device: "r1", Style: "confirmed", Spoken: p.By(c.driver).Session.Paths != drivers.Paths{}}
		in.Want = tree.Config{Dialect: p.Dialect, Text: []byte(strings.Replace(text, "%", c.want, 1))}
		in.Want.Origins = []tree.Origin{{Intent: diag.Pos{File: "inventory.yaml", Line: 2, Col: 1}}, {Intent: at}}
		in.Answer.Live.Text = []byte(strings.Replace(strings.Replace(text, "%", c.have, 1), "r1", "r0", 1))
		in.Deployed = in.Answer.Live.Text
		plan, ds := Make(Header{}, []Input{in})
		switch {
		case c.refused == "" && (ds.Failed() || len(plan.Changes) != 1):
			t.Errorf("%s: %v", c.name, ds)
		case c.refused != "" && (len(ds) == 0 || ds[0].Rule != "plan/no-words" || !strings.Contains(ds[0].Text, c.refused)):
			t.Errorf("%s: %v", c.name, ds)
		case c.refused != "" && c.have == "a" && ds[0].At != at:
			t.Errorf("%s: said at %v", c.name, ds[0].At)
		}
	}
}
