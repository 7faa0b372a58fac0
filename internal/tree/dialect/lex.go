package dialect

import (
	"strings"
	"unicode"
)

// Line is one line of a configuration: where it is, how deep it stands, and what it says
// with runs of blanks folded to one.
type Line struct {
	No    int
	Depth int // column of its first character; a tab counts to the next multiple of eight
	Text  string
}

// MaxLine bounds a line, in bytes; a longer one is cut text or an attack.
const MaxLine = 1 << 20

// Lex splits text into its lines. Empty lines, comments, volatile heads and the end mark
// are left out. Which line stands under which is for the reader to say.
func Lex(d *Dialect, text []byte) (out []Line) {
	no := 0
	for raw := range strings.Lines(string(text)) {
		no++
		depth, body := indent(strings.TrimRightFunc(raw, unicode.IsSpace))
		if strings.TrimSpace(body) == "" || body == d.End || d.comment(body) || d.volatile(body) {
			continue
		}
		out = append(out, Line{no, depth, fold(body)})
	}
	return out
}

func indent(raw string) (depth int, body string) {
	for i, c := range raw {
		switch c {
		case ' ':
			depth++
		case '\t':
			depth += 8 - depth%8
		default:
			return depth, raw[i:]
		}
	}
	return depth, ""
}

// fold makes runs of blanks one blank.
func fold(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

func (d *Dialect) comment(body string) bool {
	for _, c := range d.Comment {
		if strings.HasPrefix(body, c) {
			return true
		}
	}
	return false
}

func (d *Dialect) volatile(body string) bool {
	for _, head := range d.Volatile {
		if body == head || strings.HasPrefix(body, head+" ") || strings.HasSuffix(head, ":") && strings.HasPrefix(body, head) || strings.HasSuffix(head, "...") && body == head {
			return true
		}
	}
	return false
}
