package replay

import (
	"strings"

	"plumbline/internal/tree/dialect"
)

// path takes a command that names its line by the whole path.
func (dev *Device) path(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case dev.d.Set:
		return dev.setPath(rest)
	case dev.d.Negate:
		return dev.deletePath(line, rest)
	case "insert":
		return dev.insert(line, rest)
	case "activate", "deactivate":
		return dev.mark(line, rest, word == "deactivate")
	}
	return refuse(UnknownCommand, line, "unknown command: %s", line)
}

// levels splits what a command names into the lines from the top down.
func (dev *Device) levels(text string) []string {
	if dev.d.Syntax == "path" {
		return dialect.SplitPath(text)
	}
	if dev.d.Acts == "file" {
		return strings.Split(text, " { ")
	}
	var out []string
	in, rules := dev.top, dev.d.All
	for s := (said{text, dialect.AppendWords(nil, text)}); !s.empty(); {
		n, e, r := dev.step(in, rules, s)
		out = append(out, s.to(n).raw())
		s = s.from(n)
		in, rules = e, nil
		if r != nil {
			rules = r.Under
		}
	}
	return out
}

// step finds how many words name the next line: as many as a rule reads with what follows
// still to be read below it, or as a stored line has, or else all.
func (dev *Device) step(in *entry, rules *dialect.Index, s said) (int, *entry, *dialect.Rule) {
	for n := 1; n <= len(s.words); n++ {
		r, as := dev.choose(rules, s.to(n).raw())
		if r == nil || n < len(s.words) && !dev.goesOn(r, s, n, rules) {
			continue
		}
		var e *entry
		if in != nil {
			e = in.line(identity(r, as.says, as.slots))
		}
		return n, e, r
	}
	if in != nil {
		for n := len(s.words) - 1; n > 0; n-- {
			for e := range in.lines() {
				if e.first != nil && e.spells(s.to(n)) {
					return n, e, e.r
				}
			}
		}
	}
	return len(s.words), nil, nil
}

// goesOn tells whether words behind the first n may stand under a line of a rule, and no
// longer line of the block takes them.
func (dev *Device) goesOn(r *dialect.Rule, s said, n int, rules *dialect.Index) bool {
	if !r.Block() {
		return false
	}
	for m := len(s.words); m > n; m-- {
		longer, _ := dev.choose(rules, s.to(m).raw())
		if longer != nil && longer != r && !longer.Valued() {
			return false
		}
	}
	return true
}

func (dev *Device) setPath(rest string) error {
	in := dev.top
	levels := dev.levels(rest)
	for i, text := range levels {
		made := dev.read(in, text)
		e := made[len(made)-1]
		e.id = e.identity()
		if i < len(levels)-1 {
			if old := newest(in, text); old != nil {
				in = old
				continue
			}
			if old := e.up.line(e.id); old != nil && (e.r == nil || old.alike(e)) {
				in = old
				continue
			}
		}
		if e.r == nil {
			in = dev.put(e.up, e)
			continue
		}
		if err := dev.set(e.up, e); err != nil {
			return err
		}
		next := e.up.line(e.id)
		if next == nil {
			return nil
		}
		in = next
	}
	return nil
}

// newest finds the last line with these words in a text, where equal lines are several.
func newest(in *entry, text string) *entry {
	for s := in.last; s != nil && in.text(); s = s.prev {
		if s.says == text {
			return s
		}
	}
	return nil
}

// at finds the stored lines that a path names, from the top down; nil where there is none.
func (dev *Device) at(text string) *entry {
	in := dev.top
	for _, level := range dev.levels(text) {
		e := dev.child(in, level)
		if e == nil {
			return nil
		}
		in = e
	}
	return in
}

// child finds a stored line by its text, or by its text as far as the value.
func (dev *Device) child(in *entry, text string) *entry {
	e := dev.read(in, text)[0]
	in = e.up // another spelling may stand elsewhere
	if old := in.line(e.identity()); old != nil && (e.r == nil || old.alike(e)) {
		return old
	}
	for old := range in.lines() {
		if old.r == nil {
			if old.spells(said{text, dialect.AppendWords(nil, text)}) {
				return old
			}
			continue
		}
		got := dev.chooser.part(dev.d, head(old.r.Pattern), text)
		if got != nil && fits(old, got) {
			return old
		}
	}
	return nil
}

func (dev *Device) deletePath(line, rest string) error {
	e := dev.at(rest)
	if e == nil || e == dev.top {
		e = dev.headOnly(rest)
	}
	if e == nil {
		in, lines := dev.beneath(rest)
		for _, e := range lines {
			dev.moves++
			dev.drop(e)
		}
		if dev.tidyUp(in); len(lines) > 0 {
			return nil
		}
		return refuse(Missing, line, "warning: statement not found: %s", rest)
	}
	up := e.up
	if e.r != nil {
		if err := dev.remove(e, line); err != nil {
			return err
		}
	} else {
		dev.moves++
		dev.drop(e)
	}
	dev.tidyUp(up)
	return nil
}

// tidyUp drops containers that hold nothing: they are not there.
func (dev *Device) tidyUp(up *entry) {
	for up != dev.top && up != nil && dev.unseen(up) {
		next := up.up
		dev.drop(up)
		up = next
	}
}

// beneath finds the lines under a header that no rule knows: they stand as one line each, with the
// header in front. All of them go with it.
func (dev *Device) beneath(path string) (in *entry, lines []*entry) {
	if dev.d.Syntax != "brace" {
		return nil, nil
	}
	in = dev.top
	for s := (said{path, dialect.AppendWords(nil, path)}); !s.empty(); {
		for e := range in.lines() {
			if e.r == nil && strings.HasPrefix(e.says, strings.Join(s.each(), " ")+" ") {
				lines = append(lines, e)
			}
		}
		if lines != nil {
			return in, lines
		}
		n, e, _ := dev.step(in, dev.rulesOf(in), s)
		if e == nil {
			return nil, nil
		}
		in, s = e, s.from(n)
	}
	return nil, nil
}

// headOnly finds the line that a path names without its value, where the rules read the
// last words as something else.
func (dev *Device) headOnly(text string) *entry {
	words := dialect.AppendWords(nil, text)
	var find func(in *entry, s said) *entry
	find = func(in *entry, s said) *entry {
		for e := range in.lines() {
			short := e.reading
			if e.r != nil {
				short = composed(head(e.r.Pattern), e.slots)
			}
			for _, w := range []*reading{e.reading, short} {
				n := int(w.count)
				if n == 0 || n > len(s.words) || !w.spells(s.to(n)) {
					continue
				}
				if n == len(s.words) {
					return e
				}
				if hit := find(e, s.from(n)); hit != nil {
					return hit
				}
			}
		}
		return nil
	}
	return find(dev.top, said{text, words})
}

// mark switches what is there on or off.
func (dev *Device) mark(line, rest string, off bool) error {
	e := dev.at(rest)
	if e == nil {
		return refuse(Missing, line, "statement not found: %s", rest)
	}
	id := "? " + dialect.Inactive
	old := e.line(id)
	switch {
	case off && old == nil:
		m := &entry{reading: &reading{says: dialect.Inactive, count: 1}, up: e}
		dev.put(e, m)
		e.unlink(m)
		e.link(nil, m)
	case !off && old != nil:
		dev.moves++
		dev.drop(old)
	}
	return nil
}

// insert moves a line before or after another one of its block.
func (dev *Device) insert(line, rest string) error {
	for _, where := range []string{" before ", " after "} {
		what, anchor, ok := cutLast(rest, where)
		if !ok {
			continue
		}
		e := dev.at(what)
		if e == nil {
			return refuse(Missing, line, "statement not found: %s", what)
		}
		other := dev.child(e.up, strings.TrimSpace(anchor))
		if other == nil || other == e {
			return refuse(Missing, line, "statement not found: %s", anchor)
		}
		was := e.prev
		e.up.unlink(e)
		behind := other
		if where == " before " {
			behind = other.prev
		}
		e.up.link(behind, e)
		if e.prev != was {
			dev.moves++
		}
		return nil
	}
	return refuse(Incomplete, line, "insert wants before or after: %s", line)
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", "", false
}
