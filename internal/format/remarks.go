package format

import (
	"strings"

	"plumbline/internal/strict"
)

// comments are the comments of a file by what they stand at. A line that is only a comment,
// or empty, goes with the entry after it, a comment behind a value with that value.
type comments struct {
	lead  map[*strict.Node][]string
	trail map[*strict.Node]string
	first *strict.Node // whose lead is that of the file
	foot  []string
}

// owners gives the outermost and the innermost entry that begins on each line.
func owners(n *strict.Node, outer, inner map[int]*strict.Node) {
	if n.Flow {
		return
	}
	own := func(x *strict.Node) {
		if outer[x.At.Line] == nil {
			outer[x.At.Line] = x
		}
		inner[x.At.Line] = x
	}
	for i, x := range n.Items {
		if n.List {
			own(x)
		} else {
			own(n.Keys[i])
		}
		owners(x, outer, inner)
	}
}

// remarks gathers the comments of a file.
func remarks(tree *strict.Node, text []byte) comments {
	c := comments{lead: map[*strict.Node][]string{}, trail: map[*strict.Node]string{}}
	outer, inner := map[int]*strict.Node{}, map[int]*strict.Node{}
	owners(tree, outer, inner)
	if tree.Flow {
		outer[tree.At.Line], inner[tree.At.Line] = tree, tree
	}
	var lead []string
	for i, line := range strings.Split(string(text), "\n") {
		at, said := strict.Comment(line), ""
		if at >= 0 {
			said = strings.TrimRight(line[at:], " ")
		}
		switch x := outer[i+1]; {
		case x != nil:
			if c.first == nil {
				c.first = x
			}
			c.lead[x], lead = lead, nil
			if said != "" {
				c.trail[inner[i+1]] = said
			}
		case said != "":
			lead = append(lead, said)
		case strings.TrimSpace(line) == "" && len(lead) > 0 && lead[len(lead)-1] != "" || strings.TrimSpace(line) == "" && len(lead) == 0:
			lead = append(lead, "")
		}
	}
	c.foot = lead
	if t := c.trail[tree]; t != "" { // behind brackets that are the whole file
		c.lead[tree] = append(c.lead[tree], t)
	}
	return c
}

// head gives the comments that a file begins with, and takes them off its first entry.
func (c comments) head(modeline string) (out []string) {
	for _, s := range c.lead[c.first] {
		if modeline == "" || !strings.HasPrefix(s, Modeline) {
			out = append(out, s)
		}
	}
	delete(c.lead, c.first)
	if modeline != "" {
		out = append([]string{Modeline + modeline}, out...)
	}
	return out
}

// within tells whether a comment stands inside a value.
func (c comments) within(n *strict.Node) bool {
	for i, x := range n.Items {
		at := x
		if !n.List {
			at = n.Keys[i]
		}
		if c.trail[at] != "" || c.trail[x] != "" || strings.Join(c.lead[at], "") != "" || c.within(x) {
			return true
		}
	}
	return false
}
