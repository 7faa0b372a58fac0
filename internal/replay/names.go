package replay

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// scope is where the names of slots are looked up: those that a glob bound, then those of an
// entry and of the blocks it stands in.
type scope struct {
	e     *entry
	bound slots
}

func (s scope) find(name string) (string, bool) {
	if v, ok := s.bound.find(name); ok {
		return v, true
	}
	return s.e.near(name)
}

// seek finds the entries that a glob selects, as seen from one of them.
func (dev *Device) seek(e *entry, g dialect.Glob) []*entry {
	from := e.up
	switch {
	case g.From == dialect.Top:
		from = dev.top
	case g.From == dialect.Beside && from.up != nil:
		from = from.up
	}
	var out []*entry
	dev.under(from, g.Levels, scope{e: e}, func(x *entry, bound scope) {
		if g.Then == nil {
			out = append(out, x)
			return
		}
		dev.under(from, g.Then, bound, func(y *entry, _ scope) { out = append(out, y) })
	})
	return out
}

func (dev *Device) under(from *entry, levels [][]dialect.GlobWord, known scope, f func(*entry, scope)) {
	for x := range from.lines() {
		bound, ok := alike(levels[0], dev.said(x), known)
		if !ok && x.neg { // a switch that is off belongs to the same owner
			bound, ok = alike(levels[0], dev.said(x)[1:], known)
		}
		switch {
		case !ok:
		case len(levels) > 1:
			dev.under(x, levels[1:], bound, f)
		default:
			f(x, bound)
		}
	}
}

// said is an entry word by word, as the device shows it.
func (dev *Device) said(e *entry) []string {
	if e.fields == nil {
		e.fields = strings.Fields(dev.line(e))
	}
	return e.fields
}

// alike compares words with one level of a glob.
func alike(glob []dialect.GlobWord, words []string, known scope) (scope, bool) {
	for i, g := range glob {
		if g.Kind == dialect.Tail {
			return known, true
		}
		if i >= len(words) {
			return known, false
		}
		switch w := words[i]; g.Kind {
		case dialect.Exact:
			if g.Text != w {
				return known, false
			}
		case dialect.Bound:
			if v, ok := known.find(g.Text); !ok || len(w) != len(g.Pre)+len(v)+len(g.Post) || g.Pre+v+g.Post != w {
				return known, false
			}
		case dialect.Bind:
			known.bound = known.bound.with(g.Text, w)
		}
	}
	return known, len(glob) == len(words)
}

func fitsGlob(glob []dialect.GlobWord, words []string, known scope) bool {
	_, ok := alike(glob, words, known)
	return ok
}

// nameOf gives kind:name of what an entry defines, uses or holds alone; "" where a slot that
// makes the name is not there.
func (dev *Device) nameOf(e *entry, n *dialect.Name) string {
	if n == nil {
		return ""
	}
	if n.Template != "" {
		return n.Kind + ":" + filled(n.Template, e)
	}
	out := n.Kind
	for i, s := range n.Slots {
		v, ok := e.near(s)
		if !ok && len(n.Slots) == 1 {
			return ""
		}
		sep := ","
		if i == 0 {
			sep = ":"
		}
		out += sep + v
	}
	return out
}

// filled is a template with the slots that are there in the place of their names.
func filled(template string, e *entry) (out string) {
	for {
		open := strings.IndexByte(template, '{')
		if open < 0 {
			return out + template
		}
		shut := strings.IndexByte(template[open:], '}')
		if shut < 0 {
			return out + template
		}
		name := template[open+1 : open+shut]
		out += template[:open]
		if v, ok := e.near(name); ok {
			out += v
		} else {
			out += template[open : open+shut+1]
		}
		template = template[open+shut+1:]
	}
}

// taken finds another line that has the value that a line must have alone.
func (dev *Device) taken(e *entry) *entry {
	for _, x := range dev.book.held[dev.nameOf(e, e.r.Unique)] {
		if x.id != e.id || x.up != e.up {
			return x
		}
	}
	return nil
}

// book is kept of what the device holds: names that are defined and used, values that one
// line holds alone, lines of the way in, filters.
type book struct {
	defs, refs map[string]int
	loose      map[string]bool // used and not defined
	held       map[string][]*entry
	lifelines  map[string]int
	filters    map[string]int
	owners     map[string]int
	always     map[string]bool        // what was found of names of blocks that cannot be deleted
	members    []*entry               // lines that make their block follow another one
	freed      []string               // what the last command let go: values that clash, places to be empty first
	claimed    []string               // and what it took of them
	aim        *entry                 // what the last command took away by itself
	turned     func(e *entry, by int) // who looks at every line that comes or goes; nil is nobody
}

func newBook() book {
	return book{
		defs: map[string]int{}, refs: map[string]int{}, loose: map[string]bool{}, held: map[string][]*entry{},
		lifelines: map[string]int{}, filters: map[string]int{}, owners: map[string]int{}, always: map[string]bool{},
	}
}

// Loose gives the names, as kind:name, that lines use and nothing defines.
func (dev *Device) Loose() []string { return slices.Sorted(maps.Keys(dev.book.loose)) }

// enters and leaves keep the book when an entry, with all under it, comes or goes.
func (dev *Device) enters(e *entry) {
	dev.moves++
	dev.note(e, 1)
}

func (dev *Device) leaves(e *entry) { dev.note(e, -1) }

func (dev *Device) note(e *entry, by int) {
	for s := range e.lines() {
		dev.note(s, by)
	}
	b := &dev.book
	if b.turned != nil {
		b.turned(e, by)
	}
	if e.r == nil {
		return
	}
	if e.r.Lockout {
		b.lifelines[dev.line(e)] += by
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
		b.name(b.defs, name, by)
	}
	if name := dev.nameOf(e, e.r.Ref); name != "" && e.r.Missing != "ignore" && !dev.always(name) {
		b.name(b.refs, name, by)
	}
	if e.r.Unique != nil {
		name := dev.nameOf(e, e.r.Unique)
		if e.r.Clash == "ignore" || e.r.Clash == "refuse" {
			b.turn(name, by)
		}
		if by > 0 {
			b.held[name] = append(b.held[name], e)
		} else {
			b.held[name] = slices.DeleteFunc(b.held[name], func(x *entry) bool { return x == e })
		}
	}
	if e.r.Replace == "undo-first" {
		b.turn(place(e), by)
	}
	if e.r.Filter {
		b.filters[dev.filter(e)] += by
	}
	if len(e.r.Owns) > 0 {
		b.owners[strings.Join(e.words[:min(2, len(e.words))], " ")] += by
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
		return slices.ContainsFunc(dialect.Slots(r.Pattern), fits) && dev.fixed(&entry{r: r, slots: slots{{slot, what}}})
	})
	dev.book.always[name] = found
	return found
}

// turn notes that a value or a place is let go, or taken.
func (b *book) turn(what string, by int) {
	if by < 0 {
		b.freed = append(b.freed, what)
		return
	}
	b.claimed = append(b.claimed, what)
}

// place names an entry by its keys from the top down.
func place(e *entry) string {
	if e.up == nil {
		return ""
	}
	return place(e.up) + "\x00\x00" + e.id
}

func (b *book) name(in map[string]int, name string, by int) {
	in[name] += by
	if b.refs[name] > 0 && b.defs[name] == 0 {
		b.loose[name] = true
	} else {
		delete(b.loose, name)
	}
}

// filter names what a filter stands at: its own words without their values, then the blocks
// around it from the inside out.
func (dev *Device) filter(e *entry) string {
	out := strings.Join(compose(dev.d, headKeys(e.r.Pattern), e.slots), " ")
	for x := e.up; x != nil && x != dev.top; x = x.up {
		out += "\x00" + dev.line(x)
	}
	return out
}

// stands tells whether there is a block in blocks, given from the inside out.
func (dev *Device) stands(blocks []string) bool {
	in := dev.top
	for _, block := range slices.Backward(blocks) {
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
