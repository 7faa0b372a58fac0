package tree

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"

	"golang.org/x/tools/txtar"
)

// TestMeasured holds the law: what is said to be measured on FRR is played on real FRR by a
// case (TestJudgeCases), and what is played there is said to be.
func TestMeasured(t *testing.T) {
	d := frr(t)
	files, err := filepath.Glob("../../templates/frr/testdata/diff/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	played := map[string]bool{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if options(a) != "" {
			continue // for the device on paper alone
		}
		for _, f := range a.Files {
			if f.Name == "have" || f.Name == "wanted" {
				for _, r := range used(d, f.Data) {
					played[ruleName(r)] = true
				}
			}
		}
	}
	for _, r := range everyRule(d.Rules) {
		switch {
		case r.Source == "frr-8.4.4" && !played[ruleName(r)]:
			t.Errorf("line %d: %q is said to be measured, and no case plays it on FRR", r.Line, r.Text)
		case r.Source != "frr-8.4.4" && played[ruleName(r)]:
			t.Errorf("line %d: %q is played on FRR by a case: say proof=4:frr-8.4.4", r.Line, r.Text)
		}
	}
}

// options are those words of a case that keep it from real FRR.
func options(a *txtar.Archive) string {
	for _, f := range a.Files {
		if f.Name == "options" && (strings.Contains(string(f.Data), "refused") || strings.Contains(string(f.Data), "paper")) {
			return string(f.Data)
		}
	}
	return ""
}

// used gives the rules that a text has lines of.
func used(d *dialect.Dialect, text []byte) (out []*dialect.Rule) {
	tr, _ := Parse(d, text)
	tr.settle(tr.root)
	tr.root.walk(func(n *node) {
		if r := tr.rule(n); r != nil {
			out = append(out, r)
		}
	})
	return out
}

// ruleName names a rule as it stands in the file, where several blocks may hold it.
func ruleName(r *dialect.Rule) string { return fmt.Sprint(r.Line, r.Text) }

// everyRule gives the rules that lines can be of, without those that devices show by themselves.
func everyRule(rules []*dialect.Rule) (out []*dialect.Rule) {
	for _, r := range rules {
		if r.Of == nil && !r.DeviceOnly {
			out = append(append(out, r), everyRule(r.Kids)...)
		}
	}
	slices.SortStableFunc(out, func(a, b *dialect.Rule) int { return a.Line - b.Line })
	return out
}
