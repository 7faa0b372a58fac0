package tree

import (
	"fmt"

	"plumbline/internal/tree/dialect"
)

// Unfolded tells where a tree that is read when something looks into it differs from one that
// was read line by line at once; "" is nowhere.
func Unfolded(d *dialect.Dialect, text []byte) string {
	late, notes := Parse(d, text)
	at := &Tree{d: d, src: string(text), root: &node{}}
	p := parser{t: at, stack: []*node{at.root}, depths: []int{-1}}
	dialect.Each(d, at.src, p.line)
	at.hash(nil)
	if fmt.Sprint(notes) != fmt.Sprint(p.notes) {
		return fmt.Sprint("notes: ", notes, " for ", p.notes)
	}
	return unfolded(late.root, at.root)
}

func unfolded(a, b *node) string {
	x, y := a.kid(), b.kid()
	if a.text != b.text || a.no != b.no || a.closed() != b.closed() || a.own != b.own || a.ord != b.ord && a.parent != nil {
		return fmt.Sprintf("%d %q %q for %d %q %q", a.no, a.text, a.closed(), b.no, b.text, b.closed())
	}
	for ; x != nil && y != nil; x, y = x.next, y.next {
		if says := unfolded(x, y); says != "" {
			return says
		}
	}
	if x != nil || y != nil {
		return fmt.Sprintf("lines under %q", a.text)
	}
	return ""
}
