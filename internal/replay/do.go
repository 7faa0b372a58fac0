package replay

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Reason is why a device refuses a line.
type Reason string

// The reasons.
const (
	UnknownCommand Reason = "unknown-command"
	Incomplete     Reason = "incomplete"
	Needs          Reason = "needs"
	Conflict       Reason = "conflict"
	Held           Reason = "held"
	Missing        Reason = "missing"
	Clash          Reason = "clash"
	Fixed          Reason = "fixed"
	TooLong        Reason = "too-long"
	Ignored        Reason = "silently-ignored" // the device says nothing and changes nothing
	Unsafe         Reason = "unsafe"           // an invariant would break
	WrongEnd       Reason = "wrong-end"        // every line was taken, and the end is another
)

// Refusal is one line that a device does not take.
type Refusal struct {
	Kind Reason
	Line string
	Text string // what the device prints
}

// Error gives the line and what the device says.
func (r *Refusal) Error() string { return fmt.Sprintf("%q: %s", r.Line, r.Text) }

func refuse(kind Reason, line, format string, args ...any) *Refusal {
	return &Refusal{kind, line, fmt.Sprintf(format, args...)}
}

// Do carries out one command line as the device would, or refuses it.
func (dev *Device) Do(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 || slices.ContainsFunc(dev.d.Comment, func(c string) bool { return strings.HasPrefix(words[0], c) }) {
		return nil
	}
	line = strings.Join(words, " ")
	if dev.d.Width > 0 && len(line) > dev.d.Width {
		return refuse(TooLong, line, "%% Command too long: %s", line)
	}
	if dev.leave(line) {
		return nil
	}
	// What a block does not know is tried in the blocks around it, and the mode goes there.
	for in := dev.mode; in != nil; in = in.up {
		done, err := dev.in(in, words)
		if done {
			return err
		}
	}
	return refuse(UnknownCommand, line, "%% Unknown command: %s", line)
}

// leave closes the block that a word closes.
func (dev *Device) leave(line string) bool {
	m := dev.mode
	if m == dev.top || m.r == nil || line != "exit" && !slices.Contains(m.r.Exits(), line) {
		return false
	}
	dev.mode = m.up
	dev.tidy(dev.top)
	return true
}

// in tries a command in one block; done is false where the block does not know it.
func (dev *Device) in(in *entry, words []string) (done bool, err error) {
	if words[0] == dev.d.Negate && len(words) > 1 {
		return dev.undo(in, words)
	}
	r, as := choose(dev.d, dev.rulesOf(in), words)
	if r == nil {
		if dev.short(in, words) {
			return true, refuse(Incomplete, strings.Join(words, " "), "%% Command incomplete: %s", strings.Join(words, " "))
		}
		return false, nil
	}
	dev.mode = in
	return true, dev.set(in, &entry{r: r, words: as.words, slots: as.slots, up: in})
}

// short tells whether words are the beginning of a line that some rule knows.
func (dev *Device) short(in *entry, words []string) bool {
	for _, r := range dev.rulesOf(in) {
		n := 0
		for n < len(r.Pattern) && n < len(words) && r.Pattern[n].Kind == dialect.Literal && r.Pattern[n].Word == words[n] {
			n++
		}
		if n == len(words) && n < len(r.Pattern) {
			return true
		}
	}
	return false
}

// set stores a line: what it needs must be there, what it excludes must not, and what it
// replaces goes.
func (dev *Device) set(in, e *entry) error {
	line := strings.Join(e.words, " ")
	old := find(in, e.id())
	if err := dev.allowed(in, e, old); err != nil {
		return err
	}
	if old == nil || old.neg || !slices.Equal(old.words, e.words) {
		dev.wipe(e)
	}
	if old != nil && old.neg && dev.hidden(e) {
		drop(in, old)
		return nil
	}
	if dev.hidden(e) && old == nil {
		return nil
	}
	if u := e.r.Attr("unique"); u != "" && e.r.Attr("clash") == "ignore" && dev.taken(e, u) {
		return nil
	}
	stored := dev.put(in, e)
	if stored.block() {
		for _, b := range e.r.List("birth") {
			if r, as := choose(dev.d, e.r.Kids, strings.Fields(b)); r != nil && old == nil {
				dev.put(stored, &entry{r: r, words: as.words, slots: as.slots})
			}
		}
		dev.mode = stored
	}
	_ = line
	return nil
}

// allowed asks all that may stand against a line.
func (dev *Device) allowed(in, e, old *entry) error {
	line := strings.Join(e.words, " ")
	changed := old != nil && !old.neg && !slices.Equal(old.words, e.words)
	if changed {
		switch e.r.Attr("replace") {
		case "recreate":
			return refuse(Held, line, "%s is there already: %s", strings.Join(e.words[:1], " "), dev.line(old))
		case "undo-first":
			return refuse(Held, line, "%% the old value must be removed first: %s", dev.line(old))
		}
	}
	if needs := e.r.List("needs"); len(needs) > 0 {
		met := slices.ContainsFunc(needs, func(g string) bool { return len(dev.seek(e, g)) > 0 })
		if !met {
			return refuse(Needs, line, "%% Specify remote-as or peer-group commands first: %s needs one of: %s", line, strings.Join(needs, "; "))
		}
	}
	for _, g := range e.r.List("conflicts") {
		for _, other := range dev.seek(e, g) {
			if other != old {
				return refuse(Conflict, line, "%% Conflicts with: %s", dev.line(other))
			}
		}
	}
	if ref := e.r.Attr("ref"); ref != "" && e.r.Attr("missing") == "refuse" && !dev.defined(e, ref) {
		return refuse(Missing, line, "%% Not defined: %s", line)
	}
	if u := e.r.Attr("unique"); u != "" && e.r.Attr("clash") == "refuse" && dev.taken(e, u) {
		return refuse(Clash, line, "%% Already in use: %s", line)
	}
	return nil
}

// undo takes a line away, or stores a switch that is off.
func (dev *Device) undo(in *entry, words []string) (bool, error) {
	line := strings.Join(words, " ")
	for _, e := range in.sub { // a stored line whose undo this is
		if e.r != nil && !e.neg && dev.undoes(e.r, e, words) {
			dev.mode = in
			return true, dev.remove(in, e, line)
		}
	}
	for _, e := range in.sub {
		if e.r == nil && strings.Join(e.words, " ") == strings.Join(words[1:], " ") {
			dev.mode = in
			drop(in, e)
			return true, nil
		}
	}
	r, as := choose(dev.d, dev.rulesOf(in), words[1:])
	if r != nil && r.Attr("default") == "on" {
		e := &entry{r: r, neg: true, words: as.words, slots: as.slots, up: in}
		dev.mode = in
		if err := dev.allowed(in, e, nil); err != nil {
			return true, err
		}
		dev.put(in, e)
		return true, nil
	}
	for _, r := range dev.rulesOf(in) { // nothing of the kind is stored: taken, and nothing changes
		if dev.undoes(r, nil, words) {
			dev.mode = in
			return true, nil
		}
	}
	return false, nil
}

// undoes tells whether words have the shape that undoes lines of a rule; with an entry,
// the one that undoes this entry.
func (dev *Device) undoes(r *dialect.Rule, e *entry, words []string) bool {
	pattern := r.Pattern
	switch u := r.Attr("undo"); u {
	case "none":
		return false
	case "full":
	case "", "key", "default":
		pattern = head(r.Pattern)
	default:
		pattern = shapeOf(r, strings.Fields(u)[1:])
	}
	if r.Attr("undo") == "" && !r.Valued() {
		pattern = r.Pattern
	}
	got := read(dev.d, pattern, words[1:])
	if got == nil {
		return false
	}
	if e == nil {
		return true
	}
	for k, v := range got.slots {
		if e.slots[k] != v {
			return false
		}
	}
	return true
}

// head is a pattern as far as its first value.
func head(es []dialect.Elem) []dialect.Elem {
	for i, e := range es {
		if e.Value || e.Kind == dialect.Group || e.Kind == dialect.Rest {
			return es[:i]
		}
	}
	return es
}

// shapeOf makes a pattern of an undo template: its {slots} are those of the rule.
func shapeOf(r *dialect.Rule, words []string) (out []dialect.Elem) {
	types := map[string]dialect.Elem{}
	collect(r.Pattern, types)
	for _, w := range words {
		if name, ok := strings.CutPrefix(w, "{"); ok {
			out = append(out, types[strings.TrimSuffix(name, "}")])
			continue
		}
		out = append(out, dialect.Elem{Kind: dialect.Literal, Word: w})
	}
	return out
}

func collect(es []dialect.Elem, into map[string]dialect.Elem) {
	for _, e := range es {
		if e.Kind == dialect.Slot {
			into[e.Name] = e
		}
		collect(e.Group, into)
	}
}

// remove takes an entry away and what goes with it.
func (dev *Device) remove(in, e *entry, line string) error {
	if e.r.Has("fixed") && e.r.Block() {
		return refuse(Fixed, line, "%% Only inactive interfaces can be deleted")
	}
	for _, g := range e.r.List("heldby") {
		if other := dev.seek(e, g); len(other) > 0 && other[0] != e {
			return refuse(Held, line, "%% In use by: %s", dev.line(other[0]))
		}
	}
	if def := e.r.Attr("def"); def != "" && e.r.Attr("inuse") == "refuse" && dev.used(e, def) {
		return refuse(Held, line, "%% In use: %s", line)
	}
	dev.wipe(e)
	for _, g := range e.r.List("owns") {
		for _, x := range dev.seek(e, g) {
			if x != e {
				drop(x.up, x)
			}
		}
	}
	drop(in, e)
	return nil
}

// wipe clears what a changed line takes with it.
func (dev *Device) wipe(e *entry) {
	ifs := e.r.List("if")
	if len(ifs) > 0 && !slices.ContainsFunc(ifs, func(g string) bool { return len(dev.seek(e, g)) > 0 }) {
		return
	}
	old := find(e.up, e.id())
	if old == nil {
		return
	}
	for _, g := range e.r.List("wipes") {
		for _, x := range dev.seek(e, g) {
			if x != old {
				drop(x.up, x)
			}
		}
	}
}

func find(in *entry, id string) *entry {
	for _, e := range in.sub {
		if e.id() == id {
			return e
		}
	}
	return nil
}

func drop(in, e *entry) {
	in.sub = slices.DeleteFunc(in.sub, func(x *entry) bool { return x == e })
}
