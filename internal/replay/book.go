package replay

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// book is kept of what the device holds: names that are defined and used, values that one
// line holds alone, lines of the way in, filters.
type book struct {
	defs, refs map[string]int
	loose      map[string]bool // used and not defined
	held       map[string][]*entry
	part       map[*entry]string // the names of those of them that hold their value in a part of the device
	nets       map[string]*nets  // by the part of the device
	lifelines  map[string]int
	filters    map[string]int
	owners     map[string]int
	always     map[string]bool        // what was found of names of blocks that cannot be deleted
	members    []*entry               // lines that make their block follow another one
	freed      []string               // what the last command let go: values that clash, places to be empty first
	claimed    []string               // and what it took of them
	aim        *entry                 // what the last command took away by itself
	turned     func(e *entry, by int) // who looks at every line that comes or goes; nil is nobody
	bare       []string               // filters that have just gone, and no other one like them is left
	out        []string               // lines of the way in likewise
}

func newBook() book {
	return book{
		defs: map[string]int{}, refs: map[string]int{}, loose: map[string]bool{}, held: map[string][]*entry{},
		lifelines: map[string]int{}, filters: map[string]int{}, owners: map[string]int{}, always: map[string]bool{},
	}
}

// Loose gives the names, as kind:name, that lines use and nothing defines.
func (dev *Device) Loose() []string { return slices.Sorted(maps.Keys(dev.book.loose)) }

// Strange gives the lines that no rule knows, each behind those it stands under. A block that is
// a text is known as a whole.
func (dev *Device) Strange() (out []string) {
	var down func(in *entry, above string)
	down = func(in *entry, above string) {
		for e := range in.lines() {
			line := above + e.says
			switch {
			case e.r == nil:
				out = append(out, line)
			case !e.text():
				down(e, line+" { ")
			}
		}
	}
	down(dev.top, "")
	return out
}

// defs and refs count the lines that define a name, and those that use it.
func (dev *Device) defs(name string) int {
	dev.ask(name)
	return dev.book.defs[name]
}

func (dev *Device) refs(name string) int {
	dev.ask(name)
	return dev.book.refs[name]
}

// loose tells whether a name is used and not defined.
func (dev *Device) loose(name string) bool {
	dev.ask(name)
	return dev.book.loose[name]
}

// holders gives the lines that have a value which one line may have alone.
func (dev *Device) holders(name string) []*entry {
	dev.ask(name)
	return dev.book.held[name]
}

// ask reads on paper whatever may have to do with a name, if that was not done before.
func (dev *Device) ask(name string) {
	more := dev.top.unread()
	if more == nil {
		return
	}
	if more.enter(); !more.asked[name] {
		more.ask(name)
	}
}

// askAll does so for all names of a kind.
func (dev *Device) askAll(kind string) {
	if more := dev.top.unread(); more != nil {
		more.kind(kind, "")
	}
}

// asked tells whether all that a name has to do with was read.
func (dev *Device) asked(name string) bool {
	more := dev.top.unread()
	return more == nil || more.asked[name]
}

// reading tells whether lines come to be read from paper, and not to be changed.
func (dev *Device) reading() bool {
	more := dev.top.unread()
	return more != nil && more.reading
}

// enters and leaves keep the book when an entry, with all under it, comes or goes.
func (dev *Device) enters(e *entry) {
	dev.moves++
	dev.books(e, 1)
}

func (dev *Device) leaves(e *entry) { dev.books(e, -1) }

// books notes what comes or goes at once, but in blocks that are not in the book yet: of these
// only what others look at before somebody asks for the book.
func (dev *Device) books(e *entry, by int) {
	if !outer(e).later {
		dev.note(e, by)
		return
	}
	if b := &dev.book; b.turned != nil && !dev.reading() {
		b.turned(e, by)
	}
}

// due puts the block of a line into the book before the line comes or goes, where the book says
// anything of it. What is read because something asks for it is not in the book at first: most of
// it is never asked for by a name.
func (dev *Device) due(e *entry, by int) {
	more := dev.top.unread()
	switch {
	case more == nil || more.starting:
	case more.reading && e.up == dev.top && by > 0 && e.first == nil:
		e.later = true
		more.blocks = append(more.blocks, e)
	case by < 0 && e.up == dev.top || !more.reading && dev.booked(e):
		more.enterBlock(outer(e))
	}
}

// booked tells whether the book says anything of a line, or of others because of it.
func (dev *Device) booked(e *entry) bool {
	if e.r == nil {
		return e.first != nil
	}
	r := e.r
	word, parts := dev.d.Parts[r.Up]
	return e.first != nil || r.Lockout || r.Filter || r.Def != nil || r.Ref != nil || r.Unique != nil || len(r.Inherits)+len(r.Owns) > 0 ||
		r.Replace == "undo-first" || parts && (r.First() == word || r.First() == "")
}

func (dev *Device) note(e *entry, by int) {
	for s := e.first; s != nil; s = s.next {
		dev.note(s, by)
	}
	b := &dev.book
	if b.turned != nil && !dev.reading() {
		b.turned(e, by)
	}
	if e.r == nil {
		return
	}
	if e.r.Lockout && !e.r.Ahead { // a remark lets nobody in
		if line := place(e.up) + "\x00" + dev.line(e); added(b.lifelines, line, by) == 0 && !dev.reading() {
			b.out = append(b.out, line)
		}
	}
	if e.neg {
		return
	}
	if len(e.r.Inherits) > 0 && by > 0 {
		b.members = append(b.members, e)
	} else if len(e.r.Inherits) > 0 {
		b.members = slices.DeleteFunc(b.members, func(x *entry) bool { return x == e })
	}
	if name := dev.nameOf(e, e.r.Def); name != "" {
		dev.counts(b.defs, name, by)
	}
	if name := dev.nameOf(e, e.r.Ref); name != "" && e.r.Missing != "ignore" && !dev.always(name) {
		dev.counts(b.refs, name, by)
	}
	dev.single(e, by)
	dev.parts(e)
	if e.r.Filter {
		if at := dev.filter(e); added(b.filters, at, by) == 0 && !dev.reading() {
			b.bare = append(b.bare, at)
		}
	}
	if len(e.r.Owns) > 0 {
		b.owners[e.owner()] += by
	}
}

// owner is the words that what a line owns begins with.
func (e *entry) owner() string {
	one, _ := firstWord(e.says)
	two, more := firstWord(e.says[min(len(e.says), len(one)+1):])
	if two == "" && !more {
		return one
	}
	return e.says[:len(one)+1+len(two)]
}

// single keeps the book of values that one line holds alone, and of places.
func (dev *Device) single(e *entry, by int) {
	b := &dev.book
	if e.r.Unique != nil {
		name := dev.part(e, by)
		if e.r.Clash == "ignore" || e.r.Clash == "refuse" || e.r.Clash == "overlap" {
			dev.turn(name, by)
		}
		dev.net(e, partOf(name, e), by)
		if by > 0 {
			b.held[name] = append(b.held[name], e)
		} else {
			b.held[name] = slices.DeleteFunc(b.held[name], func(x *entry) bool { return x == e })
		}
	}
	if e.r.Replace == "undo-first" && dev.d.AtOnce() && !dev.reading() { // else no step is looked at by itself
		dev.turn(place(e), by)
	}
}

// always tells whether a name is that of a block which cannot be deleted: it is there, also
// where nothing is said of it.
func (dev *Device) always(name string) bool {
	kind, what, _ := strings.Cut(name, ":")
	if known, ok := dev.book.always[name]; ok {
		return known
	}
	found := slices.ContainsFunc(dev.d.Rules, func(r *dialect.Rule) bool {
		if !r.Fixed || r.Def == nil || r.Def.Kind != kind || len(r.Def.Slots) != 1 {
			return false
		}
		slot := r.Def.Slots[0]
		fits := func(e dialect.Elem) bool { _, ok := one(dev.d, &e, what); return ok && e.Name == slot }
		return slices.ContainsFunc(dialect.Slots(r.Pattern), fits) && dev.fixed(&entry{r: r, reading: &reading{slots: slots{{&slot, what}}}})
	})
	dev.book.always[name] = found
	return found
}

// turn notes that a value or a place is let go, or taken.
func (dev *Device) turn(what string, by int) {
	switch b := &dev.book; {
	case dev.reading():
	case by < 0:
		b.freed = append(b.freed, what)
	default:
		b.claimed = append(b.claimed, what)
	}
}

// place names an entry by its keys from the top down.
func place(e *entry) string {
	var space [128]byte
	return string(appendPlace(space[:0], e))
}

func appendPlace(out []byte, e *entry) []byte {
	if e.up == nil {
		return out
	}
	return append(append(appendPlace(out, e.up), 0, 0), e.id...)
}

// counts changes how many lines define a name, or use it.
func (dev *Device) counts(in map[string]int, name string, by int) {
	if !dev.reading() {
		dev.ask(name)
	}
	if added(in, name, by); dev.asked(name) {
		dev.book.tie(name)
	}
}

// tie notes whether a name hangs loose.
func (b *book) tie(name string) {
	if b.refs[name] > 0 && b.defs[name] == 0 {
		b.loose[name] = true
	} else {
		delete(b.loose, name)
	}
}

// added changes a count and gives what it is now.
func added(to map[string]int, name string, by int) int {
	n := to[name] + by
	to[name] = n
	return n
}

// filter names what a filter stands at: its own words without their values, then the blocks
// around it from the inside out.
func (dev *Device) filter(e *entry) string {
	out := composed(headKeys(e.r.Pattern), e.slots).says
	for x := e.up; x != nil && x != dev.top; x = x.up {
		out += "\x00" + dev.line(x)
	}
	return out
}

// stands tells whether there is a block in blocks, given from the inside out.
func (dev *Device) stands(blocks []string) bool {
	in := dev.top
	for i, block := range slices.Backward(blocks) {
		if more := in.unread(); more != nil && (i > 0 || !dev.d.Gates(block)) {
			more.all()
		}
		at := in.first
		for at != nil && dev.line(at) != block {
			at = at.next
		}
		if in = at; in == nil {
			return false
		}
	}
	return true
}

// headKeys is a pattern without its values.
func headKeys(es []dialect.Elem) []dialect.Elem {
	return slices.DeleteFunc(slices.Clone(es), func(e dialect.Elem) bool { return e.Value || e.Kind == dialect.Group })
}
