package templates_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// everyday is a change that everybody makes and that plans go wrong on.
type everyday struct {
	name  string
	rows  []int
	how   string   // value, content or order: what of it both ends have in another way
	words []string // of a line that holds it; with > also of one around it
}

func changes(t *testing.T) (out []everyday) {
	t.Helper()
	text, err := os.ReadFile("changes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSpace(line), " | ")
		if strings.HasPrefix(line, "#") || len(parts) != 4 {
			continue
		}
		e := everyday{name: parts[0], how: parts[2], words: strings.Fields(parts[3])}
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

// makes tells whether a case makes the change: it is not refused, and what it holds before and after
// of a thing with one of the words is not the same.
func (e everyday) makes(t *testing.T, file string) bool {
	t.Helper()
	parts, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, f := range parts.Files {
		text[f.Name] = string(f.Data)
	}
	if strings.Contains(text["want"], "== refused") {
		return false
	}
	do, _, _ := strings.Cut(text["want"], "== undo\n")
	if _, do, _ = strings.Cut(do, "== do\n"); strings.TrimSpace(do) == "" {
		return false
	}
	have, want := paths(text["have"]), paths(text["wanted"])
	if at := slices.Index(e.words, "<>"); at >= 0 { // one thing takes the place of another
		one, other := e.words[:at], e.words[at+1:]
		return e.differ(holding(have, one), holding(want, other)) || e.differ(holding(have, other), holding(want, one))
	}
	return slices.ContainsFunc(e.words, func(w string) bool { return e.differ(holding(have, []string{w}), holding(want, []string{w})) })
}

// holding gives the lines that have one of the words.
func holding(paths, words []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		own := p[strings.LastIndexByte(p, 0)+1:]
		return !slices.ContainsFunc(words, func(w string) bool {
			w, around := strings.CutSuffix(w, ">")
			in := own
			if around {
				in = p
			}
			return slices.Contains(strings.FieldsFunc(in, func(r rune) bool { return strings.ContainsRune("\x00 /[]={};,:\"", r) }), w)
		})
	})
}

// differ tells whether what both ends hold of a thing is another value, another content, or the same in another order.
func (e everyday) differ(have, want []string) bool {
	without := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(p string) bool { return slices.Contains(b, p) })
	}
	gone, come := without(have, want), without(want, have)
	switch e.how {
	case "value":
		return len(gone) > 0 && len(come) > 0
	case "content":
		return len(have) > 0 && len(want) > 0 && !slices.Equal(have, want)
	}
	return !slices.Equal(without(have, gone), without(want, come))
}

// paths gives the lines of a text, each behind those that it stands under by its indentation.
func paths(text string) (out []string) {
	type level struct {
		in   int
		path string
	}
	var around []level
	for line := range strings.Lines(text) {
		said := strings.TrimSpace(line)
		if said == "" || said == "!" || said == "}" {
			continue
		}
		in := len(line) - len(strings.TrimLeft(line, " \t"))
		for len(around) > 0 && around[len(around)-1].in >= in {
			around = around[:len(around)-1]
		}
		if len(around) > 0 {
			said = around[len(around)-1].path + "\x00" + said
		}
		around = append(around, level{in, said})
		out = append(out, said)
	}
	return out
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
