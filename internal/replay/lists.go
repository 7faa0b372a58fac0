package replay

import (
	"cmp"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// lists holds what lists that are in use let through from step to step: never more than the
// two ends together, and never less than both.
type lists struct {
	dev, from, to *Device
	listings      map[*dialect.Rule]*listing
	have, want    map[string][]clause // of the ends, read when the first list of a kind changes
	known         map[string]bool     // the kinds
	changed       map[string]*list
	now           []string // lists that a look is due at
	left          int      // how many entries may still be looked at
	notes         map[string]bool
}

// mostLooks bounds the work of one way. What is longer is not checked, and a note says so.
const mostLooks = 1 << 24

// list is one list while it changes.
type list struct {
	reach
	sizeable       bool
	inHave, inWant bool  // an end that does not have it lets through what the other one does
	toHave, toWant tally // how far it is from each end
	open           []box // what entries spoke of that came or went since the last look
}

// tally counts how far one bag of words is from another.
type tally struct {
	by  map[string]int
	off int
}

func (t *tally) add(id string, by int) {
	if t.by[id] == 0 {
		t.off++
	}
	if t.by[id] += by; t.by[id] == 0 {
		t.off--
	}
}

func watchLists(dev, from, to *Device) *lists {
	return &lists{dev: dev, from: from, to: to, listings: map[*dialect.Rule]*listing{}, have: map[string][]clause{}, want: map[string][]clause{}, known: map[string]bool{},
		changed: map[string]*list{}, left: mostLooks, notes: map[string]bool{}}
}

func (w *lists) listing(r *dialect.Rule) *listing {
	s, known := w.listings[r]
	if !known {
		s = listingOf(r)
		w.listings[r] = s
	}
	return s
}

// turn notes that an entry comes or goes.
func (w *lists) turn(e *entry, by int) {
	if e.r.Ref != nil && by > 0 {
		if name := w.dev.nameOf(e, e.r.Ref); w.changed[name] != nil {
			w.now = append(w.now, name)
		}
	}
	s := w.listing(e.r)
	if s == nil || e.neg {
		return
	}
	name := w.dev.nameOf(e, s.def)
	if w.from.refs(name) == 0 && w.to.refs(name) == 0 {
		return
	}
	l := w.changed[name]
	if l == nil {
		l = w.begin(name)
		w.changed[name] = l
	}
	l.turn(w.dev, s, e, by)
	w.now = append(w.now, name)
}

// begin takes a list as it is before its first change.
func (w *lists) begin(name string) *list {
	if kind, _, _ := strings.Cut(name, ":"); !w.known[kind] {
		w.known[kind] = true
		w.all(w.from, kind, w.have)
		w.all(w.to, kind, w.want)
	}
	l := &list{
		sizeable: true, toHave: tally{by: map[string]int{}}, toWant: tally{by: map[string]int{}},
		inHave: w.from.defs(name) > 0, inWant: w.to.defs(name) > 0,
	}
	l.step, l.have, l.want = slices.Clone(w.have[name]), w.have[name], w.want[name]
	for i, end := range [][]clause{l.have, l.want} {
		for _, c := range end {
			l.toWant.add(c.id, 1-2*i)
			l.sizeable = l.sizeable && c.no >= 0
		}
	}
	if !l.inHave {
		l.have = l.want
	} else if !l.inWant {
		l.want = l.have
	}
	return l
}

// all reads the lists of a kind. A number below zero is of an entry that cannot be told.
func (w *lists) all(dev *Device, kind string, out map[string][]clause) {
	dev.askAll(kind)
	names := map[string]bool{}
	dev.top.each(func(e *entry) {
		if s := w.listing(e.r); s != nil && !e.neg && s.def.Kind == kind {
			c, told := s.clause(dev, e)
			if !told {
				c.no = -1
			}
			name := dev.nameOf(e, s.def)
			out[name], names[name] = append(out[name], c), true
		}
	})
	for name := range names {
		slices.SortStableFunc(out[name], func(a, b clause) int { return cmp.Compare(a.no, b.no) })
	}
}

func (l *list) turn(dev *Device, s *listing, e *entry, by int) {
	c, told := s.clause(dev, e)
	l.sizeable = l.sizeable && told
	l.toHave.add(c.id, by)
	l.toWant.add(c.id, by)
	if !l.sizeable {
		return
	}
	at, _ := slices.BinarySearchFunc(l.step, c.no, func(x clause, no int) int { return cmp.Compare(x.no, no) })
	for at < len(l.step) && l.step[at].no == c.no && l.step[at].id != c.id {
		at++
	}
	if by > 0 {
		l.step = slices.Insert(l.step, at, c)
	} else if at < len(l.step) && l.step[at].id == c.id {
		l.step = slices.Delete(l.step, at, at+1)
	}
	l.open = append(l.open, c.box)
}

// broken says which list lets through what it may not, or not what it must; "" is none.
func (w *lists) broken() string {
	slices.Sort(w.now)
	w.now = slices.Compact(w.now)
	for i, name := range w.now {
		l := w.changed[name]
		if w.dev.refs(name) == 0 { // nobody looks at it
			continue
		}
		if l.inHave && l.toHave.off == 0 || l.inWant && l.toWant.off == 0 {
			l.open = nil
			continue
		}
		what := strings.Replace(name, ":", " ", 1)
		if !l.sizeable {
			w.notes["what "+what+" lets through from step to step cannot be told"] = true
			continue
		}
		l.left = w.left
		for k, b := range l.open {
			switch l.check(b) {
			case tooLong:
				w.notes["what "+what+" lets through from step to step is too long to tell"] = true
			case wider:
				w.now, l.open = w.now[i:], l.open[k:]
				return what + " lets through what neither end does"
			case narrower:
				w.now, l.open = w.now[i:], l.open[k:]
				return what + " holds back what both ends let through"
			}
		}
		w.left, l.open = l.left, nil
	}
	w.now = nil
	return ""
}
