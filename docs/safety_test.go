package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/gate"
)

// TestSafety holds that the page about who can do what names each class of plans that policy can
// ask approvals of, and no other.
func TestSafety(t *testing.T) {
	text, err := os.ReadFile("safety.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| class | when |")
	table, _, _ = strings.Cut(table, "\n\n")
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z-]+) \|`).FindAllStringSubmatch(table, -1) {
		named = append(named, m[1])
	}
	if want := gate.Class("").Values(); !slices.Equal(named, want) {
		t.Errorf("the page names %v, and the classes are %v", named, want)
	}
}
