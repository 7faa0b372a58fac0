package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// strip gives the lines of a block one by one, where they all stand at one column and none of them closes
// something, says nothing, or has lines of its own.
type strip struct {
	d    *dialect.Dialect
	text string // what is left; in the end what stands at the first column behind the lines
	pad  int    // how many blanks stand in front of them; 0 is not known yet
	line string // the last one, "" at the end
	word string // its first word, a negating one aside
	odd  bool   // it is another block
}

// next gives the next line.
func (s *strip) next() bool {
	if s.line = ""; s.pad == 0 { // the header
		end := strings.IndexByte(s.text, '\n')
		if s.text = s.text[end+1:]; end < 0 {
			s.text = ""
		}
	}
	pad := 0
	for pad < len(s.text) && s.text[pad] == ' ' {
		pad++
	}
	if pad == 0 || s.odd {
		s.odd = s.odd || indented(s.text)
		return false
	}
	line, rest := s.text[pad:], ""
	if n := strings.IndexByte(line, '\n'); n >= 0 {
		line, rest = line[:n], line[n+1:]
	}
	end := len(line)
	for end > 0 && space(line[end-1]) {
		end--
	}
	if line = line[:end]; line == "" || space(line[0]) || s.pad > 0 && s.pad != pad || !s.d.Ordinary(line) {
		s.odd = true
		return false
	}
	s.line, s.text, s.pad = line, rest, pad
	word, _ := firstWord(line)
	if s.word = word; word == s.d.Negate {
		s.word, _ = firstWord(strings.TrimLeft(line[len(word):], " \t\v\f\r"))
	}
	return true
}

// ended tells whether all of the text was given.
func (s *strip) ended() bool { return s.line == "" && s.text == "" && !s.odd }

// indented tells whether a line of a text begins with a blank.
func indented(text string) bool {
	for text != "" {
		if space(text[0]) && text[0] != '\n' {
			return true
		}
		end := strings.IndexByte(text, '\n')
		if end < 0 {
			return false
		}
		text = text[end+1:]
	}
	return false
}

func (s *strip) begins(word string) bool { return s.word == word }

// any tells whether the line begins with one of some words.
func (s *strip) any(words []string) bool { return slices.Contains(words, s.word) }
