package request

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

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmic/pkg/api/path"

	"plumbline/drivers"
	"plumbline/drivers/internal/rpc"
)

// set makes one request of a script: lines "delete PATH" and "update PATH VALUE". gNMI has no
// word for one member of a list of values, so such a list is replaced by what it will be: that
// is why the request is made for what the device holds.
func set(script []byte, holds rpc.Tree, m drivers.Models) (*gnmi.SetRequest, error) {
	q := &gnmi.SetRequest{}
	if m.Target != "" {
		q.Prefix = &gnmi.Path{Target: m.Target}
	}
	r := &reading{q: q, holds: holds, m: m, lists: map[string]*list{}}
	no := 0
	for line := range strings.Lines(string(script)) {
		no++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := r.line(line); err != nil {
			return nil, fmt.Errorf("line %d %q %w", no, line, err)
		}
	}
	r.close()
	if m.Scalar {
		scalars(q.GetUpdate())
		scalars(q.GetReplace())
	}
	if len(q.Delete)+len(q.Update)+len(q.Replace) == 0 {
		return nil, errors.New("it holds no line")
	}
	return q, nil
}

// reading is a script on its way to a request.
type reading struct {
	q     *gnmi.SetRequest
	holds rpc.Tree
	m     drivers.Models
	lists map[string]*list
	order []*list
}

func (r *reading) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	at, value := drivers.CutPath(rest)
	p, err := path.ParsePath(at)
	if err != nil || !strings.HasPrefix(at, "/") || word != "delete" && word != "update" {
		return errors.New("is no delete or update of a path")
	}
	p.Origin = r.m.Origin
	leaf, known := r.m.Leaves[names(p)]
	switch {
	case known && leaf.Many && (value != "" || word == "delete"):
		err = r.list(at, p).say(word, value, leaf)
	case word == "delete":
		r.gone(p)
	default:
		var text []byte
		if text, err = written(value, leaf, known); err == nil {
			r.q.Update = append(r.q.Update, &gnmi.Update{Path: p, Val: typed(text)})
		}
	}
	if err != nil {
		return fmt.Errorf("cannot be asked for: %w", err)
	}
	return nil
}

// list is the list at a path. What it holds now counts only where no line before took it, or
// what it is part of, away. A new one has its place among the updates: the order in which
// entries come to be is the order that they have.
func (r *reading) list(at string, p *gnmi.Path) *list {
	if l := r.lists[at]; l != nil {
		return l
	}
	l := &list{path: p, update: &gnmi.Update{Path: p}}
	if !slices.ContainsFunc(r.q.GetDelete(), func(d *gnmi.Path) bool { return within(p, d) }) {
		l.values = members(r.holds, p)
	}
	if l.fresh = len(l.values) == 0; l.fresh {
		r.q.Update = append(r.q.Update, l.update)
	}
	r.lists[at], r.order = l, append(r.order, l)
	return l
}

// gone deletes, and forgets what lines before said of it: a device deletes before it updates.
func (r *reading) gone(p *gnmi.Path) {
	r.q.Delete = append(r.q.Delete, p)
	r.q.Update = slices.DeleteFunc(r.q.Update, func(u *gnmi.Update) bool { return within(u.GetPath(), p) })
	maps.DeleteFunc(r.lists, func(_ string, l *list) bool { return within(l.path, p) })
	r.order = slices.DeleteFunc(r.order, func(l *list) bool { return within(l.path, p) })
}

// close says what the lists will be.
func (r *reading) close() {
	for _, l := range r.order {
		l.update.Val = typed([]byte("[" + strings.Join(l.values, ",") + "]"))
		switch {
		case len(l.values) == 0:
			r.q.Update = slices.DeleteFunc(r.q.Update, func(u *gnmi.Update) bool { return u == l.update })
			r.q.Delete = append(r.q.Delete, l.path)
		case !l.fresh:
			r.q.Replace = append(r.q.Replace, l.update)
		}
	}
}

// within tells whether a path is another one or below it.
func within(p, above *gnmi.Path) bool {
	a, b := p.GetElem(), above.GetElem()
	if len(a) < len(b) {
		return false
	}
	for i, e := range b {
		if e.GetName() != a[i].GetName() || len(e.GetKey()) > 0 && !maps.Equal(e.GetKey(), a[i].GetKey()) {
			return false
		}
	}
	return true
}

// list is a list of values on its way to what it will be, each as JSON.
type list struct {
	path   *gnmi.Path
	values []string
	fresh  bool // the device holds none of it
	update *gnmi.Update
}

func (l *list) say(word, value string, leaf drivers.Leaf) error {
	if word == "delete" && value == "" {
		l.values = nil
		return nil
	}
	text, err := written(value, leaf, true)
	if err != nil {
		return err
	}
	l.values = slices.DeleteFunc(l.values, func(v string) bool { return bare(v) == bare(string(text)) })
	if word == "update" {
		l.values = append(l.values, string(text))
	}
	return nil
}

var identity = regexp.MustCompile(`\A"[A-Za-z0-9.]*[-_][A-Za-z0-9._-]*:([^ :./\[]*)"\z`)

// bare is a value as a script has it: an identity without its module, a number as its digits.
func bare(value string) string { return strings.Trim(identity.ReplaceAllString(value, `"$1"`), `"`) }

// members are the values that a list has on the device.
func members(at any, p *gnmi.Path) (out []string) {
	if t, ok := at.(rpc.Tree); ok {
		at = map[string]any(t)
	}
	for _, e := range p.GetElem() {
		m, _ := at.(map[string]any)
		at = m[e.GetName()]
		if len(e.GetKey()) == 0 {
			continue
		}
		entries, _ := at.([]any)
		at = nil
		if found := rpc.Entry(entries, e.GetKey()); found != nil {
			at = found
		}
	}
	values, ok := at.([]any)
	if !ok && at != nil { // one alone, from a device that is not strict
		values = []any{at}
	}
	for _, v := range values {
		if text, err := encoded(v); err == nil {
			out = append(out, string(text))
		}
	}
	return out
}

// names is a path without its keys.
func names(p *gnmi.Path) string {
	var b strings.Builder
	for _, e := range p.GetElem() {
		b.WriteString("/" + e.GetName())
	}
	return b.String()
}

// written is a value as JSON has it.
func written(value string, leaf drivers.Leaf, known bool) ([]byte, error) {
	number := value != "" && strings.Trim(value, "0123456789") == "" && (value == "0" || value[0] != '0')
	switch {
	case value == "":
		return []byte("{}"), nil // an entry or a container
	case value == "[null]":
		return []byte("[null]"), nil
	case !known:
		return nil, errors.New("no rule of the platform knows this value, so how it is written is not known")
	case leaf.Kind == "bool" && (value == "true" || value == "false"), number && (leaf.Kind == "number" || leaf.Kind == "digits"):
		return []byte(value), nil
	case leaf.Kind == "bool" || leaf.Kind == "number":
		return nil, fmt.Errorf("%q is no %s", value, leaf.Kind)
	}
	if value[0] == '"' {
		text, err := strconv.Unquote(value)
		if err != nil {
			return nil, fmt.Errorf("the quotes of %s do not close", value)
		}
		value = text
	}
	return encoded(value)
}

// encoded is JSON that leaves the marks of HTML alone, for texts are compared.
func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func typed(text []byte) *gnmi.TypedValue {
	return &gnmi.TypedValue{Value: &gnmi.TypedValue_JsonIetfVal{JsonIetfVal: text}}
}
