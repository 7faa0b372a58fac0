package dialect

import (
	"slices"
	"strings"
)

// pattern reads the elements of a rule: literal <name:type> =<name:type> [literal] ( ... ) ...
func (r *reader) pattern(no, col int, text string) []Elem {
	tokens := tokenize(text)
	out, rest := r.elems(no, col, tokens, false)
	if len(rest) > 0 {
		r.failf(no, col, "a ) closes nothing in %q", text)
	}
	return out
}

// tokenize splits a pattern at blanks and puts parentheses on their own.
func tokenize(text string) (out []string) {
	depth := 0 // inside <...>, where enum(a|b) has parentheses of its own
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, c := range text {
		switch {
		case c == ' ' && depth == 0:
			flush()
			continue
		case (c == '(' || c == ')') && depth == 0:
			flush()
			out = append(out, string(c))
			continue
		case c == '<':
			depth++
		case c == '>' && depth > 0:
			depth--
		}
		word.WriteRune(c)
	}
	flush()
	return out
}

func (r *reader) elems(no, col int, tokens []string, inside bool) (out []Elem, rest []string) {
	for len(tokens) > 0 {
		t := tokens[0]
		tokens = tokens[1:]
		switch {
		case t == "(":
			var group []Elem
			group, tokens = r.elems(no, col, tokens, true)
			if len(tokens) == 0 {
				r.failf(no, col, "a ( is never closed")
				return out, nil
			}
			tokens = tokens[1:]
			out = append(out, Elem{Kind: Group, Group: group})
		case t == ")":
			if inside {
				return out, append([]string{t}, tokens...)
			}
			return out, append([]string{t}, tokens...)
		case t == "...":
			out = append(out, Elem{Kind: Rest, Name: "rest"})
		case strings.HasPrefix(t, "[") && strings.HasSuffix(t, "]") && !strings.Contains(t, "<"):
			out = append(out, Elem{Kind: Silent, Word: t[1 : len(t)-1]})
		case strings.Contains(t, "<") && strings.Contains(t, ">"):
			out = append(out, r.slot(no, col, t))
		case strings.HasPrefix(t, "="):
			out = append(out, Elem{Kind: Literal, Word: t[1:], Value: true})
		default:
			out = append(out, Elem{Kind: Literal, Word: t})
		}
	}
	return out, nil
}

// slot reads <name:type> or =<name:type>, with text glued before or behind it.
func (r *reader) slot(no, col int, token string) Elem {
	e := Elem{Kind: Slot}
	before, behind, _ := strings.Cut(token, "<")
	shut := strings.LastIndex(behind, ">")
	if shut < 0 {
		r.failf(no, col, "%s: a slot is written <name:type>", token)
		return e
	}
	e.Pre, e.Post = before, behind[shut+1:]
	e.Pre, e.Value = strings.CutPrefix(e.Pre, "=")
	name, typ, ok := strings.Cut(behind[:shut], ":")
	if !ok || name == "" {
		r.failf(no, col, "%s: a slot is written <name:type>", token)
		return e
	}
	e.Name, e.Type = name, typ
	if base, arg, found := strings.Cut(typ, "("); found {
		e.Type, arg = base, strings.TrimSuffix(arg, ")")
		e.Enum = strings.Split(arg, "|")
	}
	e.Is = typeOf(e.Type)
	switch {
	case !slices.Contains(Types, e.Type):
		r.failf(no, col, "%s: no type %q: there are %s", token, e.Type, strings.Join(Types, " "))
	case e.Type == "enum" && (len(e.Enum) == 0 || slices.Contains(e.Enum, "")):
		r.failf(no, col, "%s: a word is missing: write <%s:enum(a|b)>", token, e.Name)
		e.Enum = nil
	}
	r.forms(no, col, token, &e)
	return e
}

// attrs reads "name=value name name="several words"".
func (r *reader) attrs(no, col int, text string) (out []given) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		if rest, ok := strings.CutPrefix(text, ":: "); ok {
			text = rest
			continue
		}
		end := strings.IndexAny(text, " =")
		if end < 0 {
			end = len(text)
		}
		g := given{name: text[:end], no: no, col: col}
		text = text[end:]
		if g.has = strings.HasPrefix(text, "="); g.has {
			if g.value, text = r.value(no, col, text[1:]); g.value == "" {
				r.failf(no, col, "the attribute %s= has no value", g.name)
			}
		}
		out = append(out, g)
	}
	return out
}

// value reads one word, or what stands between quotes.
func (r *reader) value(no, col int, text string) (value, rest string) {
	if !strings.HasPrefix(text, `"`) {
		value, rest, _ = strings.Cut(text, " ")
		return value, rest
	}
	value, rest, closed := strings.Cut(text[1:], `"`)
	if !closed {
		r.failf(no, col, "a quote is never closed")
	}
	return value, rest
}
