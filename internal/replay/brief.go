package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// brief plays scripts, where all commands of each act together: one leads from have to want, and
// the next one back. It tells whether all of it holds and the device shows, line for line, what is
// written in the text where it has to end. Then nothing of that text needs to be understood. Where it is
// false nothing is known, and the whole proof tells.
func brief(d *dialect.Dialect, have, want string, scripts ...string) bool {
	if d.AtOnce() || d.Flat() {
		return false
	}
	reader := New(d, nil)
	reader.memory = newMemory(soMany)
	reader.memory.short = true
	b, p, ok := reader.first(have, append([]string{have, want}, scripts...))
	if !ok || b.cut {
		return false
	}
	p.mark(b)
	dev := reader.holding(p)
	aside := dev.top.unread().setAside()
	for i, s := range scripts {
		if !dev.smooth(commands(d, s)) || !dev.shows([2]string{want, have}[i%2], uint8(i+1)) || aside.spoiled {
			return false
		}
	}
	return true
}

// smooth takes commands that act together and tells whether each was taken and changed something,
// and whether nothing is in doubt after the last one for which both ends have to be asked.
func (dev *Device) smooth(cmds []string) bool {
	dev.book.bare, dev.book.out = nil, nil
	aside := dev.top.unread().aside
	aside.at = 0
	for len(cmds) > 0 {
		if n := aside.settle(cmds); n > 0 {
			cmds = cmds[n:]
			continue
		}
		line := cmds[0]
		cmds = cmds[1:]
		before, mode, text := dev.moves, dev.mode, dev.mode.text()
		if dev.Do(line) != nil || dev.moves == before && dev.mode == mode && !text {
			return false
		}
	}
	if dev.mode.text() { // it is not ended
		return false
	}
	dev.Top()
	gone := func(of map[string]int) func(string) bool { return func(name string) bool { return of[name] <= 0 } }
	return len(dev.book.loose) == 0 && !slices.ContainsFunc(dev.book.out, gone(dev.book.lifelines)) && !slices.ContainsFunc(dev.book.bare, gone(dev.book.filters))
}

// view looks whether a device shows a text. Lines whose order says nothing may stand in another one.
type view struct {
	taker
	s       *shelf
	mark    uint8  // of lines that were found
	at      int    // the block on paper that should come next
	seen    []bool // blocks that were found on paper
	looks   int    // how many lines may still be looked at out of their turn
	ordered []*entry
	head    *entry // of the block that is looked at, until its first line was met
	front   behindOf
	differs bool
}

// behindOf is the block of the last line that was written behind its header.
type behindOf struct {
	text string // the header, as it is written in front
	r    *dialect.Rule
	open
}

// shows tells whether a device shows a text, for certain. The mark is another one each time.
func (dev *Device) shows(text string, mark uint8) bool {
	c := dialect.Cut(dev.d, text)
	if c.Odd() {
		return false
	}
	s := dev.top.unread()
	leaves := s.p.leaves
	v := &view{taker: taker{dev: dev}, s: s, mark: mark, seen: make([]bool, len(leaves)), looks: 1 << 16}
	v.each = v.line
	for {
		if n := v.run(c); n > 0 {
			c.Skip(n)
			continue
		}
		if !c.Next() {
			break
		}
		if c.Cut || !v.block(&c.Block) {
			return false
		}
	}
	for i, read := range s.read {
		if v.seen[i] == read { // one that was found and then read may be found twice
			return false
		}
	}
	return v.all(dev.top) && v.inOrder()
}

// run tells how many bytes of the text are blocks that follow one another on paper, were not touched and
// are written so, and notes that these were found.
func (v *view) run(c *dialect.Cutter) (n int) {
	s, leaves := v.s, v.s.p.leaves
	for at := v.at; at < len(leaves) && !s.read[at] && !v.seen[at] && s.aside.done[at] == 0 && c.Starts(n, leaves[at].text); at++ {
		n += len(leaves[at].text)
		v.at, v.seen[at] = at+1, true
	}
	return n
}

// block looks for the next block of the text.
func (v *view) block(b *dialect.Block) bool {
	if v.behind(b.Head) && !b.More && b.End == "" {
		return v.rest(b.Head[len(v.front.text):])
	}
	leaves := v.s.p.leaves
	for i := v.at; i < min(len(leaves), v.at+8); i++ {
		if l := &leaves[i]; l.head == b.Head && l.line == nil {
			v.at = i + 1
			return v.leaf(int32(i), b)
		}
	}
	return v.found(b)
}

// leaf looks at a block on paper, or at what became of it.
func (v *view) leaf(i int32, b *dialect.Block) bool {
	if v.onPaper(i, b) {
		return true
	}
	v.s.reach(i)
	return v.s.heads[i] != nil && v.under(v.s.heads[i], b)
}

// onPaper tells whether a block that was not read is written so, or has become so, and was not found before.
func (v *view) onPaper(i int32, b *dialect.Block) bool {
	switch {
	case v.s.read[i] || v.seen[i]:
		return false
	case v.s.aside.done[i] != 0 && !v.s.aside.shows(i, b):
		return false
	case v.s.p.leaves[i].text != b.Text:
		return false
	}
	v.seen[i] = true
	return true
}

// found looks for a block that stands elsewhere, or is new, or is a line behind its header.
func (v *view) found(b *dialect.Block) bool {
	dev, said, neg := v.dev, b.Head, false
	if rest, ok := strings.CutPrefix(said, dev.d.Negate+" "); ok {
		said, neg = strings.TrimSpace(rest), true
	}
	r, as := dev.choose(dev.d.All, said)
	switch {
	case r == nil:
		return false
	case r.Of != nil:
		return !neg && !b.More && b.End == "" && v.enter(b.Head, r, as)
	}
	id := []byte(as.id)
	if n, _ := v.s.p.index.find(id); n >= 0 {
		i := v.s.p.index.ends[n][v.s.p.side][0]
		if i >= 0 && v.onPaper(i, b) {
			return true
		}
		v.s.reach(i)
	}
	e := dev.top.got(id)
	return e != nil && v.under(e, b)
}

// all tells whether every line below was found.
func (v *view) all(in *entry) bool {
	for e := in.first; e != nil; e = e.next {
		if e.met != v.mark || !v.all(e) {
			return false
		}
	}
	return true
}

// under looks at the lines of a block.
func (v *view) under(e *entry, b *dialect.Block) bool {
	if e.met == v.mark || e.up != v.dev.top || v.dev.top.got([]byte(e.id)) != e || !v.says(e, b.Head) {
		return false
	}
	v.head, v.stack = e, append(v.stack[:0], open{e: v.dev.top, depth: -1})
	dialect.Each(v.dev.d, b.Text, v.each)
	return !v.differs
}

// says tells whether a line is written like this.
func (v *view) says(e *entry, text string) bool {
	if !e.neg {
		return e.says == text
	}
	rest, ok := strings.CutPrefix(text, v.dev.d.Negate)
	return ok && rest != "" && rest[0] == ' ' && rest[1:] == e.says
}

// line looks for the next line of a block.
func (v *view) line(l dialect.Line) {
	if l.Text == "" || v.differs || v.shuts(l) != nil || v.stray(l) {
		return
	}
	v.within(l)
	e := v.head
	if v.head = nil; e == nil {
		e = v.child(&v.stack[len(v.stack)-1], l.Text)
	}
	if v.differs = e == nil || l.Cut; v.differs {
		return
	}
	v.meet(e)
	v.stack = append(v.stack, open{e: e, depth: l.Depth, next: e.first})
}

// meet notes that a line was found.
func (v *view) meet(e *entry) {
	if e.met == v.mark {
		return
	}
	e.met = v.mark
	if e.up == v.dev.top && e.r != nil && e.r.Ordered && !e.neg {
		v.ordered = append(v.ordered, e)
	}
}

// child finds the line of a block that is written like this and was not found before.
func (v *view) child(in *open, text string) *entry {
	for in.next != nil && in.next.met == v.mark {
		in.next = in.next.next
	}
	if in.next != nil && v.says(in.next, text) {
		return in.next
	}
	if in.e.text() || in.next == nil {
		return nil
	}
	if e := in.late; e != nil && v.fits(e, text) {
		in.late = e.next
		return e
	}
	for e := in.next.next; e != nil; e = e.next {
		if v.looks--; v.looks < 0 {
			return nil
		}
		if v.fits(e, text) {
			in.late = e.next
			return e
		}
	}
	return nil
}

// fits tells whether a line may be found out of its turn.
func (v *view) fits(e *entry, text string) bool {
	return e.met != v.mark && (e.r == nil || !e.r.Ordered) && v.says(e, text)
}

// behind tells whether a line begins with the header of the last line that had it in front.
func (v *view) behind(line string) bool {
	return v.front.text != "" && strings.HasPrefix(line, v.front.text)
}

// rest looks for a line by what is written of it behind its header. No other rule reads a line like
// it, neither there nor in its block.
func (v *view) rest(text string) bool {
	e := v.child(&v.front.open, text)
	if e == nil || e.neg || e.r != v.front.r || e.first != nil {
		return false
	}
	v.meet(e)
	return true
}

// enter finds the block of a line that is written behind its header, and looks for the line.
func (v *view) enter(line string, r *dialect.Rule, as *reading) bool {
	f := frontOf(r)
	if !f.alone || !v.only(r, f, line) || r.Adds || len(r.With) > 0 || r.Noise || r.DeviceOnly {
		return false
	}
	s := v.dev.chooser.spelled(r, as)
	in := v.dev.top
	for _, id := range s.ids {
		if in = in.got([]byte(id)); in == nil || in.neg {
			return false
		}
		v.meet(in)
	}
	front, whole := strings.CutSuffix(line, s.says)
	if !whole || in == v.dev.top {
		return false
	}
	v.front = behindOf{text: front, r: r.Of, open: open{e: in, next: in.first}}
	return v.rest(s.says)
}

// only tells whether no other rule may read a line with this header in front.
func (v *view) only(r *dialect.Rule, f front, line string) bool {
	words := dialect.AppendWords(nil, line)
	named, other := v.dev.d.All.Of(words)
	may := func(x *dialect.Rule) bool {
		return x != r && x.May(f.words+1, true) && v.begins(x.Pattern, words[:f.words])
	}
	return f.words > 1 && !slices.ContainsFunc(named, may) && !slices.ContainsFunc(other, may)
}

// begins tells whether a line of a pattern may begin with these words.
func (v *view) begins(es []dialect.Elem, words []dialect.Word) bool {
	for i := range words {
		switch {
		case i == len(es):
			return true
		case es[i].Kind == dialect.Literal:
			if es[i].Word != words[i].Text {
				return false
			}
		case !single(&es[i]):
			return true
		default:
			if _, ok := value(v.dev.d, &es[i], words[i:i+1]); !ok {
				return false
			}
		}
	}
	return true
}

// inOrder tells whether lines at the top whose order has meaning stand in it.
func (v *view) inOrder() bool {
	var of []*entry
	for e := range v.dev.top.held() {
		if e.r != nil && e.r.Ordered && !e.neg {
			of = append(of, e)
		}
	}
	byRule := func(a, b *entry) int { return strings.Compare(a.r.Text, b.r.Text) }
	slices.SortStableFunc(of, byRule)
	slices.SortStableFunc(v.ordered, byRule)
	return slices.Equal(of, v.ordered)
}
