package templates_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/golden"
)

// phenomenon is one thing that configuration languages do.
type phenomenon struct {
	no             int
	must           bool // no platform may leave it open
	name, sentence string
}

// gap is why no case of a platform shows a phenomenon.
type gap struct {
	word   string // no: the platform does not have it; open: a case is missing
	reason string
}

// coverage is which cases of a platform show which phenomenon, and why others do not.
type coverage struct {
	cases map[int][]string
	gaps  map[int]gap
}

// lines gives the lines of a file that say something, each with its number and the rest.
func lines(t *testing.T, file string) (out [][2]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		no, rest, _ := strings.Cut(line, " ")
		out = append(out, [2]string{no, rest})
	}
	return out
}

func phenomena(t *testing.T) (out []phenomenon) {
	t.Helper()
	for i, l := range lines(t, "phenomena.txt") {
		digits, must := strings.CutSuffix(l[0], "!")
		no, err := strconv.Atoi(digits)
		name, sentence, ok := strings.Cut(l[1], ": ")
		if err != nil || !ok || no != i+1 {
			t.Fatalf("phenomena.txt: %v is no number, name and sentence, or not the next one", l)
		}
		out = append(out, phenomenon{no, must, name, sentence})
	}
	return out
}

// covered reads what the cases and the gaps of a platform say.
func covered(t *testing.T, platform string, known []phenomenon) coverage {
	t.Helper()
	c := coverage{map[int][]string{}, map[int]gap{}}
	cases, err := filepath.Glob(platform + "/testdata/diff/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%s has no cases: %v", platform, err)
	}
	for _, file := range cases {
		for _, no := range rows(t, file) {
			if no < 1 || no > len(known) {
				t.Errorf("%s shows %d, which phenomena.txt does not have", file, no)
			}
			c.cases[no] = append(c.cases[no], filepath.ToSlash(file))
		}
	}
	for _, l := range lines(t, platform+"/testdata/gaps.txt") {
		no, err := strconv.Atoi(l[0])
		word, reason, ok := strings.Cut(l[1], ": ")
		if err != nil || !ok || word != "no" && word != "open" || no < 1 || no > len(known) {
			t.Fatalf("%s/testdata/gaps.txt: want \"NUMBER no: why\" or \"NUMBER open: what\", have %v", platform, l)
		}
		if _, twice := c.gaps[no]; twice || len(c.cases[no]) > 0 {
			t.Errorf("%s/testdata/gaps.txt: %d has cases or stands twice: take the line out", platform, no)
		}
		c.gaps[no] = gap{word, reason}
	}
	return c
}

// rows gives the phenomena that a case says it shows.
func rows(t *testing.T, file string) (out []int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(text), "\n-- ")
	for line := range strings.Lines(head) {
		rest, ok := strings.CutPrefix(line, "rows:")
		if !ok {
			continue
		}
		for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' }) {
			no, err := strconv.Atoi(word)
			if err != nil {
				t.Errorf("%s: rows: %q is no number", file, word)
			}
			out = append(out, no)
		}
	}
	if len(out) == 0 {
		t.Errorf("%s does not say what it shows: write a line \"rows: NUMBER\" under its first one", file)
	}
	return out
}

// platforms gives the names of all platform folders.
func platforms(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("*/dialect.rules")
	if err != nil || len(files) == 0 {
		t.Fatal("no platform folders", err)
	}
	for _, f := range files {
		out = append(out, filepath.Dir(f))
	}
	return out
}

// TestCoverage holds the law: a phenomenon that a platform has is shown by a case, or is
// listed as open; where it does not have one, a reason says so. The page says it all.
func TestCoverage(t *testing.T) {
	known := phenomena(t)
	names := platforms(t)
	all := map[string]coverage{}
	for _, name := range names {
		c := covered(t, name, known)
		for _, p := range known {
			g, said := c.gaps[p.no]
			switch {
			case len(c.cases[p.no]) == 0 && !said:
				t.Errorf("%s: no case shows %d, %s: add one, or a line to testdata/gaps.txt", name, p.no, p.name)
			case p.must && g.word == "open":
				t.Errorf("%s: %d, %s, may not be open", name, p.no, p.name)
			}
		}
		all[name] = c
	}
	golden.Page(t, "../docs/platforms/coverage.md", coveragePage(names, known, all, everydays(t, names, all)))
}

func coveragePage(names []string, known []phenomenon, all map[string]coverage, more []byte) []byte {
	var b, open, none bytes.Buffer
	b.WriteString("# What the dialects are shown to do\n\nEach number leads to a case: a device is led there and back, and a model of the device takes every command.\n" +
		"`none`: the platform does not have it; `open`: a case is missing. Both are explained below. What stands in bold goes wrong most often and may not be open anywhere.\n" +
		"This page is made from `templates` (`go test ./templates -update`).\n\n| | |")
	for _, name := range names {
		fmt.Fprintf(&b, " [%s](%s.md) |", name, name)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(names)) + "\n")
	shown := map[string][3]int{} // shown, open, none
	for _, p := range known {
		title := p.name
		if p.must {
			title = "**" + p.name + "**"
		}
		fmt.Fprintf(&b, "| %d | %s |", p.no, title)
		for _, name := range names {
			n := shown[name]
			cell, at := cell(all[name], p.no)
			n[at]++
			shown[name] = n
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	for i, head := range []string{"shown", "open", "none"} {
		fmt.Fprintf(&b, "| | **%s** |", head)
		for _, name := range names {
			fmt.Fprintf(&b, " %d |", shown[name][i])
		}
		b.WriteString("\n")
	}
	b.Write(more)
	b.WriteString("\n## What they are\n\n")
	for _, p := range known {
		fmt.Fprintf(&b, "%d. **%s**: %s.\n", p.no, p.name, p.sentence)
	}
	for _, name := range names {
		reasons(&open, name, all[name], "open")
		reasons(&none, name, all[name], "no")
	}
	b.WriteString("\n## Open\n" + open.String() + "\n## What a platform does not have\n" + none.String())
	return b.Bytes()
}

// cell gives what the table says of one phenomenon on one platform.
func cell(c coverage, no int) (text string, at int) {
	if g, said := c.gaps[no]; said {
		return map[string]string{"no": "none", "open": "open"}[g.word], map[string]int{"open": 1, "no": 2}[g.word]
	}
	var links []string
	for i, file := range c.cases[no] {
		links = append(links, fmt.Sprintf("[%d](../../templates/%s)", i+1, file))
	}
	return strings.Join(links, " "), 0
}

func reasons(b *bytes.Buffer, name string, c coverage, word string) {
	var out []string
	for no, g := range c.gaps {
		if g.word == word {
			out = append(out, fmt.Sprintf("- %02d %s", no, g.reason))
		}
	}
	slices.Sort(out)
	if len(out) > 0 {
		fmt.Fprintf(b, "\n**%s**\n\n%s\n", name, strings.Join(out, "\n"))
	}
}
