package plan

import (
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// heldLines are lines of each platform with a secret in it, around "%", and what the device shows for
// "cisco" ("netscreen" in $9$ of Junos), with the word of its form where the line has one.
var heldLines = []struct{ platform, line, wanted, shown string }{
	{"eos", "username ann privilege 15 role network-admin secret %", "sha512 ", "sha512 $6$saltstring$45DAB.67bQAA9Q2.Z1dlb050b4F0rOoeuf1ltu44bMzj4S89/AuqIFePIDEeEsQhRMXcI6TNj.zQI8olv0IRN0"},
	{"eos", "ntp authentication-key 1 sha1 %", "7 ", "7 0822455D0A16"},
	{"ios-xe", "username ann privilege 15 secret %", "9 ", "9 $9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM"},
	{"ios-xe", "username ann privilege 15 secret %", "9 ", "8 $8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs"},
	{"ios-xe", "username ann privilege 15 secret %", "9 ", "5 $1$saltstri$GTnFcJ5Id9.tyrNp0SJ7/1"},
	{"ios-xr", "username ann\n secret %\n!", "10 ", "10 $6$saltstring$45DAB.67bQAA9Q2.Z1dlb050b4F0rOoeuf1ltu44bMzj4S89/AuqIFePIDEeEsQhRMXcI6TNj.zQI8olv0IRN0"},
	{"nx-os", "username ann password % role network-admin", "5 ", "5 $5$saltstring$t3FwPaNVDk/kog6Gubdf8NVFHX6bExNfHDALolOsdz0"},
	{"junos", "system {\n    login {\n        user ann {\n            class super-user;\n            authentication {\n                encrypted-password \"%\";\n            }\n        }\n    }\n}", "", "$6$saltstring$45DAB.67bQAA9Q2.Z1dlb050b4F0rOoeuf1ltu44bMzj4S89/AuqIFePIDEeEsQhRMXcI6TNj.zQI8olv0IRN0"},
	{"junos", "system {\n    ntp {\n        authentication-key 1 type sha256 value \"%\";\n    }\n}", "", "$9$41JDk5T3CpBFnCuB1rl8X7-VYq.5"},
}

// TestHeld holds that a secret which the store keeps in the clear, and which the device shows in a
// form of it, is no difference, and stays as the device shows it where something else is sent; that
// another one is never sent as what it is not; and that nothing tells either.
func TestHeld(t *testing.T) {
	const ref = "secret://s/a#b"
	for _, c := range heldLines {
		p, problems := render.Read(templates.FS, c.platform)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		name := func(n string) string {
			if c.platform == "junos" {
				return "system {\n    host-name " + n + ";\n}\n"
			}
			return "hostname " + n + "\n"
		}
		plan := func(value, host string) (Plan, string) {
			in := Input{Device: "r1", Style: "guard", Key: testKey(t, someKey), Secrets: map[string]string{ref: value},
				Want: tree.Config{Dialect: p.Dialect, Text: []byte(name(host) + strings.Replace(c.line, "%", c.wanted+ref, 1) + "\n")}}
			in.Deployed = in.Want.Text
			in.Answer.Live = drivers.Live{Text: []byte(name("r1") + strings.Replace(c.line, "%", c.shown, 1) + "\n")}
			out, ds := Make(Header{}, []Input{in})
			var said []string
			for _, d := range ds {
				said = append(said, d.Rule+": "+d.Text)
			}
			return out, strings.Join(said, "\n")
		}
		value := "cisco"
		if strings.HasPrefix(c.shown, "$9$") {
			value = "netscreen"
		}
		if is, said := plan(value, "r1"); said != "" || len(is.Changes) != 0 {
			t.Errorf("%s, %s: what is held is a difference: %s %+v", c.platform, c.shown, said, is.Changes)
		}
		is, said := plan(value, "r2")
		if said != "" || len(is.Changes) != 1 {
			t.Errorf("%s, %s: with another line: %s", c.platform, c.shown, said)
		} else if both := string(is.Changes[0].Do) + string(is.Changes[0].Undo); strings.Contains(both, value) || strings.Contains(both, "$") || strings.Contains(both, "ann") {
			t.Errorf("%s, %s: the secret is touched:\n%s", c.platform, c.shown, is.Changes[0].Hidden([]byte(both)))
		}
		if _, said := plan("hunter2hunter", "r1"); !strings.Contains(said, "plan/secret-form") || strings.Contains(said, "hunter2") {
			t.Errorf("%s, %s: another secret: %q", c.platform, c.shown, said)
		}
	}
}
