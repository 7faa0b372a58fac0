package dialect

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// paths reads a tree of names and values: JSON as in RFC 7951, or one path in each line,
// "/interface[name=ethernet-1/1]/admin-state enable".
func paths(d *Dialect, text string, f func(Line)) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		j := &jsonLines{d: d, f: f}
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var top map[string]any
		if err := dec.Decode(&top); err != nil {
			f(Line{No: 1, Text: "", Cut: true})
			return
		}
		j.object(top, 0, d.Rules)
		return
	}
	no := 0
	var open []string
	for len(text) > 0 {
		var raw string
		raw, text = CutLine(text)
		no++
		if raw = strings.TrimSpace(raw); raw != "" && !d.skip(raw) {
			open = pathLine(raw, no, open, f)
		}
	}
}

// pathLine gives the headers of a path that were not open before, and its last part.
func pathLine(raw string, no int, open []string, f func(Line)) []string {
	parts := slices.DeleteFunc(SplitPath(raw), func(p string) bool { return strings.TrimSpace(p) == "" })
	if len(parts) > MaxDepth {
		parts = parts[:MaxDepth]
	}
	same := 0
	for same < len(parts)-1 && same < len(open) && parts[same] == open[same] {
		same++
	}
	for i := same; i < len(parts); i++ {
		f(Line{No: no, Depth: i, Text: parts[i]})
	}
	return parts
}

// SplitPath splits "/a[k=v]/b value" into "a [k=v]" and "b value".
func SplitPath(path string) (out []string) {
	path = strings.TrimPrefix(path, "/")
	start, key := 0, false // within the brackets of a key all but their end is its value
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '\\':
			i++
		case c == '[', c == ']':
			key = c == '['
		case !key && blank(c):
			return append(out, entry(path[start:i])+path[i:])
		case !key && c == '/':
			out = append(out, entry(path[start:i]))
			start = i + 1
		}
	}
	return append(out, entry(path[start:]))
}

// entry writes name[k=v][l=w] as words: name [k=v] [l=w].
func entry(part string) string {
	name, _, ok := strings.Cut(part, "[")
	if !ok {
		return part
	}
	var b strings.Builder
	b.WriteString(name)
	for keys := part[len(name):]; keys != ""; {
		key, rest, ok := CutKey(keys)
		if !ok { // no key, so it stays as it is written
			b.WriteString(keys)
			break
		}
		b.WriteString(" " + key)
		keys = rest
	}
	return b.String()
}

// CutKey parts a key and its value between brackets, "[k=v]", from what stands behind them. An
// end behind a backslash is part of the value.
func CutKey(text string) (key, rest string, ok bool) {
	if !strings.HasPrefix(text, "[") {
		return "", text, false
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case ']':
			if strings.Contains(text[:i], "=") {
				return text[:i+1], text[i+1:], true
			}
			return "", text, false
		}
	}
	return "", text, false
}

// JoinPath is the way back.
func JoinPath(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		name, rest, _ := strings.Cut(p, " ")
		b.WriteString("/" + name)
		for {
			key, behind, ok := CutKey(rest) // else it is a value
			if !ok {
				break
			}
			b.WriteString(key)
			rest = strings.TrimPrefix(behind, " ")
		}
		if rest != "" {
			b.WriteString(" " + rest)
		}
	}
	return b.String()
}

// jsonLines gives the lines of a JSON tree.
type jsonLines struct {
	d *Dialect
	f func(Line)
}

// object gives the members of a container, in the order of their names.
func (j *jsonLines) object(m map[string]any, depth int, rules []*Rule) {
	if depth > MaxDepth {
		return
	}
	for _, member := range slices.Sorted(maps.Keys(m)) {
		name := member[strings.LastIndexByte(member, ':')+1:]
		switch v := m[member].(type) {
		case map[string]any:
			j.f(Line{Depth: depth, Text: name})
			j.object(v, depth+1, kidsOf(rules, name))
		case []any:
			j.list(name, v, depth, rules)
		default:
			j.f(Line{Depth: depth, Text: name + " " + scalar(v)})
		}
	}
}

func (j *jsonLines) list(name string, items []any, depth int, rules []*Rule) {
	for i, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			j.f(Line{Depth: depth, Text: name + " " + scalar(item)})
			continue
		}
		plain := map[string]any{}
		for k, v := range m {
			plain[k[strings.LastIndexByte(k, ':')+1:]] = v
		}
		keys := keysOf(rules, name, plain)
		head := name
		for _, k := range keys {
			head += " [" + k + "=" + KeyValue(strings.Trim(scalar(plain[k]), `"`)) + "]"
			delete(plain, k)
		}
		if len(keys) == 0 {
			head += fmt.Sprintf(" [#=%d]", i)
		}
		j.f(Line{Depth: depth, Text: head})
		j.object(plain, depth+1, kidsOf(rules, name))
	}
}

// kidsOf gives the rules under the container or list of a name.
func kidsOf(rules []*Rule, name string) []*Rule {
	for _, r := range rules {
		if len(r.Pattern) > 0 && r.Pattern[0].Word == name {
			return r.Kids
		}
	}
	return nil
}

// keysOf gives the keys of a list: those that its rule names, else the usual one.
func keysOf(rules []*Rule, name string, entry map[string]any) (out []string) {
	for _, r := range rules {
		if len(r.Pattern) == 0 || r.Pattern[0].Word != name {
			continue
		}
		for _, e := range r.Pattern[1:] {
			if key, ok := strings.CutPrefix(e.Pre, "["); ok && e.Kind == Slot {
				out = append(out, strings.TrimSuffix(key, "="))
			}
		}
		return out
	}
	for _, key := range []string{"name", "index", "id", "sequence-id", "ip-prefix", "ipv4-prefix", "ipv6-prefix", "prefix", "peer-address", "group-name"} {
		if _, ok := entry[key]; ok {
			return []string{key}
		}
	}
	return nil
}

// scalar writes a value as one word, or between quotes.
func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "[null]"
	case string:
		return text(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

// text drops the module of an identity (RFC 7951 section 6.8) and quotes what is no word.
func text(v string) string {
	if module, rest, ok := strings.Cut(v, ":"); ok && strings.ContainsAny(module, "-_") && !strings.ContainsAny(v, " ./[") && !strings.Contains(rest, ":") {
		v = rest
	}
	return Quoted(v)
}

// Quoted is a text as the value of a path has it: between quotes where it is no word, or would
// be read as a key, as a container or as an empty value.
func Quoted(v string) string {
	if v == "" || strings.ContainsAny(v, " \n\r\t\"") || strings.ContainsAny(v[:1], "[{") {
		return strconv.Quote(v)
	}
	return v
}

// KeyValue is a value as it stands in a key.
func KeyValue(v string) string {
	if !strings.ContainsAny(v, "[]") {
		return v
	}
	return strings.NewReplacer("[", `\[`, "]", `\]`).Replace(v)
}
