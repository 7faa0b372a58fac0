package dialect

import (
	"fmt"
	"maps"
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
	"asn", "community", "communities", "list", "names", "secret", "rd", "rt", "ids", "mac", "port", "ace", "wildcard", "blob"}

// Read reads a rule file: a header of "name: value" lines, an empty line, then rules
// indented like the configuration itself. Every fault is reported at its place.
func Read(name string, text []byte) (*Dialect, []Problem) {
	r := &reader{d: &Dialect{Name: name, Classes: map[string][]string{}, Alias: map[string]string{}, Tables: map[string]map[string]string{}},
		defines: map[string][]*Rule{}, attributes: attributes()}
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

	attributes map[string]attribute
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
	attrs  []given
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
		r.failf(no, 1, "no header field %q: there are syntax, acts, negate, set, brackets, comment, width, class, alias, table", word)
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
	if strings.HasPrefix(body, "::") {
		if r.last == nil {
			r.failf(no, indent+1, "a line that begins with :: continues a rule, and there is none above")
			return
		}
		r.attribute(r.last, r.attrs(no, indent+1, strings.TrimSpace(body[2:])))
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
		a := r.attrs(no, indent+1, rest)
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

func (r *reader) use(no, indent int, name string) {
	rules, ok := r.defines[name]
	if !ok {
		r.failf(no, indent+1, "no %%define %s above", name)
		return
	}
	for _, one := range rules {
		r.add(one.copy())
	}
}

func (r *Rule) copy() *Rule {
	c := *r
	c.Kids, c.given = nil, maps.Clone(r.given)
	for _, k := range r.Kids {
		k = k.copy()
		k.Up = &c
		c.Kids = append(c.Kids, k)
	}
	return &c
}

// rule reads one rule. A pattern of several levels is the innermost rule in blocks that
// say nothing else.
func (r *reader) rule(no, indent int, pattern, rest string) {
	levels := strings.Split(pattern, " > ")
	for i, text := range levels {
		text = strings.TrimSpace(text)
		last := i == len(levels)-1
		if outer := r.same(text); !last && outer != nil {
			r.stack = append(r.stack, level{indent: indent, rule: outer})
			continue
		}
		rule := &Rule{Line: no, Text: text, Pattern: r.pattern(no, indent+1, text)}
		if last {
			r.attribute(rule, r.attrs(no, indent+1, rest))
			r.last = rule
		}
		r.add(rule)
		r.stack = append(r.stack, level{indent: indent, rule: rule})
	}
}

// same finds a rule of the innermost open block by its text.
func (r *reader) same(text string) *Rule {
	rules := r.d.Rules
	if n := len(r.stack); n > 0 && r.stack[n-1].rule != nil {
		rules = r.stack[n-1].rule.Kids
	} else if n > 0 {
		rules = r.defines[r.stack[n-1].define]
	}
	if i := slices.IndexFunc(rules, func(k *Rule) bool { return k.Text == text }); i >= 0 {
		return rules[i]
	}
	return nil
}

// attribute gives a rule what was written, and reports what it is given twice.
func (r *reader) attribute(rule *Rule, gs []given) {
	if rule.given == nil {
		rule.given = map[string]bool{}
	}
	for _, g := range gs {
		if rule.given[g.name] {
			r.failf(g.no, g.col, "the attribute %s is given twice", g.name)
		}
		rule.given[g.name] = true
	}
	r.take(&rule.Attrs, gs)
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
			r.attribute(rule, slices.DeleteFunc(slices.Clone(e.attrs), func(g given) bool { return rule.given[g.name] }))
		}
	}
	if top.rule == nil {
		r.defines[top.define] = append(r.defines[top.define], rule)
		return
	}
	rule.Up = top.rule
	top.rule.Kids = append(top.rule.Kids, rule)
}
