package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// watcher holds what no step may break.
type watcher struct {
	way      way
	dev      *Device
	from, to *Device
	lists    *lists
	stays    *stays
	claims   []string        // unique values that the last command took
	sets     []set           // sets of numbers that it changed
	out      []string        // lines of the way in that have gone
	bare     []string        // filters that have gone
	anew     map[string]bool // filters whose owner was made anew
}

// watch begins to look at a device that goes from one end to the other.
func watch(dev, have, want *Device) *watcher {
	w := &watcher{
		dev: dev, from: have, to: want, lists: watchLists(dev, have, want), stays: &stays{from: have, to: want, gone: map[string]bool{}},
		anew: map[string]bool{}, way: way{placed: map[*entry]bool{}},
	}
	if dev.book.bare, dev.book.out = nil, nil; dev.d.AtOnce() {
		have.wake()
		dev.book.turned = w.turn
	}
	return w
}

// start is the device as it was in the beginning.
func (w *watcher) start() *Device {
	w.from.wake()
	return w.from
}

// turn notes that a line comes or goes.
func (w *watcher) turn(e *entry, by int) {
	if by < 0 {
		w.stays.turn(w.dev, e)
	}
	if e.r == nil {
		return
	}
	w.way.turn(w.dev, e, by)
	w.lists.turn(e, by)
	if e.r.Unique != nil && by > 0 && !e.neg {
		w.claims = append(w.claims, w.dev.space(e))
	}
	if e.r.IDs != "" {
		w.sets = append(w.sets, set{e.up, e.r, e.id})
	}
}

// set is a line whose value is a set of numbers, which is there or not.
type set struct {
	in *entry
	r  *dialect.Rule
	id string
}

// twice names a value that two lines hold, though only one may and neither end lets them; ""
// is none.
func (w *watcher) twice() string {
	for _, name := range w.claims {
		if len(w.dev.holders(name)) > 1 && len(w.start().holders(name)) < 2 && len(w.to.holders(name)) < 2 {
			return name
		}
	}
	return ""
}

// beyond names a line whose set of numbers holds one that it has at neither end; "" is none.
func (w *watcher) beyond() string {
	for _, s := range w.sets {
		old, next := w.start().twin(s.in), w.to.twin(s.in)
		if w.dev.twin(s.in) != s.in || old == nil || next == nil {
			continue
		}
		now, ok := w.dev.members(s.in, s)
		a, ok1 := w.start().members(old, s)
		b, ok2 := w.to.members(next, s)
		if !ok || !ok1 || !ok2 {
			continue
		}
		for n := range now {
			if !a[n] && !b[n] {
				return s.r.Text
			}
		}
	}
	return ""
}

// members gives the numbers of a set as the device has it, or means by saying nothing.
func (dev *Device) members(in *entry, s set) (map[int]bool, bool) {
	value := s.r.Default
	if e := in.line(s.id); e != nil && !e.neg {
		value = e.slots.get(s.r.IDs)
	}
	out := map[int]bool{}
	if value == "" || value == "none" {
		return out, true
	}
	list, ok := numbers(value)
	for _, n := range list {
		out[n] = true
	}
	return out, ok
}

// broken tells which promise does not hold after a line; nil is none.
func (w *watcher) broken(dev *Device, line string) *Refusal {
	if name := w.hanging(); name != "" {
		kind, name, _ := strings.Cut(name, ":")
		return refuse(Unsafe, line, "for a moment a line uses the %s %s, which is not there", kind, name)
	}
	if l := w.shut(); l != "" {
		return refuse(Unsafe, line, "for a moment the way in is gone: %s", l[strings.LastIndexByte(l, 0)+1:])
	}
	if late := w.way.late(); late != "" {
		return refuse(Unsafe, line, "the way in changes before this does: %s", late)
	}
	if f := w.unfiltered(); f != "" {
		return refuse(Unsafe, line, "for a moment a neighbour has no filter: %s", strings.ReplaceAll(f, "\x00", " "))
	}
	if name := w.twice(); name != "" {
		return refuse(Unsafe, line, "for a moment two lines have the %s", strings.Replace(name, ":", " ", 1))
	}
	if rule := w.beyond(); rule != "" {
		return refuse(Unsafe, line, "for a moment %q has numbers that it has at neither end", rule)
	}
	w.claims, w.sets = w.claims[:0], w.sets[:0]
	if why := w.lists.broken(); why != "" {
		return refuse(ListInUse, line, "for a moment %s; give the entry that changes a number of its own", why)
	}
	return nil
}

// hanging names what a line uses and nothing defines, though it was not so in the beginning;
// "" is none.
func (w *watcher) hanging() (least string) {
	for name := range w.dev.book.loose {
		if (least == "" || name < least) && !w.start().loose(name) {
			least = name
		}
	}
	return least
}

// shut names a line of the way in, with its place, that both ends have and the device has not; ""
// is none.
func (w *watcher) shut() (least string) {
	w.out = append(w.out, w.dev.book.out...)
	w.dev.book.out = w.dev.book.out[:0]
	gone := func(l string) bool {
		for _, dev := range []*Device{w.dev, w.start(), w.to} {
			dev.ask(wayIn)
		}
		return w.dev.book.lifelines[l] == 0 && w.start().book.lifelines[l] > 0 && w.to.book.lifelines[l] > 0
	}
	w.out = slices.DeleteFunc(w.out, func(l string) bool { return !gone(l) })
	for _, l := range w.out {
		if least == "" || l < least {
			least = l
		}
	}
	return least
}

// unfiltered names what has a filter at both ends and none on the device; "" is none.
func (w *watcher) unfiltered() (least string) {
	w.bare = append(w.bare, w.dev.book.bare...)
	w.dev.book.bare = w.dev.book.bare[:0]
	w.bare = slices.DeleteFunc(w.bare, func(f string) bool { return !w.lacks(f) })
	for _, f := range w.bare {
		if least == "" || f < least {
			least = f
		}
	}
	return least
}

// lacks tells whether a filter that has gone is missing: nothing like it is there, both ends
// have it, and what it stands at was not made anew. That begins without, as any new one.
func (w *watcher) lacks(f string) bool {
	if w.dev.book.filters[f] > 0 || w.anew[f] {
		return false
	}
	for _, dev := range []*Device{w.dev, w.start(), w.to} {
		dev.ask(filter)
		dev.ask(owning)
	}
	if w.start().book.filters[f] <= 0 || w.to.book.filters[f] <= 0 {
		return false
	}
	at := strings.Split(f, "\x00")
	words := strings.Fields(at[0])
	owner := strings.Join(words[:min(2, len(words))], " ")
	_, owned := w.start().book.owners[owner]
	w.anew[f] = owned && w.dev.book.owners[owner] == 0 || !w.dev.stands(at[1:])
	return !w.anew[f]
}
