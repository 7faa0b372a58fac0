package netconf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// What an answer may be made of: no device needs more, and each element costs memory.
const (
	deepest = 128
	widest  = 1 << 20
)

// Reply is a whole answer that is no refusal.
type Reply struct{ root *node }

// Text is the characters of the first element of a name; false where there is none.
func (r Reply) Text(name string) (string, bool) {
	for _, n := range r.root.all(name) {
		return n.text(), true
	}
	return "", false
}

// Chars is all characters of the answer.
func (r Reply) Chars() string { return strings.TrimSpace(r.root.text()) }

// Form is the answer as tags and words, in their order: without attributes, and without space
// between elements.
func (r Reply) Form() string {
	var b strings.Builder
	r.root.form(&b)
	return b.String()
}

// Warnings are what a device remarks beside an answer.
func (r Reply) Warnings() (out []string) {
	for _, e := range r.root.all("rpc-error") {
		out = append(out, e.word("error-message"))
	}
	return out
}

// node is one element; words stand before its kids and between them.
type node struct {
	name  xml.Name
	attrs []xml.Attr
	parts []any // string or *node, in the order of the text
}

// parse reads one message. Entities of its own, instructions and other character sets are
// refused: nothing in a message makes us read or build anything that does not stand in it.
func parse(text []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	var root *node
	var open []*node
	for count := 0; ; {
		tok, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && root != nil && len(open) == 0:
			return root, nil
		case err != nil:
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return nil, errors.New("it declares a document type")
		case xml.ProcInst:
			if tok.Target != "xml" {
				return nil, errors.New("it holds an instruction")
			}
		case xml.StartElement:
			if count++; count > widest || len(open) >= deepest {
				return nil, fmt.Errorf("more than %d elements, or more than %d in one another", widest, deepest)
			}
			n := &node{name: tok.Name, attrs: tok.Copy().Attr}
			switch {
			case len(open) > 0:
				up := open[len(open)-1]
				up.parts = append(up.parts, n)
			case root != nil:
				return nil, errors.New("two messages in one frame")
			default:
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				up := open[len(open)-1]
				up.parts = append(up.parts, string(tok))
			}
		}
	}
}

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// all gives the elements of a name, at every depth.
func (n *node) all(name string) (out []*node) {
	for _, p := range n.parts {
		if k, is := p.(*node); is {
			if k.name.Local == name {
				out = append(out, k)
			}
			out = append(out, k.all(name)...)
		}
	}
	return out
}

func (n *node) text() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	for _, p := range n.parts {
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case *node:
			p.write(b)
		}
	}
}

func (n *node) form(b *strings.Builder) {
	for _, p := range n.parts {
		switch p := p.(type) {
		case string:
			if strings.TrimSpace(p) != "" {
				b.WriteString(p)
			}
		case *node:
			if p.blank() {
				b.WriteString("<" + p.name.Local + "/>")
				continue
			}
			b.WriteString("<" + p.name.Local + ">")
			p.form(b)
			b.WriteString("</" + p.name.Local + ">")
		}
	}
}

func (n *node) blank() bool {
	return !slices.ContainsFunc(n.parts, func(p any) bool {
		text, is := p.(string)
		return !is || strings.TrimSpace(text) != ""
	})
}

// word is the text of the first element of a name, in one line.
func (n *node) word(name string) string {
	for _, k := range n.all(name) {
		return strings.Join(strings.Fields(k.text()), " ")
	}
	return ""
}

// refusal is why a device says no; warnings are none (RFC 6241, 4.3).
func (n *node) refusal() string {
	for _, e := range n.all("rpc-error") {
		if e.word("error-severity") != "warning" {
			said := strings.TrimSpace(e.word("error-tag") + " " + e.word("error-message"))
			if bad := e.word("bad-element"); bad != "" {
				said += fmt.Sprintf(": %q", bad)
			}
			return said
		}
	}
	return ""
}
