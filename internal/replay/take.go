package replay

import (
	"strings"

	"plumbline/internal/tree/dialect"
)

// taker reads texts. A device has one for all the blocks that it takes from paper.
type taker struct {
	dev   *Device
	stack []open
	tops  int // lines at the top
	deaf  int // lines from this column on stand under one that is not kept; 0 is none
	each  func(dialect.Line)
}

// open is a block that the next line may stand in.
type open struct {
	e     *entry
	depth int
	next  *entry // the line of it that should come next, where one looks whether it is shown
	late  *entry // and the one that may, out of its turn
}

// take reads the lines of a text, and keeps what the device would not show. It tells how many
// of them stand at the top.
func (dev *Device) take(text string) int {
	t := dev.taker
	if dev.taker = nil; t == nil {
		t = &taker{dev: dev}
		t.each = t.line
	}
	t.stack, t.tops, t.deaf = append(t.stack[:0], open{e: dev.top, depth: -1}), 0, 0
	dialect.Each(dev.d, text, t.each)
	dev.taker = t
	return t.tops
}

func (t *taker) line(l dialect.Line) {
	dev := t.dev
	if l.Text == "" || t.deaf > 0 && l.Depth >= t.deaf {
		return
	}
	t.deaf = 0
	if shut := t.shuts(l); shut != nil {
		if shut.r == nil {
			shut.own().exit = l.Text
		}
		return
	}
	if t.stray(l) {
		return
	}
	if t.within(l); len(t.stack) == 1 {
		t.tops++
	}
	for _, e := range dev.read(t.inner(), l.Text) {
		if e.r != nil && (e.r.Noise || e.r.DeviceOnly) {
			t.deaf = l.Depth + 1
			return
		}
		in, flat := e.up, e.up != t.inner()
		if e = dev.put(in, e); flat && !e.block() { // what follows belongs to the block that the line opened
			e = in
		}
		t.stack = append(t.stack, open{e: e, depth: l.Depth})
	}
}

// inner is the innermost block that is open.
func (t *taker) inner() *entry { return t.stack[len(t.stack)-1].e }

// shuts closes the innermost block that a line closes, and gives it; nil is none.
func (t *taker) shuts(l dialect.Line) *entry {
	for i := len(t.stack) - 1; i > 0; i-- {
		if o := t.stack[i]; closes(t.dev.d, o.e, l.Text, o.depth == l.Depth) {
			t.stack = t.stack[:i]
			return o.e
		}
	}
	return nil
}

// stray tells whether a line closes a block where none is open.
func (t *taker) stray(l dialect.Line) bool {
	return t.dev.d.Syntax == "indent" && (t.dev.d.Closes(l.Text) || strings.HasPrefix(l.Text, "exit")) && !t.inner().text()
}

// within leaves the blocks that a line does not stand in.
func (t *taker) within(l dialect.Line) {
	for t.stack[len(t.stack)-1].depth >= l.Depth {
		t.stack = t.stack[:len(t.stack)-1]
	}
}
