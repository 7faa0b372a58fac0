package golden

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Files reads a folder, with all below it, so that a test may change some of it.
func Files(t testing.TB, folder fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		out[name] = &fstest.MapFile{Data: text, Mode: 0o644}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Apart gives the texts of the files whose names begin so, in order, and the other files.
func Apart(t testing.TB, folder fs.FS, begin string) (texts [][]byte, others fstest.MapFS) {
	t.Helper()
	others = Files(t, folder)
	for _, name := range slices.Sorted(maps.Keys(others)) {
		if strings.HasPrefix(name, begin) {
			texts = append(texts, others[name].Data)
			delete(others, name)
		}
	}
	return texts, others
}
