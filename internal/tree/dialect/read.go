package dialect

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Problem is a fault in a rule file. A platform's author is a user too.
type Problem struct {
	Line, Col int
	Text      string
}

// Types is the closed set of slot types.
var Types = []string{"word", "text", "quoted", "int", "enum", "ip", "prefix", "ipmask", "ifname", "peer", "nexthop", "area",
	"asn", "community", "communities", "list", "names", "routes", "secret", "rd", "rt", "ids", "mac", "port", "ace", "wildcard", "blob"}

// Read reads a rule file: a header of "name: value" lines, an empty line, then rules
// indented like the configuration itself. Every fault is reported at its place.
func Read(name string, text []byte) (*Dialect, []Problem) {
	r := &reader{d: &Dialect{Name: name, Classes: map[string][]string{}, Alias: map[string]string{}, Tables: map[string]map[string]string{}},
		root: &said{indent: -1}, sets: map[string]*set{}, met: map[*said]bool{}, told: map[Problem]bool{}, sources: map[string]*source{}, types: map[string]*source{},
		marks: map[string]*mark{}, fields: map[string]bool{}, attributes: attributes()}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // as some editors begin a file
	if !r.readable(text) {
		return r.d, r.problems
	}
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	r.lines = lines
	at := 0
	for ; at < len(lines) && strings.TrimSpace(lines[at]) != ""; at++ {
		if !strings.HasPrefix(lines[at], "#") {
			r.header(at+1, lines[at])
		}
	}
	for ; at < len(lines); at++ {
		r.line(at+1, lines[at])
	}
	r.entries(r.root.kids, scope{})
	r.unused()
	r.finish()
	return r.d, r.problems
}

type reader struct {
	d        *Dialect
	lines    []string // of the file
	problems []Problem
	told     map[Problem]bool
	root     *said   // what was written, before it is taken apart
	open     []*said // the entries that the next line may stand under
	sets     map[string]*set
	met      map[*said]bool // the %each, and whether a rule begins so
	sources  map[string]*source
	types    map[string]*source // that the header names
	marks    map[string]*mark   // attributes that the header names
	exit     string             // what ends a block that does not say it
	rules    int                // made so far

	fields     map[string]bool // of the header, that were given
	attributes map[string]attribute
}

// said is a line of the rule file with its continuations and what is indented under it.
type said struct {
	no, indent int
	word, text string // %define, %use or %each and what is behind it; else the patterns
	attrs      []piece
	kids       []*said
}

// source is what the header gives a name: where proofs are, or a type.
type source struct {
	no   int
	text string
	used bool
}

// piece is attributes as they were written, where they stand.
type piece struct {
	no, col int
	text    string
}

// failf notes a problem, once for all the rules that a line stands for.
func (r *reader) failf(line, col int, format string, args ...any) {
	p := Problem{line, col, fmt.Sprintf(format, args...)}
	if !r.told[p] {
		r.told[p] = true
		r.problems = append(r.problems, p)
	}
}

func (r *reader) header(no int, line string) {
	key, value, ok := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	word, arg, _ := strings.Cut(strings.TrimSpace(key), " ")
	r.once(no, word)
	switch {
	case !ok:
		r.failf(no, 1, "a header line is written name: value")
	case word == "syntax":
		r.d.Syntax = r.oneOf(no, "syntax", value, "indent", "brace", "path")
	case word == "acts":
		r.d.Acts = r.oneOf(no, "acts", value, "line", "commit", "message", "file")
	case word == "negate":
		r.d.Negate = value
	case word == "set":
		r.d.Set = value
	case word == "brackets":
		r.d.Split = r.oneOf(no, "brackets", value, "split", "keep") == "split"
	case word == "comment":
		r.d.Comment = strings.Fields(value)
	case word == "width":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			r.failf(no, 1, "width is a whole number of bytes")
		}
		r.d.Width = n
	case word == "class":
		r.d.Classes[arg] = append(r.d.Classes[arg], strings.Fields(value)...)
	case word == "alias":
		for _, short := range strings.Fields(arg) {
			r.d.Alias[short] = value
		}
	case word == "source" && (arg == "" || value == ""):
		r.failf(no, 1, "a source is written source NAME: where it is")
	case word == "source":
		r.sources[arg] = &source{no: no, text: value}
	case word == "type" && (arg == "" || value == "" || slices.Contains(Types, arg)):
		r.failf(no, 1, "a type is written type NAME: enum(a|b), and its name is none of %s", strings.Join(Types, " "))
	case word == "type":
		r.types[arg] = &source{no: no, text: value}
	case word == "mark":
		r.mark(no, arg, value)
	case word == "exit":
		r.exit = value
	case word == "table":
		if r.d.Tables[arg] == nil {
			r.d.Tables[arg] = map[string]string{}
		}
		for _, pair := range strings.Fields(value) {
			k, v, _ := strings.Cut(pair, "=")
			r.d.Tables[arg][k] = v
		}
	default:
		r.unknown(no, word)
	}
}

func (r *reader) oneOf(no int, what, value string, of ...string) string {
	if !slices.Contains(of, value) {
		r.failf(no, 1, "%s: %q is none of %s", what, value, strings.Join(of, ", "))
	}
	return value
}

// line takes one line of the rules.
func (r *reader) line(no int, raw string) {
	raw = uncomment(raw)
	body := strings.TrimSpace(raw)
	if body == "" || strings.HasPrefix(body, "#") {
		return
	}
	indent := len(raw) - len(strings.TrimLeft(raw, " "))
	if strings.Contains(raw, "\t") {
		r.failf(no, 1, "rules are indented with blanks, not tabs")
		return
	}
	if rest, ok := strings.CutPrefix(body, "::"); ok {
		if len(r.open) == 0 {
			r.failf(no, indent+1, "a line that begins with :: continues a rule, and there is none above")
			return
		}
		last := r.open[len(r.open)-1]
		last.attrs = append(last.attrs, piece{no, indent + 1, strings.TrimSpace(rest)})
		return
	}
	for len(r.open) > 0 && r.open[len(r.open)-1].indent >= indent {
		r.open = r.open[:len(r.open)-1]
	}
	if len(r.root.kids) == 0 && indent > 0 {
		r.failf(no, indent+1, "the first rule stands at the left edge")
	}
	text, attrs, has := strings.Cut(body+" ", " :: ")
	if one, _, found := strings.Cut(text, " : "); found {
		r.failf(no, indent+len(one)+2, "attributes stand behind ::, and this is one :")
		return
	}
	e := &said{no: no, indent: indent, text: strings.TrimSpace(text)}
	if has && attrs == "" {
		r.failf(no, indent+1, "no attribute stands behind ::")
	}
	if attrs != "" {
		e.attrs = []piece{{no, indent + 1, attrs}}
	}
	if strings.HasPrefix(e.text, "%") {
		e.word, e.text, _ = strings.Cut(e.text, " ")
	}
	up := r.root
	if len(r.open) > 0 {
		up = r.open[len(r.open)-1]
	}
	if len(up.kids) > 0 && up.kids[0].indent != indent {
		r.failf(no, indent+1, "this stands in the block of line %d, whose lines begin at column %d: is it meant to be in another one?", up.no, up.kids[0].indent+1)
	}
	up.kids = append(up.kids, e)
	r.open = append(r.open, e)
}

// uncomment cuts a comment, which begins with # behind a blank and outside quotes.
func uncomment(raw string) string {
	quoted := false
	for i := range len(raw) {
		switch {
		case raw[i] == '"':
			quoted = !quoted
		case raw[i] == '#' && i > 0 && raw[i-1] == ' ' && !quoted:
			return raw[:i]
		}
	}
	return raw
}
