package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// shelf is what a device has not read yet of its paper. A block is read when something asks
// for a line at the top, for a name, or for all there is.
type shelf struct {
	dev      *Device
	p        *paper
	read     []bool
	heads    []*entry // that the leaves became
	stand    marks    // leaves with a head that has its place still, as far as is known
	left     int
	asked    map[string]bool
	kinds    map[string][]int32 // leaves that may have to do with a kind of name
	blocks   []*entry           // that were read and are not in the book yet, if their mark still says so
	reading  bool
	starting bool
	near     map[leafBy]*leafNear
	liked    map[*dialect.GlobWord]bool // levels of globs that all leaves were compared with
	aside    *aside                     // blocks whose commands were taken without reading them; nil is none
}

// holding gives a device that holds a paper.
func (dev *Device) holding(p *paper) *Device {
	out := dev.asleep(p)
	out.wake()
	return out
}

// asleep gives one that holds it once it is woken.
func (dev *Device) asleep(p *paper) *Device {
	return &Device{d: dev.d, top: &entry{reading: &reading{}}, reads: dev.reads, sleeps: p}
}

// wake lets a device hold its paper. One that is compared with a way is often not asked for
// anything: where all commands act together, only when something is amiss in the end.
func (dev *Device) wake() {
	p := dev.sleeps
	if p == nil {
		return
	}
	dev.sleeps = nil
	dev.book = newBook()
	dev.mode = dev.top
	s := &shelf{dev: dev, p: p, read: make([]bool, len(p.leaves)), heads: make([]*entry, len(p.leaves)), stand: newMarks(len(p.leaves)), left: len(p.leaves),
		asked: map[string]bool{}, kinds: map[string][]int32{}, reading: true, starting: true}
	dev.top.own().more = s
	for i := range p.leaves {
		if p.leaves[i].soon {
			s.take(int32(i))
		}
	}
	s.starting = false
	dev.tidy(dev.top)
	dev.follow(nil)
	s.reading = false
}

// again gives another device that holds what this one held in the beginning.
func (dev *Device) again() *Device {
	more := dev.top.unread()
	if more == nil {
		return dev.Another(dev.Text())
	}
	return dev.holding(more.p)
}

// want reads the leaves of an identity.
func (s *shelf) want(id []byte) {
	if s.left == 0 || s.starting {
		return
	}
	if n, _ := s.p.index.find(id); n >= 0 {
		if i := s.p.index.ends[n][s.p.side][0]; i >= 0 && !s.read[i] {
			s.group(i)
		}
	}
}

// group reads a leaf with all others of its identity.
func (s *shelf) group(i int32) {
	dev, moves, reading := s.dev, s.dev.moves, s.reading
	first := s.p.index.ends[s.p.leaves[i].slot][s.p.side][0]
	for k := first; k >= 0; k = s.p.leaves[k].twin {
		s.read[k] = true
	}
	s.reading = true
	for k := first; k >= 0; k = s.p.leaves[k].twin {
		s.take(k)
	}
	for k := first; k >= 0; k = s.p.leaves[k].twin {
		if e := s.heads[k]; e != nil {
			if dev.tidy(e); dev.unseen(e) {
				dev.drop(e)
			}
		}
	}
	dev.moves, s.reading = moves, reading
}

// take reads one leaf, and puts what it becomes behind what was written before it.
func (s *shelf) take(i int32) {
	if a := s.aside; a != nil && a.done[i] != 0 {
		a.spoiled = true
	}
	s.read[i] = true
	s.left--
	top := s.dev.top
	last := top.last
	if l := &s.p.leaves[i]; !s.dev.straight(l) {
		s.dev.given = l
		s.dev.take(l.text)
		s.dev.given = nil
	}
	e := top.first
	if last != nil {
		e = last.next
	}
	if e == nil || s.starting {
		e = top.last
	}
	if s.heads[i] = e; e == nil {
		return
	}
	s.stand.set(i)
	if e == last || s.starting {
		return
	}
	if behind := s.before(i); behind != last {
		top.unlink(e)
		top.link(behind, e)
	}
}

// straight takes a leaf that is one line of a block which is there; it tells whether it is.
func (dev *Device) straight(l *leaf) bool {
	if l.line == nil {
		return false
	}
	in := dev.top
	for i, up := range l.line.ups {
		if in = in.line(l.line.ids[i]); in == nil || !in.opened(up) {
			return false
		}
	}
	dev.put(in, dev.fresh(entry{r: l.r.Of, reading: &l.line.reading, up: in}))
	return true
}

// head gives what is known already of the line that a leaf begins with; nil is nothing.
func (dev *Device) head(in *entry, line string) (*dialect.Rule, *reading) {
	l := dev.given
	if l == nil || in != dev.top || line != l.head {
		return nil, nil
	}
	dev.given = nil
	return l.r, dev.heads(l)
}

// outer is the line at the top that a line stands under, or is.
func outer(e *entry) *entry {
	for e.up != nil && e.up.up != nil {
		e = e.up
	}
	return e
}

// enter puts all blocks that were read into the book.
func (s *shelf) enter() {
	for len(s.blocks) > 0 {
		e := s.blocks[len(s.blocks)-1]
		s.blocks = s.blocks[:len(s.blocks)-1]
		s.enterBlock(e)
	}
}

func (s *shelf) enterBlock(e *entry) {
	if !e.later {
		return
	}
	reading := s.reading
	s.reading, e.later = true, false
	s.dev.note(e, 1)
	s.reading = reading
}

// before finds the line that stands in front of a leaf; nil is none. One that went has lost its
// place, and nobody looks there again.
func (s *shelf) before(i int32) *entry {
	for i = s.stand.below(i); i >= 0; i = s.stand.below(i) {
		if e := s.dev.top.got([]byte(s.heads[i].id)); e != nil {
			return e
		}
		s.stand.cut(i)
	}
	return nil
}

// all reads whatever is left.
func (s *shelf) all() {
	for i := int32(0); s.left > 0 && !s.starting && int(i) < len(s.read); i++ {
		if !s.read[i] {
			s.group(i)
		}
	}
}

// rule reads the leaves of a rule.
func (s *shelf) rule(r *dialect.Rule) {
	for i := int32(0); s.left > 0 && !s.starting && int(i) < len(s.read); i++ {
		if !s.read[i] && s.p.leaves[i].r == r {
			s.group(i)
		}
	}
}

// like reads the leaves whose line looks like one level of a glob, which begins with words of a hash.
func (s *shelf) like(glob []dialect.GlobWord, known scope, hash uint64, words int) {
	if s.left == 0 || s.starting || s.liked[&glob[0]] {
		return
	}
	if !has(glob, dialect.Bound) { // it finds the same whoever asks
		defer func() {
			if s.liked == nil {
				s.liked = map[*dialect.GlobWord]bool{}
			}
			s.liked[&glob[0]] = true
		}()
	}
	one := func(i int32) {
		if !s.read[i] && s.dev.like(&s.p.leaves[i], glob, known) {
			s.group(i)
		}
	}
	if some, ok := s.fronted(glob, hash, words); ok {
		for _, i := range some {
			one(i)
		}
		return
	}
	for i := int32(0); s.left > 0 && int(i) < len(s.read); i++ {
		one(i)
	}
}

// may tells from the rule of a leaf alone whether its line may look like one level of a glob.
func (l *leaf) may(glob []dialect.GlobWord) bool {
	first := l.r.First()
	return glob[0].Kind != dialect.Exact || l.neg || first == "" || strings.HasPrefix(first, glob[0].Text)
}

func (dev *Device) like(l *leaf, glob []dialect.GlobWord, known scope) bool {
	if !l.may(glob) {
		return false
	}
	line := dev.heads(l).says
	return fitsGlob(glob, line, known) || l.neg && fitsGlob(glob, dev.d.Negate+" "+line, known)
}

// ask reads the leaves that may have to do with a name, given as kind:name, or with what
// stands beside names.
func (s *shelf) ask(name string) {
	s.asked[name] = true
	kind, what, _ := strings.Cut(name, ":")
	if strings.HasPrefix(name, "\x00") {
		kind, what = name, ""
	}
	what, _, _ = strings.Cut(what, ",")
	if s.kind(kind, what); kind != name {
		s.dev.book.tie(name)
	}
}

// kind reads the leaves that may have to do with names of a kind, as far as they hold a text.
func (s *shelf) kind(kind, what string) {
	of, known := s.kinds[kind]
	if !known {
		of = s.uses(kind)
	}
	s.kinds[kind] = slices.DeleteFunc(of, func(i int32) bool { return s.read[i] })
	for _, i := range s.kinds[kind] {
		if !s.read[i] && s.p.leaves[i].speaks(kind, what) {
			s.group(i)
		}
	}
	s.enter()
}

// uses gives the leaves that may have to do with a kind of name.
func (s *shelf) uses(kind string) (out []int32) {
	for i := range s.read {
		if !s.read[i] && s.p.leaves[i].speaks(kind, "") {
			out = append(out, int32(i))
		}
	}
	return out
}

// speaks tells whether a leaf may have to do with a name.
func (l *leaf) speaks(kind, what string) bool {
	return slices.ContainsFunc(l.of.named(l.r), func(u use) bool {
		return u.kind == kind && holds(l.text, u.words) && (!u.plain || strings.Contains(l.text, what))
	})
}

// meet reads at both ends what was read at one of them, and what is not written alike.
func (dev *Device) meet(goal *Device) {
	a, b := dev.top.unread(), goal.top.unread()
	if a == nil || b == nil {
		return
	}
	for again := true; again; {
		again = false
		for i := range a.read {
			j := int32(i)
			if a.p != b.p {
				j = a.p.leaves[i].mate
			}
			if j < 0 && !a.read[i] || j >= 0 && a.read[i] != b.read[j] {
				a.reach(int32(i))
				b.reach(j)
				again = true
			}
		}
		for j := range b.read {
			if a.p != b.p && b.p.leaves[j].mate < 0 && !b.read[j] {
				b.reach(int32(j))
				again = true
			}
		}
	}
}

// reach reads a leaf, if there is one and it was not read before.
func (s *shelf) reach(i int32) {
	if i >= 0 && !s.read[i] {
		s.group(i)
	}
}
