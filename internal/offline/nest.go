package offline

import (
	"slices"
	"strings"

	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// A text of blocks is compared with each line that no rule knows as one, by its whole path: a block and
// its line may say the same. What goes is then a line, and an entry that loses its last one stays on the
// device, empty. So that it goes as a whole, such lines are taken apart again at the headers that either
// text was given with.

// gone tells whether a command takes away what no rule knows.
func gone(e tree.Edit) bool { return e.Del && e.Unruled }

// apart finds a way between two texts of blocks whose lines are taken apart.
func apart(d *dialect.Dialect, given [2][]byte, texts [2]*tree.Tree) way {
	at := map[string]bool{}
	if d.Syntax == "brace" && d.Acts == "commit" {
		for _, text := range given {
			if !inPaths(d, text) {
				headers(d, text, at)
			}
		}
	}
	if len(at) == 0 {
		return way{fault: "no blocks"}
	}
	var ends [2]*tree.Tree
	for i, t := range texts {
		ends[i] = nested(d, []byte(tree.Source(t)), at)
	}
	return lead(d, ends, texts, tree.Options{Once: true})
}

// nest writes what no rule knows with all that stands around it, as where it is one line: a secret is
// known by the words before it.
func (n *numbers) nest(es []tree.Edit) {
	for i := range es {
		if e := &es[i]; e.Unruled {
			e.Line = n.hide(strings.Join(append(slices.Clone(e.Path), e.Line), " "))
			e.Path = nil
		}
	}
}

// inPaths tells whether a text stands in whole paths: what of a path is a header cannot be seen there.
func inPaths(d *dialect.Dialect, text []byte) bool {
	if d.Syntax != "brace" || d.Acts != "commit" {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if paths(d, bare(line)) {
			return true
		}
	}
	return false
}

// headers gives the headers of blocks of a text, by their whole paths.
func headers(d *dialect.Dialect, text []byte, into map[string]bool) {
	var path []string
	dialect.Each(d, string(text), func(l dialect.Line) {
		if l.Text == dialect.Inactive {
			return
		}
		if path = path[:min(l.Depth, len(path))]; l.Depth > 0 {
			into[strings.Join(path, " ")] = true
		}
		path = append(path, l.Text)
	})
}

// branch is a line and what stands under it.
type branch struct {
	text string
	off  bool
	kids []*branch
	by   map[string]*branch
}

// kid finds a line, or makes it.
func (b *branch) kid(text string) *branch {
	if k := b.by[text]; k != nil {
		return k
	}
	return b.add(text)
}

func (b *branch) add(text string) *branch {
	if b.by == nil {
		b.by = map[string]*branch{}
	}
	k := &branch{text: text}
	b.by[text], b.kids = k, append(b.kids, k)
	return k
}

func (b *branch) write(out *strings.Builder, depth int) {
	for _, k := range b.kids {
		out.WriteString(strings.Repeat(" ", depth))
		if k.off {
			out.WriteString(dialect.Inactive + " ")
		}
		out.WriteString(k.text)
		if len(k.kids) == 0 {
			out.WriteString(";\n")
			continue
		}
		out.WriteString(" {\n")
		k.write(out, depth+1)
		out.WriteString(strings.Repeat(" ", depth) + "}\n")
	}
}

// nested gives a text in which the lines that no rule knows are taken apart at headers.
func nested(d *dialect.Dialect, text []byte, at map[string]bool) *tree.Tree {
	t, _ := tree.Parse(d, text)
	unknown := tree.Strangers(t)
	root := &branch{}
	stack, path := []*branch{root}, []string{}
	dialect.Each(d, string(text), func(l dialect.Line) {
		stack, path = stack[:l.Depth+1], path[:l.Depth]
		in := stack[l.Depth]
		if l.Text == dialect.Inactive {
			in.off = true
			return
		}
		if unknown[l.No] {
			for _, part := range parts(l.Text, strings.Join(path, " "), at) {
				in = in.kid(part)
			}
		} else {
			in = in.add(l.Text)
		}
		stack, path = append(stack, in), append(path, l.Text)
	})
	var out strings.Builder
	root.write(&out, 0)
	t, _ = tree.Parse(d, out.String())
	return t
}

// parts takes a line apart behind each header that it begins with.
func parts(line, path string, at map[string]bool) (out []string) {
	if path != "" {
		path += " "
	}
	from := 0
	for _, w := range dialect.AppendWords(nil, line) {
		if end := w.At + len(w.Text); end < len(line) && at[path+line[:end]] {
			out, from = append(out, line[from:end]), end+1
		}
	}
	return append(out, line[from:])
}
