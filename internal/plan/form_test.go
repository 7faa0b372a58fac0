package plan

import (
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestSecretForm holds that a secret is sent only in the form that its line says: what is kept in
// the clear is refused at its place, and told to nobody.
func TestSecretForm(t *testing.T) {
	const ref = "secret://s/a#b"
	line := map[string][2]string{ // of each platform: an account, and what stands around it
		"eos":    {"username ann privilege 15 role network-admin secret sha512 " + ref + "\n", ""},
		"ios-xe": {"username ann privilege 15 secret 9 " + ref + "\n", ""},
		"ios-xr": {"username ann\n secret 10 " + ref + "\n!\n", ""},
		"nx-os":  {"username ann password 5 " + ref + " role network-admin\n", ""},
		"junos":  {"system {\n    login {\n        user ann {\n            class super-user;\n            authentication {\n                encrypted-password \"" + ref + "\";\n            }\n        }\n    }\n}\n", ""},
	}
	fits := map[string]string{"eos": "$6$salt$hash", "ios-xe": "$9$salt$hash", "ios-xr": "$6$salt$hash", "nx-os": "$5$salt$hash", "junos": "$6$salt$hash"}
	for name, text := range line {
		p, problems := render.Read(templates.FS, name)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		names := tree.References([]byte(text[0]))
		if len(names) != 1 {
			t.Fatalf("%s: no reference in %q: %v", name, text[0], names)
		}
		for _, value := range []string{fits[name], "hunter2hunter", "$7$no"} {
			in := Input{Device: "r1", Style: "guard", Key: testKey(t, someKey), Want: tree.Config{Dialect: p.Dialect, Text: []byte(text[0])}, Secrets: map[string]string{names[0]: value}}
			in.Answer.Live = drivers.Live{Text: []byte(map[bool]string{true: "system {\n    host-name r1;\n}\n", false: "hostname r1\n"}[name == "junos"])}
			_, ds := Make(Header{}, []Input{in})
			said := len(ds) > 0 && ds[0].Rule == "plan/secret-form" && ds[0].Hint != ""
			if said != (value != fits[name]) {
				t.Errorf("%s, %q: %v", name, value, ds)
			}
			if len(ds) > 0 && strings.Contains(ds[0].Text, value) {
				t.Errorf("%s: it is told: %s", name, ds[0].Text)
			}
		}
	}
}
