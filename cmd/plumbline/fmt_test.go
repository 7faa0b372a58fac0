package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestReplace: a file gets its new text at once, keeps its mode, and leaves nothing beside
// it; a link is not followed.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "link.yaml")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.yaml", link); err != nil {
		t.Fatal(err)
	}
	if err := replace(link, []byte("through")); err == nil {
		t.Error("a link was written")
	}
	if err := replace(filepath.Join(dir, "gone.yaml"), nil); err == nil {
		t.Error("a file that is gone was written")
	}
	if err := replace(file, []byte("new")); err != nil {
		t.Error(err)
	}
	text, _ := os.ReadFile(file)
	at, err := os.Stat(file)
	if err != nil || string(text) != "new" || at.Mode().Perm() != 0o640 {
		t.Errorf("%q %v %v", text, at.Mode(), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("something was left behind: %v", left)
	}
}
