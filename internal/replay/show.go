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
		dev.lines(&b, dev.top, 0, false)
	}
	return []byte(b.String())
}

// Whole is the configuration as a device of lines shows it when it shows the switches too
// that it means by itself, each at the end of its block.
func (dev *Device) Whole() []byte {
	var b strings.Builder
	dev.lines(&b, dev.top, 0, true)
	return []byte(b.String())
}

// Paths is every line of the configuration, behind the headers that it stands under; of a device
// of lines, the switches too that it means by itself.
func (dev *Device) Paths() (out [][]string) {
	var down func(e *entry, above []string)
	down = func(e *entry, above []string) {
		for s := range e.lines() {
			path := append(slices.Clone(above), dev.line(s))
			out = append(out, path)
			down(s, path)
		}
		for _, s := range dev.switches(e) {
			out = append(out, append(slices.Clone(above), dev.line(s)))
		}
	}
	down(dev.top, nil)
	return out
}

// switches gives those of a block that a device of lines means and does not show.
func (dev *Device) switches(in *entry) []*entry {
	if dev.d.Syntax == "brace" || dev.d.Syntax == "path" {
		return nil
	}
	return dev.meant(in)
}

// meant gives the switches of a block that the device means and does not show.
func (dev *Device) meant(in *entry) (out []*entry) {
	if in != dev.top && !in.block() {
		return nil
	}
	for _, r := range dev.kids(in) {
		if r.Default != "on" && r.Default != "off" || r.Keyed() {
			continue
		}
		x := &entry{r: r, reading: composed(r.Pattern, nil), up: in}
		if in.line(x.identity()) == nil {
			x.neg = dev.implied(x) == "off"
			out = append(out, x)
		}
	}
	return out
}

func (dev *Device) lines(b *strings.Builder, e *entry, depth int, all bool) {
	pad := strings.Repeat(" ", depth)
	for s := range e.lines() {
		b.WriteString(pad + dev.line(s) + "\n")
		dev.lines(b, s, depth+1, all)
		switch {
		case s.block() && len(s.r.Exits) > 0:
			b.WriteString(pad + s.r.Exits[0] + "\n")
		case s.r == nil && s.rare != nil && s.exit != "":
			b.WriteString(pad + s.exit + "\n")
		}
	}
	if all {
		for _, s := range dev.meant(e) {
			b.WriteString(pad + dev.line(s) + "\n")
		}
	}
}

func (dev *Device) braces(b *strings.Builder, e *entry, depth int) {
	for s := e.first; s != nil; s = s.next {
		under := s.first
		b.WriteString(strings.Repeat("    ", depth))
		if under != nil && off(under) {
			b.WriteString(dialect.Inactive + " ")
			under = under.next
		}
		b.WriteString(dev.line(s))
		if under == nil {
			b.WriteString(";\n")
			continue
		}
		b.WriteString(" {\n")
		dev.braces(b, &entry{first: under}, depth+1)
		b.WriteString(strings.Repeat("    ", depth) + "}\n")
	}
}

// off tells whether an entry is the mark of what is switched off.
func off(e *entry) bool { return e.says == dialect.Inactive }

func (dev *Device) paths(b *strings.Builder, e *entry, above []string) {
	for s := range e.lines() {
		path := append(slices.Clone(above), dev.line(s))
		if s.first == nil {
			b.WriteString(dialect.JoinPath(path) + "\n")
		}
		dev.paths(b, s, path)
	}
}
