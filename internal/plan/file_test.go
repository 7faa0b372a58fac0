package plan

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestFile holds that a device which is configured by one file is sent the whole of it, with
// what is not ours, and the whole old one on the way back; that people see what changes and
// no more; and that each byte of both is in the digest.
func TestFile(t *testing.T) {
	bird, problems := render.Read(templates.FS, "bird")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const (
		live = "# by hand\nfilter theirs {\n    if net ~ [ 10.0.0.0/8+ ] then accept;\n    reject;\n}\nprotocol device {\n}\nprotocol static old {\n    ipv4;\n    route 192.0.2.0/24 blackhole;\n}\n"
		was  = "protocol device {\n}\nprotocol static old {\n    ipv4;\n    route 192.0.2.0/24 blackhole;\n}\n"
		want = "protocol device {\n}\nrouter id 10.0.0.1;\nprotocol static new {\n    ipv4;\n    route 198.51.100.0/24 blackhole;\n}\n"
		file = "protocol device {\n}\nrouter id 10.0.0.1;\nprotocol static new {\n    ipv4;\n    route 198.51.100.0/24 blackhole;\n}\nfilter theirs {\n    if net ~ [ 10.0.0.0/8+ ] then accept;\n    reject;\n}\n"
	)
	in := Input{Device: "rs1", Platform: "bird", Style: bird.Style, Want: tree.Config{Dialect: bird.Dialect, Text: []byte(want)}, Deployed: []byte(was)}
	in.Answer.Live = drivers.Live{Text: []byte(live)}
	p, ds := Make(Header{}, []Input{in})
	if ds.Failed() || len(p.Changes) != 1 {
		t.Fatal(ds)
	}
	c := p.Changes[0]
	if string(c.Do) != file {
		t.Errorf("it is sent:\n%s\nwant:\n%s", c.Do, file)
	}
	for digest, text := range map[string][]byte{c.Want: c.Do, c.HaveFull: c.Undo} {
		held, notes := tree.Parse(bird.Dialect, text)
		if d := tree.Digest(held); len(notes) > 0 || hex.EncodeToString(d[:]) != digest {
			t.Errorf("the file does not lead to what was foretold: %v\n%s", notes, text)
		}
	}
	if shown := tree.Script(bird.Dialect, c.Edits); strings.Contains(string(shown), "theirs") || !strings.Contains(string(shown), "198.51.100.0/24") {
		t.Errorf("people see:\n%s", shown)
	}
	if slices.Contains(c.Risks, NoTimer) {
		t.Error(c.Risks)
	}
	for i, part := range [][]byte{c.Do, c.Undo} {
		for at := range part {
			other := c
			changed := bytes.Clone(part)
			changed[at] ^= 1
			if i == 0 {
				other.Do = changed
			} else {
				other.Undo = changed
			}
			if bytes.Equal(c.Leaf(), other.Leaf()) {
				t.Fatalf("byte %d of file %d is in no digest", at, i)
			}
		}
	}
	if kept, err := Decode(p.Encode()); err != nil || !bytes.Equal(kept.Changes[0].Do, c.Do) {
		t.Error("kept, it is another file: ", err)
	}
}
