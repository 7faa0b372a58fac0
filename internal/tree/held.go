package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Held gives what is wanted with each secret as the device shows it, where one of some values is
// wanted and the device shows it in another form: as a hash of it, for instance. So what is the
// same is no difference, and what is sent again is what stands there. same compares a value with
// what is shown, behind the word that the line calls its form.
func Held(have, want *Tree, values []string, same func(value, word, shown string) bool) *Tree {
	if len(values) == 0 {
		return want
	}
	have.settle(have.root)
	want.settle(want.root)
	h := holding{have: have, want: want, values: values, same: same}
	h.block(have.root, want.root)
	if len(h.put) == 0 {
		return want
	}
	lines := strings.SplitAfter(want.src, "\n")
	for _, p := range h.put {
		if p.no < 1 || int(p.no) > len(lines) {
			continue
		}
		if line := &lines[p.no-1]; strings.Count(*line, p.is) == 1 { // else nobody can tell which of them it is
			*line = strings.Replace(*line, p.is, p.shown, 1)
		}
	}
	t, _ := Parse(want.d, []byte(strings.Join(lines, "")))
	return t
}

// holding looks for secrets that a device holds in another form.
type holding struct {
	have, want *Tree
	values     []string
	same       func(value, word, shown string) bool
	put        []shownAs
}

// shownAs is what stands for a secret in a line, and what the device shows for it.
type shownAs struct {
	no        int32
	is, shown string
}

func (h *holding) block(have, want *node) {
	live := h.have.keys(have)
	for w := want.kid(); w != nil; w = w.next {
		l := live[h.want.key(w)]
		if l == nil {
			continue
		}
		a, b := h.have.match(l), h.want.match(w)
		if a != nil && b != nil && a.rule == b.rule && !a.neg && !b.neg && b.veiled() != "" && !opaque(b.rule) {
			h.line(a, b, w.no)
		}
		h.block(l, w)
	}
}

func (h *holding) line(a, b *matched, no int32) {
	for _, e := range dialect.Slots(b.rule.Pattern) {
		if e.Type != "secret" {
			continue
		}
		value, words := sealed(b.slot(e.Name)), strings.Fields(a.slot(e.Name))
		if len(words) == 0 || !slices.Contains(h.values, value) {
			continue
		}
		if shown := bare(words[len(words)-1]); shown != value && h.same(value, form(e, words), shown) {
			h.put = append(h.put, shownAs{no, b.raw(e.Name), a.raw(e.Name)})
		}
	}
}
