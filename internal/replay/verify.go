package replay

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Proof says that a plan was replayed and that every step of it held. Only Verify makes
// one, so a plan without a proof cannot be made.
type Proof struct {
	holds bool
	notes []string
}

// Notes gives what is to be known of the way to want: lines of both ends that are gone for a
// moment, and lists of which cannot be told what they let through meanwhile. Secrets are in
// it as they are in the texts.
func (p Proof) Notes() []string { return p.notes }

// Holds tells whether the proof is one.
func (p Proof) Holds() bool { return p.holds }

// Verify plays do on a device that holds have, and undo on what comes of it. The first must
// end at want, the second at have; no line may be refused or without effect, and no step may
// break an invariant: no reference left dangling, the way in never gone and changed last, no neighbour without
// its filter, no list in use that lets through more than either end or less than both, no value
// with two holders, no set of numbers beyond both ends; and what both ends have is taken away
// only where nothing else does. One thing is forgiven: where a device does not take an entry while another one
// has its value or its place, the old one may be gone for the one step before the new one
// comes.
func Verify[A, B string | []byte](d *dialect.Dialect, have A, want B, do, undo []byte) (Proof, []Refusal) {
	return verify(d, string(have), string(want), string(do), string(undo))
}

func verify(d *dialect.Dialect, have, want, do, undo string) (Proof, []Refusal) {
	if brief(d, have, want, do, undo) {
		return Proof{holds: true}, nil
	}
	dev, from, to := stage(d, have, want, do, undo)
	out, notes := dev.play(from, to, do)
	if len(out) > 0 {
		return Proof{}, out
	}
	out, _ = dev.play(to, from, undo)
	return Proof{holds: len(out) == 0, notes: notes}, out
}

// Check plays a script that leads from have to want, and no way back.
func Check[A, B string | []byte](d *dialect.Dialect, have A, want B, script []byte) []Refusal {
	return check(d, string(have), string(want), string(script))
}

func check(d *dialect.Dialect, have, want, script string) []Refusal {
	if brief(d, have, want, script) {
		return nil
	}
	dev, from, to := stage(d, have, want, script)
	out, _ := dev.play(from, to, script)
	return out
}

// stage gives a device that is at the beginning, and what it is compared with at both ends.
// Of each they read what the scripts reach, where the text lets blocks be told without that.
func stage(d *dialect.Dialect, have, want string, scripts ...string) (dev, from, to *Device) {
	first := New(d, nil)
	first.memory = remembering(scripts)
	if a, b, ok := first.bind(have, want, scripts...); ok {
		return first.holding(a), first.asleep(a), first.holding(b)
	}
	from, to = first.another(have), first.another(want)
	return first.another(have), from, to
}

// remembering is a memory for the lines of scripts, of which many set a few values again and again.
func remembering(scripts []string) *memory {
	lines := 0
	for _, s := range scripts {
		lines += strings.Count(s, "\n")
	}
	return newMemory(lines/8 + 16)
}

// play takes a script that leads from one device to the other.
func (dev *Device) play(from, goal *Device, script string) (out []Refusal, notes []string) {
	cmds := commands(dev.d, script)
	out, w := dev.steps(from, goal, cmds, false)
	if len(out) > 0 || !dev.d.AtOnce() {
		return out, nil
	}
	if line := w.stays.needless(cmds); line != "" {
		out = append(out, *refuse(Unsafe, line, "this takes away what stays, and nothing needs it to"))
	}
	return out, append(w.stays.told(), slices.Sorted(maps.Keys(w.lists.notes))...)
}

// steps takes commands one by one. Idle ones have no place in a plan, unless it is not one.
func (dev *Device) steps(from, goal *Device, cmds []string, idle bool) (out []Refusal, w *watcher) {
	goal.wake()
	w = watch(dev, from, goal)
	var late *Refusal  // a promise that was broken by the line before
	var freed []string // and the values that it let go
	for i, line := range cmds {
		w.stays.step = i
		before, mode, text := dev.moves, dev.mode, dev.mode.text()
		if err := dev.Do(line); err != nil {
			return append(out, refusal(err)), w
		}
		if dev.moves == before && dev.mode == mode && !text && !idle {
			out = append(out, *refuse(Ignored, line, "the device takes it and changes nothing"))
		}
		if !dev.d.AtOnce() {
			continue
		}
		broken := w.broken(dev, line)
		if late != nil && !slices.ContainsFunc(dev.book.claimed, func(c string) bool { return slices.Contains(freed, c) }) {
			return append(out, *late), w
		}
		if broken != nil && len(dev.book.freed) == 0 {
			return append(out, *broken), w
		}
		late, freed = broken, dev.book.freed // it may be that the device leaves no other way
	}
	if late != nil {
		return append(out, *late), w
	}
	if dev.mode.text() {
		return append(out, *refuse(WrongEnd, cmds[len(cmds)-1], "the word that ends the text is missing: %s", dev.mode.says)), w
	}
	dev.Top()
	last := ""
	if len(cmds) > 0 {
		last = cmds[len(cmds)-1]
	}
	if broken := w.broken(dev, last); broken != nil {
		return append(out, *broken), w
	}
	if dev.meet(goal); !dev.same(dev.top, goal.top) {
		out = append(out, *refuse(WrongEnd, last, "%s", difference(dev.normal(), goal.normal())))
	}
	return out, w
}

// refusal gives what an error of Do is.
func refusal(err error) Refusal {
	var refused *Refusal
	errors.As(err, &refused)
	return *refused
}

// same compares what two devices hold under a line.
func (dev *Device) same(a, b *entry) bool {
	if a.text() || b.text() {
		return slices.Equal(spoken(a), spoken(b))
	}
	if a.under != b.under || !slices.Equal(dev.ordered(a), dev.ordered(b)) {
		return false
	}
	for x := range a.held() {
		y := b.line(x.id)
		if y == nil || x.neg != y.neg || !x.alike(y) || !dev.same(x, y) {
			return false
		}
	}
	return true
}

// spoken gives the lines of a text, however they are indented.
func spoken(e *entry) (out []string) {
	e.each(func(x *entry) { out = append(out, strings.Join(strings.Fields(x.says), " ")) })
	return out
}

// ordered gives the lines of a block whose order has meaning, those of each rule in turn.
func (dev *Device) ordered(e *entry) (out []string) {
	var of []*entry
	for s := range e.held() {
		if s.r != nil && s.r.Ordered && !s.neg {
			of = append(of, s)
		}
	}
	slices.SortStableFunc(of, func(a, b *entry) int { return strings.Compare(a.r.Text, b.r.Text) })
	for _, s := range of {
		out = append(out, s.id)
	}
	return out
}

func difference(have, want []string) string {
	for _, l := range want {
		if !slices.Contains(have, l) {
			return "in the end this line is missing: " + l
		}
	}
	for _, l := range have {
		if !slices.Contains(want, l) {
			return "in the end this line is too many: " + l
		}
	}
	return "in the end lines stand in another order or block"
}

// normal gives every line with the blocks it stands in.
func (dev *Device) normal() (out []string) {
	var down func(e *entry, path string)
	down = func(e *entry, path string) {
		for s := range e.lines() {
			at := path + dev.line(s)
			out = append(out, at)
			down(s, at+" / ")
		}
	}
	down(dev.top, "")
	slices.Sort(out)
	return out
}

// commands splits a script into its commands: one a line, but for a value with lines of
// its own, which the device takes as one.
func commands(d *dialect.Dialect, script string) []string {
	out := make([]string, 0, 1+strings.Count(script, "\n"))
	for text := script; text != ""; {
		raw, rest := dialect.CutLine(text)
		line, _ := dialect.Trim(raw)
		if line == "" {
			text = rest
			continue
		}
		if whole := d.Whole(text); whole != "" {
			line, rest = strings.TrimSpace(whole), strings.TrimPrefix(text[len(whole):], "\n")
		}
		out, text = append(out, line), rest
	}
	return out
}
