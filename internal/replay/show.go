package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Text is the configuration as the device shows it.
func (dev *Device) Text() []byte {
	var b strings.Builder
	switch dev.d.Syntax {
	case "brace":
		dev.braces(&b, dev.top, 0)
	case "path":
		dev.paths(&b, dev.top, nil)
	default:
		dev.lines(&b, dev.top, 0)
	}
	return []byte(b.String())
}

func (dev *Device) lines(b *strings.Builder, e *entry, depth int) {
	pad := strings.Repeat(" ", depth)
	for _, s := range e.sub {
		b.WriteString(pad + dev.line(s) + "\n")
		dev.lines(b, s, depth+1)
		switch {
		case s.block() && len(s.r.Exits) > 0:
			b.WriteString(pad + s.r.Exits[0] + "\n")
		case s.r == nil && s.exit != "":
			b.WriteString(pad + s.exit + "\n")
		}
	}
}

func (dev *Device) braces(b *strings.Builder, e *entry, depth int) {
	for _, s := range e.sub {
		under := s.sub
		b.WriteString(strings.Repeat("    ", depth))
		if len(under) > 0 && off(under[0]) {
			b.WriteString(dialect.Inactive + " ")
			under = under[1:]
		}
		b.WriteString(dev.line(s))
		if len(under) == 0 {
			b.WriteString(";\n")
			continue
		}
		b.WriteString(" {\n")
		dev.braces(b, &entry{sub: under}, depth+1)
		b.WriteString(strings.Repeat("    ", depth) + "}\n")
	}
}

// off tells whether an entry is the mark of what is switched off.
func off(e *entry) bool { return len(e.words) == 1 && e.words[0] == dialect.Inactive }

func (dev *Device) paths(b *strings.Builder, e *entry, above []string) {
	for _, s := range e.sub {
		path := append(slices.Clone(above), dev.line(s))
		if len(s.sub) == 0 {
			b.WriteString(dialect.JoinPath(path) + "\n")
		}
		dev.paths(b, s, path)
	}
}
