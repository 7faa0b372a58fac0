package render

import (
	"net/netip"
	"reflect"
	"strings"
	"text/template/parse"
)

// value is what stands in the braces of a template, with its type known.
type value struct {
	of  reflect.Type
	get func(*tally) (reflect.Value, bool)
}

// asking is a value of which only the truth is asked.
type asking func(*tally) (is, ok bool)

// fixed is a value that stands in the template.
func fixed(v any) value {
	r := reflect.ValueOf(v)
	return value{r.Type(), func(*tally) (reflect.Value, bool) { return r, true }}
}

// verdict stands for one of several values of different types, of which only the truth is known.
// It cannot be printed.
type verdict bool

// flag is the answer to a question as a value.
func flag[T ~bool](q asking) value {
	return value{reflect.TypeFor[T](), func(t *tally) (reflect.Value, bool) {
		is, ok := q(t)
		return reflect.ValueOf(T(is)), ok
	}}
}

func held(v variable) value {
	return value{v.of, func(t *tally) (reflect.Value, bool) { return t.slots[v.slot], true }}
}

// through gives what a pointer points to.
func through(v value) value {
	return value{v.of.Elem(), func(t *tally) (reflect.Value, bool) {
		x, ok := v.get(t)
		if !ok || x.IsNil() {
			return x, false
		}
		return x.Elem(), true
	}}
}

// pipe makes the value of what stands in braces; a chain of calls has no parts.
func (m *maker) pipe(p *parse.PipeNode, dot variable) (value, bool) {
	if len(p.Cmds) != 1 {
		return value{}, false
	}
	args := p.Cmds[0].Args
	if id, ok := args[0].(*parse.IdentifierNode); ok {
		return m.call(id.Ident, args[1:], dot)
	}
	if len(args) != 1 {
		return value{}, false
	}
	return m.value(args[0], dot)
}

func (m *maker) value(n parse.Node, dot variable) (value, bool) {
	switch n := n.(type) {
	case *parse.DotNode:
		return held(dot), true
	case *parse.FieldNode:
		return chain(held(dot), n.Ident)
	case *parse.VariableNode:
		v, ok := m.find(n.Ident[0])
		if !ok {
			return value{}, false
		}
		return chain(held(v), n.Ident[1:])
	case *parse.ChainNode:
		v, ok := m.value(n.Node, dot)
		if !ok {
			return value{}, false
		}
		return chain(v, n.Field)
	case *parse.PipeNode:
		if len(n.Decl) > 0 {
			return value{}, false
		}
		return m.pipe(n, dot)
	case *parse.StringNode:
		return fixed(n.Text), true
	case *parse.BoolNode:
		return fixed(n.True), true
	case *parse.NumberNode:
		return fixed(int(n.Int64)), n.IsInt && strings.Trim(n.Text, "0123456789") == ""
	}
	return value{}, false
}

// chain goes from a value to what is behind its dots.
func chain(v value, names []string) (value, bool) {
	for _, name := range names {
		var ok bool
		if v, ok = behind(v, name); !ok {
			return value{}, false
		}
	}
	return v, true
}

// behind gives a field of a value, or what the value says of itself.
func behind(v value, name string) (value, bool) {
	if v.of.Kind() == reflect.Pointer {
		v = through(v)
	}
	if out, ok := address(v, name); ok {
		return out, true
	}
	if m, ok := reflect.PointerTo(v.of).MethodByName(name); ok {
		return derived(v, m)
	}
	if v.of.Kind() != reflect.Struct {
		return value{}, false
	}
	f, ok := v.of.FieldByName(name)
	if !ok || !f.IsExported() || len(f.Index) != 1 {
		return value{}, false
	}
	at := f.Index[0]
	return value{f.Type, func(t *tally) (reflect.Value, bool) {
		x, ok := v.get(t)
		if !ok {
			return x, false
		}
		return x.Field(at), true
	}}, true
}

// address answers what is asked most of addresses, without the detour of a call by name.
func address(v value, name string) (value, bool) {
	ask := map[string]func(netip.Addr) bool{"Is4": netip.Addr.Is4, "Is6": netip.Addr.Is6, "IsValid": netip.Addr.IsValid}[name]
	if v.of != reflect.TypeFor[netip.Addr]() || ask == nil {
		return value{}, false
	}
	return flag[bool](func(t *tally) (bool, bool) {
		x, ok := v.get(t)
		if !ok {
			return false, false
		}
		if x.CanAddr() {
			return ask(*x.Addr().Interface().(*netip.Addr)), true
		}
		return ask(x.Interface().(netip.Addr)), true
	}), true
}

// derived calls what facts say of themselves.
func derived(v value, m reflect.Method) (value, bool) {
	if m.Type.NumIn() != 1 || m.Type.NumOut() != 1 || m.Type.Out(0).Kind() == reflect.Interface {
		return value{}, false
	}
	bare, plain := v.of.MethodByName(m.Name)
	return value{m.Type.Out(0), func(t *tally) (reflect.Value, bool) {
		x, ok := v.get(t)
		switch {
		case !ok:
			return x, false
		case plain:
			return bare.Func.Call([]reflect.Value{x})[0], true
		case x.CanAddr():
			return m.Func.Call([]reflect.Value{x.Addr()})[0], true
		}
		return x, false
	}}, true
}
