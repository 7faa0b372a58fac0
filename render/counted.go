package render

import (
	"reflect"
	"text/template/parse"
)

// counted makes a template to a sheet for facts of one type; nil where it holds what no part is
// made for.
func counted(root *parse.ListNode, facts reflect.Type) *sheet {
	m := maker{slots: 1}
	top := variable{name: "$", of: facts}
	m.vars = []variable{top}
	run, ok := m.list(root, top)
	if !ok {
		return nil
	}
	return &sheet{run, m.slots}
}

// maker makes parts. A dot is a variable without a name.
type maker struct {
	vars  []variable // in sight, the innermost last
	slots int
}

type variable struct {
	name string
	slot int
	of   reflect.Type
}

// declare makes a new variable.
func (m *maker) declare(name string, of reflect.Type) variable {
	v := variable{name, m.slots, of}
	m.slots++
	m.vars = append(m.vars, v)
	return v
}

// find gives the variable of a name.
func (m *maker) find(name string) (variable, bool) {
	for i := len(m.vars) - 1; i >= 0; i-- {
		if m.vars[i].name == name {
			return m.vars[i], true
		}
	}
	return variable{}, false
}

func (m *maker) list(l *parse.ListNode, dot variable) (part, bool) {
	var all []part
	for i := 0; l != nil && i < len(l.Nodes); i++ {
		s, ok := m.node(l.Nodes[i], dot)
		if !ok {
			return nil, false
		}
		all = append(all, s)
	}
	if len(all) == 1 {
		return all[0], true
	}
	return func(t *tally) bool {
		for _, s := range all {
			if !s(t) {
				return false
			}
		}
		return true
	}, true
}

func (m *maker) node(n parse.Node, dot variable) (part, bool) {
	seen := len(m.vars)
	switch n := n.(type) {
	case *parse.TextNode:
		return prints(string(n.Text))
	case *parse.ActionNode:
		return m.action(n.Pipe, dot)
	case *parse.IfNode:
		defer func() { m.vars = m.vars[:seen] }()
		return m.choice(&n.BranchNode, dot, false)
	case *parse.WithNode:
		defer func() { m.vars = m.vars[:seen] }()
		return m.choice(&n.BranchNode, dot, true)
	case *parse.RangeNode:
		defer func() { m.vars = m.vars[:seen] }()
		return m.loop(&n.BranchNode, dot)
	}
	return nil, false
}

// action prints a value, or keeps it in a variable.
func (m *maker) action(p *parse.PipeNode, dot variable) (part, bool) {
	v, ok := m.pipe(p, dot)
	switch {
	case !ok || len(p.Decl) > 1 || len(p.Decl) == 0 && v.of == reflect.TypeFor[verdict]():
		return nil, false
	case len(p.Decl) == 0:
		return says(v), true
	}
	return m.keep(p, v)
}

// keep sets the variable of a pipe.
func (m *maker) keep(p *parse.PipeNode, v value) (part, bool) {
	name := p.Decl[0].Ident[0]
	to, known := m.find(name)
	switch {
	case !p.IsAssign:
		to = m.declare(name, v.of)
	case !known || to.of != v.of:
		return nil, false
	}
	return func(t *tally) bool {
		x, ok := v.get(t)
		t.slots[to.slot] = x
		return ok
	}, true
}

// choice is an if; or a with, where the value is the dot inside.
func (m *maker) choice(b *parse.BranchNode, dot variable, with bool) (part, bool) {
	if len(b.Pipe.Decl) == 0 && !with {
		asks, ok := m.truth(b.Pipe, dot)
		if !ok {
			return nil, false
		}
		return m.branch(b, dot, dot, asks)
	}
	v, ok := m.pipe(b.Pipe, dot)
	if !ok || len(b.Pipe.Decl) > 1 {
		return nil, false
	}
	var inner variable
	if len(b.Pipe.Decl) == 1 {
		inner = m.declare(b.Pipe.Decl[0].Ident[0], v.of)
	} else {
		inner = m.declare("", v.of)
	}
	is, ok := truth(value{v.of, func(t *tally) (reflect.Value, bool) {
		x, ok := v.get(t)
		t.slots[inner.slot] = x
		return x, ok
	}})
	if !ok || b.Pipe.IsAssign {
		return nil, false
	}
	within := dot
	if with {
		within = inner
	}
	return m.branch(b, within, dot, is)
}

// branch is what follows of a truth; each side sees its own variables.
func (m *maker) branch(b *parse.BranchNode, within, without variable, asks asking) (part, bool) {
	seen := len(m.vars)
	yes, ok := m.list(b.List, within)
	m.vars = m.vars[:seen]
	if !ok {
		return nil, false
	}
	no, ok := m.list(b.ElseList, without)
	if !ok {
		return nil, false
	}
	return func(t *tally) bool {
		is, ok := asks(t)
		switch {
		case !ok:
			return false
		case is:
			return yes(t)
		}
		return no(t)
	}, true
}

// loop goes over a list.
func (m *maker) loop(b *parse.BranchNode, dot variable) (part, bool) {
	v, ok := m.pipe(b.Pipe, dot)
	if !ok || v.of.Kind() != reflect.Slice || b.Pipe.IsAssign || len(b.Pipe.Decl) > 2 {
		return nil, false
	}
	seen := len(m.vars)
	place, entry := variable{slot: -1}, variable{}
	switch names := b.Pipe.Decl; len(names) {
	case 0:
		entry = m.declare("", v.of.Elem())
	case 1:
		entry = m.declare(names[0].Ident[0], v.of.Elem())
	case 2:
		place = m.declare(names[0].Ident[0], reflect.TypeFor[int]())
		entry = m.declare(names[1].Ident[0], v.of.Elem())
	}
	body, ok := m.list(b.List, entry)
	m.vars = m.vars[:seen]
	if !ok {
		return nil, false
	}
	none, ok := m.list(b.ElseList, dot)
	if !ok {
		return nil, false
	}
	return over(v, place.slot, entry.slot, body, none), true
}

func over(v value, place, entry int, body, none part) part {
	return func(t *tally) bool {
		all, ok := v.get(t)
		if !ok {
			return false
		}
		if _, err := t.effort.list(all); err != nil {
			return false
		}
		if all.Len() == 0 {
			return none(t)
		}
		for i := range all.Len() {
			if place >= 0 {
				t.slots[place] = reflect.ValueOf(i)
			}
			t.slots[entry] = all.Index(i)
			if !body(t) {
				return false
			}
		}
		return true
	}
}
