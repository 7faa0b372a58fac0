package render

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"text/template"
	"text/template/parse"
)

// What a template may come to when it is filled for one group of facts of one device. Lists
// within lists, each from the top again, would go on for days and print nothing; so what ranges
// go over is counted, not what they print.
const (
	maxText  = 16 << 20  // bytes
	maxSteps = 1_000_000 // entries of lists, those gone over again counted again
)

// only is the "| list" that every range goes over.
var only = action("{{. | list}}").Pipe.Cmds[1]

// bound sends every range of t through list.
func bound(t *template.Template) {
	for _, one := range t.Templates() {
		ranges(one.Root)
	}
}

func ranges(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.RangeNode:
			n.Pipe.Cmds = append(n.Pipe.Cmds, only)
			ranges(n.List)
			ranges(n.ElseList)
		case *parse.IfNode:
			ranges(n.List)
			ranges(n.ElseList)
		case *parse.WithNode:
			ranges(n.List)
			ranges(n.ElseList)
		}
	}
}

// facts lets lists through and nothing else: a number could go on for ever.
func facts(v reflect.Value) (reflect.Value, error) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() != reflect.Slice {
		return v, errors.New("range goes over a list of facts alone")
	}
	return v, nil
}

// effort counts what the ranges of one run go over.
type effort int

// list is facts, as long as there are not too many.
func (s *effort) list(v reflect.Value) (reflect.Value, error) {
	v, err := facts(v)
	if err != nil {
		return v, err
	}
	if *s += effort(1 + v.Len()); *s > maxSteps {
		return v, fmt.Errorf("the lists that it goes over have more than %d entries, each counted as often as it is met", maxSteps)
	}
	return v, nil
}

// limited is text that ends where nobody would read on.
type limited struct{ bytes.Buffer }

// Write refuses what goes over the bound.
func (l *limited) Write(b []byte) (int, error) {
	if l.Len()+len(b) > maxText {
		return 0, fmt.Errorf("the text has more than %d bytes", maxText)
	}
	return l.Buffer.Write(b)
}
