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

// silence reports a default that a line can not have, and fixed= of a class that the header does not have.
func (l *lint) silence(rule *Rule) {
	if g := rule.given["fixed"]; rule.FixedClass != "" && l.d.Classes[rule.FixedClass] == nil {
		l.failf(g.no, g.col, "fixed=%s: the header has no such class: write class %s: and what names of such interfaces begin with", rule.FixedClass, rule.FixedClass)
	}
	g, v := rule.given["default"], rule.Default
	if v == "" || v == "on" || v == "off" || strings.HasPrefix(v, "@") {
		return
	}
	if !rule.Valued() {
		l.failf(g.no, g.col, "default=%s: %q has no value: want on or off, or a table of them (@table)", v, rule.Text)
		return
	}
	for i, e := range rule.Pattern {
		if !e.Value {
			continue
		}
		if i < len(rule.Pattern)-1 { // the words behind the first are of what follows it
			v, _, _ = strings.Cut(v, " ")
		}
		if e.Kind == Slot && e.Is == TypeInt && strings.Trim(v, "0123456789-") != "" {
			l.failf(g.no, g.col, "default=%s: <%s:int> takes a whole number", v, e.Name)
		}
		if e.Kind == Slot && e.Is == TypeEnum && !slices.Contains(e.Enum, v) {
			l.failf(g.no, g.col, "default=%s: <%s:enum> takes one of %s", v, e.Name, strings.Join(e.Enum, ", "))
		}
		return
	}
}

// forms tells of a slot whose words in parentheses are none.
func (r *reader) forms(no, col int, token string, e *Elem) {
	forms := []string{"plain", "word", "junos", "srl", "sha512"} // of secrets; else the number of one
	for _, word := range e.Enum {
		switch {
		case e.Is == TypeEnum && strings.Contains(word, ","):
			r.failf(no, col, "%s: the words stand between |: write <%s:enum(%s)>", token, e.Name, strings.ReplaceAll(word, ",", "|"))
		case e.Is == TypeSecret && strings.Trim(word, "0123456789") != "" && !slices.Contains(forms, word):
			r.failf(no, col, "%s: no form %q of a secret: there are %s, and numbers such as 7", token, word, strings.Join(forms, " "))
		}
	}
}

// headed reports what the header does not say; a field that was written nearly so is told already.
func (r *reader) headed() {
	for field, value := range map[string]string{"syntax": r.d.Syntax, "acts": r.d.Acts, "negate": r.d.Negate} {
		if value == "" && !r.fields[field] {
			r.failf(1, 1, "the header does not say %s: it says syntax, acts and negate", field)
		}
	}
}

// unknown reports a field that no header has.
func (r *reader) unknown(no int, field string) {
	names := strings.Fields("syntax acts negate set brackets comment width class alias table source type mark exit")
	hint := ""
	for _, name := range names {
		if n := Alike(name, field); n > 2 || n == len(field) {
			hint, r.fields[name] = "; is it "+name+"?", true
			break
		}
	}
	r.failf(no, 1, "no header field %q: there are %s%s", field, strings.Join(names, ", "), hint)
}
