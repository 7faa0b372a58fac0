package render_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/render"
	"plumbline/templates"
)

// TestRead holds that a mistake in platform.yaml is told at its line, and stops the platform.
func TestRead(t *testing.T) {
	sound, err := fs.ReadFile(templates.FS, "frr/platform.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := fs.ReadFile(templates.FS, "frr/dialect.rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"platform: frr", "platform: fr", `the folder is "frr" and says that it is "fr"`},
		{"drivers: [ssh]", "drivers: []", "an empty list"},
		{"style: guard\n", "", "style"},
		{"style: guard\n", "style: guard\nstile: guard\n", "stile"},
		{"  fetch: show running-config\n", "", "fetch"},
		{"  end: end\n", "  end: end\n  pager: more\n", "pager"},
		{"  - {ask: bgp_summary, form: json", "  - {ask: bgp_sumary, form: json", "which read does not know"},
		{"  - {ask: bgp_summary, form: json", "  - {ask: bgp_summary, form: xml", "xml"},
		{"state: state, ", "", "json needs state"},
		{`up: "^Established$"`, `up: "^(Established$"`, "not a pattern"},
		{"{of: ssh, how: live", "{of: gnmi, how: live", `"gnmi" is none`},
		{"{of: ssh, how: live", "{of: commit, how: live", "stands twice"},
		{"{of: ssh, how: live", "{of: ssh, how: sure", "sure"},
	} {
		text := strings.Replace(string(sound), c.old, c.new, 1)
		if c.old != "" && text == string(sound) {
			t.Errorf("%q is not there", c.old)
		}
		_, ds := render.Read(fstest.MapFS{"frr/platform.yaml": {Data: []byte(text)}, "frr/dialect.rules": {Data: rules}}, "frr")
		switch {
		case c.want == "" && ds.Failed():
			t.Error(ds.Err())
		case c.want == "":
		case !ds.Failed() || !strings.Contains(ds.Err().Error(), c.want) || ds[0].At.Line == 0 || ds[0].At.File != "frr/platform.yaml":
			t.Errorf("%q for %q: %v", c.new, c.old, ds)
		}
	}
}
