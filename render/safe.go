package render

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// maxTemplate bounds one template, in bytes.
const maxTemplate = 256 << 10

// allowed is every function that a template may use. None of them prints, calls what a
// value holds, or makes text longer. unsaid and without tell what the platform lacks.
var allowed = []string{"unsaid", "without", "more", "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice"}

// safe refuses a template that could run for ever, call what it was not given, or hide
// where its lines come from.
func safe(t *template.Template, source string) error {
	if len(t.Templates()) > 1 {
		return fmt.Errorf("%s: no templates inside templates", t.Name())
	}
	if t.Tree == nil || t.Root == nil {
		return nil
	}
	w := walker{file: t.Name(), source: source, words: vocabulary()}
	w.node(t.Root)
	return w.err
}

// asked is what templates may ask of addresses and prefixes, which are not types of ours.
var asked = []string{"Addr", "Bits", "Is4", "Is6", "IsValid"}

// vocabulary is every name that a template may write behind a dot: the fields of all facts,
// what the model derives from them, and what is asked of addresses.
func vocabulary() map[string]bool {
	words := map[string]bool{}
	for _, w := range asked {
		words[w] = true
	}
	learn(reflect.TypeFor[network.Device](), words, map[reflect.Type]bool{})
	return words
}

func learn(t reflect.Type, words map[string]bool, seen map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if seen[t] || t.PkgPath() != reflect.TypeFor[network.Device]().PkgPath() {
		return
	}
	seen[t] = true
	for m := range reflect.PointerTo(t).Methods() {
		words[m.Name] = true
	}
	for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
		words[t.Field(i).Name] = true
		learn(t.Field(i).Type, words, seen)
	}
}

type walker struct {
	file, source string
	words        map[string]bool
	err          error
}

// names sees that a template asks for facts alone, and calls nothing that a value brings along.
func (w *walker) names(n parse.Node) {
	var names []string
	switch n := n.(type) {
	case *parse.FieldNode:
		names = n.Ident
	case *parse.VariableNode:
		names = n.Ident[1:]
	case *parse.ChainNode:
		names = n.Field
	}
	for _, name := range names {
		if !w.words[name] {
			near := "see docs/templates.md"
			if word := diag.Nearest(name, slices.Sorted(maps.Keys(w.words))); word != "" {
				near = "did you mean " + word + "?"
			}
			w.refuse(n, "%s is no fact that templates may ask for: %s", name, near)
		}
	}
}

func (w *walker) refuse(n parse.Node, format string, args ...any) {
	if w.err == nil {
		line := 1 + strings.Count(w.source[:n.Position()], "\n")
		w.err = fmt.Errorf("%s:%d: %s", w.file, line, fmt.Sprintf(format, args...))
	}
}

func (w *walker) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, k := range n.Nodes {
				w.node(k)
			}
		}
	case *parse.ActionNode:
		w.pipe(n.Pipe)
	case *parse.IfNode:
		w.branch(&n.BranchNode)
	case *parse.WithNode:
		w.branch(&n.BranchNode)
	case *parse.RangeNode:
		w.over(n.Pipe)
		w.branch(&n.BranchNode)
	case *parse.TemplateNode:
		w.refuse(n, "no templates inside templates")
	}
}

func (w *walker) branch(b *parse.BranchNode) {
	w.pipe(b.Pipe)
	w.node(b.List)
	w.node(b.ElseList)
}

// over sees that range goes over a list of facts and not over a number, which may be so
// large that it never ends. A field that is a number is refused when it is run.
func (w *walker) over(p *parse.PipeNode) {
	for _, c := range p.Cmds {
		for _, a := range c.Args {
			switch a.(type) {
			case *parse.FieldNode, *parse.VariableNode, *parse.ChainNode:
			default:
				w.refuse(p, "range goes over a list of facts, not over %s", a)
			}
		}
	}
}

func (w *walker) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		for i, a := range c.Args {
			if i == 0 && len(c.Args) > 1 && a.Type() != parse.NodeIdentifier {
				w.refuse(a, "a fact takes no arguments")
			}
			w.arg(a)
		}
	}
}

func (w *walker) arg(n parse.Node) {
	switch n := n.(type) {
	case *parse.IdentifierNode:
		if !slices.Contains(allowed, n.Ident) {
			w.refuse(n, "the function %s is not for templates", n.Ident)
		}
	case *parse.PipeNode:
		w.pipe(n)
	case *parse.ChainNode:
		w.names(n)
		w.arg(n.Node)
	case *parse.FieldNode, *parse.VariableNode:
		w.names(n)
	}
}
