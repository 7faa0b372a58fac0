package wire

import (
	"net/netip"
	"slices"
	"strings"

	"plumbline/drivers"
)

// Allow is what one connection may say. The zero value may say nothing.
type Allow struct {
	lines []string // exact, or with slots
	whole []string // exact, whatever they hold
	any   bool
}

// Exactly allows some requests as they stand.
func Exactly(requests ...string) Allow { return Allow{whole: requests} }

// Only allows the lines that open and read a session, and no other.
func Only(s drivers.Session) Allow {
	a := Allow{lines: append(slices.Clone(s.Open), s.Fetch)}
	for _, c := range s.Read {
		a.lines = append(a.lines, c)
	}
	return a
}

// Any allows every single line. Only a room below drivers/write may ask for it.
func Any() Allow { return Allow{any: true} }

// passes tells whether a line may leave.
func (a Allow) passes(line string) bool {
	if line != "" && slices.Contains(a.whole, line) { // one that was named, in a frame of its own: its lines end nothing
		return true
	}
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) || line == "" {
		return false
	}
	return a.any || slices.ContainsFunc(a.lines, func(p string) bool { return fits(p, line) })
}

// fits compares word by word: a slot takes one word of its type, all else is literal.
func fits(pattern, line string) bool {
	if !strings.Contains(pattern, "<") {
		return pattern == line && !strings.Contains(line, ";")
	}
	ps, ls := strings.Split(pattern, " "), strings.Split(line, " ")
	if len(ps) != len(ls) {
		return false
	}
	for i, p := range ps {
		if p != ls[i] && !takes(p, ls[i]) {
			return false
		}
	}
	return true
}

// takes tells whether a slot accepts a word.
func takes(slot, word string) bool {
	switch slot {
	case "<ip>":
		a, err := netip.ParseAddr(word)
		return err == nil && a.Zone() == ""
	case "<prefix>":
		p, err := netip.ParsePrefix(word)
		return err == nil && p.Addr().Zone() == ""
	case "<name>":
		return word != "" && len(word) <= 64 && word[0] != '-' && !strings.ContainsFunc(word, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-:/", r)
		})
	}
	return false
}

// Fill puts words into the slots of a command, in their order. It is false when they do
// not fit.
func Fill(pattern string, words []string) (string, bool) {
	ps := strings.Split(pattern, " ")
	for i, p := range ps {
		if !strings.HasPrefix(p, "<") {
			continue
		}
		if len(words) == 0 || !takes(p, words[0]) {
			return "", false
		}
		ps[i], words = words[0], words[1:]
	}
	return strings.Join(ps, " "), len(words) == 0
}
