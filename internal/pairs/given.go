package pairs

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Values says what slots may be where their type allows more than a real device takes.
type Values struct {
	d     *dialect.Dialect
	of    map[*dialect.Rule]map[string][]string
	rules []*dialect.Rule // those that lines are made of
}

const never = "-"

// ReadValues reads values from lines such as
//
//	set large-community: c = 65000:1:1 | 65000:1:1 65000:2:2
//
// which is for the slot c of all rules whose words, slots left out, begin so; " > " goes down
// a level, and of two lines the later one counts. A blank line and one that begins with # say
// nothing; the value - leaves out the group that the slot stands in, and a line "- " and words
// the rules that begin so.
func ReadValues(d *dialect.Dialect, text string) (Values, error) {
	rules := all(d.Rules)
	v := Values{d: d, of: map[*dialect.Rule]map[string][]string{}, rules: slices.Clone(rules)}
	for no, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if out, ok := strings.CutPrefix(line, "- "); ok {
			n := len(v.rules)
			v.rules = slices.DeleteFunc(v.rules, func(r *dialect.Rule) bool { return within(r, strings.Split(out, " > ")) })
			if len(v.rules) == n {
				return v, fmt.Errorf("line %d: no rule begins with %q", no+1, out)
			}
			continue
		}
		head, rest, ok1 := strings.Cut(line, ": ")
		slot, values, ok2 := strings.Cut(rest, " = ")
		if !ok1 || !ok2 {
			return v, fmt.Errorf("line %d: write the words of a rule, \": \", a slot, \" = \" and values with \" | \" between them", no+1)
		}
		found := false
		for _, r := range rules {
			if begins(r, strings.Split(head, " > ")) && slices.ContainsFunc(dialect.Slots(r.Pattern), func(e dialect.Elem) bool { return e.Name == slot }) {
				found = true
				if v.of[r] == nil {
					v.of[r] = map[string][]string{}
				}
				v.of[r][slot] = strings.Split(values, " | ")
			}
		}
		if !found {
			return v, fmt.Errorf("line %d: no rule begins with %q and has a slot %s", no+1, head, slot)
		}
	}
	return v, nil
}

// within tells whether a rule, or a block that it stands in, begins with words.
func within(r *dialect.Rule, levels []string) bool {
	for ; r != nil; r = r.Up {
		if begins(r, levels) {
			return true
		}
	}
	return false
}

// begins tells whether the words of a rule and its headers, slots left out, begin with those
// of some levels.
func begins(r *dialect.Rule, levels []string) bool {
	for i := len(levels) - 1; i >= 0; i-- {
		if r == nil {
			return false
		}
		head, words := strings.Fields(levels[i]), []string{}
		for _, e := range r.Pattern {
			if e.Kind == dialect.Literal {
				words = append(words, e.Word)
			}
		}
		if len(words) < len(head) || !slices.Equal(words[:len(head)], head) {
			return false
		}
		r = r.Up
	}
	return true
}

// New makes a configuration of about so many lines, with these values.
func (v Values) New(seed uint64, size int) *Config { return v.start(v.d, seed, size, v.rules) }
