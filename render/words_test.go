package render

import (
	"os"
	"strings"
	"testing"
)

// TestWords holds that the page on templates tells every word that they may call.
func TestWords(t *testing.T) {
	page, err := os.ReadFile("../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range allowed {
		if !strings.Contains(string(page), "`"+word+"`") {
			t.Errorf("docs/templates.md does not tell of %s", word)
		}
	}
}
