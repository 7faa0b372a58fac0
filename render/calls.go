package render

import (
	"cmp"
	"reflect"
	"strings"
	"text/template/parse"
)

// call makes the value of a word that templates may call.
func (m *maker) call(name string, nodes []parse.Node, dot variable) (value, bool) {
	switch name {
	case "unsaid", "without":
		return value{reflect.TypeFor[string](), func(*tally) (reflect.Value, bool) { return reflect.Value{}, false }}, true
	case "not", "and", "or":
		q, plain, ok := m.logic(name, nodes, dot)
		if ok && !plain {
			return flag[verdict](q), true
		}
		return flag[bool](q), ok
	}
	var args []value
	for _, n := range nodes {
		v, ok := m.value(n, dot)
		if !ok {
			return value{}, false
		}
		args = append(args, v)
	}
	switch {
	case name == "more" && len(args) == 2 && args[0].of.Kind() == reflect.Int && args[1].of.Kind() == reflect.Slice:
		return flag[bool](func(t *tally) (bool, bool) {
			i, ok := args[0].get(t)
			list, also := args[1].get(t)
			return ok && also && int(i.Int())+1 < list.Len(), ok && also
		}), true
	case name == "len" && len(args) == 1 && (args[0].of.Kind() == reflect.Slice || args[0].of.Kind() == reflect.String):
		return value{reflect.TypeFor[int](), func(t *tally) (reflect.Value, bool) {
			v, ok := args[0].get(t)
			if !ok {
				return v, false
			}
			return reflect.ValueOf(v.Len()), true
		}}, true
	case name == "slice" && len(args) == 3 && args[0].of.Kind() == reflect.String && whole(args[1:]):
		return value{reflect.TypeFor[string](), func(t *tally) (reflect.Value, bool) {
			v, ok := args[0].get(t)
			from, and := args[1].get(t)
			to, also := args[2].get(t)
			if !ok || !and || !also {
				return v, false
			}
			return reflect.ValueOf(v.String()[from.Int():to.Int()]), true
		}}, true
	case name == "index" && len(args) == 2 && args[0].of.Kind() == reflect.Slice && whole(args[1:]):
		return value{args[0].of.Elem(), func(t *tally) (reflect.Value, bool) {
			v, ok := args[0].get(t)
			at, also := args[1].get(t)
			if !ok || !also {
				return v, false
			}
			return v.Index(int(at.Int())), true
		}}, true
	}
	q, ok := compare(name, args)
	return flag[bool](q), ok
}

func whole(vs []value) bool {
	for _, v := range vs {
		if v.of.Kind() != reflect.Int {
			return false
		}
	}
	return true
}

// logic is not, and, or. It is plain where the value of the call is its truth: else a template
// would see one of the values that were asked.
func (m *maker) logic(name string, nodes []parse.Node, dot variable) (q asking, plain, ok bool) {
	plain = true
	var qs []asking
	for _, n := range nodes {
		one, bare, ok := m.asked(n, dot)
		if !ok {
			return nil, false, false
		}
		qs, plain = append(qs, one), plain && bare
	}
	if len(qs) == 0 || name == "not" && len(qs) != 1 {
		return nil, false, false
	}
	if name == "not" {
		return func(t *tally) (bool, bool) {
			is, ok := qs[0](t)
			return !is, ok
		}, true, true
	}
	return func(t *tally) (is, ok bool) {
		for _, q := range qs {
			if is, ok = q(t); !ok || is == (name == "or") {
				return is, ok
			}
		}
		return is, true
	}, plain, true
}

// truth makes the asking of a pipe.
func (m *maker) truth(p *parse.PipeNode, dot variable) (asking, bool) {
	q, _, ok := m.asked(p, dot)
	return q, ok
}

// asked makes the asking of an argument, and tells whether it is a truth by itself.
func (m *maker) asked(n parse.Node, dot variable) (q asking, plain, ok bool) {
	if p, ok := n.(*parse.PipeNode); ok && len(p.Cmds) == 1 && len(p.Decl) == 0 {
		id, ok := p.Cmds[0].Args[0].(*parse.IdentifierNode)
		if ok && (id.Ident == "not" || id.Ident == "and" || id.Ident == "or") {
			return m.logic(id.Ident, p.Cmds[0].Args[1:], dot)
		}
	}
	v, ok := m.value(n, dot)
	if !ok {
		return nil, false, false
	}
	q, ok = truth(v)
	return q, v.of == reflect.TypeFor[bool](), ok
}

// truth asks a value as "if" does.
func truth(v value) (asking, bool) {
	var is func(reflect.Value) bool
	switch k := v.of.Kind(); {
	case k == reflect.Bool:
		is = reflect.Value.Bool
	case k == reflect.String, k == reflect.Slice:
		is = func(x reflect.Value) bool { return x.Len() > 0 }
	case numeric(v.of), k == reflect.Pointer:
		is = func(x reflect.Value) bool { return !x.IsZero() }
	case k == reflect.Struct:
		is = func(reflect.Value) bool { return true }
	default:
		return nil, false
	}
	return func(t *tally) (bool, bool) {
		x, ok := v.get(t)
		return ok && is(x), ok
	}, true
}

func numeric(t reflect.Type) bool { v := reflect.Zero(t); return v.CanInt() || v.CanUint() }

// compare is eq, ne and what tells the greater.
func compare(name string, args []value) (asking, bool) {
	fits := map[string]func(int) bool{
		"eq": func(c int) bool { return c == 0 }, "ne": func(c int) bool { return c != 0 },
		"lt": func(c int) bool { return c < 0 }, "le": func(c int) bool { return c <= 0 },
		"gt": func(c int) bool { return c > 0 }, "ge": func(c int) bool { return c >= 0 },
	}[name]
	if fits == nil || len(args) < 2 || len(args) > 2 && name != "eq" {
		return nil, false
	}
	text := args[0].of.Kind() == reflect.String
	for _, a := range args {
		if text && a.of.Kind() != reflect.String || !text && !numeric(a.of) {
			return nil, false
		}
	}
	return func(t *tally) (bool, bool) {
		x, ok := args[0].get(t)
		for _, a := range args[1:] {
			y, also := a.get(t)
			if !ok || !also {
				return false, false
			}
			if fits(order(x, y)) {
				return true, true
			}
		}
		return false, true
	}, true
}

// order tells which of two texts, or of two numbers, is the greater.
func order(x, y reflect.Value) int {
	switch {
	case x.Kind() == reflect.String:
		return strings.Compare(x.String(), y.String())
	case x.CanInt() && y.CanInt():
		return cmp.Compare(x.Int(), y.Int())
	case x.CanUint() && y.CanUint():
		return cmp.Compare(x.Uint(), y.Uint())
	case x.CanUint():
		return -order(y, x)
	case x.Int() < 0:
		return -1
	}
	return cmp.Compare(uint64(x.Int()), y.Uint())
}
