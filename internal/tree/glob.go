package tree

import (
	"strings"

	"plumbline/internal/tree/dialect"
)

// env is the words that a glob bound, the last one first.
type env struct {
	name, value string
	more        *env
}

func (e *env) get(name string) (string, bool) {
	for ; e != nil; e = e.more {
		if e.name == name {
			return e.value, true
		}
	}
	return "", false
}

// hit is a line that a glob selects, with what it bound on the way.
type hit struct {
	n *node
	e *env
}

// finder evaluates globs as seen from one line. The line may be of another tree.
type finder struct {
	t     *Tree // where it looks
	of    *Tree // whose line it looks from
	at    *node // the line
	plain bool  // it looks at all lines
}

// find gives the lines of t that a glob selects, seen from n, which has its place in t.
func (t *Tree) find(n *node, g *dialect.Glob) []*node {
	return finder{t: t, of: t, at: n}.find(n.parent, g)
}

// find looks from the block in.
func (f finder) find(in *node, g *dialect.Glob) (out []*node) {
	switch {
	case g.From == dialect.Top:
		in = f.t.root
	case g.From == dialect.Beside && in != nil && in.parent != nil:
		in = in.parent
	}
	var hits []hit
	f.down(in, g.Levels, nil, &hits)
	for _, h := range hits {
		if g.Then == nil {
			out = append(out, h.n)
			continue
		}
		var second []hit
		f.down(in, g.Then, h.e, &second)
		for _, s := range second {
			out = append(out, s.n)
		}
	}
	return out
}

func (f finder) down(in *node, levels [][]dialect.GlobWord, e *env, hits *[]hit) {
	if rows, left, ok := f.nearby(in, levels, e); ok {
		for _, r := range rows {
			f.look(r.n, left, e, hits)
		}
		return
	}
	for k := in.kid(); k != nil; k = k.next {
		f.look(k, levels, e, hits)
	}
}

// look compares a line with the first one of levels, and what stands under it with those behind it.
func (f finder) look(k *node, levels [][]dialect.GlobWord, e *env, hits *[]hit) {
	if first := &levels[0][0]; first.Kind == dialect.Exact && first.Text != "" && !f.t.begins(k.text, first.Text) {
		return
	}
	bound, ok := f.matches(levels[0], k, e)
	switch {
	case !ok:
	case len(levels) == 1:
		*hits = append(*hits, hit{k, bound})
	default:
		f.down(k, levels[1:], bound, hits)
	}
}

// begins tells whether a line begins with a word, a negating word aside.
func (t *Tree) begins(text, word string) bool {
	if strings.HasPrefix(text, word) {
		return true
	}
	return strings.HasPrefix(text, t.d.Negate) && strings.Contains(text, word)
}

// matches compares a level of a glob with a line; a switch that is off belongs to the same
// owner as one that is on.
func (f finder) matches(level []dialect.GlobWord, k *node, e *env) (*env, bool) {
	var space [24]dialect.Word
	words := dialect.AppendWords(space[:0], f.t.line(k))
	if bound, ok := f.words(level, words, e); ok {
		return bound, true
	}
	if k.m.neg {
		return f.words(level, words[1:], e)
	}
	return nil, false
}

func (f finder) words(level []dialect.GlobWord, words []dialect.Word, e *env) (*env, bool) {
	for i := range level {
		g := &level[i]
		if g.Kind == dialect.Tail {
			return e, true
		}
		if i >= len(words) {
			return nil, false
		}
		w := words[i].Text
		switch g.Kind {
		case dialect.Exact:
			if g.Text != w {
				return nil, false
			}
		case dialect.Bound:
			v, ok := e.get(g.Text)
			if !ok {
				v, _, ok = f.of.slot(f.at, g.Text)
			}
			if !ok || g.Pre+v+g.Post != w {
				return nil, false
			}
		case dialect.Bind:
			e = &env{g.Text, w, e}
		}
	}
	return e, len(words) == len(level)
}
