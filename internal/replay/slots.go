package replay

import "plumbline/internal/tree/dialect"

// slots are the values of a line by the names of their slots.
type slots []bound

type bound struct {
	name  *string
	value string
}

// get gives the value of a slot; "" where there is none.
func (s slots) get(name string) string {
	v, _ := s.find(name)
	return v
}

func (s slots) find(name string) (string, bool) {
	for i := range s {
		if *s[i].name == name {
			return s[i].value, true
		}
	}
	return "", false
}

// with is the same with another value in one slot.
func (s slots) with(name, value string) slots {
	out := make(slots, 0, len(s)+1)
	for _, x := range s {
		if *x.name != name {
			out = append(out, x)
		}
	}
	return append(out, bound{&name, value})
}

// only gives the slots that a pattern names.
func (s slots) only(es []dialect.Elem) slots { return s.among(es, make(slots, 0, len(s))) }

func (s slots) among(es []dialect.Elem, out slots) slots {
	for i := range es {
		switch e := &es[i]; e.Kind {
		case dialect.Slot:
			if v, ok := s.find(e.Name); ok {
				out = append(out, bound{&e.Name, v})
			}
		case dialect.Group:
			out = s.among(e.Group, out)
		}
	}
	return out
}

// size is how long a line is as far as elements go, with the blank behind them.
func (s slots) size(es []dialect.Elem) (n int) {
	for i := range es {
		switch e := &es[i]; e.Kind {
		case dialect.Literal:
			n += len(e.Word) + 1
		case dialect.Slot:
			if v, ok := s.find(e.Name); ok {
				n += len(e.Pre) + len(v) + len(e.Post) + 1
			}
		}
	}
	return n
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
