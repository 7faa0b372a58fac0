package tree

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// Print writes a tree as Parse reads it, in canonical form.
func Print(t *Tree) []byte {
	t.settle(t.root)
	p := printer{t: t}
	switch {
	case t.d.AsFile():
		p.file(t.root, 0)
	case t.d.Syntax == "brace":
		p.braces(t.root, 0)
	case t.d.Syntax == "path":
		p.paths(t.root, nil)
	default:
		p.indented(t.root, 0)
	}
	return []byte(p.b.String())
}

// Source is the text that a tree was read from, as it was written; of one that was made of others it
// is what Print writes.
func Source(t *Tree) string {
	if t.src == "" {
		return string(Print(t))
	}
	return t.src
}

type printer struct {
	t *Tree
	b strings.Builder
}

func (p *printer) indented(n *node, depth int) {
	for k := n.kid(); k != nil; k = k.next {
		pad := strings.Repeat(" ", depth)
		p.b.WriteString(pad + p.t.line(k) + "\n")
		if p.t.block(k) {
			p.indented(k, depth+1)
			if exit := p.t.exit(k); exit != "" {
				p.b.WriteString(pad + exit + "\n")
			}
		}
	}
}

func (p *printer) braces(n *node, depth int) {
	for k := n.kid(); k != nil; k = k.next {
		pad := strings.Repeat("    ", depth)
		mark, first := "", k.kid()
		if first != nil && first.text == inactive {
			mark, first = inactive+" ", first.next
		}
		p.b.WriteString(pad + mark + p.t.line(k))
		if first == nil {
			p.b.WriteString(";\n")
			continue
		}
		p.b.WriteString(" {\n")
		p.braces(k, depth+1)
		p.b.WriteString(pad + "}\n")
	}
}

// file writes braces as a daemon reads them that is given the whole: words as they were
// written, quotes and all; behind a block inside another one a semicolon, but not in a text;
// and none in a list of words.
func (p *printer) file(n *node, depth int) {
	text := p.t.body(n)
	for k := n.kid(); k != nil; k = k.next {
		pad := strings.Repeat("    ", depth)
		p.b.WriteString(pad + k.text)
		r := p.t.rule(k)
		list := r != nil && len(r.Kids) > 0 && wordy(r.Kids[0])
		switch {
		case k.kid() != nil || depth == 0 && p.t.block(k) && !list:
			p.b.WriteString(" {\n")
			p.file(k, depth+1)
			p.b.WriteString(pad + "}")
			if list || depth > 0 && !text {
				p.b.WriteByte(';')
			}
		case r == nil || !wordy(r) || k.next != nil:
			p.b.WriteByte(';')
		}
		p.b.WriteByte('\n')
	}
}

// wordy tells whether lines of a rule are lists of words, whatever they are.
func wordy(r *dialect.Rule) bool { return len(r.Pattern) == 1 && r.Pattern[0].Type == "text" }

func (p *printer) paths(n *node, above []string) {
	for k := n.kid(); k != nil; k = k.next {
		path := append(slices.Clone(above), p.t.line(k))
		if k.kid() == nil {
			p.b.WriteString(join(p.t.d, path) + "\n")
		}
		p.paths(k, path)
	}
}

// exit is the word that leaves a block; "" where only the next line does.
func (t *Tree) exit(n *node) string {
	if r := t.rule(n); r != nil {
		if len(r.Exits) > 0 {
			return r.Exits[0]
		}
		return ""
	}
	n.kid()
	return n.closed()
}

// closed is the word that closed a block; "" is none.
func (n *node) closed() string {
	if n.exit == nil {
		return ""
	}
	return *n.exit
}

// Digest names what a tree says, however it was spaced, commented or ordered where order
// has no meaning.
func Digest(t *Tree) [32]byte {
	t.settle(t.root)
	return sha256.Sum256([]byte(t.normal(t.root, nil, nil)))
}

// Managed names what the lines of have say that want has too, by their keys.
func Managed(have, want *Tree) [32]byte {
	have.settle(have.root)
	want.settle(want.root)
	return sha256.Sum256([]byte(have.normal(have.root, want, want.root)))
}

// normal writes a node in the one order of its lines; with another tree's node, only those
// lines whose keys that has.
func (t *Tree) normal(n *node, other *Tree, in *node) string {
	var parts []string
	var rank []int // of ordered lines, in trees of paths
	fixed := t.body(n)
	theirs := other.keys(in)
	for k := n.kid(); k != nil; k = k.next {
		var o *node
		if other != nil {
			if o = theirs[t.key(k)]; o == nil {
				continue
			}
		}
		parts = append(parts, t.line(k)+"\n\t"+strings.ReplaceAll(t.normal(k, other, o), "\n", "\n\t")+"\n")
		r := t.rule(k)
		ordered := r != nil && r.Ordered
		fixed = fixed || ordered
		rank = append(rank, 0)
		if ordered {
			rank[len(rank)-1] = len(rank)
		}
	}
	switch {
	case fixed && t.d.Syntax == "path":
		return members(parts, rank)
	case !fixed:
		slices.Sort(parts)
	}
	return strings.Join(parts, "")
}

// members joins what stands in one object: entries of ordered lists keep the order that they
// have among those of their name, and there is no other order (RFC 8259, section 4).
func members(parts []string, rank []int) string {
	at := make([]int, len(parts))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int {
		x, _, _ := strings.Cut(parts[a], " ")
		y, _, _ := strings.Cut(parts[b], " ")
		if rank[a] > 0 && rank[b] > 0 && x == y {
			return cmp.Compare(rank[a], rank[b])
		}
		if by := cmp.Compare(x, y); by != 0 {
			return by
		}
		return cmp.Or(cmp.Compare(min(rank[a], 1), min(rank[b], 1)), cmp.Compare(parts[a], parts[b]))
	})
	var b strings.Builder
	for _, i := range at {
		b.WriteString(parts[i])
	}
	return b.String()
}

// keys gives the lines of a block by their keys; the first where there are several.
func (t *Tree) keys(n *node) map[string]*node {
	if t == nil || n == nil {
		return nil
	}
	out := map[string]*node{}
	for k := n.kid(); k != nil; k = k.next {
		if _, there := out[t.key(k)]; !there {
			out[t.key(k)] = k
		}
	}
	return out
}

// Paths gives the canonical path of every line, "router bgp 64496 / neighbor 192.0.2.1
// remote-as 64500": the key of what is told about it.
func (t *Tree) Paths() (out []string) {
	t.settle(t.root)
	t.root.walk(func(n *node) { out = append(out, t.path(n)) })
	return out
}

// No secret is in it.
func (t *Tree) path(n *node) string { return strings.Join(append(t.above(n), t.shown(n)), " / ") }

// above gives the headers of the blocks that a line stands in.
func (t *Tree) above(n *node) (out []string) {
	for p := n.parent; p != nil && p.parent != nil; p = p.parent {
		out = append(out, t.shown(p))
	}
	slices.Reverse(out)
	return out
}
