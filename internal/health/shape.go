package health

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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
}

// Read gives the sessions of an answer. One that cannot be understood is an error: unknown
// is never taken for none. A session that stands there several times is up where all of
// them are.
func (s Shape) Read(text []byte) (Vitals, error) {
	up, err := regexp.Compile(s.Up)
	if err != nil {
		return nil, err
	}
	out := Vitals{}
	add := func(name, state string) {
		was, seen := out[name]
		out[name] = up.MatchString(state) && (was || !seen)
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
	var root any
	if err := d.Decode(&root); err != nil {
		return nil, fmt.Errorf("no JSON: %q", text[:min(len(text), 60)])
	}
	if _, is := root.(map[string]any); !is {
		return nil, errors.New("no JSON object")
	}
	for _, rows := range strings.Split(s.Rows, " | ") {
		w := walk{s: s, add: add}
		if err := w.down(root, strings.Split(rows, ".")); err != nil {
			return nil, err
		}
		if w.found {
			return out, nil
		}
	}
	return nil, fmt.Errorf("not understood: %q", text[:min(len(text), 60)])
}

func (s Shape) lines(text string, add func(name, state string)) error {
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
		if !ok || !has {
			return errors.New("the pattern of rows lacks a group")
		}
		add(name, state)
	}
	return nil
}

// walk is one way down a path: the fields that were chosen, and the objects around.
type walk struct {
	s      Shape
	add    func(name, state string)
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
		return w.row(object)
	}
	switch step, rest := path[0], path[1:]; step {
	case "*":
		if !object {
			return fmt.Errorf("no table stands where %s asks for one", w.s.Rows)
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
			return fmt.Errorf("no list stands where %s asks for one", w.s.Rows)
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

// row is one session.
func (w *walk) row(object bool) error {
	name, ok := fill(w.s.Name, w.field)
	if !object || !ok {
		return fmt.Errorf("a session of %s has no name", w.s.Rows)
	}
	for _, field := range strings.Split(w.s.State, " | ") {
		get := w.field
		if strings.Contains(field, "{") {
			get = func(form string) (string, bool) { return fill(form, w.field) }
		}
		if state, there := get(field); there {
			w.add(name, state)
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
