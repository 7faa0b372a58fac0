package tree

import (
	"fmt"
	"slices"

	"plumbline/internal/tree/dialect"
)

// Sought counts the lines that are looked at for all that the rules of the lines of a text name, seen from
// each line, and tells where an index gives other lines than a look at all of them; "" is nowhere.
func Sought(d *dialect.Dialect, text []byte) (looked int, wrong string) {
	t, _ := Parse(d, text)
	t.nears = nears{}
	t.root.walk(func(n *node) {
		r := t.rule(n)
		if r == nil {
			return
		}
		f := finder{t: t, of: t, at: n}
		all := finder{t: t, of: t, at: n, plain: true}
		for _, g := range slices.Concat(r.Owns, r.Wipes, r.Needs, r.Conflicts, r.HeldBy, r.Before, r.After, r.If, r.Unless) {
			if !slices.Equal(f.find(n.parent, &g), all.find(n.parent, &g)) {
				wrong = fmt.Sprintf("%s from %q", g.Text, t.line(n))
			}
			in := n.parent
			if g.From == dialect.Top {
				in = t.root
			} else if g.From == dialect.Beside && in.parent != nil {
				in = in.parent
			}
			if rows, _, ok := f.nearby(in, g.Levels, nil); ok {
				looked += len(rows)
				continue
			}
			for k := in.kid(); k != nil; k = k.next {
				looked++
			}
		}
	})
	return looked, wrong
}
