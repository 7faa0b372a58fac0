package strict

import "strings"

// Secret is where a secret is kept: secret://STORE/PATH#FIELD. It cannot hold a secret.
type Secret string

// String gives the reference; there is nothing to hide in it.
func (s Secret) String() string { return string(s) }

// UnmarshalText takes a reference and never a literal, which it does not repeat either.
func (s *Secret) UnmarshalText(b []byte) error {
	rest, ok := strings.CutPrefix(string(b), "secret://")
	if !ok {
		return &Fault{ID: "secret/literal", Text: "a secret never stands in a file: write secret://STORE/PATH#FIELD"}
	}
	where, field, ok := strings.Cut(rest, "#")
	store, path, deep := strings.Cut(where, "/")
	good := ok && deep && isName(store) && part(field)
	for _, p := range strings.Split(path, "/") {
		good = good && part(p)
	}
	if !good {
		return &Fault{ID: "secret/reference", Text: "no reference to a secret: want secret://STORE/PATH#FIELD"}
	}
	*s = Secret(b)
	return nil
}

// part tells whether s can be a part of a path in a store.
func part(s string) bool {
	for i := range len(s) {
		if c := s[i]; !alnum(c) && strings.IndexByte("._-", c) < 0 {
			return false
		}
	}
	return s != "" && s != "." && s != ".."
}
