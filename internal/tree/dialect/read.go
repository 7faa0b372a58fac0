package dialect

import (
	"fmt"
	"strconv"
	"strings"
)

// Problem is a fault in a rule file. A platform's author is a user too.
type Problem struct {
	Line, Col int
	Text      string
}

// attributes is the closed set of attributes, and whether each takes a value. One that
// nothing acts on is not in it: a rule that says more than is done would be a lie.
var attributes = map[string]bool{
	"ordered": false, "rewrite": false, "lockout": false, "noise": false, "deviceonly": false,
	"choice": true, "undo": true, "replace": true, "default": true, "if": true, "unless": true,
	"birth": true, "owns": true, "wipes": true, "def": true, "inuse": true, "ref": true, "missing": true,
	"unique": true, "clash": true, "needs": true, "conflicts": true, "heldby": true,
	"resets": true, "proof": true, "exit": true, "mode": true,
}

// bare is the attributes that may stand with and without a value.
var bare = map[string]bool{"fixed": true}

// Types is the closed set of slot types.
var Types = []string{"word", "text", "quoted", "int", "enum", "ip", "prefix", "ipmask", "ifname", "peer", "nexthop", "area",
	"asn", "community", "communities", "list", "names", "secret", "rd", "rt", "ids", "mac", "port", "ace", "wildcard", "blob"}

// Read reads a rule file: a header of "name: value" lines, an empty line, then rules
// indented like the configuration itself. Every fault is reported at its place.
func Read(name string, text []byte) (*Dialect, []Problem) {
	r := &reader{d: &Dialect{Name: name, Classes: map[string][]string{}, Alias: map[string]string{}, Tables: map[string]map[string]string{}},
		defines: map[string][]*Rule{}}
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	at := 0
	for ; at < len(lines) && strings.TrimSpace(lines[at]) != ""; at++ {
		if !strings.HasPrefix(lines[at], "#") {
			r.header(at+1, lines[at])
		}
	}
	for ; at < len(lines); at++ {
		r.line(at+1, lines[at])
	}
	r.finish()
	return r.d, r.problems
}

type reader struct {
	d        *Dialect
	problems []Problem
	stack    []level
	defines  map[string][]*Rule
	last     *Rule
}

// level is one open block of the rule file.
type level struct {
	indent int
	rule   *Rule  // nil for a %define
	define string // its name
	each   []each
}

// each is attributes that rules get which begin with certain elements.
type each struct {
	prefix string
	attr   map[string]string
}

func (r *reader) failf(line, col int, format string, args ...any) {
	r.problems = append(r.problems, Problem{line, col, fmt.Sprintf(format, args...)})
}

func (r *reader) header(no int, line string) {
	key, value, ok := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	word, arg, _ := strings.Cut(strings.TrimSpace(key), " ")
	switch {
	case !ok:
		r.failf(no, 1, "a header line is written name: value")
	case word == "syntax" && value != "indent":
		r.failf(no, 1, "the syntax %q is not in this version: there is indent", value)
	case word == "syntax":
		r.d.Syntax = value
	case word == "acts" && value != "line":
		r.failf(no, 1, "acts: %q is not in this version: there is line", value)
	case word == "acts":
		r.d.Acts = value
	case word == "negate":
		r.d.Negate = value
	case word == "comment":
		r.d.Comment = strings.Fields(value)
	case word == "width":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			r.failf(no, 1, "width is a whole number of bytes")
		}
		r.d.Width = n
	case word == "class":
		r.d.Classes[arg] = strings.Fields(value)
	case word == "alias":
		r.d.Alias[arg] = value
	case word == "table":
		r.d.Tables[arg] = map[string]string{}
		for _, pair := range strings.Fields(value) {
			k, v, _ := strings.Cut(pair, "=")
			r.d.Tables[arg][k] = v
		}
	default:
		r.failf(no, 1, "no header field %q: there are syntax, acts, negate, comment, width, class, alias, table", word)
	}
}

// line takes one line of the rules.
func (r *reader) line(no int, raw string) {
	raw, _, _ = strings.Cut(raw, " #")
	body := strings.TrimSpace(raw)
	if body == "" || strings.HasPrefix(body, "#") {
		return
	}
	indent := len(raw) - len(strings.TrimLeft(raw, " "))
	if strings.Contains(raw, "\t") {
		r.failf(no, 1, "rules are indented with blanks, not tabs")
		return
	}
	if strings.HasPrefix(body, "::") {
		if r.last == nil {
			r.failf(no, indent+1, "a line that begins with :: continues a rule, and there is none above")
			return
		}
		r.attrs(no, indent+1, strings.TrimSpace(body[2:]), r.last.attr)
		return
	}
	for len(r.stack) > 0 && r.stack[len(r.stack)-1].indent >= indent {
		r.stack = r.stack[:len(r.stack)-1]
	}
	if len(r.stack) == 0 && len(r.d.Rules) == 0 && r.last == nil && indent > 0 {
		r.failf(no, indent+1, "the first rule stands at the left edge")
	}
	pattern, rest, _ := strings.Cut(body, " :: ")
	switch word, arg, _ := strings.Cut(strings.TrimSpace(pattern), " "); word {
	case "%define":
		r.stack = append(r.stack, level{indent: indent, define: arg})
		r.defines[arg] = nil
	case "%use":
		r.use(no, indent, arg)
	case "%each":
		a := map[string]string{}
		r.attrs(no, indent+1, rest, a)
		if len(r.stack) == 0 {
			r.failf(no, indent+1, "%%each stands inside a block")
			return
		}
		top := &r.stack[len(r.stack)-1]
		top.each = append(top.each, each{strings.TrimSpace(arg), a})
	default:
		r.rule(no, indent, strings.TrimSpace(pattern), rest)
	}
}

func (r *reader) use(no, indent int, name string) {
	rules, ok := r.defines[name]
	if !ok {
		r.failf(no, indent+1, "no %%define %s above", name)
		return
	}
	for _, one := range rules {
		copied := *one
		copied.attr = map[string]string{}
		for k, v := range one.attr {
			copied.attr[k] = v
		}
		r.add(&copied)
	}
}

func (r *reader) rule(no, indent int, pattern, rest string) {
	rule := &Rule{Line: no, Text: pattern, attr: map[string]string{}}
	rule.Pattern = r.pattern(no, indent+1, pattern)
	r.attrs(no, indent+1, rest, rule.attr)
	r.add(rule)
	r.last = rule
	r.stack = append(r.stack, level{indent: indent, rule: rule})
}

// add puts a rule into the innermost open block, with the attributes that it gets there.
func (r *reader) add(rule *Rule) {
	if len(r.stack) == 0 {
		r.d.Rules = append(r.d.Rules, rule)
		return
	}
	top := r.stack[len(r.stack)-1]
	for _, e := range top.each {
		if rule.Text == e.prefix || strings.HasPrefix(rule.Text, e.prefix+" ") {
			for k, v := range e.attr {
				if !rule.Has(k) {
					rule.attr[k] = v
				}
			}
		}
	}
	if top.rule == nil {
		r.defines[top.define] = append(r.defines[top.define], rule)
		return
	}
	top.rule.Kids = append(top.rule.Kids, rule)
}
