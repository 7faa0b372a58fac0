package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// undo takes a line that begins with the negating word.
func (dev *Device) undo(in *entry, line string) (bool, error) {
	rest := strings.TrimSpace(strings.TrimPrefix(line, dev.d.Negate))
	var absent bool
	for _, r := range dev.kids(in) { // a stored line whose undo this is
		if r.Of != nil {
			continue
		}
		got := dev.undoes(r, line, rest)
		if got == nil {
			continue
		}
		absent = true
		if e := dev.fitting(in, r, got); e != nil && dev.implied(e) != "on" { // else to be silent is to be on
			dev.mode = in
			return true, dev.remove(e, line)
		}
	}
	words := said{line: rest}
	for e := range in.held() { // what no rule knows is never left on paper
		if e.r != nil {
			continue
		}
		if words.words == nil {
			words.words = dialect.AppendWords(nil, rest)
		}
		if e.spells(words) {
			dev.mode = in
			dev.moves++
			dev.drop(e)
			return true, nil
		}
	}
	if done, err := dev.switchOff(in, line, rest); done {
		return true, err
	}
	if absent { // nothing of the kind is stored: taken, and nothing changes
		dev.mode = in
	}
	return absent, nil
}

// switchOff takes "no X" where X is what a silent device means: it is stored as it is.
func (dev *Device) switchOff(in *entry, line, rest string) (bool, error) {
	r, as := dev.choose(dev.rulesOf(in), rest)
	if r == nil {
		return false, nil
	}
	for _, e := range dev.made(in, r, as, true) {
		if dev.implied(e) != "on" {
			return false, nil
		}
		dev.mode = in
		if err := dev.allowed(e, nil); err != nil {
			return true, err
		}
		e.id = e.identity()
		if old := e.up.line(e.id); old == nil || !old.neg {
			dev.wipe(e)
		}
		kept := dev.kept(e)
		dev.put(e.up, e)
		dev.keep(kept)
	}
	return true, nil
}

// reset takes "default X": a line of that key goes, whatever its value.
func (dev *Device) reset(in *entry, line string) (bool, error) {
	rest := strings.TrimSpace(strings.TrimPrefix(line, "default"))
	for _, r := range dev.kids(in) {
		for _, pattern := range [][]dialect.Elem{head(r.Pattern), r.Pattern} {
			got := dev.chooser.part(dev.d, pattern, rest)
			if got == nil || r.Of != nil {
				continue
			}
			for e := range in.of(r) {
				if e.r == r && fits(e, got) {
					dev.mode = in
					if e.block() {
						dev.moves++
						dev.empty(e)
						return true, nil
					}
					return true, dev.remove(e, line)
				}
			}
		}
	}
	return false, nil
}

// undoes reads a negated line as the undo of lines of a rule.
func (dev *Device) undoes(r *dialect.Rule, line, rest string) *reader {
	switch r.Undo {
	case "none":
		return nil
	case "", "key", "full", "default":
		pattern := r.Pattern
		if r.Undo == "key" || r.Undo == "default" || r.Undo == "" && r.Valued() {
			pattern = head(r.Pattern)
		}
		if !begins(pattern, rest) {
			return nil
		}
		return dev.chooser.part(dev.d, pattern, rest)
	}
	return dev.shaped(r, r.Undo, line)
}

// bare reads what follows the negating word where a value lacks and a device that is silent means that
// there is none, or means one by itself: "no ip address" under a port that has none.
func (dev *Device) bare(in *entry, line string) (*dialect.Rule, *reading) {
	for _, r := range dev.kids(in) {
		front := head(r.Pattern)
		if r.Default == "" || r.Of != nil || len(front) == len(r.Pattern) || !r.Pattern[len(front)].Value || !begins(front, line) {
			continue
		}
		if got := dev.chooser.part(dev.d, front, line); got != nil {
			return r, dev.chooser.keep(r, got)
		}
	}
	return nil, nil
}

// begins tells cheaply, before a line is split into words, whether it may be of a pattern.
func begins(pattern []dialect.Elem, line string) bool {
	return len(pattern) == 0 || pattern[0].Kind != dialect.Literal || strings.HasPrefix(line, pattern[0].Word)
}

// shaped reads a line by a template with {slot}s.
func (dev *Device) shaped(r *dialect.Rule, template, line string) *reader {
	first, _, _ := strings.Cut(template, " ")
	if first == "" || !strings.Contains(first, "{") && !strings.HasPrefix(line, first) {
		return nil
	}
	at := shape{r, template}
	pattern, known := dev.shapes[at]
	if !known {
		pattern = patternOf(r, template)
		dev.shapes[at] = pattern
	}
	return dev.chooser.part(dev.d, pattern, line)
}

// shape names the pattern that a template of a rule asks for.
type shape struct {
	r        *dialect.Rule
	template string
}

func patternOf(r *dialect.Rule, template string) (pattern []dialect.Elem) {
	types := map[string]dialect.Elem{}
	for at := r; at != nil; at = at.Up {
		for _, e := range dialect.Slots(at.Pattern) {
			if _, inner := types[e.Name]; !inner {
				types[e.Name] = e
			}
		}
	}
	may := map[string]bool{}
	for _, e := range r.Pattern {
		if e.Kind == dialect.Group {
			for _, in := range dialect.Slots(e.Group) {
				may[in.Name] = true
			}
		}
	}
	for _, w := range strings.Fields(template) {
		open, shut := strings.Index(w, "{"), strings.Index(w, "}")
		if open < 0 || shut < open {
			pattern = append(pattern, dialect.Elem{Kind: dialect.Literal, Word: w})
			continue
		}
		e := types[w[open+1:shut]]
		e.Pre, e.Post = w[:open], w[shut+1:]
		if may[w[open+1:shut]] { // what is not there leaves nothing
			e = dialect.Elem{Kind: dialect.Group, Group: []dialect.Elem{e}}
		}
		pattern = append(pattern, e)
	}
	return pattern
}

// fitting finds the stored line of a rule that has the slots that were read.
func (dev *Device) fitting(in *entry, r *dialect.Rule, got *reader) *entry {
	settled := in.settles(r, got.slots)
	var space [128]byte // of its own, as the slots: what is on paper is read meanwhile
	var room [8]bound
	id, had := got.identity(space[:0], r), reader{slots: append(room[:0], got.slots...)}
	if e := in.spelled(id); e != nil && e.r == r && !e.neg && fits(e, &had) {
		return e
	}
	if settled {
		return nil
	}
	return in.fitting(r, got)
}

// settles tells whether slots say all that the identity of a line of a rule is made of, so that no line
// with another one has them.
func (e *entry) settles(r *dialect.Rule, s slots) bool {
	if r.Many {
		return false
	}
	names := r.Keys()
	if r.Choice != "" {
		names = []string{r.ChoiceSlot}
	}
	return !slices.ContainsFunc(names, func(name string) bool {
		_, said := s.find(name)
		_, around := e.near(name) // a line without it has it from there
		return name != "" && (!said || around)
	})
}

func (e *entry) fitting(r *dialect.Rule, got *reader) *entry {
	for x := range e.of(r) {
		if x.r == r && !x.neg && fits(x, got) {
			return x
		}
	}
	return nil
}

func fits(e *entry, got *reader) bool {
	for _, s := range got.slots {
		if have, ok := e.near(*s.name); !ok || have != s.value {
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

// remove takes a line away, with all that follows from it.
func (dev *Device) remove(e *entry, line string) error {
	if e.block() && dev.fixed(e) {
		return refuse(Fixed, line, "%% Only inactive interfaces can be deleted")
	}
	if lead := dev.leads(e); lead != "" {
		return refuse(Held, line, "%% Not while this is there: %s", lead)
	}
	for _, g := range e.r.HeldBy {
		if other := dev.seek(e, g); len(other) > 0 && other[0] != e {
			return refuse(Held, line, "%% In use by: %s", dev.line(other[0]))
		}
	}
	name := dev.nameOf(e, e.r.Def)
	last := e.r.Def != nil && dev.defs(name) == 1
	if last && e.r.InUse == "refuse" && dev.d.AtOnce() && dev.refs(name) > 0 {
		return refuse(Held, line, "%% In use: %s", line)
	}
	dev.moves++
	dev.book.aim = e
	dev.wipe(e)
	for _, x := range dev.owned(e) {
		dev.fall(x)
	}
	if last && e.r.InUse == "detach" {
		dev.detach(name)
	}
	if e.up == dev.top && dev.d.Gates(dev.line(e)) {
		dev.shut(dev.line(e))
	}
	dev.drop(e)
	return nil
}

// detach takes away all lines that use a name.
func (dev *Device) detach(name string) {
	var gone []*entry
	dev.ask(name)
	dev.top.each(func(x *entry) {
		if x.r != nil && x.r.Ref != nil && dev.nameOf(x, x.r.Ref) == name {
			gone = append(gone, x)
		}
	})
	for _, x := range gone {
		dev.fall(x)
	}
}

// shut takes away all lines that need a line at the top.
func (dev *Device) shut(gate string) {
	var gone []*entry
	dev.ask(gated + gate)
	dev.top.each(func(x *entry) {
		if x.r != nil && x.r.Gate == gate {
			gone = append(gone, x)
		}
	})
	for _, x := range gone {
		dev.fall(x)
	}
}

// wipe clears what a change of this line clears.
func (dev *Device) wipe(e *entry) {
	for _, x := range dev.wiped(e) {
		dev.fall(x)
	}
}

// wiped gives what a change of a line clears.
func (dev *Device) wiped(e *entry) (out []*entry) {
	if len(e.r.Wipes) == 0 || !dev.holds(e) {
		return nil
	}
	old := e.up.line(e.identity())
	for _, g := range e.r.Wipes {
		for _, x := range dev.seek(e, g) {
			if x != old && x != e {
				out = append(out, x)
			}
		}
	}
	return out
}

// owned gives what the removal of a line removes.
func (dev *Device) owned(e *entry) (out []*entry) {
	for _, g := range e.r.Owns {
		for _, x := range dev.seek(e, g) {
			if x != e {
				out = append(out, x)
			}
		}
	}
	return out
}

// fall takes a line away that another one takes along, and what follows from that in turn.
func (dev *Device) fall(e *entry) {
	up := e.up
	if up == nil || up.line(e.id) != e {
		return
	}
	var more []*entry
	if e.r != nil {
		more = append(dev.wiped(e), dev.owned(e)...)
	}
	dev.drop(e)
	for _, x := range more {
		dev.fall(x)
	}
	if up != dev.top && dev.unseen(up) {
		dev.drop(up)
	}
}
