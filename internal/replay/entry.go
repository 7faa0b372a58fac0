package replay

import (
	"iter"
	"strconv"
	"strings"

	"plumbline/internal/tree/dialect"
)

// entry is one line that the device holds, and the lines under it.
type entry struct {
	r     *dialect.Rule // nil for a line that no rule knows
	neg   bool
	words []string // canonical, without the negating word
	slots slots
	up    *entry

	first, last, next, prev *entry
	count                   int               // of the lines under it
	byID                    map[string]*entry // of a block with more than a few lines

	twins  map[string]int // of lines under it that no rule knows: how many there were of each
	id     string         // what makes it this line; "" until asked
	exit   string         // of a block that no rule knows
	fields []string       // its words one by one, without the negating word; nil until asked
}

// few is how many lines of a block are looked through one by one.
const few = 8

// lines visits the lines of a block in their order. What is visited may go meanwhile.
func (e *entry) lines() iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for s := e.first; s != nil; {
			next := s.next
			if !yield(s) {
				return
			}
			s = next
		}
	}
}

// line finds the line of a block with an identity; nil is none.
func (e *entry) line(id string) *entry {
	if e.byID != nil {
		return e.byID[id]
	}
	for s := e.first; s != nil; s = s.next {
		if s.id == id {
			return s
		}
	}
	return nil
}

// another gives the identity of one more line that no rule knows, beside one that is equal to
// it; or the block of that name which it is one with.
func (e *entry) another(id string) (string, *entry) {
	if e.twins == nil {
		e.twins = map[string]int{}
	}
	for n := max(2, e.twins[id]); ; n++ {
		next := id + "\x00" + strconv.Itoa(n)
		if old := e.line(next); old == nil || old.first != nil && !e.text() {
			e.twins[id] = n
			return next, old
		}
	}
}

// add puts a new line at the end of a block.
func (e *entry) add(s *entry) {
	e.link(e.last, s)
	e.count++
	if e.byID != nil {
		e.byID[s.id] = s
	} else if e.count > few {
		e.byID = make(map[string]*entry, 4*few)
		for s := range e.lines() {
			e.byID[s.id] = s
		}
	}
}

// link puts a line behind another one of the block, at its head behind nil.
func (e *entry) link(behind, s *entry) {
	s.prev, s.next = behind, e.first
	if behind != nil {
		s.next, behind.next = behind.next, s
	} else {
		e.first = s
	}
	if s.next != nil {
		s.next.prev = s
	} else {
		e.last = s
	}
}

// unlink takes a line out of the order of its block.
func (e *entry) unlink(s *entry) {
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		e.first = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	} else {
		e.last = s.prev
	}
}

// take gives a new line the place of an old one with the same identity.
func (e *entry) take(old, s *entry) {
	e.link(old, s)
	e.unlink(old)
	if e.byID != nil {
		e.byID[s.id] = s
	}
}

// cut takes a line out of a block.
func (e *entry) cut(s *entry) {
	if s.r == nil {
		e.twins = nil // what was taken may be free again
	}
	e.unlink(s)
	e.count--
	if e.byID != nil {
		delete(e.byID, s.id)
	}
}

func (e *entry) block() bool { return e.r != nil && !e.neg && e.r.Block() }

// text tells whether what stands under an entry is one text that rules know nothing of.
func (e *entry) text() bool {
	for x := e; x != nil; x = x.up {
		if x.r != nil && x.r.Rewrite {
			return true
		}
	}
	return false
}

// identity is what makes two entries of a block the same one.
func (e *entry) identity() string {
	if e.r == nil {
		return "? " + strings.Join(e.words, " ")
	}
	return identity(e.r, e.words, e.slots)
}

func identity(r *dialect.Rule, words []string, s slots) string {
	switch {
	case r.Choice != "":
		return "choice " + r.Choice + " " + s.get(r.ChoiceSlot)
	case r.Many:
		return r.Text + "\x00" + strings.Join(words, " ")
	}
	id := r.Text
	for _, k := range r.Keys() {
		id += "\x00" + s.get(k)
	}
	return id
}

// each visits every entry below.
func (e *entry) each(f func(*entry)) {
	for s := range e.lines() {
		f(s)
		s.each(f)
	}
}

// slots are the values of a line by the names of their slots.
type slots []bound

type bound struct{ name, value string }

// get gives the value of a slot; "" where there is none.
func (s slots) get(name string) string {
	v, _ := s.find(name)
	return v
}

func (s slots) find(name string) (string, bool) {
	for i := range s {
		if s[i].name == name {
			return s[i].value, true
		}
	}
	return "", false
}

// with is the same with another value in one slot.
func (s slots) with(name, value string) slots {
	out := make(slots, 0, len(s)+1)
	for _, x := range s {
		if x.name != name {
			out = append(out, x)
		}
	}
	return append(out, bound{name, value})
}

// only gives the slots that a pattern names.
func (s slots) only(es []dialect.Elem) slots { return s.among(es, make(slots, 0, len(s))) }

func (s slots) among(es []dialect.Elem, out slots) slots {
	for i := range es {
		switch e := &es[i]; e.Kind {
		case dialect.Slot:
			if v, ok := s.find(e.Name); ok {
				out = append(out, bound{e.Name, v})
			}
		case dialect.Group:
			out = s.among(e.Group, out)
		}
	}
	return out
}

// some tells whether there is any of the slots that a pattern names.
func (s slots) some(es []dialect.Elem) bool {
	for i := range es {
		e := &es[i]
		if _, ok := s.find(e.Name); e.Kind == dialect.Slot && ok || e.Kind == dialect.Group && s.some(e.Group) {
			return true
		}
	}
	return false
}

// near gives the value of a slot of an entry or of the blocks around it; the inner one wins.
func (e *entry) near(name string) (string, bool) {
	for x := e; x != nil; x = x.up {
		if v, ok := x.slots.find(name); ok {
			return v, true
		}
	}
	return "", false
}
