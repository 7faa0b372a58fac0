package tree

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// behind writes each line that may stand behind its header so.
func behind(d *dialect.Dialect, text []byte) []byte {
	var out strings.Builder
	t, _ := Parse(d, text)
	for k := t.root.kid(); k != nil; k = k.next {
		for c := k.kid(); c != nil; c = c.next {
			if slices.ContainsFunc(d.Rules, func(r *dialect.Rule) bool { return r.Of != nil && r.Of == t.rule(c) && front(r) > 0 }) {
				out.WriteString(k.text + " " + c.text + "\n")
			}
		}
	}
	return []byte(out.String())
}

// Endings counts the lines of a text, each written behind its header, that are cut from it, and tells
// where that is otherwise than the rules say of the line and of the header by themselves; "" is nowhere.
func Endings(d *dialect.Dialect, text []byte) (n int, wrong string) {
	t, _ := Parse(d, behind(d, text))
	for k := t.root.kid(); k != nil; k = k.next {
		m := t.match(k)
		if m == nil || m.rule.Of == nil {
			continue
		}
		at, line := t.cut(t.root, k)
		if at == nil {
			continue
		}
		n++
		of, whole := m.rule.Of, *m
		whole.bind = slices.Clone(m.bind)
		m = &whole
		got := t.ending(k.m, line)
		say := t.matcher.match(d, of.Up.Under, line)
		if header := spell(of.Up, m); at.text != header && t.key(at) != t.key(&node{text: header, parent: t.root}) {
			return n, fmt.Sprintf("%q stands under %q and not under %q", k.text, at.text, header)
		}
		if spelled := spell(of, m); line != spelled || say == nil {
			return n, fmt.Sprintf("of %q the line is %q and not %q, %v", k.text, line, spelled, say)
		}
		if got.rule != say.rule || got.neg != say.neg || got.line != say.line || got.said != say.said || got.key != say.key || got.veiled() != say.veiled() || !slices.EqualFunc(got.bind, say.bind, func(a, b bound) bool {
			return a.e.Name == b.e.Name && got.valueOf(&a) == say.valueOf(&b) && got.written(&a) == say.written(&b)
		}) {
			return n, fmt.Sprintf("of %q the end says %v and the rules %v", k.text, *got, *say)
		}
	}
	return n, ""
}
