package validate_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/validate"
)

const pages = "../docs/rules"

// page writes what explain says of a rule, as a page.
func page(r validate.Rule) []byte {
	var b bytes.Buffer
	word, _ := r.Severity.MarshalText()
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", r.ID, r.Sentence)
	fmt.Fprintf(&b, "**Why.** %s\n\n", r.Motive)
	fmt.Fprintf(&b, "| severity | judged by | label |\n|---|---|---|\n| %s | %s | %s |\n", word, r.JudgedBy, r.Label)
	return b.Bytes()
}

func index() []byte {
	var b bytes.Buffer
	b.WriteString("# Rules\n\nEvery id that a finding about files, intent and the network can bear. An id is never used again for another rule.\n")
	b.WriteString("This page is made from the tables of `validate` (`go test ./validate -update`).\nBy label, with what plans and tests hold, they stand in the [catalogue](../catalogue.md).\n\n| id | what must hold | severity | judged by | label |\n|---|---|---|---|---|\n")
	for _, r := range validate.Index() {
		word, _ := r.Severity.MarshalText()
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s | %s |\n", r.ID, r.ID, r.Sentence, word, r.JudgedBy, r.Label)
	}
	return b.Bytes()
}

// TestPages holds the law: the pages say what the tables say. -update writes them.
func TestPages(t *testing.T) {
	want := map[string][]byte{"README.md": index()}
	for _, r := range validate.Index() {
		if _, twice := want[r.ID+".md"]; twice {
			t.Errorf("%s is in the tables twice", r.ID)
		}
		want[r.ID+".md"] = page(r)
	}
	golden.Pages(t, pages, want)
}

var id = regexp.MustCompile(`^(anycast|change|file|yaml|schema|secret|reference|inventory|address|design|exchange|label-domain|leave|fabric|segment|vrf|link|peering|prefixes|irr|igp|policy)/[a-z0-9-]+$`)

// TestIndexed holds the law: an id that the code writes is in the index, and one of the
// index is written somewhere.
func TestIndexed(t *testing.T) {
	var known []string
	for _, r := range validate.Index() {
		known = append(known, r.ID)
	}
	used := map[string]bool{}
	for _, room := range []string{"../internal/strict", "../inventory", "../intent", "."} {
		files, err := filepath.Glob(room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", room, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "index") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					if s, _ := strconv.Unquote(l.Value); id.MatchString(s) {
						used[s] = true
						if !slices.Contains(known, s) {
							t.Errorf("%s writes %s, which no table explains", file, s)
						}
					}
				}
				return true
			})
		}
	}
	for _, k := range known {
		if !used[k] {
			t.Errorf("%s is explained and nothing writes it", k)
		}
	}
}
