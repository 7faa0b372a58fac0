package dialect

import (
	"fmt"
	"strings"
)

// Glob selects lines as seen from one line.
type Glob struct {
	Text    string
	Unruled bool // "? ": on purpose no rule knows the lines
	From    From
	Levels  [][]GlobWord // one below the other
	Then    [][]GlobWord // for every line that Levels select and what they bind: these
}

// From is where a glob begins.
type From uint8

// The places.
const (
	Here   From = iota // in the line's own block
	Top                // "/ ": at the top
	Beside             // "^ ": among the lines beside the enclosing header
)

// WordKind is what a word of a glob stands for.
type WordKind uint8

// The kinds of words.
const (
	Exact WordKind = iota // this very word
	Any                   // *: one word
	Tail                  // **: any rest, also none
	Bound                 // {slot}: the value of a slot
	Bind                  // <slot>: any word, which it binds
)

// GlobWord is one word of a glob.
type GlobWord struct {
	Kind WordKind
	Text string // of Exact the word, of Bound and Bind the slot
	Pre  string // of Bound: text glued before it
	Post string // of Bound: text glued behind it
}

// Beside gives the lines of a line's own block that look like those at the end of a glob.
func (g Glob) Beside() Glob { return Glob{Text: g.Text, Levels: g.Levels[len(g.Levels)-1:]} }

// Off tells whether a glob asks for a switch that is off: it writes the negating word itself.
func (g Glob) Off(negate string) bool {
	last := g.Levels[len(g.Levels)-1]
	return len(last) > 0 && last[0].Kind == Exact && last[0].Text == negate
}

// readGlobs reads globs that are separated by semicolons.
func readGlobs(v string) (out []Glob, err error) {
	for _, part := range split(v, ";") {
		g, err := readGlob(part)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

func readGlob(text string) (Glob, error) {
	g := Glob{Text: text}
	first, then, twice := strings.Cut(text, "=>")
	first, g.Unruled = strings.CutPrefix(strings.TrimSpace(first), "? ")
	if rest, ok := strings.CutPrefix(first, "/ "); ok {
		g.From, first = Top, rest
	} else if rest, ok := strings.CutPrefix(first, "^ "); ok {
		g.From, first = Beside, rest
	}
	g.Levels = levels(first)
	if twice {
		g.Then = levels(then)
	}
	for _, l := range append(g.Levels, g.Then...) {
		if len(l) == 0 {
			return g, fmt.Errorf("%q has an empty level", text)
		}
	}
	return g, nil
}

func levels(text string) (out [][]GlobWord) {
	for _, l := range strings.Split(text, " > ") {
		var words []GlobWord
		for _, w := range strings.Fields(l) {
			words = append(words, readWord(w))
		}
		out = append(out, words)
	}
	return out
}

func readWord(w string) GlobWord {
	open, shut := strings.Index(w, "{"), strings.Index(w, "}")
	switch {
	case w == "*":
		return GlobWord{Kind: Any}
	case w == "**":
		return GlobWord{Kind: Tail}
	case open >= 0 && shut > open:
		return GlobWord{Kind: Bound, Text: w[open+1 : shut], Pre: w[:open], Post: w[shut+1:]}
	case strings.HasPrefix(w, "<") && strings.HasSuffix(w, ">"):
		return GlobWord{Kind: Bind, Text: strings.Trim(w, "<>")}
	}
	return GlobWord{Kind: Exact, Text: w}
}

// written tells whether a glob leads to one line, written out with what it binds.
func (g Glob) written() bool {
	for _, l := range g.Then {
		for _, w := range l {
			if w.Kind != Exact && w.Kind != Bound {
				return false
			}
		}
	}
	return g.Then != nil
}

// Lines writes the lines that a glob leads to, from the block down, with what it bound.
func (g Glob) Lines(bound func(name string) string) (out []string) {
	for _, l := range g.Then {
		words := make([]string, len(l))
		for i, w := range l {
			if words[i] = w.Text; w.Kind == Bound {
				words[i] = w.Pre + bound(w.Text) + w.Post
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// beside tells whether a glob finds lines of its own block that begin with a word, and binds one.
func (g Glob) beside() bool {
	return g.From == Here && g.Then == nil && len(g.Levels) == 1 && g.Levels[0][0].Kind == Exact && g.Bound() != ""
}

// Bound names the one word that a glob binds; "" is none, or several.
func (g Glob) Bound() (name string) {
	for _, l := range g.Levels {
		for _, w := range l {
			if w.Kind != Bind {
				continue
			}
			if name != "" {
				return ""
			}
			name = w.Text
		}
	}
	return name
}
