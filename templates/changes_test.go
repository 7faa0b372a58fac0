package templates_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// everyday is a change that everybody makes and that plans go wrong on.
type everyday struct {
	name  string
	rows  []int
	words []string // of a command that makes it
}

func changes(t *testing.T) (out []everyday) {
	t.Helper()
	text, err := os.ReadFile("changes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSpace(line), " | ")
		if strings.HasPrefix(line, "#") || len(parts) != 3 {
			continue
		}
		e := everyday{name: parts[0], words: strings.Fields(parts[2])}
		for _, w := range strings.Fields(parts[1]) {
			no, err := strconv.Atoi(w)
			if err != nil {
				t.Fatalf("changes.txt: %q is no number", w)
			}
			e.rows = append(e.rows, no)
		}
		out = append(out, e)
	}
	return out
}

// makes tells whether a case makes the change: it is not refused, and a command on its way
// there has one of the words.
func (e everyday) makes(t *testing.T, file string) bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(text), "-- want --\n")
	_, do, _ := strings.Cut(want, "== do\n")
	do, _, _ = strings.Cut(do, "== undo\n")
	has := func(w string) bool { return slices.Contains(e.words, w) }
	said := slices.ContainsFunc(strings.FieldsFunc(do, func(r rune) bool { return strings.ContainsRune(" /[]=\n", r) }), has)
	return said && !strings.Contains(want, "== refused")
}

// everydays gives the page's table of the changes, and says of each platform that a case
// makes each or that it does not have it.
func everydays(t *testing.T, names []string, all map[string]coverage) []byte {
	var b bytes.Buffer
	b.WriteString("\n## Ten everyday changes\n\nEach is made by a case that the model of the device takes, there and back, step by step.\n\n| |")
	for _, name := range names {
		fmt.Fprintf(&b, " %s |", name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(names)) + "\n")
	for _, e := range changes(t) {
		line, shown := "| "+e.name+" |", 0
		for _, name := range names {
			var links []string
			missing := 0
			for _, no := range e.rows {
				if all[name].gaps[no].word == "no" {
					missing++
				}
				for _, file := range all[name].cases[no] {
					if e.makes(t, file) {
						links = append(links, fmt.Sprintf("[%d](../../templates/%s)", len(links)+1, file))
					}
				}
			}
			switch {
			case len(links) > 0:
				shown++
				line += " " + strings.Join(links, " ") + " |"
			case missing == len(e.rows):
				line += " none |"
			default:
				t.Errorf("%s: no case makes the change of a %s", name, e.name)
			}
		}
		t.Logf("figure: %s: made by cases of %d platforms of %d, there and back; the others do not have it", e.name, shown, len(names))
		b.WriteString(line + "\n")
	}
	return b.Bytes()
}
