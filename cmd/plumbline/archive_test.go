package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestArchive holds on embedded devices: with recipients, what each device held is kept before a
// push, sealed, and opened by who holds an identity, into a new file; an altered file is not.
// Without recipients nothing is kept, and doctor says so.
func TestArchive(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	if out := s.plumb(ok, "doctor"); !strings.Contains(out, "what devices hold besides intent is not kept before a push") {
		t.Errorf("doctor does not tell that nothing is kept:\n%s", out)
	}
	id, err := age.GenerateX25519Identity()
	s.must(err)
	s.must(os.WriteFile(s.path("identity"), []byte(id.String()+"\n"), 0o600))
	text, err := os.ReadFile(s.path("runner.yaml"))
	s.must(err)
	s.must(os.WriteFile(s.path("runner.yaml"), append(text, "archive:\n  recipients: ["+id.Recipient().String()+"]\n"...), 0o600))
	was := s.farm.Device("core1-ams").Running()
	s.do(s.diff, s.approve, s.merge, s.push)
	es := s.ledger()
	tx := es[0].Tx
	for _, d := range es[0].Devices {
		if len(d.Archive) != 64 {
			t.Errorf("the ledger names no file of %s", d.Name)
		}
	}
	if out := s.plumb(ok, "archive"); !strings.Contains(out, tx) || !strings.Contains(out, "core1-ams") {
		t.Errorf("kept are\n%s", out)
	}
	s.plumb(ok, "archive", tx, "core1-ams", "--identity", s.path("identity"), "--out", s.path("was.cfg"))
	if back, err := os.ReadFile(s.path("was.cfg")); err != nil || !bytes.Equal(bytes.TrimSpace(back), bytes.TrimSpace(was)) {
		t.Errorf("%v: it held\n%s\nand that is\n%s", err, was, back)
	}
	s.plumb(usage, "archive", tx, "core1-ams", "--identity", s.path("identity"), "--out", s.path("was.cfg"))
	s.plumb(ok, "verify")
	files := 0
	s.must(filepath.WalkDir(s.path("."), func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, "core1-ams.age") {
			files++
			return os.WriteFile(p, []byte("another file"), 0o600)
		}
		return err
	}))
	if out := s.plumb(usage, "archive", tx, "core1-ams", "--identity", s.path("identity"), "--out", s.path("other.cfg")); files != 1 || !strings.Contains(out, "not the file that was kept") {
		t.Errorf("%d files, and an altered one: %s", files, out)
	}
}
