package render

import (
	"fmt"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
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
	w := walker{file: t.Name(), source: source}
	w.node(t.Root)
	return w.err
}

type walker struct {
	file, source string
	err          error
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
			switch a := a.(type) {
			case *parse.IdentifierNode:
				if !slices.Contains(allowed, a.Ident) {
					w.refuse(a, "the function %s is not for templates", a.Ident)
				}
			case *parse.PipeNode:
				w.pipe(a)
			case *parse.FieldNode, *parse.VariableNode, *parse.ChainNode:
				if i == 0 && len(c.Args) > 1 {
					w.refuse(a, "a fact takes no arguments")
				}
			}
		}
	}
}
