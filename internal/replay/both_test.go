package replay

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// eager gives the three devices of stage with all that they hold read.
func eager(d *dialect.Dialect, have, want []byte) (dev, from, to *Device) {
	return New(d, have), New(d, have), New(d, want)
}

// Both plays a script on a device that reads what is reached, and on one that has read all. It
// tells where they part: by what is refused, by what a step breaks, in the end; and how many
// blocks of those that could stay unread did so.
func Both(d *dialect.Dialect, have, want, script []byte) (parted string, unread int) {
	dev, from, to := stage(d, string(have), string(want), string(script))
	twin, twinFrom, twinTo := eager(d, have, want)
	w, v := watch(dev, from, to), watch(twin, twinFrom, twinTo)
	for i, line := range commands(d, string(script)) {
		w.stays.step, v.stays.step = i, i
		moves, were := dev.moves, twin.moves
		one, two := fmt.Sprint(dev.Do(line)), fmt.Sprint(twin.Do(line))
		one, two = one+prompt(dev), two+prompt(twin)
		if one != two || dev.moves-moves != twin.moves-were {
			return fmt.Sprintf("%s: %s (%d), all read %s (%d)", line, one, dev.moves-moves, two, twin.moves-were), 0
		}
		one, two = fmt.Sprint(w.broken(dev, line)), fmt.Sprint(v.broken(twin, line))
		if one != two || !slices.Equal(dev.book.freed, twin.book.freed) || !slices.Equal(dev.book.claimed, twin.book.claimed) {
			return fmt.Sprintf("%s: breaks %s, all read %s; lets go %q and %q", line, one, two, dev.book.freed, twin.book.freed), 0
		}
	}
	dev.Top()
	twin.Top()
	dev.meet(to)
	if one, two := dev.same(dev.top, to.top), twin.same(twin.top, twinTo.top); one != two {
		return fmt.Sprintf("in the end as wanted: %v, all read %v", one, two), 0
	}
	if more := dev.top.unread(); more != nil {
		unread = more.left
	}
	one, two := dev.normal(), twin.normal()
	if !slices.Equal(one, two) {
		return "in the end it " + difference(one, two) + "\nall read:\n" + strings.Join(two, "\n") + "\nelse:\n" + strings.Join(one, "\n"), 0
	}
	return whole(d, have, want, script), unread
}

// Brief tells whether scripts are proved at a glance, and what they are refused for where all is read.
func Brief(d *dialect.Dialect, have, want []byte, scripts ...[]byte) (glance bool, refused string) {
	dev, from, to := eager(d, have, want)
	for i, s := range scripts {
		if out, _ := dev.play([2]*Device{from, to}[i%2], [2]*Device{to, from}[i%2], string(s)); len(out) > 0 {
			refused += fmt.Sprint(out)
		}
	}
	return brief(d, string(have), string(want), spelled(scripts)...), refused
}

func spelled(scripts [][]byte) (out []string) {
	for _, s := range scripts {
		out = append(out, string(s))
	}
	return out
}

// Aside tells how many blocks the scripts change that stay on paper.
func Aside(d *dialect.Dialect, have, want []byte, scripts ...[]byte) int {
	reader := New(d, nil)
	reader.memory = remembering(spelled(scripts))
	b, p, ok := reader.first(string(have), []string{string(have), string(want), string(bytes.Join(scripts, nil))})
	if !ok {
		return 0
	}
	p.mark(b)
	dev := reader.holding(p)
	aside := dev.top.unread().setAside()
	for i, s := range scripts {
		if !dev.smooth(commands(d, string(s))) || !dev.shows(string([2][]byte{want, have}[i%2]), uint8(i+1)) || aside.spoiled {
			break
		}
	}
	return len(aside.rows)
}

// Sized gives a line of a text that a rule reads although it has too few or too many words for it; "" is none.
func Sized(d *dialect.Dialect, text []byte) (wrong string) {
	var try reader
	var look func(rules []*dialect.Rule, line string, words []dialect.Word)
	look = func(rules []*dialect.Rule, line string, words []dialect.Word) {
		for _, r := range rules {
			if try.start(d, line); !r.May(len(words), false) && try.read(r.Pattern, words) {
				wrong = r.Text + ": " + line
			}
			look(r.Kids, line, words)
		}
	}
	for _, l := range dialect.Lex(d, text) {
		for n, words := 0, dialect.AppendWords(nil, l.Text); n <= len(words); n++ {
			look(d.Rules, l.Text, words[:n])
		}
	}
	return wrong
}

// Column gives a header of a text that was not read as its rules say; "" is none.
func Column(d *dialect.Dialect, text []byte) string {
	dev := New(d, nil)
	_, p, ok := dev.first(string(text), nil)
	for i := range p.leaves {
		if l := &p.leaves[i]; ok && !l.neg && l.line == nil && l.r != nil {
			if r, as := dev.chooser.choose(d, d.All, l.head); r != l.r || as.id != p.index.ids[l.slot] {
				return l.head
			}
		}
	}
	return ""
}

// Behind writes a text with each line that may stand behind its header so, and counts them.
func Behind(d *dialect.Dialect, text []byte) (out []byte, n int) {
	if d.Flat() {
		return text, 0
	}
	dev := New(d, text)
	for e := range dev.top.lines() {
		var stay []*entry
		for s := range e.lines() {
			if s.r == nil || s.neg || s.first != nil || !slices.ContainsFunc(d.Rules, func(r *dialect.Rule) bool { return r.Of == s.r && frontOf(r).words > 0 }) {
				stay = append(stay, s)
				continue
			}
			out = append(out, dev.line(e)+" "+dev.line(s)+"\n"...)
			n++
		}
		if len(stay) > 0 || e.first == nil || n == 0 {
			out = append(out, dev.line(e)+"\n"...)
			for _, s := range stay {
				out = append(out, " "+dev.line(s)+"\n"...)
			}
		}
	}
	return out, n
}

// whole tells where the verdicts part.
func whole(d *dialect.Dialect, have, want, script []byte) string {
	dev, from, to := stage(d, string(have), string(want), string(script))
	twin, twinFrom, twinTo := eager(d, have, want)
	a, notes := dev.play(from, to, string(script))
	b, says := twin.play(twinFrom, twinTo, string(script))
	if one, two := fmt.Sprint(a, notes), fmt.Sprint(b, says); one != two {
		return "the verdict is " + one + ", all read " + two
	}
	return ""
}

// prompt names the blocks that commands go to.
func prompt(dev *Device) (out string) {
	for e := dev.mode; e != nil && e != dev.top; e = e.up {
		out += " in " + dev.line(e)
	}
	return out
}
