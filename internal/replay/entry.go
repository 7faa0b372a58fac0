package replay

import (
	"iter"
	"strconv"

	"plumbline/internal/tree/dialect"
)

// entry is one line that the device holds, and the lines under it.
type entry struct {
	r        *dialect.Rule // nil for a line that no rule knows
	*reading               // without the negating word; of an entry alone where its identity is to change
	up       *entry

	first, last, next, prev *entry
	*rare                         // nil until something of it is needed
	under                   int32 // how many lines stand under it
	neg                     bool
	later                   bool  // a block from paper that is not in the book yet
	met                     uint8 // when it was found last in a text that the device is to show
}

// alike tells whether two entries say the same, a negating word aside.
func (e *entry) alike(o *entry) bool { return e.says == o.says && e.count == o.count }

// rare is what few entries have. It stands apart, since a proof holds a thousand of them.
type rare struct {
	byID    *lookup        // of a block with more than a few lines
	byWords *nears         // of such a block that is asked for often
	twins   map[string]int // of lines under it that no rule knows: how many there were of each
	exit    string         // of a block that no rule knows
	more    *shelf         // of the top: lines that are still to be read from paper; nil is none
}

// own gives room for what few entries have.
func (e *entry) own() *rare {
	if e.rare == nil {
		e.rare = &rare{}
	}
	return e.rare
}

// unread is what is still to be read from paper; nil is nothing.
func (e *entry) unread() *shelf {
	if e.rare == nil {
		return nil
	}
	return e.more
}

// index finds the lines of a block that has more than a few; nil is none.
func (e *entry) index() *lookup {
	if e.rare == nil {
		return nil
	}
	return e.byID
}

// few is how many lines of a block are looked through one by one.
const few = 8

// lines visits the lines of a block in their order. What is visited may go meanwhile.
func (e *entry) lines() iter.Seq[*entry] {
	if more := e.unread(); more != nil {
		more.all()
	}
	return e.held()
}

// held visits those lines of a block that were read.
func (e *entry) held() iter.Seq[*entry] {
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
	var space [128]byte
	return e.spelled(append(space[:0], id...))
}

// spelled is line with an identity that need not last.
func (e *entry) spelled(id []byte) *entry {
	if more := e.unread(); more != nil {
		more.want(id)
	}
	return e.got(id)
}

// got finds it among those that were read.
func (e *entry) got(id []byte) *entry {
	if of := e.index(); of != nil {
		return of.find(id)
	}
	for s := e.first; s != nil; s = s.next {
		if s.id == string(id) {
			return s
		}
	}
	return nil
}

// another gives the identity of one more line that no rule knows, beside one that is equal to
// it; or the block of that name which it is one with.
func (e *entry) another(id string) (string, *entry) {
	if e.own().twins == nil {
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
	e.under++
	if of := e.index(); of != nil {
		of.put(s)
	} else if e.under > few {
		of = newLookup(4 * few)
		e.own().byID = of
		for s := range e.held() {
			of.put(s)
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
	e.comes(s)
}

// unlink takes a line out of the order of its block.
func (e *entry) unlink(s *entry) {
	e.goes(s)
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
	if of := e.index(); of != nil {
		of.put(s)
	}
}

// cut takes a line out of a block.
func (e *entry) cut(s *entry) {
	if s.r == nil && e.rare != nil {
		e.twins = nil // what was taken may be free again
	}
	e.unlink(s)
	e.under--
	if of := e.index(); of != nil {
		of.cut(s.id)
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
		return "? " + e.says
	}
	return identity(e.r, e.says, e.slots)
}

func identity(r *dialect.Rule, line string, s slots) string {
	if r.Choice == "" && !r.Many && len(r.Keys()) == 0 {
		return r.ID
	}
	var space [128]byte
	return string(appendIdentity(space[:0], r, line, s))
}

// appendIdentity writes the identity of a line behind what is there.
func appendIdentity(out []byte, r *dialect.Rule, line string, s slots) []byte {
	switch {
	case r.Choice != "":
		out = append(append(out, "choice "...), r.Choice...)
		return append(append(out, ' '), s.get(r.ChoiceSlot)...)
	case r.Many:
		return append(append(append(out, r.ID...), 0), line...)
	}
	out = append(out, r.ID...)
	for _, k := range r.Keys() {
		out = append(append(out, 0), s.get(k)...)
	}
	return out
}

// of visits at least those lines of a block that a rule knows.
func (e *entry) of(r *dialect.Rule) iter.Seq[*entry] {
	if more := e.unread(); more != nil {
		more.rule(r)
	}
	return e.held()
}

// each visits every entry below that was read.
func (e *entry) each(f func(*entry)) {
	for s := range e.held() {
		f(s)
		s.each(f)
	}
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
