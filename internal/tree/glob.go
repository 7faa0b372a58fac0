package tree

import (
	"maps"
	"strings"
)

// find gives the lines that a glob selects, seen from the line n: "/ a > b" begins at the
// top, "^ a" among the lines beside n's block, anything else in n's own block. {slot} is a
// slot of n or of the blocks around it; * is one word, ** any rest, <m> binds a word.
func (t *Tree) find(n *node, glob string) []*node {
	glob, bound, implied := strings.Cut(glob, "=>")
	start, bind := n.parent, n.binds()
	glob = strings.TrimSpace(glob)
	switch {
	case strings.HasPrefix(glob, "/ "):
		start, glob = t.root, glob[2:]
	case strings.HasPrefix(glob, "^ "):
		if glob = glob[2:]; start.parent != nil {
			start = start.parent
		}
	}
	hits := descend(start, strings.Split(glob, " > "), bind)
	if !implied {
		return nodes(hits)
	}
	var out []*node
	for _, h := range hits {
		out = append(out, nodes(descend(start, strings.Split(strings.TrimSpace(bound), " > "), h.bind))...)
	}
	return out
}

// hit is a line that a glob selects, with what it bound on the way.
type hit struct {
	n    *node
	bind map[string]string
}

func nodes(hs []hit) (out []*node) {
	for _, h := range hs {
		out = append(out, h.n)
	}
	return out
}

func descend(from *node, levels []string, bind map[string]string) (out []hit) {
	for _, k := range from.kids {
		b, ok := globMatch(strings.Fields(levels[0]), strings.Fields(k.line), bind)
		if !ok && k.m != nil && k.m.neg { // a switch that is off belongs to the same owner
			b, ok = globMatch(strings.Fields(levels[0]), strings.Fields(k.line)[1:], bind)
		}
		switch {
		case !ok:
		case len(levels) == 1:
			out = append(out, hit{k, b})
		default:
			out = append(out, descend(k, levels[1:], b)...)
		}
	}
	return out
}

// globMatch compares words one by one.
func globMatch(glob, words []string, bind map[string]string) (map[string]string, bool) {
	for i, g := range glob {
		if g == "**" {
			return bind, true
		}
		if i >= len(words) {
			return nil, false
		}
		switch {
		case g == "*" || g == words[i]:
		case strings.HasPrefix(g, "{"):
			if bind[strings.Trim(g, "{}")] != words[i] {
				return nil, false
			}
		case strings.HasPrefix(g, "<"):
			bind = maps.Clone(bind)
			bind[strings.Trim(g, "<>")] = words[i]
		default:
			return nil, false
		}
	}
	return bind, len(words) == len(glob)
}

// binds gives the slots of a line and of the blocks around it; the inner one wins.
func (n *node) binds() map[string]string {
	out := map[string]string{}
	if n.parent != nil {
		out = n.parent.binds()
	}
	if n.m != nil {
		maps.Copy(out, n.m.bind)
	}
	return out
}
