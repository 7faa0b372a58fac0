package dialect

import (
	"fmt"
	"slices"
	"strings"
)

// choices is the attributes that take one of a few words.
var choices = map[string][]string{
	"replace": {"overwrite", "undo-first", "recreate"},
	"missing": {"deny", "permit", "nomatch", "ignore", "refuse", "unknown"},
	"inuse":   {"allow", "refuse", "detach"},
	"clash":   {"refuse", "ignore", "steal"},
}

// finish lints what was read.
func (r *reader) finish() {
	if r.d.Syntax == "" || r.d.Acts == "" || r.d.Negate == "" {
		r.failf(1, 1, "the header says syntax, acts and negate")
	}
	defs, refs := map[string]bool{}, map[string]*Rule{}
	r.walk(r.d.Rules, defs, refs)
	for kind, rule := range refs {
		if !defs[kind] {
			r.failf(rule.Line, 1, "ref=%s: no rule has def=%s", kind, kind)
		}
	}
	slices.SortFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
}

func (r *reader) walk(rules []*Rule, defs map[string]bool, refs map[string]*Rule) {
	seen := map[string]int{}
	for _, rule := range rules {
		shape := shape(rule.Pattern)
		if first, twice := seen[shape]; twice {
			r.failf(rule.Line, 1, "two rules of one block match the same lines: this and line %d", first)
		}
		seen[shape] = rule.Line
		for name, words := range choices {
			if v := rule.Attr(name); v != "" && !slices.Contains(words, v) {
				r.failf(rule.Line, 1, "%s=%s: want one of %s", name, v, strings.Join(words, ", "))
			}
		}
		if strings.HasPrefix(rule.Attr("default"), "@") {
			r.failf(rule.Line, 1, "default=%s: tables of defaults are not in this version", rule.Attr("default"))
		}
		if kind, _, ok := strings.Cut(rule.Attr("def"), ":"); ok {
			defs[kind] = true
		}
		if kind, _, ok := strings.Cut(rule.Attr("ref"), ":"); ok && refs[kind] == nil {
			refs[kind] = rule
		}
		if needsUndo(rule) && !rule.Has("undo") {
			r.failf(rule.Line, 1, "%q has words behind its first value: say how it is undone (undo=)", rule.Text)
		}
		r.walk(rule.Kids, defs, refs)
	}
}

// needsUndo tells whether the default undo, the words up to the first value, would be a guess.
func needsUndo(rule *Rule) bool {
	behind := false
	for _, e := range rule.Pattern {
		if behind && (e.Kind != Slot || !e.Value) && e.Kind != Group {
			return true
		}
		behind = behind || e.Value
	}
	return false
}

// shape is a pattern without the names of its slots: what two rules must not share.
func shape(es []Elem) string {
	var b strings.Builder
	for _, e := range es {
		switch e.Kind {
		case Slot:
			fmt.Fprintf(&b, "<%s%v> ", e.Type, e.Enum)
		case Group:
			fmt.Fprintf(&b, "(%s) ", shape(e.Group))
		case Rest:
			b.WriteString("... ")
		default:
			b.WriteString(e.Word + " ")
		}
	}
	return b.String()
}
