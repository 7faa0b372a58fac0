package plan

import (
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestNotKnown holds the law: what a device shows and nobody can compare in time, or to its end, is
// another secret than the one that is wanted, and that one is not sent as what it is not.
func TestNotKnown(t *testing.T) {
	const ref, line = "secret://s/a#b", "hostname r1\nusername ann privilege 15 role network-admin secret sha512 "
	const sum = "45DAB.67bQAA9Q2.Z1dlb050b4F0rOoeuf1ltu44bMzj4S89/AuqIFePIDEeEsQhRMXcI6TNj.zQI8olv0IRN0"
	p, problems := render.Read(templates.FS, "eos")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for shown, same := range map[string]bool{
		"$6$saltstring$" + sum:                       true,
		"$6$saltstring$" + sum[:len(sum)-1]:          false,
		"$6$rounds=999999999$saltstring$" + sum:      false,
		"$6$rounds=05000$saltstring$" + sum:          false,
		"$6$saltstringsaltstring$" + sum:             false,
		"$y$j9T$saltstring$" + sum:                   false,
		"$6$" + strings.Repeat("s", 300) + "$" + sum: false,
	} {
		in := Input{Device: "r1", Style: "guard", Key: testKey(t, someKey), Secrets: map[string]string{ref: "cisco"}, Want: tree.Config{Dialect: p.Dialect, Text: []byte(line + ref + "\n")}}
		in.Deployed, in.Answer.Live = in.Want.Text, drivers.Live{Text: []byte(line + shown + "\n")}
		out, ds := Make(Header{}, []Input{in})
		if is := len(ds) == 0 && len(out.Changes) == 0; is != same {
			t.Errorf("%s: taken for the secret: %v: %v", shown, is, ds)
		}
		if !same && (len(ds) != 1 || ds[0].Rule != "plan/secret-form") {
			t.Errorf("%s: %v", shown, ds)
		}
	}
}

// TestBlind holds the law: where no store is asked, what a device shows stands for a secret that was
// pushed to it before, which is said at its place; another one is not planned, nor one that it has no
// line for.
func TestBlind(t *testing.T) {
	const bgp, line = "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n", " neighbor 192.0.2.1 password "
	const ref = "secret://s/a#b"
	plan := func(live, want, deployed string, blind bool) (Plan, string, string) {
		in := Input{Device: "r1", Style: "guard", Key: testKey(t, someKey), Blind: blind, Deployed: []byte(deployed),
			Want: tree.Config{Dialect: frr(t), Text: []byte(want)}}
		in.Answer.Live = drivers.Live{Text: []byte(live)}
		if !blind {
			in.Secrets = map[string]string{ref: "hunter2hunter"}
		}
		p, ds := Make(Header{}, []Input{in})
		var failed, warned []string
		for _, d := range ds {
			if strings.Contains(d.Text, "hunter2") {
				t.Errorf("it is told: %s", d.Text)
			}
			if list := map[bool]*[]string{true: &failed, false: &warned}[ds.Failed()]; d.Rule != "" {
				*list = append(*list, d.Rule)
			}
		}
		return p, strings.Join(failed, " "), strings.Join(warned, " ")
	}
	const end = " neighbor 192.0.2.1 description new\nexit\n"
	live, was, want := bgp+line+"hunter2hunter\nexit\n", bgp+line+ref+"\nexit\n", bgp+line+ref+"\n"+end
	with, failed, warned := plan(live, want, was, false)
	if failed+warned != "" || len(with.Changes) != 1 {
		t.Fatal(failed, warned)
	}
	without, failed, warned := plan(live, want, was, true)
	if failed != "" || !strings.Contains(warned, "plan/secret-unverified") || without.Digest() != with.Digest() {
		t.Errorf("without the store: %q %q, plan %.12s, with it %.12s", failed, warned, without.Digest(), with.Digest())
	}
	if other, _, _ := plan(strings.Replace(live, "hunter2hunter", "another", 1), want, was, false); other.Digest() == without.Digest() {
		t.Error("what holds another secret comes to the plan that was approved")
	}
	for name, c := range map[string][3]string{
		"another reference than was pushed": {live, strings.Replace(want, "a#b", "a#c", 1), was},
		"none was pushed":                   {live, want, bgp + "exit\n"},
		"the device holds none":             {bgp + "exit\n", want, was},
	} {
		if _, failed, _ := plan(c[0], c[1], c[2], true); !strings.Contains(failed, "plan/secret-needed") {
			t.Errorf("%s: %q", name, failed)
		}
	}
}
