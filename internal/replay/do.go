package replay

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Reason is why a device does not take a command.
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
	ListInUse      Reason = "list-in-use"      // a list would let through more or less than either end
	WrongEnd       Reason = "wrong-end"        // every line was taken, and the end is another
)

// Refusal is a command that the device does not take.
type Refusal struct {
	Kind Reason
	Line string
	Text string // what the device prints
}

// Error names the command and why.
func (r *Refusal) Error() string { return fmt.Sprintf("%q: %s", r.Line, r.Text) }

func refuse(kind Reason, line, format string, args ...any) *Refusal {
	return &Refusal{kind, line, fmt.Sprintf(format, args...)}
}

// Do takes one line, as the device would. The error is a *Refusal.
func (dev *Device) Do(line string) error {
	line = strings.TrimSpace(line)
	dev.book.freed, dev.book.claimed = nil, nil
	if line == "" || dev.remark(line) {
		return nil
	}
	if dev.tooLong(line) {
		return refuse(TooLong, line, "%% Command too long: %s", line)
	}
	if dev.d.Flat() {
		return dev.path(line)
	}
	if dev.leave(line) {
		return nil
	}
	if dev.mode.text() {
		dev.put(dev.mode, &entry{reading: &reading{says: line, count: 1}, up: dev.mode})
		return nil
	}
	// What a block does not know is tried in the blocks around it, and the mode goes there.
	for in := dev.mode; in != nil; in = in.up {
		done, err := dev.in(in, line)
		if done {
			dev.follow(dev.mode)
			return err
		}
	}
	return refuse(UnknownCommand, line, "%% Unknown command: %s", line)
}

func (dev *Device) remark(line string) bool {
	return slices.ContainsFunc(dev.d.Comment, func(c string) bool { return strings.HasPrefix(line, c) }) && !dev.d.Closes(line)
}

// leave takes the words that close a block. A block that is always there and holds nothing
// is as if it had never been entered.
func (dev *Device) leave(line string) bool {
	m := dev.mode
	if m == dev.top || m.r == nil || !slices.Contains(m.r.Exits, line) && (line != "exit" || m.text()) {
		return false
	}
	dev.mode = m.up
	if dev.unseen(m) {
		dev.drop(m)
	}
	return true
}

// in tries a line in one block.
func (dev *Device) in(in *entry, line string) (done bool, err error) {
	first, more := firstWord(line)
	if first == dev.d.Negate && more {
		if done, err := dev.undo(in, line); done {
			return true, err
		}
		return false, nil
	}
	if first == "default" && more {
		if done, err := dev.reset(in, line); done {
			return true, err
		}
	}
	known := dev.ways(in)
	for _, r := range known.odd { // one that goes back by a word of its own
		if got := dev.undoes(r, line, line); got != nil {
			if e := dev.fitting(in, r, got); e != nil {
				dev.mode = in
				return true, dev.remove(e, line)
			}
		}
	}
	if done, err := dev.change(in, known.sets, line); done {
		return true, err
	}
	r, as := dev.choose(dev.rulesOf(in), line)
	if r == nil {
		if dev.short(in, dialect.Words(line)) {
			return true, refuse(Incomplete, line, "%% Command incomplete: %s", line)
		}
		return false, nil
	}
	dev.mode = in
	for _, e := range dev.made(in, r, as, false) {
		if err := dev.set(e.up, e); err != nil {
			return true, err
		}
	}
	return true, nil
}

// tooLong tells whether one line of a command is longer than the device takes; a text has several.
func (dev *Device) tooLong(line string) bool {
	return dev.d.Width > 0 && slices.ContainsFunc(strings.Split(line, "\n"), func(l string) bool { return len(l) > dev.d.Width })
}

// firstWord gives the first word of a line that begins with one, and whether there are more.
func firstWord(line string) (word string, more bool) {
	for i := range len(line) {
		if space(line[i]) {
			return line[:i], true
		}
	}
	return line, false
}

func space(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// change takes the commands that change a set of numbers by some of them.
func (dev *Device) change(in *entry, sets []*dialect.Rule, line string) (bool, error) {
	for _, r := range sets {
		for _, way := range []string{r.Add, r.Del} {
			got := dev.shaped(r, way, line)
			if got == nil || way == "" {
				continue
			}
			probe := &entry{r: r, reading: &reading{slots: got.slots}, up: in}
			old := in.line(probe.identity())
			have, _ := numbers(dev.stored(old, r))
			by, _ := numbers(got.slots.get(r.IDs))
			next := slices.DeleteFunc(slices.Clone(have), func(n int) bool { return slices.Contains(by, n) })
			if way == r.Add {
				next = append(next, by...)
				slices.Sort(next)
			}
			slots := got.slots.with(r.IDs, runs(next))
			dev.mode = in
			return true, dev.set(in, &entry{r: r, reading: composed(r.Pattern, slots), up: in})
		}
	}
	return false, nil
}

// stored is the set that is stored, or that a silent device means.
func (dev *Device) stored(old *entry, r *dialect.Rule) string {
	if old != nil {
		return old.slots.get(r.IDs)
	}
	return r.Default
}

// kids gives the rules of a block.
func (dev *Device) kids(in *entry) []*dialect.Rule {
	switch {
	case in == dev.top:
		return dev.d.Rules
	case in.r == nil:
		return nil
	}
	return in.r.Kids
}

// short tells whether words are the beginning of a command.
func (dev *Device) short(in *entry, words []string) bool {
	for _, r := range dev.kids(in) {
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

// set stores a line, with all that follows from it.
func (dev *Device) set(in, e *entry) error {
	e.up = in
	if e.id == "" {
		e.id = e.identity()
	}
	old := in.line(e.id)
	if err := dev.allowed(e, old); err != nil {
		return err
	}
	if len(e.r.Wipes) > 0 && (old == nil || old.neg || !old.alike(e)) {
		dev.wipe(e)
		old = in.line(e.id)
	}
	if len(e.r.Keeps) > 0 {
		defer dev.keep(dev.kept(e))
	}
	if dev.hidden(e) {
		if old != nil {
			dev.moves++
			dev.drop(old)
		}
		return nil
	}
	if dev.clashes(e) {
		return nil
	}
	stored := dev.put(in, e)
	if stored.block() {
		if old == nil {
			dev.born(stored)
		}
		if stored.r.Rewrite {
			dev.empty(stored)
		}
		if !dev.d.Flat() {
			dev.mode = stored
		}
	}
	return nil
}

// empty takes away what a text said before it is entered anew.
func (dev *Device) empty(e *entry) {
	dev.moves += int(e.under)
	for s := range e.lines() {
		dev.drop(s)
	}
}

// born gives a new block the lines that it has by itself.
func (dev *Device) born(e *entry) {
	for _, line := range e.r.Birth {
		for _, b := range dev.read(e, line) {
			if !dev.hidden(b) {
				dev.put(e, b)
			}
		}
	}
}

// clashes tells whether the device silently ignores a line because another has its value;
// where the newcomer wins the other is gone.
func (dev *Device) clashes(e *entry) bool {
	if e.r.Unique == nil {
		return false
	}
	other := dev.taken(e)
	switch {
	case other == nil:
		return false
	case e.r.Clash == "steal":
		dev.drop(other)
		return false
	}
	return e.r.Clash == "ignore"
}

// allowed asks whether the device takes a line at all.
func (dev *Device) allowed(e, old *entry) error {
	if old != nil && !old.neg && !e.neg && !old.alike(e) {
		switch e.r.Replace {
		case "recreate":
			first, _ := firstWord(e.says)
			return refuse(Held, e.says, "%s is there already: %s", first, dev.line(old))
		case "undo-first":
			return refuse(Held, e.says, "%% the old value must be removed first: %s", dev.line(old))
		}
	}
	if lead := dev.leads(e); lead != "" {
		return refuse(Held, e.says, "%% Not while this is there: %s", lead)
	}
	if other := dev.unlike(e); other != "" {
		return refuse(Conflict, e.says, "%% Not compatible: %s", other)
	}
	if e.r.Gate != "" && !dev.stands([]string{e.r.Gate}) {
		return refuse(Needs, e.says, "%% %s needs: %s", e.says, e.r.Gate)
	}
	if len(e.r.Needs) > 0 && !slices.ContainsFunc(e.r.Needs, func(g dialect.Glob) bool { return dev.met(e, g) }) {
		return refuse(Needs, e.says, "%% Specify remote-as or peer-group commands first: %s needs %s", e.says, e.r.Needs[0].Text)
	}
	for _, g := range e.r.Conflicts {
		for _, other := range dev.seek(e, g) {
			if other != old {
				return refuse(Conflict, e.says, "%% Conflicts with: %s", dev.line(other))
			}
		}
	}
	if name := dev.nameOf(e, e.r.Ref); name != "" && e.r.Missing == "refuse" && dev.d.AtOnce() && dev.defs(name) == 0 && !dev.always(name) {
		return refuse(Missing, e.says, "%% Not defined: %s", e.says)
	}
	if other := dev.barred(e); other != nil {
		return refuse(Clash, e.says, "%% Cannot take %s beside %s", dev.placed(e), dev.placed(other))
	}
	return nil
}

// barred finds the line because of whose value the device refuses that of another; nil is none.
func (dev *Device) barred(e *entry) *entry {
	if e.r.Unique == nil || e.r.Clash != "refuse" && e.r.Clash != "overlap" {
		return nil
	}
	return dev.taken(e)
}

// placed is a line with the blocks it stands in.
func (dev *Device) placed(e *entry) string {
	out := dev.line(e)
	for up := e.up; up != nil && up.up != nil; up = up.up {
		out = dev.line(up) + " / " + out
	}
	return out
}

// met tells whether what a line needs is there: shown, or meant by a device that shows
// nothing.
func (dev *Device) met(e *entry, g dialect.Glob) bool {
	if slices.ContainsFunc(dev.seek(e, g), func(x *entry) bool { return !x.neg }) {
		return true
	}
	if g.From != dialect.Here || len(g.Levels) != 1 || g.Then != nil {
		return false
	}
	for _, r := range dev.kids(e.up) {
		if r.Default == "" || r.Keyed() {
			continue
		}
		x := &entry{r: r, reading: composed(r.Pattern, nil), up: e.up}
		if dev.implied(x) == "on" && e.up.line(x.identity()) == nil && fitsGlob(g.Levels[0], x.says, scope{e, nil}) {
			return true
		}
	}
	return false
}
