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
	loose    map[string]bool // names used without a definition before
	lockout  []string        // lines of the way in that both ends have
	filtered map[string]bool // what has a filter at both ends
	owners   map[string]bool // neighbours that are a line of their own
}

// watch begins to look at a device that goes from one end to the other.
func watch(dev, have, want *Device) *watcher {
	w := &watcher{
		dev: dev, from: have, to: want, lists: watchLists(dev, have, want), stays: &stays{from: have, to: want, gone: map[string]bool{}},
		loose: map[string]bool{}, filtered: map[string]bool{}, owners: map[string]bool{},
	}
	for o := range have.book.owners {
		w.owners[o] = true
	}
	for n := range have.book.loose {
		w.loose[n] = true
	}
	for l, n := range have.book.lifelines {
		if n > 0 && want.book.lifelines[l] > 0 {
			w.lockout = append(w.lockout, l)
		}
	}
	slices.Sort(w.lockout)
	for f, n := range have.book.filters {
		if n > 0 && want.book.filters[f] > 0 {
			w.filtered[f] = true
		}
	}
	if dev.d.AtOnce() {
		dev.book.turned = w.turn
	}
	return w
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
		w.claims = append(w.claims, w.dev.nameOf(e, e.r.Unique))
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
		if len(w.dev.book.held[name]) > 1 && len(w.from.book.held[name]) < 2 && len(w.to.book.held[name]) < 2 {
			return name
		}
	}
	return ""
}

// beyond names a line whose set of numbers holds one that it has at neither end; "" is none.
func (w *watcher) beyond() string {
	for _, s := range w.sets {
		old, next := w.from.twin(s.in), w.to.twin(s.in)
		if w.dev.twin(s.in) != s.in || old == nil || next == nil {
			continue
		}
		now, ok := w.dev.members(s.in, s)
		a, ok1 := w.from.members(old, s)
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
	var loose []string
	for name := range dev.book.loose {
		if !w.loose[name] {
			loose = append(loose, name)
		}
	}
	if len(loose) > 0 {
		kind, name, _ := strings.Cut(slices.Min(loose), ":")
		return refuse(Unsafe, line, "for a moment a line uses the %s %s, which is not there", kind, name)
	}
	for _, l := range w.lockout {
		if dev.book.lifelines[l] == 0 {
			return refuse(Unsafe, line, "for a moment the way in is gone: %s", l)
		}
	}
	if late := w.way.late(); late != "" {
		return refuse(Unsafe, line, "the way in changes before this does: %s", late)
	}
	for f := range w.filtered {
		if dev.book.filters[f] > 0 {
			continue
		}
		at := strings.Split(f, "\x00")
		words := strings.Fields(at[0])
		owner := strings.Join(words[:min(2, len(words))], " ")
		if w.owners[owner] && dev.book.owners[owner] == 0 || !dev.stands(at[1:]) { // made anew: it begins without, as any new one
			delete(w.filtered, f)
			continue
		}
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
