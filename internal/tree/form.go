package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// forms is how a value begins that stands in a form: behind the word that names it on the line, or
// where a slot of the form is all that the line holds.
var forms = map[string][]string{
	"sha512": {"$6$"},
	"10":     {"$6$"},
	"9":      {"$9$"},
	"8":      {"$8$"},
	"5":      {"$1$", "$5$"},
	"junos":  {"$1$", "$5$", "$6$", "$9$"},
}

// Unfit finds the lines in which one of some values stands behind a form that it does not have: a
// device takes a password in the clear for the hash that the line calls it, and nobody can log in
// with it any more. The notes tell no value.
func Unfit(t *Tree, values []string) (notes []Note) {
	if len(values) == 0 {
		return nil
	}
	t.settle(t.root)
	t.root.walk(func(n *node) {
		m := t.match(n)
		if m == nil || m.veiled() == "" || opaque(m.rule) {
			return
		}
		for _, e := range dialect.Slots(m.rule.Pattern) {
			words := strings.Fields(m.slot(e.Name))
			if e.Type != "secret" || len(words) == 0 || !slices.Contains(values, bare(words[len(words)-1])) {
				continue
			}
			if form := form(e, words); !begun(bare(words[len(words)-1]), form) {
				notes = append(notes, Note{Line: int(n.no), Text: "what the store keeps does not look like form " + form + ", which the line calls it"})
			}
		}
	})
	return notes
}

// form is what a line calls its secret: the word before it, else the one of its rule where that
// form has no word.
func form(e dialect.Elem, words []string) string {
	if len(words) == 2 {
		return words[0]
	}
	if len(e.Enum) == 1 && e.Enum[0] == "junos" {
		return e.Enum[0]
	}
	return ""
}

// begun tells whether a value begins as its form does; "7" is digits alone, and what no form is
// known of is anything.
func begun(value, form string) bool {
	if form == "7" {
		return len(value) >= 4 && len(value)%2 == 0 && strings.Trim(value, "0123456789abcdefABCDEF") == ""
	}
	heads, known := forms[form]
	return !known || slices.ContainsFunc(heads, func(h string) bool { return strings.HasPrefix(value, h) })
}
