package dialect

import (
	"slices"
	"strings"
)

// braces reads text whose blocks stand between braces and whose statements end with a
// semicolon.
type braces struct {
	d     *Dialect
	src   string
	f     func(Line)
	at    int
	no    int // of the line
	depth int
	words []string
	from  int // the line that the statement began on
	off   bool
	list  []string // what stood between brackets
	spent int      // bytes that were said more than once
	lists bool
}

// mostAgain bounds how often a text is said again by lists whose members are lines: one that
// goes beyond it is no configuration.
const mostAgain = 64

func (b *braces) run() {
	for b.at < len(b.src) {
		c := b.src[b.at]
		switch {
		case c == '\n':
			b.no++
			b.at++
		case blank(c):
			b.at++
		case c == '#' || strings.HasPrefix(b.src[b.at:], "/*"):
			b.comment(c == '#')
		case c == ';':
			b.at++
			b.end()
		case c == '{':
			b.at++
			b.end()
			b.depth++
		case c == '}':
			b.at++
			b.end()
			b.depth = max(0, b.depth-1)
		case c == '[' && b.d.Split:
			b.at++
			b.bracket()
		default:
			b.word()
		}
	}
	if len(b.words) > 0 || b.depth > 0 {
		b.emit(Line{No: b.no, Depth: b.depth, Text: strings.Join(b.words, " "), Cut: true})
	}
}

func (b *braces) comment(line bool) {
	mark := "*/"
	if line {
		mark = "\n"
	}
	end := strings.Index(b.src[b.at:], mark)
	if end < 0 {
		b.at = len(b.src)
		return
	}
	if !line {
		end += len(mark)
	}
	b.no += strings.Count(b.src[b.at:b.at+end], "\n")
	b.at += end
}

// word takes one word; between brackets and parentheses that are of a value nothing ends a
// statement.
func (b *braces) word() {
	start, nested := b.at, 0
	for ; b.at < len(b.src); b.at++ {
		c := b.src[b.at]
		switch {
		case c == '"':
			shut := strings.IndexByte(b.src[b.at+1:], '"')
			if shut < 0 { // the text ends before it is closed
				shut = len(b.src) - b.at - 2
			}
			b.at += 1 + shut
		case !b.d.Split && (c == '[' || c == '('):
			nested++
		case !b.d.Split && (c == ']' || c == ')'):
			nested--
		case nested > 0 && c == '\n':
			b.no++
		case nested <= 0 && (blank(c) || c == ';' || c == '{' || c == '}'):
			b.take(Fold(b.src[start:b.at]))
			return
		}
	}
	b.take(Fold(b.src[start:b.at]))
}

func (b *braces) take(word string) {
	if len(b.words) == 0 && !b.off {
		b.from = b.no
	}
	switch {
	case len(b.words) == 0 && (word == Inactive || word == "protect:"):
		b.off = b.off || word == Inactive
	default:
		b.words = append(b.words, word)
	}
}

// bracket reads a list whose members are statements of their own. One that is not closed, or
// holds what no word is, ends the text.
func (b *braces) bracket() {
	end := strings.IndexByte(b.src[b.at:], ']')
	if end < 0 || slices.ContainsFunc(Words(b.src[b.at:b.at+end]), odd) {
		b.words, b.at = append(b.words, "["), len(b.src)
		return
	}
	body := b.src[b.at : b.at+end]
	b.list, b.lists = append(b.list, Words(body)...), true
	b.no += strings.Count(body, "\n")
	b.at += end + 1
}

// odd tells whether a member of a list would not read as one word by itself.
func odd(w string) bool {
	if in, quoted := strings.CutPrefix(w, `"`); quoted {
		in, shut := strings.CutSuffix(in, `"`)
		return !shut || strings.Contains(in, `"`)
	}
	return strings.ContainsAny(w, `{};"[#`) || strings.HasPrefix(w, "/*") || w == Inactive || w == "protect:"
}

// end gives the statement that was read.
func (b *braces) end() {
	head := strings.Join(b.words, " ")
	switch {
	case b.lists && b.spent+len(head)*len(b.list) > mostAgain*len(b.src):
		b.emit(Line{No: b.from, Depth: b.depth, Text: head, Cut: true})
	case b.lists:
		b.spent += len(head) * len(b.list)
		for _, v := range b.list {
			b.line(strings.TrimSpace(head + " " + v))
		}
	case head != "":
		b.line(head)
	}
	b.words, b.list, b.lists, b.off = b.words[:0], b.list[:0], false, false
}

func (b *braces) line(text string) {
	b.emit(Line{No: b.from, Depth: b.depth, Text: text})
	if b.off {
		b.emit(Line{No: b.from, Depth: b.depth + 1, Text: Inactive})
	}
}

func (b *braces) emit(l Line) {
	if l.Depth <= MaxDepth && (l.Cut || !b.d.skip(l.Text)) {
		b.f(l)
	}
}
