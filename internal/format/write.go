package format

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// widest is how many columns a line in brackets may have.
const widest = 100

type writer struct {
	remarks comments
	out     bytes.Buffer
	dash    bool // a dash was written, and what follows stands on its line
}

// begin begins a line, unless a dash did.
func (w *writer) begin(indent int) {
	if !w.dash {
		w.out.WriteString(strings.Repeat(" ", indent))
	}
	w.dash = false
}

// comments writes lines of comments before an entry.
func (w *writer) comments(lines []string, indent int) {
	for _, s := range lines {
		if s != "" {
			w.out.WriteString(strings.Repeat(" ", indent) + s)
		}
		w.out.WriteByte('\n')
	}
}

// lead gives the comments before an entry; the first of a block has no empty line above.
func (w *writer) lead(n *strict.Node, first bool) []string {
	lines := w.remarks.lead[n]
	for first && len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

// order gives the entries of an object in the order of its fields; what it does not know
// comes behind, as it stood.
func order(n *strict.Node, o *schema.Object) []int {
	at := make([]int, len(n.Keys))
	for i := range at {
		at[i] = i
	}
	if o == nil {
		return at
	}
	rank := map[string]int{}
	for i, name := range o.Names() {
		rank[name] = i - len(o.Fields)
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(rank[n.Keys[a].Text], rank[n.Keys[b].Text]) })
	return at
}

// object writes the entries of an object as a block.
func (w *writer) object(n *strict.Node, o *schema.Object, indent int) {
	for no, i := range order(n, o) {
		k := n.Keys[i]
		if !w.dash { // behind a dash they stand before it
			w.comments(w.lead(k, no == 0), indent)
		}
		w.begin(indent)
		w.out.WriteString(k.Text + ":")
		w.value(n.Items[i], fieldType(o, k.Text), indent, indent+len([]rune(k.Text))+2, w.remarks.trail[k])
	}
}

// value writes what stands behind a key.
func (w *writer) value(n *strict.Node, t *schema.Type, indent, col int, trail string) {
	if trail != "" {
		trail = " " + trail
	}
	if set(t) && n.List && !w.remarks.within(n) {
		n = sorted(n)
	}
	if text, ok := w.inline(n, inside(t), col); ok {
		w.out.WriteString(" " + text + trail + "\n")
		return
	}
	w.out.WriteString(trail + "\n")
	if n.List {
		w.list(n, inside(t), indent)
		return
	}
	w.object(n, inside(t), indent+2)
}

// list writes a list as a block, its dashes under the key.
func (w *writer) list(n *strict.Node, o *schema.Object, indent int) {
	for no, x := range n.Items {
		w.comments(w.lead(x, no == 0), indent)
		first := x
		if len(x.Keys) > 0 {
			first = x.Keys[order(x, o)[0]]
			w.comments(w.lead(first, true), indent)
		}
		trail := w.remarks.trail[x]
		if trail != "" {
			trail = " " + trail
		}
		if text, ok := w.inline(x, o, indent+2); ok {
			w.begin(indent)
			w.out.WriteString("- " + text + trail + "\n")
			continue
		}
		w.begin(indent)
		w.out.WriteString("- ")
		w.dash = true
		if x.List {
			w.list(x, o, indent+2)
			continue
		}
		if trail != "" && w.remarks.trail[first] == "" {
			w.remarks.trail[first] = w.remarks.trail[x]
		}
		w.object(x, o, indent+2)
	}
}

// inline writes a value on one line, in brackets; false where it must be a block. An object
// is a block where it was one.
func (w *writer) inline(n *strict.Node, o *schema.Object, col int) (string, bool) {
	if n.Scalar() {
		return scalar(n), true
	}
	if w.remarks.within(n) || !n.List && !n.Flow {
		return "", false
	}
	parts, open, end := []string{}, "[", "]"
	if n.List {
		for _, x := range n.Items {
			if !x.Scalar() {
				return "", false
			}
			parts = append(parts, scalar(x))
		}
	} else {
		open, end = "{", "}"
		for _, i := range order(n, o) {
			x, t := n.Items[i], fieldType(o, n.Keys[i].Text)
			if set(t) && x.List {
				x = sorted(x)
			}
			text, ok := w.inline(x, inside(t), 0)
			if !ok {
				return "", false
			}
			parts = append(parts, n.Keys[i].Text+": "+text)
		}
	}
	text := open + strings.Join(parts, ", ") + end
	return text, len(n.Items) == 0 || col+len([]rune(text)) <= widest
}

// scalar writes a value with quotes where they are needed: one that had none keeps none
// where it may stand in brackets too.
func scalar(n *strict.Node) string {
	if !n.Quoted && n.Tag != "!!str" {
		return n.Text
	}
	return Scalar(n.Text)
}

// Scalar writes a word with quotes where it needs them.
func Scalar(s string) string {
	if strict.Plain(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// sorted gives a set of prefixes in the order of addresses, IPv4 first; where one is none,
// as it is.
func sorted(n *strict.Node) *strict.Node {
	out := *n
	out.Items = slices.Clone(n.Items)
	at := map[*strict.Node]netip.Prefix{}
	for _, x := range out.Items {
		p, err := netip.ParsePrefix(x.Text)
		if err != nil {
			return n
		}
		at[x] = p
	}
	slices.SortStableFunc(out.Items, func(a, b *strict.Node) int {
		p, q := at[a], at[b]
		return cmp.Or(cmp.Compare(p.Addr().BitLen(), q.Addr().BitLen()), p.Addr().Compare(q.Addr()), cmp.Compare(p.Bits(), q.Bits()))
	})
	return &out
}
