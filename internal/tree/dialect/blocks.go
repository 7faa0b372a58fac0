package dialect

import "strings"

// Block is a line at the first column with the text of all that follows it up to the next
// one: the words at the first column that close it, empty lines and comments among it.
type Block struct {
	Text string
	Head string // the line itself
	End  string // the closing word at the first column that is its last line; "" is none
	Torn bool   // lines follow a closing word, so that they may stand under another line
	Shut bool   // lines follow a word at another column that closes some block, maybe this one
	More bool   // lines stand under it
	Cut  bool   // the text ends before a value is closed
	No   int    // its line in the text
}

// Blocks gives a text whose blocks are indented cut at the lines of its first column, without
// a closer look at the others. It is false, and gives nothing, where the text is of another
// syntax, or begins with a line that is indented.
func Blocks(d *Dialect, text string, f func(*Block)) bool {
	if d.Syntax == "brace" || d.Syntax == "path" {
		return false
	}
	var last Block
	from, no, inner := -1, 0, false
	for at := 0; at < len(text); {
		no++
		next, first := len(text), at
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			next = at + n + 1
		}
		for first < next && blank(text[first]) {
			first++
		}
		if first == next {
			at = next
			continue
		}
		here := at
		at = next
		body, of := "", no
		var cut bool
		if c := text[first]; d.special[c] || d.shuts[c] || first == here {
			var lines int
			if body, cut, lines, at = d.whole(text, here, first, next); body == "" { // it says nothing
				continue
			}
			no += lines
		}
		closing := body != "" && d.shuts[body[0]] && (d.Closes(body) || strings.HasPrefix(body, "exit"))
		if first == here && !closing {
			if from >= 0 {
				last.Text = text[from:here]
				f(&last)
			}
			last, from, inner = Block{Head: body, No: of, Cut: cut}, here, false
			continue
		}
		if from < 0 {
			return false
		}
		last.Torn, last.Cut = last.Torn || last.End != "", last.Cut || cut
		switch {
		case first == here:
			last.End = body
		case closing:
			inner, last.More = true, true
		default:
			last.Shut, last.More = last.Shut || inner, true
		}
	}
	if from >= 0 {
		last.Text = text[from:]
		f(&last)
	}
	return true
}

// whole gives the line from here to next, whose first sign is at first, with all lines of its
// value, how many more these are, and where the next one begins; "" where it says nothing.
func (d *Dialect) whole(text string, here, first, next int) (line string, cut bool, lines, behind int) {
	end := next
	for end > first && blank(text[end-1]) {
		end--
	}
	body := text[first:end]
	if !d.special[body[0]] {
		return body, false, 0, next
	}
	if d.skip(body) {
		return "", false, 0, next
	}
	if r := d.blobOf(body); r != nil {
		_, depth := margin(text[here:end])
		whole, cut, lines, rest := blob(r, text[first:], body, depth)
		return whole, cut, lines, len(text) - len(rest)
	}
	return body, false, 0, next
}

// Closed tells, without reading a text, that no value in it can lack its end.
func (d *Dialect) Closed(text string) bool {
	for _, r := range d.blobs {
		if r.literal(0) == "" || strings.Contains(text, r.literal(0)) {
			return false
		}
	}
	return true
}

// margin counts what stands before a line: its bytes, and the columns that they fill.
func margin(raw string) (at, depth int) {
	for at < len(raw) && blank(raw[at]) {
		if depth++; raw[at] == '\t' {
			depth += 7 - (depth-1)%8
		}
		at++
	}
	return at, depth
}
