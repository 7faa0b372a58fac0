package plan

import (
	"bytes"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// TestSecretsOfDevices holds that a kept plan hides what a device held, that its digest is
// that of the whole one, and that it says that it cannot be sent as it is.
func TestSecretsOfDevices(t *testing.T) {
	d, problems := dialect.Read("r", []byte("syntax: indent\nacts: line\nnegate: no\ncomment: !\n\nrouter bgp <a:asn> :: mode=config-router\n neighbor <n:peer> remote-as =<a:asn>\n neighbor <n:peer> password =<k:secret(plain)> :: undo=key\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const live = "router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n neighbor 192.0.2.1 password hunter2hunter\n"
	in := Input{Device: "r1", Style: "guard", Key: testKey(t, someKey), Want: tree.Config{Dialect: d, Text: []byte("router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\n")}}
	in.Answer.Live, in.Deployed = drivers.Live{Text: []byte(live)}, []byte(live)
	p, ds := Make(Header{}, []Input{in})
	if ds.Failed() || len(p.Changes) != 1 {
		t.Fatal(ds)
	}
	c := p.Changes[0]
	if !strings.Contains(string(c.Undo), "hunter2hunter") || c.Conceals() {
		t.Errorf("the way back does not restore the password:\n%s", c.Undo)
	}
	kept, err := Decode(p.Encode())
	if err != nil || kept.Digest() != p.Digest() || !bytes.Equal(kept.Changes[0].Leaf(), c.Leaf()) {
		t.Fatalf("kept, it is another plan: %v", err)
	}
	if bytes.Contains(p.Encode(), []byte("hunter2hunter")) || !kept.Changes[0].Conceals() {
		t.Errorf("the kept plan tells the password, or does not say that it hides one:\n%s", kept.Changes[0].Undo)
	}
	for _, e := range c.Edits {
		if strings.Contains(e.Line, "hunter2hunter") {
			t.Errorf("an edit tells it: %s", e.Line)
		}
	}
}
