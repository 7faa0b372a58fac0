package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// reading is a line as a pattern understands it.
type reading struct {
	words []string
	slots map[string]string
	cost  []int // how narrow each step was: less is narrower
}

// said is the words of a line that are left to read.
type said struct {
	line  string
	words []dialect.Word
}

func (s said) empty() bool          { return len(s.words) == 0 }
func (s said) first() string        { return s.words[0].Text }
func (s said) from(n int) said      { return said{s.line, s.words[n:]} }
func (s said) to(n int) said        { return said{s.line, s.words[:n]} }
func (s said) each() (out []string) { return plain(s.words) }

// raw is the text as it stands in the line.
func (s said) raw() string {
	last := s.words[len(s.words)-1]
	return s.line[s.words[0].At : last.At+len(last.Text)]
}

func plain(ws []dialect.Word) (out []string) {
	for _, w := range ws {
		out = append(out, w.Text)
	}
	return out
}

// memory is how lines were read before, for devices that read the same ones often.
type memory map[line]meaning

type line struct {
	rules *dialect.Index
	text  string
}

type meaning struct {
	r  *dialect.Rule
	as *reading // shared: nobody changes it
}

// choose is the function of that name, of a device that may remember.
func (dev *Device) choose(rules *dialect.Index, text string) (*dialect.Rule, *reading) {
	if dev.memory == nil {
		return choose(dev.d, rules, text)
	}
	m, known := dev.memory[line{rules, text}]
	if !known {
		m.r, m.as = choose(dev.d, rules, text)
		dev.memory[line{rules, text}] = m
	}
	return m.r, m.as
}

// choose finds the rule that reads a line, the narrowest of several.
func choose(d *dialect.Dialect, rules *dialect.Index, line string) (best *dialect.Rule, as *reading) {
	s := said{line, dialect.AppendWords(nil, line)}
	if s.empty() {
		return nil, nil
	}
	named, other := rules.Of(s.first())
	for _, list := range [2][]*dialect.Rule{named, other} {
		for _, r := range list {
			got := read(d, r.Pattern, s)
			if got != nil && (as == nil || slices.Compare(got.cost, as.cost) < 0) {
				best, as = r, got
			}
		}
	}
	return best, as
}

// read reads words by a pattern, all of them.
func read(d *dialect.Dialect, es []dialect.Elem, s said) *reading {
	if len(es) == 0 {
		if !s.empty() {
			return nil
		}
		return &reading{slots: map[string]string{}}
	}
	e, rest := es[0], es[1:]
	switch e.Kind {
	case dialect.Literal:
		if !s.empty() && s.first() == e.Word {
			return read(d, rest, s.from(1)).with(e.Word, "", "", 0)
		}
	case dialect.Silent:
		if !s.empty() && s.first() == e.Word {
			if r := read(d, rest, s.from(1)); r != nil {
				return r
			}
		}
		return read(d, rest, s)
	case dialect.Rest:
		v := strings.Join(s.each(), " ")
		return (&reading{slots: map[string]string{}}).with(v, e.Name, v, 9)
	case dialect.Slot:
		return readSlot(d, e, rest, s)
	case dialect.Group:
		return readGroups(d, es, s)
	}
	return nil
}

// with puts a word in front of what was read behind it.
func (r *reading) with(word, slot, value string, cost int) *reading {
	if r == nil {
		return nil
	}
	if word != "" {
		r.words = append([]string{word}, r.words...)
	}
	r.cost = append([]int{cost}, r.cost...)
	if slot != "" {
		r.slots[slot] = value
	}
	return r
}

func readSlot(d *dialect.Dialect, e dialect.Elem, rest []dialect.Elem, s said) *reading {
	if e.Many() {
		for n := before(rest, s); n > 0; n-- { // as many words as the rest leaves
			if r := read(d, rest, s.from(n)); r != nil {
				v := many(d, e.Type, s.to(n))
				return r.with(v, e.Name, v, 8)
			}
		}
		return nil
	}
	if s.empty() {
		return nil
	}
	for n := min(2, len(s.words)); n > 0; n-- { // an address may have its mask behind it
		v, ok := value(d, e, s.to(n).each())
		if !ok {
			continue
		}
		if r := read(d, rest, s.from(n)); r != nil {
			return r.with(e.Pre+v+e.Post, e.Name, v, width(e))
		}
	}
	return nil
}

// before counts the words up to the first one that an optional group begins with: a list
// cannot hold that word.
func before(rest []dialect.Elem, s said) int {
	for n := 1; n < len(s.words); n++ {
		for _, e := range rest {
			if e.Kind == dialect.Group && e.Group[0].Kind == dialect.Literal && s.from(n).first() == e.Group[0].Word {
				return n
			}
		}
	}
	return len(s.words)
}

// width orders types by how much they take: a narrow one wins over a wide one.
func width(e dialect.Elem) int {
	switch {
	case e.Type == "enum":
		return 1
	case e.Type == "ifname" && e.Enum != nil: // of some kinds only
		return 2
	case slices.Contains([]string{"word", "peer", "ifname", "nexthop"}, e.Type):
		return 4
	}
	return 2
}

// readGroups reads the optional groups at the head of es, which may come in any order, then
// the rest; they are stored in the rule's order.
func readGroups(d *dialect.Dialect, es []dialect.Elem, s said) *reading {
	n := 0
	for n < len(es) && es[n].Kind == dialect.Group {
		n++
	}
	tail, taken := groups(d, es[:n], make([]*reading, n), es[n:], s)
	if tail == nil {
		return nil
	}
	for i := n - 1; i >= 0; i-- {
		if taken[i] == nil {
			continue
		}
		tail.words = append(slices.Clone(taken[i].words), tail.words...)
		for k, v := range taken[i].slots {
			tail.slots[k] = v
		}
	}
	return tail.with("", "", "", 6)
}

// groups tries every group that is left at the head of the words, and none.
func groups(d *dialect.Dialect, gs []dialect.Elem, taken []*reading, rest []dialect.Elem, s said) (*reading, []*reading) {
	for i := range gs {
		if taken[i] != nil {
			continue
		}
		for size := len(s.words); size > 0; size-- {
			got := read(d, gs[i].Group, s.to(size))
			if got == nil {
				continue
			}
			with := slices.Clone(taken)
			with[i] = got
			if tail, all := groups(d, gs, with, rest, s.from(size)); tail != nil {
				return tail, all
			}
		}
	}
	return read(d, rest, s), taken
}
