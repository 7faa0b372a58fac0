package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Script writes edits in the platform's words: the very bytes that will be sent, indented
// as the configuration is. Entering configuration mode and saving are the driver's.
func Script(d *dialect.Dialect, es []Edit) []byte {
	w := &writer{d: d}
	for _, e := range es {
		w.enter(e.Path)
		w.line(e.Send)
		if !e.Del && w.opens(e.Path, e.Line) {
			w.open = append(slices.Clone(e.Path), e.Line)
		}
	}
	w.enter(nil)
	return []byte(w.b.String())
}

// writer knows which blocks are open.
type writer struct {
	d    *dialect.Dialect
	b    strings.Builder
	open []string
}

func (w *writer) line(text string) {
	if text != "" {
		w.b.WriteString(strings.Repeat(" ", len(w.open)) + text + "\n")
	}
}

// enter leaves the open blocks that path is not in, and opens the ones it is in.
func (w *writer) enter(path []string) {
	same := 0
	for same < len(path) && same < len(w.open) && path[same] == w.open[same] {
		same++
	}
	for len(w.open) > same {
		exit := exitOf(w.d, w.open)
		w.open = w.open[:len(w.open)-1]
		w.line(exit)
	}
	for _, header := range path[same:] {
		w.line(header)
		w.open = append(w.open, header)
	}
}

// opens tells whether a line is the header of a block.
func (w *writer) opens(path []string, line string) bool {
	m := match(w.d, rulesAt(w.d, path), line)
	return m != nil && !m.neg && m.rule.Block()
}

func rulesAt(d *dialect.Dialect, path []string) []*dialect.Rule {
	rules := d.Rules
	for _, header := range path {
		m := match(d, rules, header)
		if m == nil {
			return nil
		}
		rules = m.rule.Kids
	}
	return rules
}

// exitOf is the word that leaves the innermost of the open blocks.
func exitOf(d *dialect.Dialect, open []string) string {
	m := match(d, rulesAt(d, open[:len(open)-1]), open[len(open)-1])
	if m != nil && len(m.rule.Exits()) > 0 {
		return m.rule.Exits()[0]
	}
	return "exit"
}
