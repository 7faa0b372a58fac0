package dialect

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// page is the reference of the language.
const page = "../../../docs/dialects.md"

// example is one block of rules on the page, under the heading that it explains.
type example struct {
	heading, text string
}

func examples(t *testing.T) (out []example) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	e, inside := example{}, false
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "```") && inside:
			out, inside = append(out, e), false
		case strings.HasPrefix(line, "```rules"):
			inside, e.text = true, ""
		case inside:
			e.text += line
		case strings.HasPrefix(line, "#"):
			e.heading = strings.Trim(strings.TrimLeft(strings.TrimSpace(line), "# "), "`")
		}
	}
	return out
}

// read reads an example, under the header of the page where it has none.
func (e example) read(t *testing.T) *Dialect {
	t.Helper()
	text := e.text
	if !strings.HasPrefix(text, "syntax:") {
		text = head + text
	}
	d, problems := Read("page", []byte(text))
	for _, p := range problems {
		t.Errorf("%s: example of %q: line %d: %s", page, e.heading, p.Line, p.Text)
	}
	return d
}

// all gives every rule of a dialect.
func all(rules []*Rule) (out []*Rule) {
	for _, r := range rules {
		out = append(append(out, r), all(r.Kids)...)
	}
	return out
}

// TestPage holds the law: every word of the language is on the page, with an example that
// uses it, and every example is read without a fault.
func TestPage(t *testing.T) {
	uses := map[string]map[string]bool{}
	for _, e := range examples(t) {
		d := e.read(t)
		for _, r := range all(d.Rules) {
			used(uses, e, r)
		}
		for line := range strings.Lines(e.text) {
			if word, _, header := strings.Cut(line, ":"); header && strings.HasPrefix(e.text, "syntax:") {
				note(uses, e.heading, strings.Fields(word)[0])
			}
			note(uses, e.heading, strings.Fields(line + " -")[0])
		}
	}
	for _, word := range vocabulary(t) {
		switch how := uses[word]; {
		case how == nil:
			t.Errorf("%s: no example stands under the heading `%s`", page, word)
		case !how[word] && !strings.ContainsAny(word, "<>[]().=|{}~/") && word != "word":
			t.Errorf("%s: the example under the heading `%s` does not use it", page, word)
		}
		delete(uses, word)
	}
	for heading := range uses {
		if heading != "The language of dialects" && heading != "What stands for other lines" {
			t.Errorf("%s: there is no word %q in the language", page, heading)
		}
	}
}

// used notes what of the language a rule of an example uses.
func used(uses map[string]map[string]bool, e example, r *Rule) {
	for a := range r.given {
		note(uses, e.heading, a)
	}
	for _, s := range Slots(r.Pattern) {
		note(uses, e.heading, s.Type)
	}
}

func note(uses map[string]map[string]bool, heading, word string) {
	if uses[heading] == nil {
		uses[heading] = map[string]bool{}
	}
	uses[heading][word] = true
}

// vocabulary gives every word of the language: header fields, as the reader lists them, marks
// of patterns and sets, types, attributes.
func vocabulary(t *testing.T) []string {
	t.Helper()
	_, problems := Read("page", []byte("nothing: x\n"))
	_, fields, ok := strings.Cut(fmt.Sprint(problems), "there are ")
	fields, _, _ = strings.Cut(fields, "}")
	if !ok {
		t.Fatal("the reader does not list the fields of the header")
	}
	out := strings.Split(fields, ", ")
	out = append(out, strings.Fields("word <name:type> =<name:type> =<name:type=default> =word [word] ... > a|b | %define %use %each %head ~ / {}")...)
	out = append(out, "( … )", "fixed", "use")
	out = append(out, Types...)
	out = slices.Concat(out, slices.Collect(maps.Keys(attributes())))
	slices.Sort(out)
	return slices.Compact(out)
}

// TestPageOfGlobs holds that the example of globs shows each thing that a glob can say.
func TestPageOfGlobs(t *testing.T) {
	kinds, from, then := map[WordKind]bool{}, map[From]bool{}, false
	for _, e := range examples(t) {
		if e.heading != "What stands for other lines" {
			continue
		}
		for _, r := range all(e.read(t).Rules) {
			for _, g := range slices.Concat(r.Owns, r.Wipes, r.Needs) {
				from[g.From], then = true, then || g.Then != nil
				for _, level := range append(g.Levels, g.Then...) {
					for _, w := range level {
						kinds[w.Kind] = true
					}
				}
			}
		}
	}
	if len(kinds) != 5 || len(from) != 3 || !then {
		t.Errorf("%s: the example of globs shows %d of 5 words, %d of 3 places, and =>: %v", page, len(kinds), len(from), then)
	}
}
