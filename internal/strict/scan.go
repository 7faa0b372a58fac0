package strict

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"plumbline/internal/diag"
)

// maxScan is how many findings of one file are enough for anybody.
const maxScan = 20

// scan reads the text line by line, as a person would, for what a parser of YAML passes
// over in silence or trips on with a word that helps nobody. It gives the lines.
func scan(file string, text []byte, ds *diag.List) []string {
	lines := strings.Split(string(text), "\n")
	begun := false
	for no, line := range lines {
		at := diag.Pos{File: file, Line: no + 1, Col: 1}
		if len(*ds) > maxScan {
			return lines
		}
		switch {
		case marker(line, "---") && begun:
			ds.Failf(at, "yaml/second-document", "a file holds one document: move this one to a file of its own")
			return lines[:no]
		case marker(line, "..."):
			ds.Failf(at, "yaml/directive", "no document end: take the line out")
		case strings.HasPrefix(line, "%"):
			ds.Failf(at, "yaml/directive", "no directives: take the line out")
		case strings.HasPrefix(strings.TrimLeft(line, " "), "#"), strings.TrimSpace(line) == "":
		default:
			begun = true
		}
		scanLine(at, line, ds)
	}
	return lines
}

func marker(line, mark string) bool {
	rest, ok := strings.CutPrefix(line, mark)
	return ok && (rest == "" || rest[0] == ' ')
}

// scanLine looks for comments and addresses outside quotes.
func scanLine(at diag.Pos, line string, ds *diag.List) {
	before := len(*ds)
	start := true // the next character begins a scalar
	for i := 0; i < len(line) && len(*ds) < before+maxScan; i++ {
		c := line[i]
		switch {
		case start && (c == '"' || c == '\''):
			end := closing(line, i)
			if end < 0 {
				at.Col = col(line, i)
				ds.Failf(at, "yaml/many-lines", "a quoted value ends on its line: close the quote")
				return
			}
			if c == '"' {
				escapes(at, line[:end], i, ds)
			}
			i, start = end, false
			continue
		case c == '#' && (i == 0 || line[i-1] == ' '):
			if i+1 < len(line) && line[i+1] != ' ' {
				at.Col = col(line, i)
				ds.Failf(at, "yaml/comment", "a comment has a blank after its #; what is no comment is quoted")
			}
			return
		case c == ':' && strings.HasPrefix(line[i:], "::") && ends(line, i+2):
			if from, ok := address(line, i); ok {
				at.Col = col(line, from)
				ds.Failf(at, "yaml/unquoted", "an address that ends in :: must be quoted").Hint = `"` + line[from:i+2] + `"`
			}
		}
		start = c == ' ' && start || c == '[' || c == '{' || c == ' ' && i > 0 && strings.IndexByte(":-,", line[i-1]) >= 0 || c == ','
	}
}

// closing finds the end of a quoted scalar that begins at i; -1 where the line has none.
func closing(line string, i int) int {
	for j := i + 1; j < len(line); j++ {
		switch {
		case line[i] == '"' && line[j] == '\\':
			j++
		case line[j] == line[i] && line[i] == '\'' && strings.HasPrefix(line[j:], "''"):
			j++
		case line[j] == line[i]:
			return j
		}
	}
	return -1
}

func escapes(at diag.Pos, upto string, i int, ds *diag.List) {
	for j := i + 1; j < len(upto); j++ {
		if upto[j] != '\\' {
			continue
		}
		if j+1 >= len(upto) || upto[j+1] != '"' && upto[j+1] != '\\' {
			at.Col = col(upto, j)
			ds.Failf(at, "yaml/escape", `the only escapes are \" and \\: write the character itself`)
			return
		}
		j++
	}
}

// address tells whether the :: at i ends an address, and where that begins.
func address(line string, i int) (from int, ok bool) {
	for from = i; from > 0 && strings.IndexByte("0123456789abcdefABCDEF:", line[from-1]) >= 0; from-- {
	}
	return from, from < i && (from == 0 || strings.IndexByte(" [{,", line[from-1]) >= 0)
}

func ends(line string, i int) bool { return i >= len(line) || strings.IndexByte(" ,]}", line[i]) >= 0 }

// col counts characters, which is how editors count columns.
func col(line string, i int) int { return len([]rune(line[:i])) + 1 }

// Comment finds where the comment of a line begins; -1 where it has none.
func Comment(line string) int {
	start := true
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case start && (c == '"' || c == '\''):
			end := closing(line, i)
			if end < 0 {
				return -1
			}
			i, start = end, false
			continue
		case c == '#' && (i == 0 || line[i-1] == ' '):
			return i
		}
		start = c == ' ' && start || c == '[' || c == '{' || c == ' ' && i > 0 && strings.IndexByte(":-,", line[i-1]) >= 0 || c == ','
	}
	return -1
}

// Plain tells whether text can stand without quotes, in brackets too, and every reader of
// YAML takes it for text.
func Plain(text string) bool {
	if text == "" || strings.ContainsAny(text, ",[]{}\"'\\\n") || strings.HasSuffix(text, ":") || marker(text, "---") || marker(text, "...") {
		return false
	}
	n, err := parse([]byte(text))
	return err == nil && n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == text && n.Anchor == "" && !elsewhere(n)
}
