package render

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"unicode"
)

// A template that is only to be judged is not filled: it is made to parts that go where filling
// would go, and count the lines. The fields that it asks for are looked up once, when the parts
// are made. Whatever is not as it should be ends the counting with false, and so does what the
// parts cannot be made for; the device is rendered then, which says it at its place.

// part is one part of a template.
type part func(*tally) bool

// sheet is a template made to parts.
type sheet struct {
	run   part
	slots int
}

// tally is one counting.
type tally struct {
	slots  []reflect.Value // the facts, the variables, and what each dot stands for
	lines  int
	seen   bool // the line so far has something to see
	size   int  // of the text, never less than it is with what tells where it comes from
	effort effort
}

// count gives how many lines of facts there are; false where filling would say something.
func (s *sheet) count(t *tally, facts any) (lines int, ok bool) {
	defer func() {
		if recover() != nil { // as in a template that is filled
			ok = false
		}
	}()
	*t = tally{slots: append(t.slots[:0], make([]reflect.Value, s.slots)...)}
	t.slots[0] = reflect.ValueOf(facts)
	if ok = s.run(t); ok && t.seen {
		t.lines++
	}
	return t.lines, ok
}

// signs is what a piece of text may have beside it to tell where it comes from.
const signs = 32

// grow takes note of so much text more.
func (t *tally) grow(size int) bool {
	t.size += size + signs
	return t.size <= maxText
}

// prints makes the part of what stands in a template as it is to be printed.
func prints(text string) (part, bool) {
	if strings.ContainsFunc(text, strange) {
		return nil, false
	}
	pieces := strings.Split(text, "\n")
	seen := make([]bool, len(pieces))
	whole := 0
	for i, p := range pieces {
		seen[i] = strings.TrimSpace(p) != ""
		if i > 0 && i < len(pieces)-1 && seen[i] {
			whole++
		}
	}
	first, last, size := seen[0], seen[len(seen)-1], len(text)+len(pieces)*signs
	if len(pieces) == 1 {
		return func(t *tally) bool {
			t.seen = t.seen || first
			return t.grow(size)
		}, true
	}
	return func(t *tally) bool {
		if t.seen || first {
			t.lines++
		}
		t.lines += whole
		t.seen = last
		return t.grow(size)
	}, true
}

// strange tells characters that a template does not hold.
func strange(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// says makes the part that prints a value.
func says(v value) part {
	t := v.of
	switch {
	case t.Kind() == reflect.Pointer:
		return says(through(v))
	case t == reflect.TypeFor[netip.Addr]():
		return puts(v, func(t *tally, v reflect.Value) bool { return short(t, v.Interface().(netip.Addr)) })
	case t == reflect.TypeFor[netip.Prefix]():
		return puts(v, func(t *tally, v reflect.Value) bool { return short(t, v.Interface().(netip.Prefix).Addr()) })
	case speaks(t):
	case t.Kind() == reflect.String:
		return puts(v, func(t *tally, v reflect.Value) bool { return t.word(v.String()) })
	case t.Kind() == reflect.Bool, numeric(t):
		return puts(v, func(t *tally, _ reflect.Value) bool { return t.visible(20) })
	}
	return puts(v, func(t *tally, v reflect.Value) bool { return t.word(fmt.Sprint(v.Interface())) })
}

func puts(v value, put func(*tally, reflect.Value) bool) part {
	return func(t *tally) bool {
		x, ok := v.get(t)
		return ok && put(t, x)
	}
}

// speaks tells whether a type says itself how it is printed.
func speaks(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[fmt.Stringer]()) || t.Implements(reflect.TypeFor[error]()) || t.Implements(reflect.TypeFor[fmt.Formatter]())
}

// short is an address or a prefix; a zone may hold anything.
func short(t *tally, a netip.Addr) bool { return a.Zone() == "" && t.visible(64) }

func (t *tally) visible(size int) bool {
	t.seen = true
	return t.grow(size)
}

// word is a value that is text.
func (t *tally) word(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
			return false
		case c >= 0x80:
			return !strings.ContainsFunc(s, unicode.IsControl) && t.text(s)
		}
	}
	return t.text(s)
}

func (t *tally) text(s string) bool {
	t.seen = t.seen || strings.TrimSpace(s) != ""
	return t.grow(len(s))
}
