package tree

import (
	"bytes"
	"slices"
	"strings"
)

// reference is how a name begins of where a secret is kept.
const reference = "secret://"

// References gives what a text names of secrets that are kept elsewhere, each once. A name may
// stand between quotes, or behind other text.
func References(text []byte) (out []string) {
	named(text, func(_, name []byte) { out = append(out, string(name)) })
	slices.Sort(out)
	return slices.Compact(out)
}

// Named gives what a tree names of secrets that are kept elsewhere.
func Named(t *Tree) []string { return References([]byte(t.src)) }

// Reveal writes secrets where a text names them; what is not known stays as it is.
func Reveal(text []byte, known map[string]string) []byte {
	if len(known) == 0 {
		return text
	}
	var out []byte
	rest := named(text, func(before, name []byte) {
		out = append(out, before...)
		if value, ok := known[string(name)]; ok {
			out = append(out, value...)
		} else {
			out = append(out, name...)
		}
	})
	return append(out, rest...)
}

// named gives each name of a secret with the text before it, and what is behind the last one.
func named(text []byte, give func(before, name []byte)) (rest []byte) {
	for {
		at := bytes.Index(text, []byte(reference))
		if at < 0 {
			return text
		}
		end := at + len(reference)
		for end < len(text) && ofName(text[end]) {
			end++
		}
		give(text[:at], text[at:end])
		text = text[end:]
	}
}

// ofName tells what the name of a place may be written with.
func ofName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("._-/#", c) >= 0
}
