package strict

import (
	"go.yaml.in/yaml/v4"

	"plumbline/internal/diag"
)

// Node is a value of a file as it was written: a scalar, or an object (with Keys) or a list
// of Items.
type Node struct {
	At     diag.Pos
	Text   string // of a scalar, without its quotes
	Tag    string // what YAML takes it for: !!str, !!int, ...
	Quoted bool
	Flow   bool // in brackets
	List   bool
	Keys   []*Node
	Items  []*Node
}

// Scalar tells whether it is one value.
func (n *Node) Scalar() bool { return !n.List && n.Keys == nil }

// Get gives the value under a key; nil where there is none.
func (n *Node) Get(key string) *Node {
	for i, k := range n.Keys {
		if k.Text == key {
			return n.Items[i]
		}
	}
	return nil
}

// Tree gives the document as it was written.
func (d *Doc) Tree() *Node { return d.tree(d.node) }

func (d *Doc) tree(n *yaml.Node) *Node {
	out := &Node{At: d.pos(n), Text: n.Value, Tag: n.Tag, Flow: flow(n), List: n.Kind == yaml.SequenceNode}
	out.Quoted = n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	switch n.Kind {
	case yaml.MappingNode:
		out.Keys = []*Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out.Keys = append(out.Keys, d.tree(n.Content[i]))
			out.Items = append(out.Items, d.tree(n.Content[i+1]))
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			out.Items = append(out.Items, d.tree(c))
		}
	}
	return out
}
