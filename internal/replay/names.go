package replay

import (
	"strings"
	"unicode"
	"unicode/utf8"

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
	hash, words, may := foremost(levels[0], known)
	if !may {
		return
	}
	if more := from.unread(); more != nil {
		more.like(levels[0], known, hash, words)
	}
	some, ok := dev.inner(from, levels, known)
	if !ok {
		some, ok = dev.fronted(from, hash, words)
	}
	if ok {
		for _, x := range some {
			dev.look(x, levels, known, f)
		}
		return
	}
	for x := range from.held() {
		dev.look(x, levels, known, f)
	}
}

// look compares a line with the first one of levels, and what stands under it with those behind it.
func (dev *Device) look(x *entry, levels [][]dialect.GlobWord, known scope, f func(*entry, scope)) {
	bound, ok := alike(levels[0], dev.line(x), known)
	if !ok && x.neg { // a switch that is off belongs to the same owner
		bound, ok = alike(levels[0], x.says, known)
	}
	switch {
	case !ok:
	case len(levels) > 1:
		dev.under(x, levels[1:], bound, f)
	default:
		f(x, bound)
	}
}

// alike compares a line with one level of a glob, word by word.
func alike(glob []dialect.GlobWord, line string, known scope) (scope, bool) {
	for i := range glob {
		g := &glob[i]
		if g.Kind == dialect.Tail {
			return known, true
		}
		w, rest := nextWord(line)
		if line = rest; w == "" {
			return known, false
		}
		switch g.Kind {
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
	w, _ := nextWord(line)
	return known, w == ""
}

// nextWord gives the word that a text begins with, as strings.Fields does, and what follows; "" is
// none.
func nextWord(text string) (word, rest string) {
	at := 0
	for at < len(text) && space(text[at]) {
		at++
	}
	end := at
	for end < len(text) && text[end] < utf8.RuneSelf && !space(text[end]) {
		end++
	}
	if end == len(text) || text[end] < utf8.RuneSelf {
		return text[at:end], text[end:]
	}
	text = strings.TrimLeftFunc(text[at:], unicode.IsSpace)
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

func fitsGlob(glob []dialect.GlobWord, line string, known scope) bool {
	_, ok := alike(glob, line, known)
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
