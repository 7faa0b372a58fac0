package golden

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Pages holds that the pages in a folder are those that were made, and no others. -update
// writes them; a page that nothing makes is taken away by hand.
func Pages(t *testing.T, folder string, made map[string][]byte) {
	t.Helper()
	for name, text := range made {
		Page(t, filepath.Join(folder, filepath.FromSlash(name)), text)
	}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, _ fs.DirEntry, err error) error {
		if _, known := made[name]; err == nil && strings.HasSuffix(name, ".md") && !known {
			t.Errorf("%s: nothing makes %s any more: delete it", folder, name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Page holds that a page is what it was made as. -update writes it.
func Page(t *testing.T, file string, text []byte) {
	t.Helper()
	have, _ := os.ReadFile(file)
	switch {
	case bytes.Equal(have, text):
	case *update:
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what it is made from: run go test with -update, then read the difference", file)
	}
}
