package replay

import (
	"maps"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// seek finds the entries that a glob selects, as seen from one of them.
func (dev *Device) seek(e *entry, g dialect.Glob) []*entry {
	from, known := e.up, around(e)
	switch {
	case g.From == dialect.Top:
		from = dev.top
	case g.From == dialect.Beside && from.up != nil:
		from = from.up
	}
	var out []*entry
	dev.under(from, g.Levels, known, func(x *entry, bound map[string]string) {
		if g.Then == nil {
			out = append(out, x)
			return
		}
		dev.under(from, g.Then, bound, func(y *entry, _ map[string]string) { out = append(out, y) })
	})
	return out
}

func (dev *Device) under(from *entry, levels [][]dialect.GlobWord, known map[string]string, f func(*entry, map[string]string)) {
	for _, x := range slices.Clone(from.sub) {
		bound := alike(levels[0], strings.Fields(dev.line(x)), known)
		if bound == nil && x.neg { // a switch that is off belongs to the same owner
			bound = alike(levels[0], x.words, known)
		}
		switch {
		case bound == nil:
		case len(levels) > 1:
			dev.under(x, levels[1:], bound, f)
		default:
			f(x, bound)
		}
	}
}

// alike compares words with one level of a glob; nil is no.
func alike(glob []dialect.GlobWord, words []string, known map[string]string) map[string]string {
	bound := known
	for i, g := range glob {
		if g.Kind == dialect.Tail {
			return bound
		}
		if i >= len(words) {
			return nil
		}
		switch w := words[i]; g.Kind {
		case dialect.Exact:
			if g.Text != w {
				return nil
			}
		case dialect.Bound:
			if v, ok := bound[g.Text]; !ok || g.Pre+v+g.Post != w {
				return nil
			}
		case dialect.Bind:
			with := map[string]string{g.Text: w}
			for k, v := range bound {
				if k != g.Text {
					with[k] = v
				}
			}
			bound = with
		}
	}
	if len(glob) != len(words) {
		return nil
	}
	return bound
}

// around gives the slots of an entry and of the blocks it stands in.
func around(e *entry) map[string]string {
	out := map[string]string{}
	for x := e; x != nil; x = x.up {
		for k, v := range x.slots {
			if _, inner := out[k]; !inner {
				out[k] = v
			}
		}
	}
	return out
}

// nameOf gives kind:name of what an entry defines, uses or holds alone; "" where a slot that
// makes the name is not there.
func (dev *Device) nameOf(e *entry, n *dialect.Name) string {
	if n == nil {
		return ""
	}
	slots := around(e)
	if n.Template != "" {
		out := n.Template
		for k, v := range slots {
			out = strings.ReplaceAll(out, "{"+k+"}", v)
		}
		return n.Kind + ":" + out
	}
	var parts []string
	for _, s := range n.Slots {
		v, ok := slots[s]
		if !ok && len(n.Slots) == 1 {
			return ""
		}
		parts = append(parts, v)
	}
	return n.Kind + ":" + strings.Join(parts, ",")
}

// each visits every entry below.
func (e *entry) each(f func(*entry)) {
	for _, s := range e.sub {
		f(s)
		s.each(f)
	}
}

// taken finds another line that has the value that a line must have alone.
func (dev *Device) taken(e *entry) *entry {
	for x := range dev.book.held[dev.nameOf(e, e.r.Unique)] {
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
	held       map[string]map[*entry]bool
	lifelines  map[string]int
	filters    map[string]int
	owners     map[string]int
	members    []*entry // lines that make their block follow another one
	freed      []string // what the last command let go: values that clash, places to be empty first
	claimed    []string // and what it took of them
}

func newBook() book {
	return book{
		defs: map[string]int{}, refs: map[string]int{}, loose: map[string]bool{}, held: map[string]map[*entry]bool{},
		lifelines: map[string]int{}, filters: map[string]int{}, owners: map[string]int{},
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
	for _, s := range e.sub {
		dev.note(s, by)
	}
	if e.r == nil {
		return
	}
	b := &dev.book
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
		if b.held[name] == nil {
			b.held[name] = map[*entry]bool{}
		}
		if b.held[name][e] = by > 0; by < 0 {
			delete(b.held[name], e)
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
	return slices.ContainsFunc(dev.d.Rules, func(r *dialect.Rule) bool {
		if !r.Fixed || r.Def == nil || r.Def.Kind != kind || len(r.Def.Slots) != 1 {
			return false
		}
		slot := r.Def.Slots[0]
		fits := func(e dialect.Elem) bool { _, ok := one(dev.d, e, what); return ok && e.Name == slot }
		return slices.ContainsFunc(dialect.Slots(r.Pattern), fits) && dev.fixed(&entry{r: r, slots: map[string]string{slot: what}})
	})
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
	for i := len(blocks) - 1; i >= 0; i-- {
		at := slices.IndexFunc(in.sub, func(x *entry) bool { return dev.line(x) == blocks[i] })
		if at < 0 {
			return false
		}
		in = in.sub[at]
	}
	return true
}

// headKeys is a pattern without its values.
func headKeys(es []dialect.Elem) []dialect.Elem {
	return slices.DeleteFunc(slices.Clone(es), func(e dialect.Elem) bool { return e.Value || e.Kind == dialect.Group })
}
