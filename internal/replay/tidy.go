package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// tidy drops what the device does not show: defaults, blocks that hold nothing and are
// always there.
func (dev *Device) tidy(e *entry) {
	if e.text() {
		return
	}
	for s := e.first; s != nil; s = s.next {
		dev.tidy(s)
		if dev.unseen(s) {
			dev.drop(s)
		}
	}
}

// unseen tells whether the device does not show an entry.
func (dev *Device) unseen(s *entry) bool {
	for x := dev.mode; x != nil; x = x.up {
		if x == s {
			return false
		}
	}
	if dev.hidden(s) {
		return true
	}
	if !s.block() || s.first != nil {
		return false
	}
	return dev.fixed(s) || dev.d.Flat() && dev.d.Acts != "file" && len(s.r.Kids) > 0 && !s.r.Keyed() && !s.r.Valued() && !s.r.Presence
}

// fixed tells whether a block cannot be deleted.
func (dev *Device) fixed(e *entry) bool {
	return e.r != nil && e.r.Fixed && (e.r.FixedClass == "" || dev.class(e) == e.r.FixedClass)
}

// class is the kind of the interface that an entry stands on.
func (dev *Device) class(e *entry) string {
	for x := e; x != nil && x.r != nil; x = x.up {
		for _, s := range dialect.Slots(x.r.Pattern) {
			if s.Type != "ifname" || x.slots.get(s.Name) == "" {
				continue
			}
			return kindOf(dev.d, x.slots.get(s.Name))
		}
	}
	return ""
}

// kindOf is the class of an interface, else the letters of its name.
func kindOf(d *dialect.Dialect, name string) string {
	class, longest := "", ""
	for c, beginnings := range d.Classes {
		for _, b := range beginnings { // Ethernet*. is every name that begins so and has a dot
			start, sign, _ := strings.Cut(b, "*")
			if !strings.HasPrefix(name, start) || !strings.Contains(name[len(start):], sign) {
				continue
			}
			if b = start + sign; len(b) > len(longest) || len(b) == len(longest) && c < class {
				class, longest = c, b
			}
		}
	}
	if class == "" {
		class = strings.TrimRight(name, "0123456789/.:")
	}
	return class
}

// hidden tells whether an entry says what the device means by itself.
func (dev *Device) hidden(e *entry) bool {
	switch v := dev.implied(e); v {
	case "":
		return false
	case "on":
		return !e.neg && e.first == nil
	case "off":
		return e.neg
	default:
		if e.neg { // without its value it is what it is by itself
			return int(e.count) == len(head(e.r.Pattern))
		}
		return e.says[min(len(e.says), e.slots.size(head(e.r.Pattern))):] == v
	}
}

// implied is what the device means by the rule of an entry when it shows nothing.
func (dev *Device) implied(e *entry) string {
	if e.r == nil || e.r.Default == "" {
		return ""
	}
	if !dev.holds(e) {
		switch e.r.Default { // a switch means the opposite where its condition does not hold
		case "on":
			return "off"
		case "off":
			return "on"
		}
		return ""
	}
	if table, ok := strings.CutPrefix(e.r.Default, "@"); ok {
		return dev.d.Tables[table][dev.class(e)]
	}
	return e.r.Default
}

// holds tells whether the condition of a rule holds.
func (dev *Device) holds(e *entry) bool {
	there := func(g dialect.Glob) bool { // what is off is there only for a condition that says so
		return slices.ContainsFunc(dev.seek(e, g), func(x *entry) bool { return !x.neg || g.Off(dev.d.Negate) })
	}
	return !slices.ContainsFunc(e.r.Unless, there) && (len(e.r.If) == 0 || slices.ContainsFunc(e.r.If, there))
}
