package strict

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// quick reads what nearly all files are written in: objects and lists as blocks, brackets on one
// line, words of plain ASCII, quotes without escapes. Where it meets anything else it gives up
// and the parser of the library reads the whole file: what quick takes, that one takes for the
// same tree with the same places, in thirty times the time (TestQuick).
type quick struct {
	lines []string
	at    int // the line
	room  []yaml.Node
	stack []*yaml.Node // of the objects and lists that are not finished
}

const quickDepth = 16

// quickly gives the tree of a document; false where it gives up.
func quickly(lines []string) (*yaml.Node, bool) {
	q := quick{lines: lines}
	if !q.next() || q.indent() != 0 {
		return nil, false
	}
	n, ok := q.block(0, 0)
	return n, ok && q.at == len(lines)
}

// next goes on to a line that says something; false behind the last.
func (q *quick) next() bool {
	for ; q.at < len(q.lines); q.at++ {
		if rest := strings.TrimLeft(q.lines[q.at], " "); rest != "" && rest[0] != '#' {
			return true
		}
	}
	return false
}

func (q *quick) indent() int {
	line := q.lines[q.at]
	return len(line) - len(strings.TrimLeft(line, " "))
}

func (q *quick) node(kind yaml.Kind, tag, value string, col int) *yaml.Node {
	if len(q.room) == 0 {
		q.room = make([]yaml.Node, 64)
	}
	n := &q.room[0]
	q.room = q.room[1:]
	n.Kind, n.Tag, n.Value, n.Line, n.Column = kind, tag, value, q.at+1, col+1
	return n
}

// fill gives a node what was put on the stack since.
func (q *quick) fill(n *yaml.Node, since int) *yaml.Node {
	if since < len(q.stack) {
		n.Content = slices.Clone(q.stack[since:])
	}
	q.stack = q.stack[:since]
	return n
}

// block reads the object or list that begins at a column of this line.
func (q *quick) block(in, depth int) (*yaml.Node, bool) {
	switch {
	case depth > quickDepth:
		return nil, false
	case dash(q.lines[q.at], in):
		return q.list(in, depth)
	}
	return q.object(in, depth)
}

func dash(line string, in int) bool { return strings.HasPrefix(line[in:], "- ") }

// object reads one field a line. The first may stand behind a dash.
func (q *quick) object(in, depth int) (*yaml.Node, bool) {
	n, since := q.node(yaml.MappingNode, "!!map", "", in), len(q.stack)
	for first := true; first || q.next() && q.indent() == in && !dash(q.lines[q.at], in); first = false {
		line := q.lines[q.at]
		end := word(line, in)
		if end == in || end == len(line) || line[end] != ':' {
			return nil, false
		}
		key, ok := q.plain(line, in, end)
		if !ok {
			return nil, false
		}
		q.stack = append(q.stack, key)
		value, ok := q.value(in, end+1, depth)
		if !ok {
			return nil, false
		}
		q.stack = append(q.stack, value)
	}
	return q.fill(n, since), q.at == len(q.lines) || q.indent() <= in
}

// value reads what stands behind the colon of a field.
func (q *quick) value(in, from, depth int) (*yaml.Node, bool) {
	line := q.lines[q.at]
	if from < len(line) && line[from] != ' ' {
		return nil, false
	}
	if !ended(line, from) {
		return q.inline(blanks(line, from), depth)
	}
	q.at++
	if !q.next() {
		return nil, false
	}
	at := q.indent()
	if at < in || at == in && !dash(q.lines[q.at], in) {
		return nil, false
	}
	return q.block(at, depth+1)
}

// list reads one entry a line.
func (q *quick) list(in, depth int) (*yaml.Node, bool) {
	n, since := q.node(yaml.SequenceNode, "!!seq", "", in), len(q.stack)
	for q.next() && q.indent() == in && dash(q.lines[q.at], in) {
		line := q.lines[q.at]
		from := blanks(line, in+2)
		if ended(line, from) || dash(line, from) {
			return nil, false
		}
		var one *yaml.Node
		var ok bool
		if end := word(line, from); end > from && end < len(line) && line[end] == ':' && (end+1 == len(line) || line[end+1] == ' ') {
			one, ok = q.object(from, depth+1)
		} else {
			one, ok = q.inline(from, depth)
		}
		if !ok || depth > quickDepth {
			return nil, false
		}
		q.stack = append(q.stack, one)
	}
	return q.fill(n, since), q.at == len(q.lines) || q.indent() <= in
}

// inline reads a value that ends with its line, and goes on to the next.
func (q *quick) inline(from, depth int) (*yaml.Node, bool) {
	line := q.lines[q.at]
	n, end, ok := q.scalar(line, from, "")
	if strings.IndexByte("[{", line[from]) >= 0 {
		n, end, ok = q.flow(line, from, depth+1)
	}
	if !ok || !ended(line, end) {
		return nil, false
	}
	q.at++
	return n, true
}

// flow reads what stands in brackets.
func (q *quick) flow(line string, from, depth int) (n *yaml.Node, end int, ok bool) {
	kind, tag, closed := yaml.SequenceNode, "!!seq", byte(']')
	if line[from] == '{' {
		kind, tag, closed = yaml.MappingNode, "!!map", '}'
	}
	n, since := q.node(kind, tag, "", from), len(q.stack)
	n.Style = yaml.FlowStyle
	for i := blanks(line, from+1); i < len(line) && depth <= quickDepth; i = blanks(line, i+1) {
		if kind == yaml.MappingNode {
			end := word(line, i)
			key, ok := q.plain(line, i, end)
			if !ok || !strings.HasPrefix(line[end:], ": ") {
				return nil, 0, false
			}
			q.stack = append(q.stack, key)
			i = blanks(line, end+2)
		}
		if i == len(line) {
			return nil, 0, false
		}
		one, end, ok := q.scalar(line, i, ",[]{}")
		if line[i] == '[' || line[i] == '{' {
			one, end, ok = q.flow(line, i, depth+1)
		}
		i = blanks(line, end)
		if !ok || i == len(line) || line[i] != ',' && line[i] != closed {
			return nil, 0, false
		}
		q.stack = append(q.stack, one)
		if line[i] == closed {
			return q.fill(n, since), i + 1, true
		}
	}
	return nil, 0, false
}

// scalar reads one value; in brackets the characters of stop end it.
func (q *quick) scalar(line string, from int, stop string) (n *yaml.Node, end int, ok bool) {
	switch c := line[from]; {
	case c == '"' || c == '\'':
		return q.quoted(line, from)
	case !alnum(c):
		return nil, 0, false
	}
	end = from
	for i := from; i < len(line); i++ {
		switch c := line[i]; {
		case stop != "" && strings.IndexByte(stop, c) >= 0:
			n, ok = q.plain(line, from, end)
			return n, i, ok
		case c == '#' && line[i-1] == ' ':
			n, ok = q.plain(line, from, end)
			return n, end, ok && stop == ""
		case c == ':' && (i+1 == len(line) || strings.IndexByte(" ,[]{}", line[i+1]) >= 0):
			return nil, 0, false
		case c == ' ':
		case alnum(c) || strings.IndexByte("._/+:@()=-,#", c) >= 0:
			end = i + 1
		default:
			return nil, 0, false
		}
	}
	n, ok = q.plain(line, from, end)
	return n, end, ok && stop == ""
}

// quoted reads a value without escapes.
func (q *quick) quoted(line string, from int) (*yaml.Node, int, bool) {
	long := strings.IndexByte(line[from+1:], line[from])
	if long < 0 {
		return nil, 0, false
	}
	text, end := line[from+1:from+1+long], from+long+2
	for i := range len(text) {
		if text[i] == '\\' || text[i] < ' ' || text[i] > '~' {
			return nil, 0, false
		}
	}
	if end < len(line) && strings.IndexByte(" ,]}", line[end]) < 0 {
		return nil, 0, false
	}
	n := q.node(yaml.ScalarNode, "!!str", text, from)
	n.Style = yaml.DoubleQuotedStyle
	if line[from] == '\'' {
		n.Style = yaml.SingleQuotedStyle
	}
	return n, end, true
}

// plain makes the node of a word, where its type is plain too.
func (q *quick) plain(line string, from, end int) (*yaml.Node, bool) {
	text := line[from:end]
	tag := plainTag(text)
	if tag == "" {
		return nil, false
	}
	return q.node(yaml.ScalarNode, tag, text, from), true
}

// plainTag tells what YAML takes a word for; "" where that takes a closer look.
func plainTag(s string) string {
	switch {
	case s == "":
		return ""
	case letter(s[0]):
		if s == "true" || s == "false" {
			return "!!bool"
		} else if slices.Contains(reserved, strings.ToLower(s)) {
			return ""
		}
		return "!!str"
	case !digit(s[0]):
		return ""
	}
	digits, dots, other := 0, 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case digit(c):
			digits++
		case c == '.':
			dots++
		case c == '/' || c == ':' || c >= 'g' && c <= 'w' && c != 'o' || c >= 'G' && c <= 'W' && c != 'O':
			other = true
		case c == '-':
			return "" // a day
		}
	}
	switch {
	case digits == len(s) && len(s) <= 18 && (s[0] != '0' || len(s) == 1):
		return "!!int"
	case other || dots > 1:
		return "!!str"
	}
	return ""
}

// word gives the end of a key.
func word(line string, from int) int {
	end := from
	for end < len(line) && end < from+100 && (alnum(line[end]) || line[end] == '_' || line[end] == '-' && end > from) {
		end++
	}
	return end
}

// blanks gives the end of the blanks from a place on.
func blanks(line string, from int) int {
	for from < len(line) && line[from] == ' ' {
		from++
	}
	return from
}

// ended tells whether a line says no more from a place on.
func ended(line string, from int) bool {
	to := blanks(line, from)
	return to == len(line) || line[to] == '#' && to > from
}
