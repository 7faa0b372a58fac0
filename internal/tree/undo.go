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
		return t.words(t.d.Negate, written)
	case "key", "":
		return t.words(t.d.Negate, m.upToValue())
	case "default":
		return t.words("default", m.upToValue())
	case "none":
		return ""
	default:
		return t.fill(shape, n)
	}
}

// words writes two texts one behind the other.
func (t *Tree) words(a, b string) string {
	t.written = append(append(append(t.written[:0], a...), ' '), b...)
	return t.matcher.lasting(t.written)
}

func negate(word, line string) string {
	if rest, ok := strings.CutPrefix(line, word+" "); ok {
		return rest
	}
	return word + " " + line
}

// upToValue is the line as it was written, as far as its first value.
func (m *matched) upToValue() string {
	var space [128]byte
	out := space[:0]
	for i := range m.rule.Pattern {
		e := &m.rule.Pattern[i]
		if e.Value || e.Kind == dialect.Group || e.Kind == dialect.Rest {
			break
		}
		if e.Kind == dialect.Silent {
			continue
		}
		if i > 0 && len(out) > 0 {
			out = append(out, ' ')
		}
		if e.Kind == dialect.Literal {
			out = append(out, e.Word...)
		} else {
			out = append(append(append(out, e.Pre...), m.raw(e.Name)...), e.Post...)
		}
	}
	if len(m.said) >= len(out) && m.said[:len(out)] == string(out) { // mostly what was written begins so
		return m.said[:len(out)]
	}
	return string(out)
}

func (m *matched) raw(name string) string {
	if b := m.bound(name); b != nil {
		return m.written(b)
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
