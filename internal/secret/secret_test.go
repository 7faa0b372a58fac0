package secret

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestResolve holds the law: a reference reaches its own store and nothing beside it, and
// no error shows a value.
func TestResolve(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	for name, text := range map[string]string{filepath.Join(dir, "net/ro/key"): "value-1", outside: "value-2"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PLUMBLINE_SECRET_A", "value-3")
	t.Setenv("HOME_TOKEN", "value-4")
	s := Stores{"net": {Type: "file", Dir: dir}, "ci": {Type: "env", Names: []string{"PLUMBLINE_SECRET_A"}}, "v": {Type: "keychain"}}
	for ref, want := range map[string]string{
		"secret://net/net/ro#key": "value-1", "secret://ci/x#PLUMBLINE_SECRET_A": "value-3",
	} {
		if got, err := s.Resolve(ref); err != nil || string(got) != want {
			t.Errorf("%s gives %q, %v", ref, got, err)
		}
	}
	for _, ref := range []string{
		"secret://net/../outside#x", "secret://net/.#link", "secret://net/net/ro#none", "secret://ci/x#HOME_TOKEN",
		"secret://v/x#y", "secret://none/x#y", "env:HOME", "/etc/passwd", "",
	} {
		got, err := s.Resolve(ref)
		if err == nil {
			t.Errorf("%s gives %q", ref, got)
			continue
		}
		if strings.Contains(err.Error(), "value-") {
			t.Errorf("%s: the error shows a value: %v", ref, err)
		}
	}
}

// TestWhere: what cannot be read is told with the file that was looked for, so that nobody
// has to guess how a reference becomes a path.
func TestWhere(t *testing.T) {
	dir := t.TempDir()
	_, err := Stores{"net": {Type: "file", Dir: dir}}.Resolve("secret://net/net/read#key")
	if want := filepath.Join(dir, "net", "read", "key"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not name %s", err, want)
	}
	gone := filepath.Join(dir, "gone")
	if _, err := (Stores{"net": {Type: "file", Dir: gone}}).Resolve("secret://net/x#key"); err == nil || !strings.Contains(err.Error(), gone) {
		t.Errorf("%v does not name %s", err, gone)
	}
}
