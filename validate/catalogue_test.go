package validate_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/validate"
)

var (
	label = regexp.MustCompile(`R-[A-Z0-9]+(-[0-9]+)?`)
	held1 = regexp.MustCompile("`([^`]+)`")
)

// TestCatalogue holds that the page of the catalogue is true: each label that a rule bears is
// in the row that names the rule, each id is known, each test exists, and who is said to judge
// does.
func TestCatalogue(t *testing.T) {
	text, err := os.ReadFile("../docs/catalogue.md")
	if err != nil {
		t.Fatal(err)
	}
	source := sources(t)
	rules := map[string]validate.Rule{}
	for _, r := range validate.Index() {
		rules[r.ID] = r
	}
	told := map[string][]string{} // the ids beside each label
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, " | ")
		if len(cells) < 4 || !strings.HasPrefix(line, "| R-") {
			continue
		}
		judge, names := cells[1], held1.FindAllStringSubmatch(cells[2], -1)
		if len(names) == 0 && !strings.Contains(line, "ot in this version") {
			t.Errorf("nothing holds %s", cells[0])
		}
		for _, m := range names {
			name := m[1]
			r, known := rules[name]
			switch {
			case known && r.JudgedBy != judge && judge != "construction":
				t.Errorf("%s is judged by %s, not by %s", name, r.JudgedBy, judge)
			case !known && strings.HasPrefix(name, "Test") && !strings.Contains(source, "\nfunc "+name+"(t *testing.T)"):
				t.Errorf("%s: there is no test %s", cells[0], name)
			case !known && !strings.HasPrefix(name, "Test") && !strings.Contains(source, `"`+name+`", "`):
				t.Errorf("%s: nothing says %s", cells[0], name)
			}
			for _, l := range label.FindAllString(cells[0], -1) {
				told[l] = append(told[l], name)
			}
		}
	}
	for _, r := range rules {
		for _, l := range label.FindAllString(r.Label, -1) {
			if !slices.Contains(told[l], r.ID) {
				t.Errorf("%s bears %s, and the row of it does not name it", r.ID, l)
			}
		}
	}
}

// sources gives all of the source, as one text.
func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		text, err := os.ReadFile("../" + name)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
