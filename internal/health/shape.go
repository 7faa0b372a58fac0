package health

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Shape is how the answer to one question is read: facts out of platform.yaml.
//
// In the form json, rows is a path to the sessions: names of fields, * for each field of an
// object, # for each element of a list, or the one object that stands where a list may. In
// the form lines, rows is a pattern with the groups that name and state ask for. Several,
// separated by " | ", are tried in turn.
type Shape struct {
	Form  string // json, lines
	Rows  string
	Head  string // lines: a pattern that an answer which is understood fits somewhere
	None  string // a pattern of answers that mean: no sessions; may be empty
	Name  string // of a session: {1} is what the first * stood for, {field} a field of the row or around it
	State string // json: the field that tells how it is, or {field}s put together; in lines it is the group state
	Up    string // the pattern of a good state
	Off   string // where the device refuses the question: another one, whose answer
	Like  string // fits this pattern where what is asked for is switched off, so that there are no sessions
	Of    string // the question whose sessions this one tells counts of, and nothing else: it has no State and no Up
	// How many routes go over a session, where its answer tells: Rows lead from the session to
	// the places where Field stands, in the form json by a path (none is the session itself), in
	// lines by a pattern within what a row fits; Name begins with received, accepted or
	// advertised. What has one name is added up.
	Counts []Count
	Apart  string // a pattern of names that are nobody's: they come and go by themselves, and are not judged; may be empty
}

// IsOff tells whether a question that the device refuses means that there are no sessions, by what
// it says of what is switched off. A refusal alone never does.
func (s Shape) IsOff(said string) bool {
	like, err := regexp.Compile(s.Like)
	return err == nil && s.Off != "" && s.Like != "" && like.MatchString(said)
}

// Count is where numbers stand.
type Count = struct{ Rows, Name, Field string }

// highest is the largest number that is taken for a count.
const highest = 1 << 30

// Read gives the sessions of an answer. One that cannot be understood is an error: unknown
// is never taken for none. JSON may be several objects, one behind the other. A session that
// stands there several times is up where all of them are, an entry of a table where one is.
func (s Shape) Read(text []byte) (Vitals, error) {
	up, err := regexp.Compile(s.Up)
	if err != nil {
		return nil, err
	}
	apart, err := regexp.Compile(s.Apart)
	if err != nil {
		return nil, err
	}
	out := Vitals{}
	add := func(name, state string, counts map[string]int) {
		if s.Apart != "" && apart.MatchString(name) || Route(name) && !looksAt(name) {
			return
		}
		is, seen := out[name]
		switch good := up.MatchString(state); {
		case Route(name): // of several ways to one place, one is enough
			is.Up = is.Up || good
		default:
			is.Up = good && (is.Up || !seen)
		}
		if is.Counts == nil {
			is.Counts = counts
		} else {
			for c, n := range counts {
				is.Counts[c] += n
			}
		}
		out[name] = is
	}
	if s.None != "" {
		none, err := regexp.Compile(s.None)
		if err != nil || none.Match(text) {
			return out, err
		}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("an empty answer")
	}
	if s.Form == "lines" {
		return out, s.lines(string(text), add)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		var root any
		if err := d.Decode(&root); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("no JSON: %q", text[:min(len(text), 60)])
		}
		if _, is := root.(map[string]any); !is {
			return nil, errors.New("no JSON object")
		}
		if err := s.object(root, text, add); err != nil {
			return nil, err
		}
	}
}

// object takes the sessions of one object.
func (s Shape) object(root any, text []byte, add adder) error {
	for _, rows := range strings.Split(s.Rows, " | ") {
		w := walk{rows: rows, row: func(w *walk, at any) error { return s.session(w, at, add) }}
		if err := w.down(root, strings.Split(rows, ".")); err != nil {
			return err
		}
		if w.found {
			return nil
		}
	}
	return fmt.Errorf("not understood: %q", text[:min(len(text), 60)])
}

// adder takes one session.
type adder func(name, state string, counts map[string]int)

func (s Shape) lines(text string, add adder) error {
	head, err := regexp.Compile(s.Head)
	rows, err2 := regexp.Compile(s.Rows)
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	text = strings.ReplaceAll(text, "\r", "")
	if !head.MatchString(text) {
		return fmt.Errorf("not understood: %q", text[:min(len(text), 60)])
	}
	for _, m := range rows.FindAllStringSubmatch(text, -1) {
		group := func(name string) (string, bool) {
			i := rows.SubexpIndex(name)
			return m[max(i, 0)], i > 0
		}
		name, ok := fill(s.Name, group)
		state, has := group("state")
		if !ok || !has && s.Of == "" {
			return errors.New("the pattern of rows lacks a group")
		}
		counts, err := s.numbers(m[0], group)
		if err != nil {
			return err
		}
		add(name, state, counts)
	}
	return nil
}

// numbers gives the counts of one row of lines.
func (s Shape) numbers(row string, around func(string) (string, bool)) (map[string]int, error) {
	out := s.counts()
	for _, c := range s.Counts {
		if c.Rows == "" {
			take(c, out, around)
			continue
		}
		rows, err := regexp.Compile(c.Rows)
		if err != nil {
			return nil, err
		}
		for _, m := range rows.FindAllStringSubmatch(row, -1) {
			take(c, out, func(name string) (string, bool) {
				if i := rows.SubexpIndex(name); i > 0 {
					return m[i], true
				}
				return around(name)
			})
		}
	}
	return out, nil
}

// counts is none so far; nil where a platform tells none.
func (s Shape) counts() map[string]int {
	if len(s.Counts) == 0 {
		return nil
	}
	return map[string]int{}
}

// take adds one number; what is none is not guessed.
func take(c Count, to map[string]int, field func(string) (string, bool)) {
	name, named := fill(c.Name, field)
	text, there := field(c.Field)
	if n, err := strconv.ParseUint(text, 10, 31); named && there && err == nil && n <= highest {
		to[name] += int(n)
	}
}

// walk is one way down a path: the fields that were chosen, and the objects around.
type walk struct {
	rows   string
	row    func(w *walk, at any) error
	keys   []string
	around []map[string]any
	found  bool // the path is there, if only empty
}

func (w *walk) down(at any, path []string) error {
	m, object := at.(map[string]any)
	if object {
		w.around = append(w.around, m)
		defer func() { w.around = w.around[:len(w.around)-1] }()
	}
	if len(path) == 0 {
		return w.row(w, at)
	}
	switch step, rest := path[0], path[1:]; step {
	case "*":
		if !object {
			return fmt.Errorf("no table stands where %s asks for one", w.rows)
		}
		w.found = true
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if _, table := m[k].(map[string]any); !table && len(rest) > 0 && rest[0] != "*" && rest[0] != "#" {
				continue // said beside the tables
			}
			w.keys = append(w.keys, k)
			if err := w.down(m[k], rest); err != nil {
				return err
			}
			w.keys = w.keys[:len(w.keys)-1]
		}
	case "#":
		list, is := at.([]any)
		if object {
			list, is = []any{at}, true
		}
		if !is {
			return fmt.Errorf("no list stands where %s asks for one", w.rows)
		}
		w.found = true
		for _, x := range list {
			if err := w.down(x, rest); err != nil {
				return err
			}
		}
	default:
		if below, there := m[step]; there {
			return w.down(below, rest)
		}
	}
	return nil
}

// session is one row.
func (s Shape) session(w *walk, at any, add adder) error {
	name, ok := fill(s.Name, w.field)
	if _, object := at.(map[string]any); !object || !ok {
		return fmt.Errorf("a session of %s has no name", w.rows)
	}
	counts := s.counts()
	for _, c := range s.Counts {
		below := walk{rows: c.Rows, keys: slices.Clone(w.keys), around: slices.Clone(w.around), row: func(w *walk, at any) error {
			if _, object := at.(map[string]any); object {
				take(c, counts, w.field)
			}
			return nil
		}}
		steps := strings.FieldsFunc(c.Rows, func(r rune) bool { return r == '.' })
		if err := below.down(at, steps); err != nil {
			return err
		}
	}
	if s.Of != "" {
		add(name, "", counts)
		return nil
	}
	for _, field := range strings.Split(s.State, " | ") {
		get := w.field
		if strings.Contains(field, "{") {
			get = func(form string) (string, bool) { return fill(form, w.field) }
		}
		if state, there := get(field); there {
			add(name, state, counts)
			return nil
		}
	}
	return fmt.Errorf("%s has no state", name)
}

// field finds a field of the row, or of what is around it, by its path; a number is what a *
// stood for.
func (w *walk) field(name string) (string, bool) {
	if n, err := strconv.Atoi(name); err == nil {
		if n < 1 || n > len(w.keys) {
			return "", false
		}
		return w.keys[n-1], true
	}
	for _, m := range slices.Backward(w.around) {
		var at any = m
		for _, step := range strings.Split(name, ".") {
			switch x := at.(type) {
			case map[string]any:
				at = x[step]
			case []any:
				i, err := strconv.Atoi(step)
				if at = nil; err == nil && i < len(x) && i >= 0 {
					at = x[i]
				}
			default:
				at = nil
			}
		}
		switch x := at.(type) {
		case string:
			return x, x != ""
		case json.Number:
			return x.String(), true
		case bool:
			return strconv.FormatBool(x), true
		}
	}
	return "", false
}

// fill puts fields into the holes of a name.
func fill(name string, field func(string) (string, bool)) (string, bool) {
	var out strings.Builder
	for {
		before, rest, hole := strings.Cut(name, "{")
		out.WriteString(before)
		if !hole {
			return out.String(), true
		}
		what, after, _ := strings.Cut(rest, "}")
		text, ok := field(what)
		if !ok {
			return "", false
		}
		out.WriteString(text)
		name = after
	}
}
