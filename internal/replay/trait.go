package replay

import (
	"strings"

	"plumbline/internal/tree/dialect"
)

// trait is what the rules of a block say of how it hangs together with others.
type trait struct {
	text  bool       // a text of lines that rules know nothing of may stand in it
	early [][]string // it is read at once where all words of one of these stand in it
	uses  []use      // of all its lines, once somebody asked
	front front
	head  string        // what each line begins with, up to its one word that is a value; "" where it is not so simple
	word  *dialect.Elem // that value
	asked bool          // somebody did
	told  bool          // the rule of the block that its lines stand in is among those that are read at once
}

// use is a rule of a block that has to do with names.
type use struct {
	kind  string
	words []string // that stand in each of its lines
	plain bool     // the first slot of the name stands in the block as it is
}

// What else is asked for like a name: what has to do with the way in, with what owns others,
// with filters, with a line at the top that others need.
const (
	wayIn  = "\x00in"
	owning = "\x00own"
	filter = "\x00filter"
	gated  = "\x00gate "
)

// trait gives the trait of a rule of the top.
func (b *binder) trait(r *dialect.Rule) *trait {
	if b.last.r == r {
		return b.last.of
	}
	t := b.traits[r]
	if t == nil {
		t = &trait{front: frontOf(r)}
		t.head, t.word = b.simple(r)
		b.traits[r] = t
		b.learn(t, r, 0)
	}
	b.last.r, b.last.of = r, t
	return t
}

// simple gives the words of a rule whose lines are these and one value, which is their key and says all that
// they are, where no other rule may read such a line.
func (b *binder) simple(r *dialect.Rule) (head string, word *dialect.Elem) {
	n := len(r.Pattern) - 1
	words := literals(r.Pattern)
	if n < 1 || len(words) != n || r.Of != nil || r.Choice != "" || r.Many || !b.dev.d.All.Alone(r) {
		return "", nil
	}
	if word = &r.Pattern[n]; word.Value || !single(word) || word.Pre != "" || word.Post != "" {
		return "", nil
	}
	return strings.Join(words, " ") + " ", word
}

// again reads a line like the last one, if it is written as it is spelled. It writes the identity of the line.
func (b *binder) again(line string) bool {
	t, c := b.last.of, &b.dev.chooser
	if t == nil || t.head == "" || !strings.HasPrefix(line, t.head) {
		return false
	}
	word := line[len(t.head):]
	for i := range len(word) {
		if space(word[i]) {
			return false
		}
	}
	if word == "" || word[0] == '"' {
		return false
	}
	if v, ok := one(b.dev.d, t.word, word); !ok || v != word {
		return false
	}
	c.space = append(append(append(c.space[:0], b.last.r.ID...), 0), word...)
	return true
}

// learn looks at a rule that stands so deep, and at those below.
func (b *binder) learn(t *trait, r *dialect.Rule, depth int) {
	as := r
	if r.Of != nil {
		as = r.Of
	}
	t.text = t.text || as.Rewrite
	if len(as.Inherits) > 0 || as.Default != "" && (b.far(as.If, depth) || b.far(as.Unless, depth)) {
		t.early = append(t.early, literals(r.Pattern))
	}
	for _, k := range r.Kids {
		b.learn(t, k, depth+1)
	}
}

// named gives what lines of a rule of the top, and those below, have to do with names.
func (t *trait) named(r *dialect.Rule) []use {
	if !t.asked {
		t.asked = true
		t.ask(r)
	}
	return t.uses
}

func (t *trait) ask(r *dialect.Rule) {
	as, words := r, literals(r.Pattern)
	if r.Of != nil {
		as = r.Of
	}
	for _, n := range []*dialect.Name{as.Def, as.Ref, as.Unique} {
		if n != nil {
			t.uses = append(t.uses, use{n.Kind, words, n.Template == "" && plainly(as, n.Slots[0])})
		}
	}
	also := func(is bool, kind string) {
		if is {
			t.uses = append(t.uses, use{kind: kind, words: words})
		}
	}
	also(as.Lockout, wayIn)
	also(len(as.Owns) > 0, owning)
	also(as.Filter, filter)
	also(as.Gate != "", gated+as.Gate)
	for _, k := range r.Kids {
		t.ask(k)
	}
}

// literals gives the words that stand in every line of a pattern.
func literals(es []dialect.Elem) (out []string) {
	for i := range es {
		if es[i].Kind == dialect.Literal {
			out = append(out, es[i].Word)
		}
	}
	return out
}

// plainly tells whether a slot of a rule, or of a block around it, is stored as it is written.
func plainly(r *dialect.Rule, slot string) bool {
	for ; r != nil; r = r.Up {
		for _, e := range dialect.Slots(r.Pattern) {
			if e.Name == slot {
				return e.Type == "word"
			}
		}
	}
	return false
}

// far tells whether a condition may look out of its block, and whether what it looks for is
// ever said.
func (b *binder) far(gs []dialect.Glob, depth int) bool {
	for _, g := range gs {
		if (g.From == dialect.Top || g.From == dialect.Beside && depth < 2 || depth == 0) && b.said(g) {
			return true
		}
	}
	return false
}

func (b *binder) said(g dialect.Glob) bool {
	for _, level := range g.Levels {
		for _, w := range level {
			if w.Kind == dialect.Exact && !b.anywhere(w.Text) {
				return false
			}
		}
	}
	return true
}

func (b *binder) anywhere(word string) bool {
	for _, text := range b.texts {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
