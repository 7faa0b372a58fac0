package replay

import (
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
	if more := from.unread(); more != nil {
		more.like(levels[0], known)
	}
	for x := range from.held() {
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
	switch {
	case e.rare != nil && e.fields != nil:
	case !e.neg && !slices.ContainsFunc(e.words, several):
		return e.words
	default:
		e.own().fields = strings.Fields(dev.line(e))
	}
	return e.fields
}

// several tells whether a value may be several words, or none.
func several(value string) bool {
	for i := range len(value) {
		if value[i] <= ' ' || value[i] >= 0x7f {
			return true
		}
	}
	return value == ""
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
	if len(n.Slots) == 1 {
		return dev.plainName(e, n)
	}
	out := n.Kind
	for i, s := range n.Slots {
		v, _ := e.near(s)
		sep := ","
		if i == 0 {
			sep = ":"
		}
		out += sep + v
	}
	return out
}

// plainName is the name of one slot. Lines that follow one another mostly speak of the same.
func (dev *Device) plainName(e *entry, n *dialect.Name) string {
	v, ok := e.near(n.Slots[0])
	if !ok {
		return ""
	}
	if last := &dev.named; last.of != n || last.value != v {
		*last = named{n, v, n.Kind + ":" + v}
	}
	return dev.named.name
}

// named is a name and what it was made of.
type named struct {
	of          *dialect.Name
	value, name string
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
	for _, x := range dev.holders(dev.space(e)) {
		if x.id != e.id || x.up != e.up {
			return x
		}
	}
	if e.r.Clash == "overlap" {
		return dev.overlapped(e)
	}
	return nil
}
