package dialect

import (
	"slices"
	"strings"
)

// pick is which of several words a rule stands for, out of a|b.
type pick struct {
	all string // as they were written
	of  int
	at  int
}

// template writes a pattern as attributes write lines: <name:type> is {name}.
func template(pattern string) string {
	words := strings.Fields(pattern)
	for i, w := range words {
		open, shut := strings.Index(w, "<"), strings.LastIndex(w, ">")
		if open < 0 || shut < open {
			continue
		}
		name, _, _ := strings.Cut(w[open+1:shut], ":")
		words[i] = strings.Replace(w[:open], "=", "", 1) + "{" + name + "}" + w[shut+1:]
	}
	return strings.Join(words, " ")
}

// variant is one of the patterns that a line stands for.
type variant struct {
	text  string
	picks []pick
	given []given // written in the pattern itself
}

// variants takes apart patterns that are separated by " | ", and the words a|b in them.
func (r *reader) variants(e *said, text string, at *scope) (out []variant) {
	whole := strings.Split(text, " | ")
	for i, one := range whole {
		v := variant{}
		ws := v.marks(strings.Fields(at.head + one)) // what a mark says is picked with the words of its own pattern
		one = r.picked(e.no, e.indent+1, strings.Join(ws, " "), at)
		for _, w := range r.words(e, strings.Fields(one), v) {
			if len(whole) > 1 { // behind the words of the pattern itself, which are nearer
				w.picks = append(w.picks, pick{text, len(whole), i})
			}
			out = append(out, w)
		}
		if len(out) > most {
			r.failf(e.no, e.indent+1, "the line stands for more than %d rules", most)
			return nil
		}
	}
	return out
}

// words takes apart the first word a|b of a pattern, and so on.
func (r *reader) words(e *said, ws []string, v variant) []variant {
	depth := 0
	for i, w := range ws {
		depth += strings.Count(w, "(") - strings.Count(w, ")")
		if !strings.Contains(w, "|") || strings.Contains(w, "<") {
			continue
		}
		if slices.Contains(strings.Split(w, "|"), "") {
			r.failf(e.no, e.indent+1, "a word or a pattern is missing beside the | in %q", e.text)
			return nil
		}
		if depth != 0 || strings.ContainsAny(w, "()[]=") {
			r.failf(e.no, e.indent+1, "%s: several words for one are no group and no value: write a slot <name:enum(a|b)>", w)
			return nil
		}
		var out []variant
		path := w[:strings.LastIndex(w[:strings.Index(w, "|")], "/")+1] // a/b|c is a/b and a/c
		all := strings.Split(w[len(path):], "|")
		for n, word := range all {
			one := slices.Clone(ws)
			one[i] = path + word
			more := variant{picks: append(slices.Clone(v.picks), pick{w[len(path):], len(all), n}), given: slices.Clone(v.given)}
			if out = append(out, r.words(e, one, more)...); len(out) > most {
				return out
			}
		}
		return out
	}
	for i, w := range ws {
		if ws[i] = v.silent(w); strings.HasPrefix(w, "~") {
			r.failf(e.no, e.indent+1, "%s: a mark stands behind its pattern, and its value is one word: what has several stands behind ::", w)
		}
	}
	v.text = r.named(strings.Join(ws, " "))
	return []variant{v}
}

// named writes types out that the header gives a name.
func (r *reader) named(text string) string {
	for name, t := range r.types {
		if slot := ":" + name + ">"; strings.Contains(text, slot) {
			text, t.used = strings.ReplaceAll(text, slot, ":"+t.text+">"), true
		}
	}
	return text
}

// silent takes the default out of a slot =<name:type=default>. What stands in enum( ) is none.
func (v *variant) silent(w string) string {
	at := max(strings.Index(w, ":"), strings.LastIndex(w, ")"))
	if !strings.HasPrefix(w, "=<") || !strings.HasSuffix(w, ">") || at < 0 {
		return w
	}
	_, value, ok := strings.Cut(w[at:len(w)-1], "=")
	if !ok {
		return w
	}
	v.given = append(v.given, given{name: "default", value: value, has: true})
	return w[:len(w)-len(value)-2] + ">"
}

// picked writes for each {a|b} the word that the rule stands for, or one around it.
func (r *reader) picked(no, col int, text string, at *scope) string {
	var out strings.Builder
	for {
		open := strings.Index(text, "{")
		shut := open + strings.Index(text[open+1:], "}") + 1
		if open < 0 || shut <= open {
			return out.String() + text
		}
		inner := text[open+1 : shut]
		out.WriteString(text[:open])
		if text = text[shut+1:]; !strings.Contains(inner, "|") {
			out.WriteString("{" + inner + "}")
			continue
		}
		words := strings.Split(inner, "|")
		i := at.pick(inner, len(words))
		if i < 0 {
			r.failf(no, col, "{%s}: neither the rule nor a block around it has a word of %d", inner, len(words))
			i = 0
		}
		out.WriteString(words[i])
	}
}

// pick finds which of n words is meant: the one that is written so, else the nearest one.
func (s *scope) pick(all string, n int) int {
	found := -1
	for at := s; at != nil; at = at.up {
		for _, p := range at.picks {
			if p.all == all {
				return p.at
			}
			if p.of == n && found < 0 {
				found = p.at
			}
		}
	}
	return found
}
