package replay

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Proof is that a script and its way back do what they say, every line of them taken.
// Only Verify makes one that holds: whoever asks for a Proof cannot be given a guess.
type Proof struct{ holds bool }

// Holds tells whether this is a proof at all; the zero Proof is none.
func (p Proof) Holds() bool { return p.holds }

// Verify runs do from have to want, and undo from want to have, on devices on paper. It
// names each line that a device would refuse or ignore, each that breaks an invariant
// while the script runs, and an end that is not the one that was promised.
func Verify(d *dialect.Dialect, have, want, do, undo []byte) (Proof, []Refusal) {
	out := slices.Concat(run(d, have, want, do), run(d, want, have, undo))
	return Proof{holds: len(out) == 0}, out
}

// run carries out one script and compares its end.
func run(d *dialect.Dialect, from, to, script []byte) (out []Refusal) {
	dev, goal := New(d, from), New(d, to)
	w := watch(dev, goal)
	for raw := range strings.Lines(string(script)) {
		line := strings.TrimSpace(raw)
		if line == "" {
			continue
		}
		before, mode := dev.normal(), dev.mode
		if refused := (*Refusal)(nil); errors.As(dev.Do(line), &refused) {
			return append(out, *refused)
		}
		if dev.normal() == before && dev.mode == mode {
			out = append(out, *refuse(Ignored, line, "the device takes it and changes nothing"))
		}
		if why := w.broken(dev); why != "" {
			return append(out, *refuse(Unsafe, line, "%s", why))
		}
	}
	dev.Top()
	if have, want := dev.normal(), goal.normal(); have != want {
		out = append(out, *refuse(WrongEnd, lastLine(script), "%s", difference(have, want)))
	}
	return out
}

func lastLine(script []byte) string {
	lines := strings.Split(strings.TrimSpace(string(script)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// difference names the first line that one side has and the other has not.
func difference(have, want string) string {
	h, w := strings.Split(have, "\n"), strings.Split(want, "\n")
	for _, l := range w {
		if !slices.Contains(h, l) {
			return "in the end this line is missing: " + strings.TrimSpace(l)
		}
	}
	for _, l := range h {
		if !slices.Contains(w, l) {
			return "in the end this line is too many: " + strings.TrimSpace(l)
		}
	}
	return "in the end lines stand in another order or block"
}

// normal is the configuration with the lines of each block in one order, each with the
// blocks that it stands in.
func (dev *Device) normal() string {
	var out []string
	var down func(e *entry, path string)
	down = func(e *entry, path string) {
		for _, s := range e.sub {
			if dev.hidden(s) || s.block() && s.r.Has("fixed") && len(s.sub) == 0 {
				continue
			}
			at := path + dev.line(s)
			out = append(out, at)
			down(s, at+" / ")
		}
	}
	down(dev.top, "")
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// watcher holds what must be true after every line (engine invariants I1, I2, I5).
type watcher struct {
	dangling map[string]bool // references that pointed to nothing before
	lockout  []string        // lines of the way in that both ends have
	filtered map[string]bool // neighbours that have a filter at both ends
}

func watch(have, want *Device) *watcher {
	w := &watcher{dangling: have.danglers(), filtered: map[string]bool{}}
	ours := want.lifelines()
	for _, l := range have.lifelines() {
		if slices.Contains(ours, l) {
			w.lockout = append(w.lockout, l)
		}
	}
	after := want.filters()
	for n := range have.filters() {
		if after[n] {
			w.filtered[n] = true
		}
	}
	return w
}

func (w *watcher) broken(dev *Device) string {
	for ref := range dev.danglers() {
		if !w.dangling[ref] {
			kind, name, _ := strings.Cut(ref, ":")
			return "for a moment a line uses the " + kind + " " + name + ", which is not there"
		}
	}
	here := dev.lifelines()
	for _, l := range w.lockout {
		if !slices.Contains(here, l) {
			return "for a moment the way in is gone: " + l
		}
	}
	filters, known := dev.filters(), dev.neighbours()
	for n := range w.filtered {
		if !known[strings.Fields(n)[0]] { // made anew: it begins without, as any new one
			delete(w.filtered, n)
			continue
		}
		if !filters[n] {
			return "for a moment a neighbour has no filter: " + n
		}
	}
	return ""
}

// danglers are the references that point to nothing.
func (dev *Device) danglers() map[string]bool {
	defs, out := dev.having("def"), map[string]bool{}
	for ref := range maps.Keys(dev.having("ref")) {
		if defs[ref] == 0 {
			out[ref] = true
		}
	}
	return out
}

func (dev *Device) lifelines() (out []string) {
	dev.top.each(func(e *entry) {
		if e.r != nil && e.r.Has("lockout") {
			out = append(out, dev.line(e))
		}
	})
	return out
}

// filters are the neighbours, each with the direction in which a policy filters it:
// lines that use a name and have a slot n (whom) and d (which way).
func (dev *Device) filters() map[string]bool {
	out := map[string]bool{}
	dev.top.each(func(e *entry) {
		if e.r != nil && !e.neg && e.r.Has("ref") && e.slots["n"] != "" && e.slots["d"] != "" {
			out[e.slots["n"]+" "+e.slots["d"]+" "+family(e)] = true
		}
	})
	return out
}

func family(e *entry) string { return strings.Join(e.up.words, " ") }

// neighbours are those that exist: lines with a slot n that can be taken away whole.
func (dev *Device) neighbours() map[string]bool {
	out := map[string]bool{}
	dev.top.each(func(e *entry) {
		if e.r != nil && !e.neg && e.r.Has("owns") && e.slots["n"] != "" {
			out[e.slots["n"]] = true
		}
	})
	return out
}
