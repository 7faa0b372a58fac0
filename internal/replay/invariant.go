package replay

import (
	"slices"
	"strings"
)

// watcher holds what no step may break.
type watcher struct {
	lists    *lists
	loose    map[string]bool // names used without a definition before
	lockout  []string        // lines of the way in that both ends have
	filtered map[string]bool // what has a filter at both ends
	owners   map[string]bool // neighbours that are a line of their own
}

// watch begins to look at a device that goes from one end to the other.
func watch(dev, have, want *Device) *watcher {
	w := &watcher{lists: watchLists(dev, have, want), loose: map[string]bool{}, filtered: map[string]bool{}, owners: map[string]bool{}}
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
	if e.r != nil {
		w.lists.turn(e, by)
	}
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
	if why := w.lists.broken(); why != "" {
		return refuse(ListInUse, line, "for a moment %s; give the entry that changes a number of its own", why)
	}
	return nil
}
