package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"plumbline/drivers"
)

// Said gives lines of a change that are written in paths in the words of a command line: "update
// /a[k=v]/b c" becomes "set / a v b c", the first key of an entry without its name. A command line
// may add to a list of values or replace it, so a list that changes is deleted and said anew, made
// of what the device holds: held, which is JSON. Lines of a platform that knows no paths stay.
func Said(lines []Line, held []byte, s drivers.Session) (out []Line, err error) {
	if s.Paths == (drivers.Paths{}) || lines == nil {
		return lines, nil
	}
	out = []Line{}
	d := json.NewDecoder(bytes.NewReader(held))
	d.UseNumber()
	w := &words{s: s, lists: map[string][]string{}}
	if err := d.Decode(&w.held); err != nil {
		return nil, errors.New("what the device holds is no JSON")
	}
	for _, l := range lines {
		texts, err := w.line(l.text)
		if err != nil {
			return nil, fmt.Errorf("line %d %q cannot be said on the command line: %w", l.no, l.text, err)
		}
		for _, t := range texts {
			out = append(out, Line{no: l.no, text: t, kind: l.kind, asks: l.asks})
		}
	}
	return out, nil
}

// words are lines on their way to what is said.
type words struct {
	s     drivers.Session
	held  any
	lists map[string][]string // lists of values that changed, by their paths
	gone  []string            // what was deleted
}

func (w *words) line(line string) ([]string, error) {
	verb, rest, _ := strings.Cut(line, " ")
	at, value := drivers.CutPath(rest)
	es, err := elements(at)
	if err != nil || verb != "delete" && verb != "update" {
		return nil, errors.New("it is no delete or update of a path")
	}
	said, names, err := spelled(es)
	if err != nil {
		return nil, err
	}
	leaf, known := w.s.Models.Leaves[names]
	switch {
	case known && leaf.Many && (value != "" || verb == "delete"):
		return w.list(at, said, verb, value, es)
	case verb == "delete":
		w.gone = append(w.gone, at)
		for list := range w.lists {
			if within(list, at) {
				delete(w.lists, list)
			}
		}
		return []string{w.s.Paths.Delete + said}, nil
	case value == "" || value == "[null]": // an entry, a container, or what is there without a value
		return []string{w.s.Paths.Update + said}, nil
	case !known:
		return nil, errors.New("no rule of the platform knows this value, so how it is written is not known")
	}
	one, err := drivers.Word(drivers.Bare(value))
	return []string{w.s.Paths.Update + said + " " + one}, err
}

// list says what a list of values will be.
func (w *words) list(at, said, verb, value string, es []element) (out []string, err error) {
	was := w.values(at, es)
	var next []string
	if value != "" {
		next = slices.DeleteFunc(slices.Clone(was), func(v string) bool { return v == drivers.Bare(value) })
	}
	if verb == "update" {
		next = append(next, drivers.Bare(value))
	}
	w.lists[at] = next
	if len(was) > 0 || verb == "delete" {
		out = append(out, w.s.Paths.Delete+said)
	}
	if len(next) == 0 {
		return out, nil
	}
	text := w.s.Paths.Update + said + " ["
	for _, v := range next {
		one, err := drivers.Word(v)
		if err != nil {
			return nil, err
		}
		text += " " + one
	}
	return append(out, text+" ]"), nil
}

// values are those of a list now: as lines before left it, else as the device holds it.
func (w *words) values(at string, es []element) (out []string) {
	if list, changed := w.lists[at]; changed {
		return list
	}
	if slices.ContainsFunc(w.gone, func(g string) bool { return within(at, g) }) {
		return nil
	}
	here := w.held
	for _, e := range es {
		m, _ := here.(map[string]any)
		here = m[e.name]
		if len(e.keys) == 0 {
			continue
		}
		entries, _ := here.([]any)
		i := slices.IndexFunc(entries, func(entry any) bool {
			in, _ := entry.(map[string]any)
			return !slices.ContainsFunc(e.keys, func(k [2]string) bool { return fmt.Sprint(in[k[0]]) != k[1] })
		})
		if i < 0 {
			return nil
		}
		here = entries[i]
	}
	values, _ := here.([]any)
	for _, v := range values {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// within tells whether a path is another one or below it.
func within(path, above string) bool {
	rest, is := strings.CutPrefix(path, above)
	return is && (rest == "" || rest[0] == '/' || rest[0] == '[')
}

// element is one step of a path.
type element struct {
	name string
	keys [][2]string
}

var step = regexp.MustCompile(`\A/([A-Za-z0-9_.:-]+)((?:\[[A-Za-z0-9_.-]+=(?:[^\[\]\\]|\\.)*\])*)`)
var key = regexp.MustCompile(`\[([A-Za-z0-9_.-]+)=((?:[^\[\]\\]|\\.)*)\]`)
var escaped = regexp.MustCompile(`\\(.)`)

// elements takes a path apart.
func elements(path string) (out []element, err error) {
	for rest := path; rest != ""; {
		m := step.FindStringSubmatch(rest)
		if m == nil {
			return nil, errors.New("it is no path")
		}
		e := element{name: m[1]}
		for _, k := range key.FindAllStringSubmatch(m[2], -1) {
			e.keys = append(e.keys, [2]string{k[1], escaped.ReplaceAllString(k[2], "$1")})
		}
		out, rest = append(out, e), rest[len(m[0]):]
	}
	if len(out) == 0 {
		err = errors.New("it is no path")
	}
	return out, err
}

// spelled gives a path as words, each behind a blank, and its names alone.
func spelled(es []element) (said, names string, err error) {
	for _, e := range es {
		said, names = said+" "+e.name, names+"/"+e.name
		for i, k := range e.keys {
			if i > 0 {
				said += " " + k[0]
			}
			one, err := drivers.Word(k[1])
			if err != nil {
				return "", "", err
			}
			said += " " + one
		}
	}
	return said, names, nil
}
