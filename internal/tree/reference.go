package tree

import (
	"bytes"
	"slices"
)

// reference is how a word begins that names a secret and where it is kept.
const reference = "secret://"

// References gives what a text names of secrets that are kept elsewhere, each once.
func References(text []byte) (out []string) {
	for _, w := range bytes.Fields(text) {
		if bytes.HasPrefix(w, []byte(reference)) {
			out = append(out, string(w))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Reveal writes secrets where a text names them; what is not known stays as it is.
func Reveal(text []byte, known map[string]string) []byte {
	if len(known) == 0 {
		return text
	}
	var out []byte
	for line := range bytes.Lines(text) {
		for i, w := range bytes.Split(line, []byte(" ")) {
			if i > 0 {
				out = append(out, ' ')
			}
			name := bytes.TrimRight(w, "\n")
			if value, ok := known[string(name)]; ok {
				w = append([]byte(value), w[len(name):]...)
			}
			out = append(out, w...)
		}
	}
	return out
}
