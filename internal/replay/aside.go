package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// aside is what commands made of blocks that stay on paper. Most commands of a plan enter a block, set or undo
// a few of its lines and leave it, and nothing else has to do with these lines. Then only those lines of the
// block are read that begin with the same words, and the others are compared as they are written. A block
// that is asked for by anything else afterwards spoils all of it: then nothing is known.
type aside struct {
	dev     *Device
	s       *shelf
	at      int     // the leaf that may be entered next
	done    []int32 // by leaf: which of the rows it became, one more; 0 is none
	rows    []part
	now     part
	in      entry // its block
	text    string
	next    entry // of a line that is looked at
	words   []string
	lines   []entry // room for what blocks hold
	plains  []verdict
	spoiled bool
}

// part is what a block holds of the lines that begin with some words.
type part struct {
	words []string
	lines []entry
	was   int // how many they were before
}

// verdict is whether the lines of a rule may be set aside.
type verdict struct {
	r  *dialect.Rule
	ok bool
}

// mostWords bounds how often a block is looked through.
const mostWords = 8

// mostTurned bounds how often lines of a block are looked at: the device finds those of a long one at once.
const mostTurned = 1 << 16

// mostRead bounds the lines of a block that are read: each is compared with those before it.
const mostRead = 256

func (s *shelf) setAside() *aside {
	s.aside = &aside{dev: s.dev, s: s, done: make([]int32, len(s.p.leaves))}
	return s.aside
}

// settle takes the commands that enter a block and leave it again, and tells how many they are; 0 where
// the device has to take them.
func (a *aside) settle(cmds []string) int {
	dev := a.dev
	if len(cmds) < 3 || dev.mode != dev.top || len(dev.book.members) > 0 || !a.enter(cmds[0]) {
		return 0
	}
	r := a.in.r
	for n, line := range cmds[1:] {
		if line == "exit" || slices.Contains(r.Exits, line) {
			if n == 0 || len(a.now.lines) == 0 && mayGo(r) {
				return 0
			}
			a.keep(len(cmds))
			return n + 2
		}
		if !a.take(line) || n*len(a.now.lines) > mostTurned {
			return 0
		}
	}
	return 0
}

// keep keeps what a block became; so many commands are left.
func (a *aside) keep(left int) {
	if len(a.rows) == cap(a.rows) {
		a.rows = slices.Grow(a.rows, 1+left/3)
	}
	a.rows = append(a.rows, a.now)
	a.done[a.at] = int32(len(a.rows))
	a.at++
	a.words, a.lines = a.words[min(len(a.words), len(a.now.words)):], a.lines[min(len(a.lines), len(a.now.lines)):]
}

// room is where the next block may have a few words and lines.
func (a *aside) room() part {
	if len(a.words) < few {
		a.words = make([]string, 16*few)
	}
	if len(a.lines) < few {
		a.lines = make([]entry, 8*few)
	}
	return part{words: a.words[:0:few], lines: a.lines[:0:few]}
}

// enter finds the block on paper that a command enters, if nothing but that comes of it.
func (a *aside) enter(line string) bool {
	i := a.find(line)
	if i < 0 {
		return false
	}
	l := &a.s.p.leaves[i]
	if a.s.read[i] || a.done[i] != 0 || l.neg || l.line != nil || l.slot < 0 || l.head != line || l.r == nil || !entered(l.r) {
		return false
	}
	if ends := a.s.p.index.ends[l.slot][a.s.p.side]; ends[0] != int32(i) || l.twin >= 0 || !a.known(a.dev.top, line) {
		return false
	}
	a.at, a.text = i, l.text
	a.now = a.room()
	a.in = entry{r: l.r, up: a.dev.top}
	return true
}

// find gives the leaf that a command enters, which mostly stands a little behind the last one; -1 is none.
func (a *aside) find(line string) int {
	leaves := a.s.p.leaves
	for i := a.at; i < min(len(leaves), a.at+8); i++ {
		if leaves[i].head == line {
			return i
		}
	}
	if r, as := a.dev.choose(a.dev.d.All, line); r != nil && entered(r) {
		if n, _ := a.s.p.index.find([]byte(as.id)); n >= 0 {
			return int(a.s.p.index.ends[n][a.s.p.side][0])
		}
	}
	return -1
}

// known tells whether a command is nothing but a line of a block: no remark, none that takes something back
// or changes a part of a set, none that is too long.
func (a *aside) known(in *entry, line string) bool {
	dev := a.dev
	first, more := firstWord(line)
	if dev.remark(line) || dev.d.Width > 0 && len(line) > dev.d.Width || more && (first == "default" || first == dev.d.Negate) {
		return false
	}
	ways := dev.ways(in)
	for _, r := range ways.setsOf(first) {
		if r.Add != "" && dev.shaped(r, r.Add, line) != nil || r.Del != "" && dev.shaped(r, r.Del, line) != nil {
			return false
		}
	}
	return len(ways.odd) == 0
}

// take takes a command inside the block.
func (a *aside) take(line string) bool {
	dev := a.dev
	if rest, ok := strings.CutPrefix(line, dev.d.Negate); ok && strings.HasPrefix(rest, " ") {
		return !dev.remark(line) && (dev.d.Width == 0 || len(line) <= dev.d.Width) && a.undo(line, strings.TrimSpace(rest))
	}
	if !a.known(&a.in, line) {
		return false
	}
	r, as := dev.choose(a.in.r.Under, line)
	if r == nil || !a.plain(r) || !a.read(r.First()) {
		return false
	}
	a.next = entry{r: r, reading: as, up: a.block(r)}
	e := &a.next
	at := slices.IndexFunc(a.now.lines, func(x entry) bool { return x.id == e.id })
	switch hidden := dev.hidden(e); {
	case at < 0 && !hidden:
		a.now.lines = append(a.now.lines, *e)
	case at < 0 || a.now.lines[at].alike(e) || r.Replace != "" && r.Replace != "overwrite":
		return false // it changes nothing, or is refused
	case hidden:
		a.now.lines = slices.Delete(a.now.lines, at, at+1)
	default:
		a.now.lines[at] = *e
	}
	return true
}

// undo takes the one line away that a command undoes.
func (a *aside) undo(line, rest string) bool {
	dev := a.dev
	for _, r := range a.in.r.Kids {
		if r.Of != nil {
			continue
		}
		got := dev.undoes(r, line, rest)
		if got == nil {
			continue
		}
		if !a.plain(r) || r.Default == "on" || strings.HasPrefix(r.Default, "@") || !a.read(r.First()) {
			return false
		}
		a.block(nil)
		gone := func(x entry) bool { return x.r == r && fits(&x, got) }
		n := len(a.now.lines)
		a.now.lines = slices.DeleteFunc(a.now.lines, gone)
		return n == len(a.now.lines)+1
	}
	return false
}

// block gives the block, with what is read of its header where a rule may ask for it; nil asks.
func (a *aside) block(r *dialect.Rule) *entry {
	if a.in.reading == nil && (r == nil || strings.HasPrefix(r.Default, "@")) {
		a.in.reading = a.dev.heads(&a.s.p.leaves[a.at])
	}
	return &a.in
}

// read reads the lines of the block that begin with a word.
func (a *aside) read(word string) bool {
	if slices.Contains(a.now.words, word) {
		return true
	}
	if len(a.now.words) == mostWords {
		return false
	}
	a.now.words = append(a.now.words, word)
	s := strip{d: a.dev.d, text: a.text}
	for s.next() {
		if !s.begins(word) {
			continue
		}
		r, as := a.dev.choose(a.in.r.Under, s.line)
		if r == nil || !a.plain(r) {
			return false
		}
		a.next = entry{r: r, reading: as, up: a.block(r)}
		e := &a.next
		if a.dev.hidden(e) || slices.ContainsFunc(a.now.lines, func(x entry) bool { return x.id == e.id }) {
			return false
		}
		a.now.lines = append(a.now.lines, *e)
		if a.now.was++; len(a.now.lines) > mostRead {
			return false
		}
	}
	return !s.odd
}

// shows tells whether a block of a text is what became of one that was set aside, and lets that be it.
func (a *aside) shows(i int32, b *dialect.Block) bool {
	l, p := &a.s.p.leaves[i], &a.rows[a.done[i]-1]
	if b.Head != l.head || b.Cut || b.Torn || b.Shut {
		return false
	}
	if !a.glance(l.text, b.Text, p) && !a.each(l.text, b.Text, p) {
		return false
	}
	l.text, a.done[i] = b.Text, 0
	return true
}

// glance tells whether all lines that were read of a block stand together in its old text, and all that became
// of them in the new one, and nothing else differs. Where it is false nothing is known.
func (a *aside) glance(old, now string, p *part) bool {
	front, behind := dialect.Around(old, now)
	one, two := old[front:len(old)-behind], now[front:len(now)-behind]
	if front == 0 || !strings.HasPrefix(one, " ") || len(p.lines) > 64 {
		return false
	}
	s := strip{d: a.dev.d, text: one, pad: len(one) - len(strings.TrimLeft(one, " "))}
	n := 0
	for ; s.next() && s.any(p.words); n++ {
	}
	if n != p.was || !s.ended() {
		return false
	}
	s.text = two
	var found uint64
	for n = 0; s.next(); n++ {
		at := slices.IndexFunc(p.lines, func(e entry) bool { return e.says == s.line })
		if at < 0 || found&(1<<at) != 0 {
			return false
		}
		found |= 1 << at
	}
	return n == len(p.lines) && s.ended()
}

// each tells the same of lines that stand anywhere in the block.
func (a *aside) each(old, now string, p *part) bool {
	one, two := strip{d: a.dev.d, text: old}, strip{d: a.dev.d, text: now}
	found := 0
	for more := true; more; {
		more = one.next()
		for more && one.any(p.words) {
			more = one.next()
		}
		next := two.next()
		for ; next && two.any(p.words); next = two.next() {
			at := slices.IndexFunc(p.lines, func(e entry) bool { return e.says == two.line && e.met == 0 })
			if at < 0 {
				return false
			}
			p.lines[at].met = 1
			found++
		}
		if more != next || one.line != two.line {
			return false
		}
	}
	return !one.odd && !two.odd && one.text == two.text && found == len(p.lines)
}

// entered tells whether nothing but a change of the mode comes of a line of a block that is there.
func entered(r *dialect.Rule) bool {
	return r.Block() && r.Up == nil && lonely(r) && r.Default == "" && r.Replace != "undo-first" && len(r.Birth) == 0
}

// mayGo tells whether a block that holds nothing goes, and a name with it that is not always there.
func mayGo(r *dialect.Rule) bool {
	return r.Fixed && r.Def != nil && (r.Def.Template != "" || len(r.Def.Slots) != 1)
}

// plain tells whether the lines of a rule have to do with no other line, and none with them.
func (a *aside) plain(r *dialect.Rule) bool {
	for _, v := range a.plains {
		if v.r == r {
			return v.ok
		}
	}
	ok := !r.Block() && r.Def == nil && !r.Lockout && lonely(r) && r.First() != "" && !a.dev.d.Sought(r.First()) &&
		!slices.ContainsFunc(r.Up.Kids, func(x *dialect.Rule) bool {
			return (x.Of == r || slices.Contains(x.With, r)) && x.First() != r.First()
		})
	a.plains = append(a.plains, verdict{r, ok})
	return ok
}

// lonely tells whether a rule says of its lines nothing that would look at others, or at how they came.
func lonely(r *dialect.Rule) bool {
	globs := len(r.If) + len(r.Unless) + len(r.Owns) + len(r.Wipes) + len(r.Inherits) + len(r.Needs) + len(r.Conflicts) + len(r.HeldBy) +
		len(r.Before) + len(r.After) + len(r.Keeps) + len(r.Spares) + len(r.Within) + len(r.Turns) + len(r.Frozen)
	return globs == 0 && r.Of == nil && !r.Ordered && !r.Rewrite && !r.Noise && !r.DeviceOnly && !r.Filter && r.Choice == "" &&
		r.Sequence == "" && !r.Ahead && r.IDs == "" && r.Expand == "" && r.Blob == "" && r.Gate == "" && r.Ref == nil && r.Unique == nil
}
