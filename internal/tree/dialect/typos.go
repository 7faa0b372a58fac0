package dialect

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a rule file, in bytes: each line is gone through for each of its words.
const (
	longestFile = 1 << 20
	longestRule = 8 << 10
)

// readable tells whether a text can be a rule file, and reports where it can not.
func (r *reader) readable(text []byte) bool {
	if len(text) > longestFile {
		r.failf(1, 1, "a rule file has %d bytes at most, and this has %d: is it the file of rules?", longestFile, len(text))
		return false
	}
	no := 0
	for line := range bytes.Lines(text) {
		no++
		control := bytes.IndexFunc(line, func(c rune) bool { return c < ' ' && !strings.ContainsRune("\t\r\n", c) || c == 0x7f })
		switch {
		case !utf8.Valid(line) || control >= 0:
			r.failf(no, max(control, 0)+1, "this is no text in UTF-8: is it the file of rules?")
		case len(line) > longestRule:
			r.failf(no, longestRule, "a line has %d bytes at most: continue it in one that begins with ::, or make several rules", longestRule)
		default:
			continue
		}
		return false
	}
	return true
}

// once reports a field of the header that stands there already.
func (r *reader) once(no int, field string) {
	several := []string{"class", "alias", "table", "source", "type", "mark"}
	if slices.Contains(several, field) {
		return
	}
	if r.fields[field] {
		r.failf(no, 1, "%s: stands in the header already: leave one", field)
	}
	r.fields[field] = true
}

// typos reports what a rule says and nothing can follow.
func (l *lint) typos(rule *Rule) {
	if g, ok := rule.given["undo"]; ok && !strings.Contains(rule.Undo, " ") && !slices.Contains([]string{"key", "full", "name", "none", "default"}, rule.Undo) {
		l.failf(g.no, g.col, "undo=%s: want one of key, name, full, none, default, or a command of several words between quotes", rule.Undo)
	}
	for _, said := range [][2]string{{"undo", rule.Undo}, {"add", rule.Add}, {"del", rule.Del}, {"resets", rule.Resets}} {
		what, text := said[0], said[1]
		for _, part := range strings.Split(text, "{")[1:] {
			if slot, _, closed := strings.Cut(part, "}"); !closed || !rule.sees(slot) {
				l.failf(rule.Line, 1, "%s=%q: neither %q nor a block around it has the slot {%s}", what, text, rule.Text, slot)
			}
		}
	}
	if _, ok := rule.given["step"]; ok && rule.Step == 0 {
		l.failf(rule.Line, 1, "step=0: new numbers would be the same: want 1 or more")
	}
	seen := map[string]bool{}
	for _, e := range Slots(rule.Pattern) {
		if seen[e.Name] {
			l.failf(rule.Line, 1, "%q has two slots %s: give each its own name", rule.Text, e.Name)
		}
		seen[e.Name] = true
	}
}
