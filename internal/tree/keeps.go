package tree

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// turn gives the commands of switches that turn what silence about other lines means, and keep
// what stands (keeps=): they are sent before all else. now is what the device holds behind them,
// where lines are said that were silent; nil where no such switch is turned.
func turn(have, want *Tree, o Options) (first []Edit, now *Tree, err error) {
	type turned struct {
		h, w *node // the block
		r    *dialect.Rule
		on   bool
	}
	var all []turned
	for _, r := range want.d.Turns {
		if a, ok := have.said(r.Head()); ok {
			if b, ok := want.said(r.Head()); ok && slices.Equal(a, b) {
				continue
			}
		}
		for h := have.root.kid(); h != nil; h = h.next {
			if have.rule(h) != r.Up {
				continue
			}
			if w := want.twin(h); w != nil && have.once(h) && want.once(w) && have.turned(h, r) != want.turned(w, r) {
				all = append(all, turned{h, w, r, want.turned(w, r)})
			}
		}
	}
	if len(all) == 0 {
		return nil, nil, nil
	}
	d := &differ{o: o, have: have, want: want, remade: map[*node]*node{}, defined: map[family]map[string]bool{}, fell: map[*node]bool{}}
	defer d.part()
	have.root.met, want.root.met = want.root, have.root
	d.marked = append(d.marked, have.root, want.root)
	now, _ = Parse(have.d, Print(have))
	for _, t := range all {
		t.h.met, t.w.met = t.w, t.h
		d.marked = append(d.marked, t.h, t.w)
		if h, w := have.of(t.h, t.r), want.of(t.w, t.r); w != nil {
			d.add(w, false, Change, nil).old = h
		} else {
			d.add(h, true, Change, nil)
		}
		now.keep(now.twin(t.h), t.r, t.on)
	}
	ordered, err := d.order()
	for _, c := range ordered {
		first = d.edits(first, c)
	}
	now, _ = Parse(have.d, Print(now))
	return first, now, err
}

// said gives the lines of a text that have some words in them, each with the header at the first
// column that it stands under, in order; it is false where only a reader knows. Nothing is read for
// it: nearly all texts say of a switch what they said before.
func (t *Tree) said(words string) (out []string, ok bool) {
	if !t.untouched() {
		return nil, false
	}
	begins := func(at int) int { return strings.LastIndexByte(t.src[:at], '\n') + 1 }
	for at := strings.Index(t.src, words); at >= 0; {
		line := begins(at)
		header := line
		for header > 0 && strings.IndexByte(" \t!\r\n", t.src[header]) >= 0 {
			header = begins(header - 1)
		}
		if header == line {
			return nil, false
		}
		head, _, _ := strings.Cut(t.src[header:], "\n")
		out = append(out, head+t.src[line:at])
		next := strings.Index(t.src[at+len(words):], words)
		if next < 0 {
			break
		}
		at += len(words) + next
	}
	slices.Sort(out)
	return out, true
}

// after gives the commands that lead on from what switches have made of a device.
func after(first []Edit, now, want *Tree, o Options, err error) ([]Edit, []Note, error) {
	if err != nil {
		return nil, nil, err
	}
	rest, notes, err := Diff(now, want, o)
	for i := range notes {
		notes[i].Live = 0 // now is no text that anybody knows
	}
	return append(first, rest...), notes, err
}

// once tells whether a line at the top stands there once: a block that a text gives twice is no
// block of a device, and what its switches say is not asked.
func (t *Tree) once(of *node) bool {
	n := 0
	for k := t.root.kid(); k != nil; k = k.next {
		if t.line(k) == of.m.line {
			n++
		}
	}
	return n == 1
}

// of finds the line of a rule in a block.
func (t *Tree) of(in *node, r *dialect.Rule) *node {
	for k := in.kid(); k != nil; k = k.next {
		if t.rule(k) == r {
			return k
		}
	}
	return nil
}

// turned tells whether a switch that is on by itself is on.
func (t *Tree) turned(in *node, r *dialect.Rule) bool {
	k := t.of(in, r)
	return k == nil || !k.m.neg
}

// keep turns a switch of a block, and says what else would mean something else now.
func (t *Tree) keep(in *node, r *dialect.Rule, on bool) {
	kept := t.kept(in, r, nil)
	if old := t.of(in, r); old != nil {
		in.leave(old)
	}
	if !on {
		in.add(&node{text: t.d.Negate + " " + r.Text})
	}
	for _, k := range kept {
		t.say(in, k)
	}
}

// unsaid is a line that a switch keeps, and of which nothing is said: its headers, itself, and what
// silence means.
type unsaid struct {
	path  []string
	means string
}

// kept gives those of a block; but is the lines of which none is asked for.
func (t *Tree) kept(in *node, r *dialect.Rule, but map[string]*node) (out []unsaid) {
	spared := t.led(in, r.Spares, nil)
	for _, path := range t.led(in, slices.Concat(r.Keeps, r.Turns), but) {
		if slices.ContainsFunc(spared, func(s []string) bool { return slices.Equal(s, path) }) {
			continue
		}
		if k, stored := t.reach(in, path); !stored {
			out = append(out, unsaid{path, t.defaultOf(k)})
		}
	}
	return out
}

// led gives the lines that globs lead to, from a block down.
func (t *Tree) led(in *node, gs []dialect.Glob, but map[string]*node) (out [][]string) {
	for _, g := range gs {
		var hits []hit
		finder{t: t, of: t, at: &node{parent: in}}.down(in, g.Levels, nil, &hits)
		for _, h := range hits {
			if h.n.m.neg || but[t.key(h.n)] != nil {
				continue
			}
			out = append(out, g.Lines(func(name string) string { v, _ := h.e.get(name); return v }))
		}
	}
	return out
}

// reach goes down to a line: the one that is stored, else one that looks as if it stood there.
func (t *Tree) reach(in *node, path []string) (k *node, stored bool) {
	for _, text := range path {
		k = &node{text: text, parent: in}
		x := in.kid()
		for ; x != nil && t.key(x) != t.key(k); x = x.next {
		}
		if stored = x != nil; stored {
			k = x
		}
		in = k
	}
	return k, stored
}

// say says what a line means, where nothing is said of it and silence means something else.
func (t *Tree) say(in *node, of unsaid) *node {
	k, stored := t.reach(in, of.path)
	if stored || t.defaultOf(k) == of.means {
		return nil
	}
	for i := range of.path[:len(of.path)-1] {
		if h, there := t.reach(in, of.path[:i+1]); !there {
			h.parent.add(h)
		}
	}
	k, _ = t.reach(in, of.path)
	if of.means == "off" {
		k.text, k.m = t.d.Negate+" "+k.text, nil
	}
	k.parent.add(k)
	return k
}

// leave takes a line out of a block.
func (n *node) leave(k *node) {
	var before *node
	for x := n.kid(); x != k; x = x.next {
		before = x
	}
	k.unlink(before)
}

// switches: what is new comes when the switch says what it is to be by itself.
func (d *differ) switches(c *cmd, r *dialect.Rule) {
	for _, g := range r.Keeps {
		g.Then = nil
		d.each(d.want, c, []dialect.Glob{g}, func(o *cmd) {
			if !o.del {
				before(c, o)
			}
		})
	}
}

// stays says of lines of others what they mean, where what is wanted turns what silence about
// them means.
func (s *sparing) stays(wanted *Tree) {
	for _, r := range slices.Concat(s.want.d.Turns, s.want.d.Switches) {
		for h := s.have.root.kid(); h != nil; h = h.next {
			if s.have.rule(h) != r.Up {
				continue
			}
			w, o := wanted.twin(h), s.want.twin(h)
			if w == nil || o == nil || s.have.turned(h, r) == s.want.turned(o, r) {
				continue
			}
			for _, k := range s.have.kept(h, r, wanted.keys(w)) {
				if n := s.want.say(o, k); n != nil {
					n.foreign = true
				}
			}
		}
	}
}

// twin finds the line at the top that is the same as one of another tree; nil is none.
func (t *Tree) twin(of *node) *node {
	for k := t.root.kid(); k != nil; k = k.next {
		if t.line(k) == of.m.line {
			return k
		}
	}
	return nil
}
