package form

import (
	"slices"
	"strconv"
	"strings"
)

// levels is how deep escapes are undone, one within the other: JSON in a page, a URL in JSON. The
// text as it stands is the first.
const levels = 4

// level is a text with its escapes undone so many times, and where each character came from.
type level struct {
	text  string
	marks []mark // in order; between two of them nothing was undone
	below *level // what it was made from; nil for the text itself
}

// mark is a character of a text that stood for itself as an escape in the text below.
type mark struct {
	at int
	span
}

// under tells where the n-th character stood one level below.
func (l *level) under(n int) span {
	i, is := slices.BinarySearchFunc(l.marks, n, func(m mark, n int) int { return m.at - n })
	if is {
		return l.marks[i].span
	}
	if i > 0 {
		n += l.marks[i-1].to - l.marks[i-1].at - 1
	}
	return span{n, n + 1}
}

// source tells where the n-th character stood in the text itself.
func (l *level) source(n int) span {
	s := span{n, n + 1}
	for ; l.below != nil; l = l.below {
		s = span{l.under(s.from).from, l.under(s.to - 1).to}
	}
	return s
}

// escapes tells whether one of the characters from..to-1 was an escape.
func (l *level) escapes(from, to int) bool {
	i, _ := slices.BinarySearchFunc(l.marks, from, func(m mark, n int) int { return m.at - n })
	return i < len(l.marks) && l.marks[i].at < to
}

// unescape undoes each escape once; false where there is none.
func (l *level) unescape() (up *level, more bool) {
	var b strings.Builder
	up = &level{below: l}
	done := 0
	for i := 0; i < len(l.text); {
		n := strings.IndexAny(l.text[i:], `%\&'"`)
		if n < 0 {
			break
		}
		i += n
		c, length := escape(l.text[i:])
		if length == 0 {
			i++
			continue
		}
		b.WriteString(l.text[done:i])
		up.marks = append(up.marks, mark{b.Len(), span{i, i + length}})
		b.WriteByte(c)
		i += length
		done = i
	}
	b.WriteString(l.text[done:])
	up.text = b.String()
	return up, len(up.marks) > 0
}

// joined undoes line breaks with what a line is set in by, and single blanks, which some make of them: what
// a terminal or a writer of long texts cut in two stands in one piece. A character behind such a gap stands
// for both. false where there is none.
func (l *level) joined() (up *level, more bool) {
	var b strings.Builder
	up = &level{below: l}
	done := 0
	for i := 0; i < len(l.text); {
		n := strings.IndexAny(l.text[i:], "\r\n \t")
		if n < 0 {
			break
		}
		from, to, breaks := i+n, i+n, false
		for to < len(l.text) && strings.IndexByte("\r\n \t", l.text[to]) >= 0 {
			breaks = breaks || l.text[to] == '\n'
			to++
		}
		if i = to; to == len(l.text) {
			break
		}
		if !breaks && l.text[from:to] != " " {
			continue
		}
		b.WriteString(l.text[done:from])
		up.marks = append(up.marks, mark{b.Len(), span{from, to + 1}})
		b.WriteByte(l.text[to])
		done, i = to+1, to+1
	}
	b.WriteString(l.text[done:])
	up.text = b.String()
	return up, len(up.marks) > 0
}

// across finds secrets that have a gap in them; those that stand there as they are only as whole words.
func (x *Index) across(l *level) (out []span) {
	bound := func(i int) bool {
		return i == 0 || i == len(l.text) || parts(l.text[i-1]) || parts(l.text[i]) || l.escapes(i, i+1)
	}
	for _, s := range x.escaped(l) {
		if bound(s.from) && bound(s.to) {
			out = append(out, s)
		}
	}
	out = append(out, x.encoded(l.text)...)
	return slices.DeleteFunc(out, func(s span) bool { return !l.escapes(s.from+1, s.to) }) // a gap before it is none in it
}

// entities are those of HTML and XML that have a name.
var entities = []struct {
	name string
	is   byte
}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}

// escape reads one escape that a text begins with: what it stands for, and its length.
func escape(s string) (is byte, length int) {
	switch {
	case s[0] == '%':
		return number(s, 1, 3, 16)
	case strings.HasPrefix(s, `'\''`): // a shell between quotes
		return '\'', 4
	case strings.HasPrefix(s, "''"), strings.HasPrefix(s, `""`): // YAML, CSV
		return s[0], 2
	case s[0] == '&':
		return entity(s)
	case s[0] != '\\' || len(s) < 2:
		return 0, 0
	case s[1] == 'u':
		return number(s, 2, 6, 16)
	case s[1] == 'x':
		return number(s, 2, 4, 16)
	case s[1] >= '0' && s[1] <= '7':
		return number(s, 1, 4, 8)
	case s[1] > ' ' && s[1] < 0x7f && parts(s[1]):
		return s[1], 2
	}
	if i := strings.IndexByte(`nrtbfa`, s[1]); i >= 0 {
		return "\n\r\t\b\f\a"[i], 2
	}
	return 0, 0
}

func entity(s string) (is byte, length int) {
	for _, e := range entities {
		if strings.HasPrefix(s, e.name) {
			return e.is, len(e.name)
		}
	}
	end := strings.IndexByte(s[:min(len(s), 9)], ';')
	if end < 3 || s[1] != '#' {
		return 0, 0
	}
	from, base := 2, 10
	if s[2] == 'x' || s[2] == 'X' {
		from, base = 3, 16
	}
	if is, length = number(s, from, end, base); length > 0 {
		length++
	}
	return is, length
}

// number reads a character that is written as a number.
func number(s string, from, to, base int) (is byte, length int) {
	if to > len(s) || from >= to || s[from] == '+' || s[from] == '-' {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[from:to], base, 32)
	if err != nil || n > 0xff {
		return 0, 0
	}
	return byte(n), to
}

// escaped finds secrets in a text with escapes undone: those that had escapes in them, and whole
// words that escapes stood beside, so that nobody who looks for words could see them.
func (x *Index) escaped(l *level) (out []span) {
	if len(l.marks) == 0 {
		return nil
	}
	t := l.text
	for i := 0; i+least <= len(t); i++ {
		if !x.pair(t[i], t[i+1]) {
			continue
		}
		at := func(n int) (byte, bool) {
			if i+n < 0 || i+n >= len(t) {
				return 0, false
			}
			return t[i+n], true
		}
		n := x.found(at)
		if n > 0 && (l.escapes(i, i+n) || l.escapes(i-1, i+n+1) && word(at, n)) {
			out = append(out, span{i, i + n})
		}
	}
	return out
}
