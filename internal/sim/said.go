package sim

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"
)

// lines are the lines of paths that a command says: "set / a v b c" is "update /a[k=v]/b c". Behind
// the name of an entry stands its key, and behind it others with their names. A list between
// brackets replaces what is there.
func (m *candidates) lines(cand *replay.Device, command string) ([]string, error) {
	w := tokens(command)
	verb := map[string]string{"set": "update", "delete": "delete"}[w[0]]
	if verb == "" || len(w) < 3 || w[1] != "/" {
		return nil, unknownToken(strings.Join(w[:min(2, len(w))], " "), nil)
	}
	path, names, rest := "", "", w[2:]
	for rules := m.b.is.Dialect.Rules; len(rest) > 0; {
		name := rest[0]
		here := called(rules, name)
		if len(here) == 0 {
			return nil, unknownToken(name, rules)
		}
		path, names, rest, rules = path+"/"+name, names+"/"+name, rest[1:], nil
		for i, k := range keyNames(here[0]) {
			if i > 0 && (len(rest) == 0 || rest[0] != k) {
				return nil, fmt.Errorf("Parsing error: Missing key '%s'", k)
			}
			if rest = rest[min(i, 1):]; len(rest) == 0 {
				return nil, fmt.Errorf("Parsing error: Missing key '%s'", k)
			}
			path, rest = path+"["+k+"="+dialect.KeyValue(rest[0])+"]", rest[1:]
		}
		for _, r := range here {
			rules = append(rules, r.Kids...)
		}
		switch leaf, is := m.b.is.Session.Models.Leaves[names]; {
		case is && verb == "update" && len(rest) == 0:
			return nil, fmt.Errorf("Parsing error: Missing value for '%s'", name)
		case is && verb == "update":
			return valuesOf(cand, path, rest, leaf.Many)
		case is && leaf.Many && len(rest) == 0:
			return listed(cand, path), nil
		case verb == "update" && len(rest) == 0 && empty(here):
			return []string{"update " + path + " [null]"}, nil
		}
	}
	return []string{verb + " " + path}, nil
}

// valuesOf are the lines that give a leaf its value, or its values in place of those that it has.
func valuesOf(cand *replay.Device, path string, w []string, many bool) (out []string, err error) {
	if w[0] == "[" && w[len(w)-1] == "]" && many {
		w = w[1 : len(w)-1]
	} else if len(w) != 1 {
		return nil, unknownToken(w[min(1, len(w)-1)], nil)
	}
	if many {
		out = listed(cand, path)
	}
	for _, v := range w {
		out = append(out, "update "+path+" "+dialect.Quoted(v))
	}
	return out, nil
}

// listed are the lines that take away all values of a list.
func listed(cand *replay.Device, path string) (out []string) {
	for line := range strings.Lines(string(cand.Text())) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, path+" ") {
			out = append(out, "delete "+line)
		}
	}
	return out
}

// unknownToken is what the device says to a word that it has no place for.
func unknownToken(word string, rules []*dialect.Rule) error {
	var options []string
	for _, r := range rules {
		options = append(options, "'"+r.Head()+"'")
	}
	slices.Sort(options)
	return fmt.Errorf("Parsing error: Unknown token '%s'. Options are [%s]", word, strings.Join(slices.Compact(options), ", "))
}

// called are the rules whose lines begin with a name.
func called(rules []*dialect.Rule, name string) (out []*dialect.Rule) {
	for _, r := range rules {
		if len(r.Pattern) > 0 && (r.Pattern[0].Kind == dialect.Literal && r.Pattern[0].Word == name || slices.Contains(r.Pattern[0].Enum, name)) {
			out = append(out, r)
		}
	}
	return out
}

// keyNames are the keys of a list, in their order.
func keyNames(r *dialect.Rule) (out []string) {
	for _, e := range r.Pattern[1:] {
		if k, is := strings.CutPrefix(e.Pre, "["); is && e.Kind == dialect.Slot {
			out = append(out, strings.TrimSuffix(k, "="))
		}
	}
	return out
}

// empty tells whether a leaf is there without a value.
func empty(here []*dialect.Rule) bool {
	return slices.ContainsFunc(here, func(r *dialect.Rule) bool { return strings.HasSuffix(r.Text, "[null]") })
}

// tokens parts a command into words; what stands between quotes is one.
func tokens(line string) (out []string) {
	var word strings.Builder
	open, begun := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			open, begun = !open, true
		case open && c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == ' ' && !open:
			if begun {
				out = append(out, word.String())
			}
			word.Reset()
			begun = false
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}
