package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"plumbline/internal/archive"
)

// TestArchive holds the law: what was kept is there for who holds an identity and for nobody
// else, it is the file that was kept or none, nothing of it stands in the clear, and no more
// pushes are kept than are to be.
func TestArchive(t *testing.T) {
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	a := archive.Archive{Dir: filepath.Join(t.TempDir(), "archive"), Recipients: []string{mine.Recipient().String()}, Keep: 2}
	text := []byte("snmp community hunter2hunter\n")
	digests := map[string]map[string]string{}
	for i := range 4 {
		push := fmt.Sprint("plb-", i)
		if digests[push], err = a.Put(push, map[string][]byte{"r1": text, "r2": nil}); err != nil {
			t.Fatal(err)
		}
		then := time.Unix(1e9, 0).Add(time.Duration(i) * time.Hour) // the clock of the disk need not be ours
		if err := os.Chtimes(filepath.Join(a.Dir, push), then, then); err != nil {
			t.Fatal(err)
		}
	}
	all, err := a.List()
	if err != nil || len(all) != 2 || all[0].Name != "plb-3" || strings.Join(all[1].Devices, " ") != "r1 r2" {
		t.Errorf("kept are %+v %v", all, err)
	}
	a.Spare = "plb-2"
	digests["plb-4"], err = a.Put("plb-4", map[string][]byte{"r1": text})
	if back, _ := a.List(); err != nil || len(back) != 3 || back[2].Name != "plb-2" {
		t.Errorf("what is about to be sent is not kept: %+v %v", back, err)
	}
	open := func(push, device, want string, id *age.X25519Identity) ([]byte, error) {
		return a.Open(push, device, want, strings.NewReader(id.String()))
	}
	if back, err := open("plb-3", "r1", digests["plb-3"]["r1"], mine); err != nil || !bytes.Equal(back, text) {
		t.Errorf("%q %v", back, err)
	}
	for name, f := range map[string]func() ([]byte, error){
		"another identity":      func() ([]byte, error) { return open("plb-3", "r1", digests["plb-3"]["r1"], other) },
		"a push that is gone":   func() ([]byte, error) { return open("plb-0", "r1", digests["plb-0"]["r1"], mine) },
		"a device that is none": func() ([]byte, error) { return open("plb-3", "../plb-2/r1", digests["plb-2"]["r1"], mine) },
		"another file":          func() ([]byte, error) { return open("plb-3", "r1", digests["plb-2"]["r1"], mine) },
	} {
		if back, err := f(); err == nil || len(back) > 0 || name == "another file" && !errors.Is(err, archive.ErrAltered) {
			t.Errorf("%s: %q %v", name, back, err)
		}
	}
	if err := filepath.WalkDir(a.Dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		if info, _ := d.Info(); bytes.Contains(b, []byte("hunter2")) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is in the clear, or for others too: %v", p, info.Mode())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []archive.Archive{{Dir: a.Dir}, {Dir: a.Dir, Recipients: []string{"age1nobody"}}, {Dir: a.Dir, Recipients: []string{mine.String()}}} {
		if _, err := bad.Put("plb-9", map[string][]byte{"r1": text}); err == nil || strings.Contains(err.Error(), "AGE-SECRET-KEY") {
			t.Errorf("sealed for %v: %v", bad.Recipients, err)
		}
	}
}
