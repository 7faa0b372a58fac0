package replay

import (
	"slices"
	"strings"
)

// space names the value that a line holds alone, and the part of the device where it does: the
// table (VRF) that a line beside it names.
func (dev *Device) space(e *entry) string {
	name := dev.nameOf(e, e.r.Unique)
	if len(e.r.Within) == 0 {
		return name
	}
	g, of := e.r.Within[0], ""
	dev.under(e.up, g.Levels, scope{e: e}, func(x *entry, s scope) {
		if v, ok := s.bound.find(g.Bound()); ok && !x.neg {
			of = v
		}
	})
	return name + "," + of
}

// partOf is the part of the device in a name that space gave, with the kind of what is held there.
func partOf(name string, e *entry) string {
	if len(e.r.Within) == 0 {
		return e.r.Unique.Kind
	}
	return e.r.Unique.Kind + name[strings.LastIndexByte(name, ','):]
}

// part is the name under which a line that comes is kept, or one that goes was.
func (dev *Device) part(e *entry, by int) string {
	if len(e.r.Within) == 0 {
		return dev.nameOf(e, e.r.Unique)
	}
	b := &dev.book
	if by < 0 {
		name := b.part[e]
		delete(b.part, e)
		return name
	}
	if b.part == nil {
		b.part = map[*entry]string{}
	}
	b.part[e] = dev.space(e)
	return b.part[e]
}

// parts keeps the book where a line comes or goes that says which part its block is of.
func (dev *Device) parts(l *entry) {
	word, some := dev.d.Parts[l.r.Up]
	if first, _ := firstWord(l.says); !some || first != word || l.up == nil {
		return
	}
	b := &dev.book
	for e := range l.up.held() {
		old, kept := b.part[e]
		if !kept {
			continue
		}
		if now := dev.space(e); now != old {
			b.held[old] = slices.DeleteFunc(b.held[old], func(x *entry) bool { return x == e })
			b.part[e], b.held[now] = now, append(b.held[now], e)
			dev.net(e, partOf(old, e), -1)
			dev.net(e, partOf(now, e), 1)
		}
	}
}
