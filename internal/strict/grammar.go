package strict

import (
	"slices"
	"strings"
)

// Fault is an error of a scalar type that knows which rule it broke and what to write.
type Fault struct{ ID, Text, Hint string }

// Error gives the sentence.
func (f *Fault) Error() string { return f.Text }

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
func alnum(c byte) bool  { return letter(c) || digit(c) }

var reserved = strings.Fields("all any none default self true false yes no on off null")

// isName tells whether s can name an object.
func isName(s string) bool {
	if s == "" || len(s) > 40 || s[0] < 'a' || s[0] > 'z' || s[len(s)-1] == '-' || strings.Contains(s, "--") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && !digit(c) && (c < 'a' || c > 'z') {
			return false
		}
	}
	return !slices.Contains(reserved, s)
}
