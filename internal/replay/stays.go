package replay

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// stays watches over lines that both ends have: one that a plan takes away by itself has to be
// in the way of another, and is told of.
type stays struct {
	from, to *Device
	step     int
	gone     map[string]bool // what went for a moment, by itself or along with others
	aimed    []int           // the commands that took one away by itself
}

// turn notes that a line goes.
func (k *stays) turn(dev *Device, e *entry) {
	if e.up == nil || e.up.text() || e.block() && dev.fixed(e) || !alikeAt(k.to, e) || !alikeAt(k.from, e) {
		return
	}
	k.gone[dev.line(e)] = true
	if e == dev.book.aim && (len(k.aimed) == 0 || k.aimed[len(k.aimed)-1] != k.step) {
		k.aimed = append(k.aimed, k.step)
	}
}

// alikeAt tells whether a device holds a line where another one does.
func alikeAt(dev *Device, e *entry) bool {
	x := dev.twin(e)
	return x != nil && x.neg == e.neg && x.alike(e)
}

// twin finds the line that has the keys of a line of another device; nil is none.
func (dev *Device) twin(e *entry) *entry {
	if e.up == nil {
		return dev.top
	}
	up := dev.twin(e.up)
	if up == nil {
		return nil
	}
	return up.line(e.id)
}

// mostAgain bounds how many commands are played again to see that a removal is needed.
const mostAgain = 1 << 16

// needless finds a command that takes a line away which both ends have, and that can be left
// out together with nothing but what would have no effect then; "" is none.
func (k *stays) needless(cmds []string) string {
	left := mostAgain
	for _, i := range k.aimed {
		if left -= len(cmds); left < 0 {
			return ""
		}
		dev := k.from.again()
		if out, _ := dev.steps(k.from, k.to, slices.Delete(slices.Clone(cmds), i, i+1), true); len(out) == 0 {
			return cmds[i]
		}
	}
	return ""
}

// most bounds how many lines are told one by one.
const most = 5

// told says what went for a moment.
func (k *stays) told() []string {
	lines, more := slices.Sorted(maps.Keys(k.gone)), ""
	if len(lines) == 0 {
		return nil
	}
	if n := len(lines) - most; n > 0 {
		lines, more = lines[:most], fmt.Sprintf("; and %d more", n)
	}
	return []string{"gone for a moment, and then there again: " + strings.Join(lines, "; ") + more}
}
