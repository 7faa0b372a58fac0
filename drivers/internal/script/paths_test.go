package script

import (
	"strings"
	"testing"

	"plumbline/drivers"
)

var spoken = drivers.Session{
	Paths: drivers.Paths{Update: "set /", Delete: "delete /"},
	Models: drivers.Models{Leaves: map[string]drivers.Leaf{
		"/interface/mtu": {}, "/interface/description": {}, "/a/list": {Many: true}, "/policy/set": {Many: true}, "/banner": {},
	}},
}

// TestSaid holds what lines of paths are on a command line: one for each, and two where a list of
// values is there already.
func TestSaid(t *testing.T) {
	const held = `{"a": {"list": ["one", 2]}, "policy": [{"name": "p q", "set": ["x"]}, {"name": "r"}]}`
	for _, c := range []struct{ lines, want string }{
		{"update /interface[name=ethernet-1/1]/mtu 9232", "set / interface ethernet-1/1 mtu 9232"},
		{"delete /interface[name=ethernet-1/1]/mtu", "delete / interface ethernet-1/1 mtu"},
		{`update /interface[name=a]/description "to r9, \"core\" \\ $y$"`, `set / interface a description "to r9, \"core\" \\ $y$"`},
		{"update /interface[name=a]/description $y$j9T$", `set / interface a description "$y$j9T$"`},
		{"update /acl/filter[name=cpm][type=ipv4]/entry[id=1]/accept", "set / acl filter cpm type ipv4 entry 1 accept"},
		{"update /address[ip-prefix=2001:db8::1/64]/primary [null]", "set / address 2001:db8::1/64 primary"},
		{`update /policy[name=a \[b\] c]`, `set / policy "a [b] c"`},
		{"update /a/list three", "delete / a list\nset / a list [ one 2 three ]"},
		{"delete /a/list one\nupdate /a/list three\nupdate /a/list 2", "delete / a list\nset / a list [ 2 ]\ndelete / a list\nset / a list [ 2 three ]\ndelete / a list\nset / a list [ three 2 ]"},
		{"delete /a/list one\ndelete /a/list 2", "delete / a list\nset / a list [ 2 ]\ndelete / a list"},
		{"delete /a/list\nupdate /a/list \"x y\"", "delete / a list\nset / a list [ \"x y\" ]"},
		{"delete /a\nupdate /a/list x", "delete / a\nset / a list [ x ]"},
		{"update /a/list x\ndelete /a\nupdate /a/list y", "delete / a list\nset / a list [ one 2 x ]\ndelete / a\nset / a list [ y ]"},
		{"update /policy[name=p q]/set y", "delete / policy \"p q\" set\nset / policy \"p q\" set [ x y ]"},
		{"update /policy[name=r]/set y", "set / policy r set [ y ]"},
		{"update /policy[name=new]/set y", "set / policy new set [ y ]"},
	} {
		lines, err := Read([]byte(c.lines), nil)
		if err != nil {
			t.Fatal(err)
		}
		said, err := Said(lines, []byte(held), spoken)
		if have := strings.TrimSpace(Text(said)); err != nil || have != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.lines, err, have, c.want)
		}
	}
}

// What cannot be said is no line.
func TestUnsaid(t *testing.T) {
	for line, want := range map[string]string{
		"set interface a":                  "no delete or update",
		"update interface[name=a]/mtu 1":   "no delete or update",
		"update /interface[name=a/mtu 1":   "no delete or update",
		"update /interface[name=a]/word x": "no rule of the platform knows",
		`update /banner "a\nb"`:            "line break",
		`delete /interface[name=a` + "\t]": "control character",
	} {
		lines, err := Read([]byte(line), nil)
		if err == nil {
			_, err = Said(lines, []byte("{}"), spoken)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
	lines, _ := Read([]byte("delete /a"), nil)
	if _, err := Said(lines, []byte("Error: no"), spoken); err == nil {
		t.Error("what is no JSON was read")
	}
	if same, err := Said(lines, nil, drivers.Session{}); err != nil || len(same) != 1 || same[0].text != "delete /a" {
		t.Errorf("a platform without paths: %v %v", same, err)
	}
	if none, err := Said(nil, nil, spoken); err != nil || none != nil {
		t.Errorf("no lines: %v %v", none, err)
	}
}
