package plan

import (
	"slices"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestWayInLast holds that what touches the way in comes last in its script, whatever stands
// before it in the configuration.
func TestWayInLast(t *testing.T) {
	for name, want := range map[string]string{
		"eos":    "ip access-list standard MANAGEMENT\n   10 permit 192.0.2.0/24\n!\nip prefix-list OURS\n   seq 5 permit 198.51.100.0/24\n!\nrouter bgp 65001\n   router-id 192.0.2.1\n",
		"ios-xe": "aaa new-model\ninterface GigabitEthernet1\n description ours\nrouter bgp 65001\n bgp router-id 192.0.2.1\n",
		"ios-xr": "aaa authentication login default local\nhostname r\ninterface GigabitEthernet0/0/0/0\n description ours\n!\n",
	} {
		p, ds := render.Read(templates.FS, name)
		if ds.Failed() {
			t.Fatal(ds)
		}
		in := Input{Device: "r1", Style: "guard", Want: tree.Config{Dialect: p.Dialect, Text: []byte(want)}, Answer: Answer{Live: drivers.Live{Text: []byte("hostname r\n")}}}
		made, ds := Make(Header{}, []Input{in})
		if ds.Failed() || len(made.Changes) != 1 || !slices.Contains(made.Changes[0].Risks, Lifeline) {
			t.Errorf("%s: %v %+v", name, ds, made.Changes)
			continue
		}
		late := false
		for _, e := range made.Changes[0].Edits {
			if !e.Lockout && late {
				t.Errorf("%s: %q comes behind the way in:\n%s", name, e.Send, made.Changes[0].Do)
			}
			late = late || e.Lockout
		}
	}
}

// TestUnruledStays holds that lines which no rule knows are never sent, with the way in or
// without it: the model of the device does not know them, and what is there stays and is counted.
func TestUnruledStays(t *testing.T) {
	for name, c := range map[string]struct{ live, deployed, want string }{
		"it is wanted":                 {"hostname r1\n", "", "frobnicate on\n"},
		"it touches the way in":        {"hostname r1\n", "", "username ann\n"},
		"it is wanted no more":         {"hostname r1\nfrobnicate on\n", "hostname r1\nfrobnicate on\n", "hostname r2\n"},
		"the way in is wanted no more": {"hostname r1\nusername ann\n", "hostname r1\nusername ann\n", "hostname r2\n"},
	} {
		in := input(t, "r1", c.live, c.want)
		if c.deployed != "" {
			in.Deployed = []byte(c.deployed)
		}
		p, ds := Make(Header{}, []Input{in})
		if !ds.Failed() || len(p.Changes) > 0 || ds[0].Hint == "" {
			t.Errorf("%s: %v %+v", name, ds, p.Changes)
		}
	}
	p, ds := Make(Header{}, []Input{input(t, "r1", "hostname r1\nfrobnicate on\n", "hostname r2\n")})
	if ds.Failed() || len(p.Changes) != 1 || p.Changes[0].Coverage.Unruled != 1 || slices.Contains(p.Changes[0].Risks, Unruled) {
		t.Errorf("what is there and not ours: %v %+v", ds, p.Changes)
	}
}
