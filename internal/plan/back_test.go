package plan

import (
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// sealedOn is a device that holds one text and held another.
func sealedOn(t *testing.T, platform, is, was string) Input {
	t.Helper()
	p, err := render.Find(templates.FS, platform)
	if err != nil {
		t.Fatal(err)
	}
	return Input{Device: "r1", Style: "guard", Key: testKey(t, someKey), Want: tree.Config{Dialect: p.Dialect, Text: []byte("hostname intent\n")},
		Answer: Answer{Live: drivers.Live{Text: []byte(is)}}, Sealed: &Sealed{Text: []byte(was), Says: "what r1 held before tx, sealed as 12"}}
}

// TestBack holds the law: what a device held comes back whole, lines of others and secrets too; what it
// holds besides goes, whoever wrote it; the plan has none of the text, and counts as touching the way
// in and others. One that cannot be read is refused.
func TestBack(t *testing.T) {
	const is = "hostname r1\nip route 192.0.2.0/24 Null0\nrouter bgp 65001\n neighbor 192.0.2.1 remote-as 65002\nexit\n"
	const was = "hostname r1\nrouter bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password KanariBack\nexit\n"
	p, ds := Make(Header{}, []Input{sealedOn(t, "frr", is, was)})
	if ds.Failed() || len(p.Changes) != 1 {
		t.Fatal(ds, p)
	}
	c := p.Changes[0]
	if do := string(c.Do); !strings.Contains(do, "no ip route 192.0.2.0/24 Null0") || !strings.Contains(do, "password KanariBack") || strings.Contains(do, "intent") {
		t.Errorf("sent is\n%s", do)
	}
	if risks := strings.Join(c.Risks, " "); !strings.Contains(risks, Lifeline) || !strings.Contains(risks, Propagating) || string(c.Text) != "what r1 held before tx, sealed as 12\n" {
		t.Errorf("risks %q, text %q", risks, c.Text)
	}
	if strings.Contains(string(p.Encode()), "KanariBack") {
		t.Error("the plan holds the secret")
	}
	other, _ := Make(Header{}, []Input{sealedOn(t, "frr", is, strings.Replace(was, "KanariBack", "KanariBacc", 1))})
	if other.Digest() == p.Digest() {
		t.Error("two texts that differ in a secret have one plan")
	}
	if p, ds := Make(Header{}, []Input{sealedOn(t, "junos", "system {\n    host-name r1;\n}\n", "system {\n    host-name r1;\n")}); !ds.Failed() || len(p.Changes) > 0 || ds[0].Rule != "plan/archive-unread" {
		t.Errorf("a text that is cut: %v", ds)
	}
}
