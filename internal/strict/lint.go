package strict

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"plumbline/internal/diag"
)

// linter walks the whole tree, whatever the schema makes of it.
type linter struct {
	file  string
	lines []string
	out   *diag.List
	bad   map[*yaml.Node]bool
	nodes int
	flow  int
	full  bool
	at    int // the line that runes holds
	runes []rune
}

func (l *linter) fail(n *yaml.Node, id, why string) {
	l.bad[n] = true
	l.out.Failf(diag.Pos{File: l.file, Line: max(1, min(n.Line, len(l.lines))), Col: max(1, n.Column)}, id, "%s", why)
}

func (l *linter) walk(n *yaml.Node, depth int) {
	l.nodes++
	switch {
	case l.full:
		return
	case depth > maxDepth:
		l.full = true
		l.fail(n, "file/too-deep", "lists and objects stand more than 32 deep in each other")
		return
	case l.nodes > maxNodes:
		l.full = true
		l.fail(n, "file/too-big", "a file holds at most 100000 values")
		return
	}
	if id, why := kludge(n); why != "" {
		l.fail(n, id, why)
		if n.Kind == yaml.AliasNode || id != "yaml/anchor" && id != "yaml/tag" {
			return
		}
	}
	l.layout(n)
	if flow(n) {
		l.flow++
		defer func() { l.flow-- }()
		if l.flow == maxFlow+1 {
			l.fail(n, "file/too-deep", "brackets stand more than 6 deep in each other: write them as a block")
		}
	}
	if n.Kind == yaml.MappingNode {
		l.object(n, depth)
		return
	}
	for _, c := range n.Content {
		l.walk(c, depth+1)
		if c.Kind == yaml.ScalarNode && c.Tag == "!!null" && !l.bad[c] {
			l.fail(c, "yaml/no-value", "no value: leave the element out, or give it one")
		}
	}
}

func flow(n *yaml.Node) bool { return n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle != 0 }

// kludge names what YAML offers and intent does without.
func kludge(n *yaml.Node) (id, why string) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return "yaml/anchor", "no anchors and aliases: write the value out"
	case n.Style&yaml.TaggedStyle != 0 || n.Tag == "!":
		return "yaml/tag", "no tags: the schema gives the type"
	case n.Kind == yaml.ScalarNode && n.Tag == "!!merge":
		return "yaml/merge-key", "no merge keys: write the fields out"
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return "yaml/block-text", "no block text: use a list of lines"
	}
	return "", ""
}

// layout holds a scalar and a bracketed list to one line.
func (l *linter) layout(n *yaml.Node) {
	if n.Line < 1 || n.Line > len(l.lines) {
		return
	}
	if l.at != n.Line {
		l.at, l.runes = n.Line, []rune(l.lines[n.Line-1])
	}
	rest := l.rest(n)
	switch {
	case flow(n):
		for _, c := range n.Content {
			if c.Line != n.Line {
				l.fail(n, "yaml/many-lines", "brackets stand on one line: write a long list as a block")
				return
			}
		}
	case n.Kind != yaml.ScalarNode:
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		if rest != "" && closing(rest, 0) < 0 {
			l.fail(n, "yaml/many-lines", "a value stands on one line: use a list of lines")
		}
	case n.Style == 0 && !strings.HasPrefix(rest, n.Value):
		l.fail(n, "yaml/many-lines", "a value stands on one line: use a list of lines")
	}
}

// colon tells whether a colon stands behind a key that has no quotes.
func (l *linter) colon(key *yaml.Node) bool {
	if key.Style != 0 || l.at != key.Line {
		return true
	}
	line := l.runes
	behind := min(max(key.Column-1, 0)+len([]rune(key.Value)), len(line))
	for behind < len(line) && line[behind] == ' ' {
		behind++
	}
	return behind < len(line) && line[behind] == ':'
}

// rest gives as much of the line as a scalar can need, and never more: a line may be long
// and hold many.
func (l *linter) rest(n *yaml.Node) string {
	from := min(max(n.Column-1, 0), len(l.runes))
	return string(l.runes[from:min(len(l.runes), from+2*len(n.Value)+2)])
}

func (l *linter) object(n *yaml.Node, depth int) {
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		l.walk(key, depth+1)
		switch {
		case l.bad[key]:
		case key.Kind != yaml.ScalarNode || key.Value == "" || !l.colon(key):
			l.fail(key, "yaml/key", "a key is one plain word, and a colon behind it")
		case first[key.Value] != nil:
			l.fail(key, "yaml/duplicate-key", "field "+quote(key.Value)+" given twice")
			was := first[key.Value]
			(*l.out)[len(*l.out)-1].Also = []diag.Pos{{File: l.file, Line: was.Line, Col: was.Column}}
		case key.Style != 0:
			l.fail(key, "yaml/key", "a key stands without quotes")
		default:
			first[key.Value] = key
		}
		l.walk(value, depth+1)
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" && !l.bad[value] {
			l.fail(key, "yaml/no-value", "no value: leave the key out, or give it one")
			l.bad[value] = true
		}
	}
}

func quote(s string) string { return `"` + s + `"` }
