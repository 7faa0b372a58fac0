package templates_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	_ "plumbline/internal/golden" // the flag -update
)

// compare holds that a page says what it is made from. -update writes it.
func compare(t *testing.T, file string, text []byte) {
	t.Helper()
	have, _ := os.ReadFile(file)
	switch {
	case bytes.Equal(have, text):
	case flag.Lookup("update").Value.String() == "true":
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the folders say: run go test ./templates -update", file)
	}
}
