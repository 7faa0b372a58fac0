package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// alike is how many other places of one finding are shown before they are only counted.
const alike = 3

// mostNotes is how much of what helps besides is shown of one finding.
const mostNotes = 24

// Write tells every finding of a list by place, with the line it is about. source gives
// the text of a file, nil where it cannot; findings that say the same at several places
// are told once, with the places.
func Write(w io.Writer, list List, source func(file string) []byte) {
	type saying struct{ rule, text, notes string }
	same := map[saying]List{}
	sorted := list.Sorted()
	for _, d := range sorted {
		k := saying{d.Rule, d.Text, strings.Join(d.Notes, "\n")}
		same[k] = append(same[k], d)
	}
	for _, d := range sorted {
		k := saying{d.Rule, d.Text, strings.Join(d.Notes, "\n")}
		if group := same[k]; len(group) > 0 {
			io.WriteString(w, Snippet(d, source))
			others(w, group[1:])
			delete(same, k)
		}
	}
}

func others(w io.Writer, rest List) {
	for i, d := range rest {
		if i == alike {
			fmt.Fprintf(w, "   = the same at %d more places\n", len(rest)-alike)
			return
		}
		fmt.Fprintf(w, "  ::: %s  the same here\n", visible(d.At.String()))
	}
}

// Snippet tells one finding: what, where, the line with carets under the token, the other
// ends of a conflict, and what to do next.
func Snippet(d Diag, source func(file string) []byte) string {
	var b strings.Builder
	word, _ := d.Severity.MarshalText()
	fmt.Fprintf(&b, "%s[%s]: %s\n", word, d.Rule, visible(d.Text))
	fmt.Fprintf(&b, "  --> %s\n", visible(d.At.String()))
	if !excerpt(&b, d, d.At, '^', hint(d), source) && hint(d) != "" {
		fmt.Fprintf(&b, "   = %s\n", hint(d))
	}
	for _, p := range d.Also {
		fmt.Fprintf(&b, "  ::: %s\n", visible(p.String()))
		excerpt(&b, d, p, '-', "and here", source)
	}
	for i, n := range d.Notes {
		if i == mostNotes {
			fmt.Fprintf(&b, "   = %d more: all are in -o json\n", len(d.Notes)-mostNotes)
			break
		}
		fmt.Fprintf(&b, "   = %s\n", visible(n))
	}
	fmt.Fprintf(&b, "   = more: plumbline explain %s\n", d.Rule)
	return b.String()
}

// hint words what to write instead: one token is a guess, a sentence stands for itself.
func hint(d Diag) string {
	switch {
	case d.Hint == "":
		return ""
	case strings.Contains(d.Hint, " "):
		return visible(d.Hint)
	}
	return "did you mean `" + visible(d.Hint) + "`?"
}

// excerpt shows a line and marks the token at p; false where the line cannot be had.
func excerpt(b *strings.Builder, d Diag, p Pos, mark rune, say string, source func(string) []byte) bool {
	if source == nil || p.Line < 1 {
		return false
	}
	lines := strings.Split(string(source(p.File)), "\n")
	if p.Line > len(lines) || lines[p.Line-1] == "" {
		return false
	}
	line := []rune(strings.TrimSuffix(lines[p.Line-1], "\r"))
	at := min(max(p.Col-1, 0), len(line))
	n := token(line[at:])
	if strings.HasPrefix(d.Rule, "secret/") {
		line, n = append(line[:at:at], []rune("(hidden)")...), len("(hidden)")
	}
	shown, before := visible(string(line)), len([]rune(visible(string(line[:at]))))
	if len(line) > 160 {
		from := max(0, at-60)
		shown = "..." + visible(string(line[from:min(len(line), at+80)]))
		before = 3 + len([]rune(visible(string(line[from:at]))))
	}
	no := fmt.Sprintf("%2d", p.Line)
	fmt.Fprintf(b, "%s | %s\n", no, shown)
	marks := strings.Repeat(" ", before) + strings.Repeat(string(mark), n)
	fmt.Fprintf(b, "%s | %s\n", strings.Repeat(" ", len(no)), strings.TrimRight(marks+" "+say, " "))
	return true
}

// token counts the characters of the word that a line begins with.
func token(line []rune) int {
	if len(line) == 0 {
		return 1
	}
	if q := line[0]; q == '"' || q == '\'' {
		for i := 1; i < len(line); i++ {
			if line[i] == q {
				return i + 1
			}
		}
	}
	for i, r := range line {
		if strings.ContainsRune(" ,]}[{", r) || r == ':' && (i+1 == len(line) || line[i+1] == ' ') {
			return max(i, 1)
		}
	}
	return min(len(line), 60)
}

// visible makes hostile text safe for a terminal: what steers it is shown as a mark of
// the same width.
func visible(s string) string {
	s = strings.ReplaceAll(s, "##[", "#\uFFFD[") // a command to a runner, wherever it stands
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x2028, r == 0x2029, r == 0xFEFF:
			return '\uFFFD'
		}
		return r
	}, s)
}
