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
	broken(t, "sr-linux", []mistake{
		{"", "", ""},
		{"  paths: [/]", "  paths: []", "an empty list"},
		{"  paths: [/]", "  paths: [interface]", "begins with /"},
		{"encoding: json_ietf", "encoding: proto", "proto"},
		{"ask: \"/interface[name=*]/oper-state\"", "ask: \"interface[name=*]/oper-state\"", "begins with /"},
		{"{name: version, ask: /system", "{name: edition, ask: /system", `"edition" is not among those of read`},
		{"    - {name: isis, ask: \"/", "    - {name: startup, ask: \"/", `health asks "isis", for which there is no path`},
		{"of: bgp_summary", "of: bgp_sent", `"bgp_sent" is no question that health asks for its sessions`},
		{"of: bgp_summary", "of: startup", `"startup" is no question that health asks for its sessions`},
		{"of: bgp_summary, form", "of: bgp_summary, up: x, form", "neither state nor up"},
		{`, counts: [{name: "received {afi-safi-name}", field: received-routes}]`, "", "has counts"},
		{`counts: received}`, "counts: installed}", "installed"},
		{`, up: "^established$"`, "", "which states are good"},
	})
	broken(t, "junos", []mistake{
		{"", "", ""},
		{"fetch: <get-configuration database=\"committed\" format=\"text\"/>", "fetch: get-configuration", "one whole element"},
		{"'<get-software-information format=\"text\"/>'", "<request-system-reboot/>", "is no question"},
		{"text: configuration-text", "text: <configuration-text>", "without brackets"},
		{"{name: version, ask: '<get", "{name: edition, ask: '<get", `"edition" is not among those of read`},
		{"    - {name: isis, ask: '<get", "    - {name: startup, ask: '<get", `health asks "isis", for which there is no request`},
		{"needs: [candidate, confirmed-commit]", "", "names in needs"},
		{"want: <commit-check-success/>", "want: ''", "no answer is good because nothing is wrong"},
		{"{send: <discard-changes/>}", "{send: rollback 0}", "one whole element"},
		{"asks: [<get-commit-information format=\"text\"/>]", "asks: [<commit-configuration/>]", "is no question"},
		{"candidate: {ask: <get-configuration compare=\"rollback\" rollback=\"0\" format=\"text\"/>", "candidate: {ask: <discard-changes/>", "is no question"},
		{"<configuration-set><script></configuration-set>", "<configuration-set/>", "send the <script> once"},
		{"drivers: [ssh, netconf]", "drivers: [ssh, netconf, gnmi]", "give the block gnmi"},
	})
	broken(t, "frr", []mistake{
		{"", "", ""},
		{"platform: frr", "platform: fr", `the folder is "frr" and says that it is "fr"`},
		{"drivers: [ssh]", "drivers: []", "an empty list"},
		{"style: guard\n", "", "style"},
		{"style: guard\n", "style: guard\nstile: guard\n", "stile"},
		{"  fetch: show running-config\n", "", "fetch"},
		{"  end: end\n", "  end: end\n  pager: more\n", "pager"},
		{"  - ask: bgp_summary\n", "  - ask: bgp_sumary\n", "which read does not know"},
		{"  - ask: bgp_summary\n    form: json", "  - ask: bgp_summary\n    form: xml", "xml"},
		{"    state: state\n", "", "json needs state"},
		{`up: "^Established$"`, `up: "^(Established$"`, "not a pattern"},
		{"{of: ssh, how: live", "{of: gnmi, how: live", `"gnmi" is none`},
		{"{of: ssh, how: live", "{of: commit, how: live", "stands twice"},
		{"{of: ssh, how: live", "{of: ssh, how: sure", "sure"},
	})
}

// Mistakes in what tells that something is off.
func TestBrokenOff(t *testing.T) {
	broken(t, "nx-os", []mistake{
		{"off: {ask: features, like: '(?m)^bgp", "off: {ask: featurs, like: '(?m)^bgp", "is a question of read"},
		{"off: {ask: features, like: '(?m)^bgp +1 +disabled'}", "off: {ask: features, like: ''}", "like is a pattern"},
		{"off: {ask: features, like: '(?m)^bgp", "off: {ask: features, like: '(?m)^(bgp", "not a pattern"},
	})
}

type mistake struct{ old, new, want string }

// broken makes mistakes in the platform.yaml of a platform, one at a time.
func broken(t *testing.T, platform string, mistakes []mistake) {
	t.Helper()
	yaml, rules := platform+"/platform.yaml", platform+"/dialect.rules"
	sound, err := fs.ReadFile(templates.FS, yaml)
	if err != nil {
		t.Fatal(err)
	}
	words, err := fs.ReadFile(templates.FS, rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mistakes {
		text := strings.Replace(string(sound), c.old, c.new, 1)
		if c.old != "" && text == string(sound) {
			t.Errorf("%q is not there", c.old)
		}
		_, ds := render.Read(fstest.MapFS{yaml: {Data: []byte(text)}, rules: {Data: words}}, platform)
		switch {
		case c.want == "" && ds.Failed():
			t.Error(ds.Err())
		case c.want == "":
		case !ds.Failed() || !strings.Contains(ds.Err().Error(), c.want) || ds[0].At.Line == 0 || ds[0].At.File != yaml:
			t.Errorf("%q for %q: %v", c.new, c.old, ds)
		}
	}
}
