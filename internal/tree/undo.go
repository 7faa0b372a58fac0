package tree

import (
	"strings"

	"plumbline/internal/tree/dialect"
)

// undo gives the command that takes a line away, in the words of the line.
func (t *Tree) undo(n *node) string {
	m := t.match(n)
	if m == nil {
		return negate(t.d.Negate, dialect.Fold(n.text))
	}
	written := m.said
	if m.neg {
		return written
	}
	switch shape := m.rule.Undo; shape {
	case "full":
		return t.d.Negate + " " + written
	case "key", "":
		return t.d.Negate + " " + m.upToValue()
	case "default":
		return "default " + m.upToValue()
	case "none":
		return ""
	default:
		return t.fill(shape, n)
	}
}

func negate(word, line string) string {
	if rest, ok := strings.CutPrefix(line, word+" "); ok {
		return rest
	}
	return word + " " + line
}

// upToValue is the line as it was written, as far as its first value.
func (m *matched) upToValue() string {
	var out []string
	for i := range m.rule.Pattern {
		e := &m.rule.Pattern[i]
		switch {
		case e.Value || e.Kind == dialect.Group || e.Kind == dialect.Rest:
			return strings.Join(out, " ")
		case e.Kind == dialect.Slot:
			out = append(out, e.Pre+m.raw(e.Name)+e.Post)
		case e.Kind == dialect.Literal:
			out = append(out, e.Word)
		}
	}
	return strings.Join(out, " ")
}

func (m *matched) raw(name string) string {
	for i := range m.bind {
		if m.bind[i].name == name {
			return m.bind[i].raw
		}
	}
	return ""
}

// fill puts slots as they were written into a template; what is not bound leaves nothing.
func (t *Tree) fill(template string, n *node) string {
	return t.expand(template, n, true)
}

// name fills a template with slots in their one spelling.
func (t *Tree) name(template string, n *node) string { return t.expand(template, n, false) }

func (t *Tree) expand(template string, n *node, asWritten bool) string {
	var out []string
words:
	for _, w := range strings.Fields(template) {
		for open := strings.IndexByte(w, '{'); open >= 0; open = strings.IndexByte(w, '{') {
			shut := strings.IndexByte(w, '}')
			if shut < open {
				break
			}
			value, raw, ok := t.slot(n, w[open+1:shut])
			switch {
			case !ok:
				continue words
			case asWritten:
				value = raw
			}
			w = w[:open] + value + w[shut+1:]
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}
