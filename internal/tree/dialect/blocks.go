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
	c := Cut(d, text)
	for c.Next() {
		f(&c.Block)
	}
	return !c.odd
}

// Cutter gives the blocks of a text one by one.
type Cutter struct {
	Block // the last one
	d     *Dialect
	text  string
	at    int   // where the next line begins
	no    int   // lines in front of it
	now   Block // the one whose lines come
	from  int   // where it begins; -1 is none
	odd   bool
}

// Cut begins to cut a text.
func Cut(d *Dialect, text string) *Cutter {
	c := &Cutter{d: d, text: text, from: -1, odd: d.Syntax == "brace" || d.Syntax == "path"}
	if !c.odd {
		c.scan()
	}
	return c
}

// Odd tells whether a text cannot be cut: it is of another syntax, or its first line is indented.
func (c *Cutter) Odd() bool { return c.odd }

// Rest is what was not given yet.
func (c *Cutter) Rest() string {
	if c.from < 0 {
		return ""
	}
	return c.text[c.from:]
}

// Skip leaves out so many bytes of the rest, which are whole blocks, and tells how many lines
// stand in front of them. No value in them has lines of its own.
func (c *Cutter) Skip(n int) (lines int) {
	lines = c.now.No - 1
	c.at, c.no = c.from+n, lines+strings.Count(c.text[c.from:c.from+n], "\n")
	c.from = -1
	c.scan()
	return lines
}

// Starts tells whether the next block behind so many bytes of the rest, which are whole blocks, is written
// as one of another text, which closes all of its values.
func (c *Cutter) Starts(at int, block string) bool {
	rest, n := c.Rest(), len(block)
	if n == 0 || at > len(rest) || !strings.HasPrefix(rest[at:], block) {
		return false
	}
	if at += n; at < len(rest) { // the next line has to begin a block
		if next := rest[at]; block[n-1] != '\n' || blank(next) || c.d.special[next] || c.d.shuts[next] {
			return false
		}
	}
	return true
}

// Shared tells how many bytes at the beginning of both rests are blocks that they have alike. It
// is not for texts with values that have lines of their own.
func (c *Cutter) Shared(o *Cutter) int {
	a, b := c.Rest(), o.Rest()
	n := Alike(a, b)
	if n == len(a) && n == len(b) {
		return n
	}
	for end := strings.LastIndexByte(a[:n], '\n'); end > 0; { // the last line that is whole in both
		begin := strings.LastIndexByte(a[:end], '\n')
		if first := a[begin+1]; !blank(first) && !c.d.special[first] && !c.d.shuts[first] {
			return begin + 1
		}
		end = begin
	}
	return 0
}

// Alike tells how many bytes at their beginnings two texts have in common.
func Alike(a, b string) (n int) {
	for most := min(len(a), len(b)); n < most; n++ {
		for n+128 <= most && a[n:n+128] == b[n:n+128] {
			n += 128
		}
		for n+8 <= most && eight(a[n:]) == eight(b[n:]) {
			n += 8
		}
		if n == most || a[n] != b[n] {
			break
		}
	}
	return n
}

// AlikeBehind tells how many bytes at their ends two texts have in common.
func AlikeBehind(a, b string) (n int) {
	a, b = a[max(0, len(a)-len(b)):], b[max(0, len(b)-len(a)):]
	for n+8 <= len(a) && eight(a[len(a)-n-8:]) == eight(b[len(b)-n-8:]) {
		n += 8
	}
	for n < len(a) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// Around tells how many bytes two texts have in common at their beginnings, and at their ends behind that,
// both by whole lines.
func Around(a, b string) (front, behind int) {
	front = strings.LastIndexByte(a[:Alike(a, b)], '\n') + 1
	a, b = a[front:], b[front:]
	behind = AlikeBehind(a, b)
	begins := func(s string) bool { return behind == len(s) || s[len(s)-1-behind] == '\n' }
	if begins(a) && begins(b) {
		return front, behind
	}
	_, rest := CutLine(a[len(a)-behind:])
	return front, len(rest)
}

// eight is the first eight bytes of a text as a number.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Next gives the next block.
func (c *Cutter) Next() bool {
	if c.from < 0 {
		return false
	}
	if !c.scan() {
		c.Block, c.from = c.now, -1
	}
	return true
}

// scan reads the lines up to the head of the next block; it is false where there is none.
func (c *Cutter) scan() bool {
	d, text, inner := c.d, c.text, false
	for {
		if c.from >= 0 && c.pass() {
			c.now.stands("", false, false, inner, false)
		}
		if c.at >= len(text) {
			break
		}
		c.no++
		next, first := len(text), c.at
		if n := strings.IndexByte(text[c.at:], '\n'); n >= 0 {
			next = c.at + n + 1
		}
		for first < next && blank(text[first]) {
			first++
		}
		if first == next {
			c.at = next
			continue
		}
		here := c.at
		c.at = next
		body, of := "", c.no
		var cut bool
		if ch := text[first]; d.special[ch] || d.shuts[ch] || first == here {
			var lines int
			if body, cut, lines, c.at = d.whole(text, here, first, next); body == "" { // it says nothing
				continue
			}
			c.no += lines
		}
		closing := body != "" && d.shuts[body[0]] && (d.Closes(body) || strings.HasPrefix(body, "exit"))
		if first == here && !closing {
			if c.from >= 0 {
				c.Block = c.now
				c.Text = text[c.from:here]
			}
			c.now, c.from = Block{Head: body, No: of, Cut: cut}, here
			return true
		}
		if c.from < 0 {
			c.odd, c.at = true, len(text)
			return false
		}
		c.now.stands(body, first == here, closing, inner, cut)
		inner = inner || first != here && closing
	}
	if c.from >= 0 {
		c.now.Text = text[c.from:]
	}
	return false
}

// pass passes lines that say nothing here but that they stand under the head, and tells whether there were some.
func (c *Cutter) pass() bool {
	d, text, at, from := c.d, c.text, c.at, c.no
	for at < len(text) && text[at] == ' ' {
		first := at + 1
		for first < len(text) && text[first] == ' ' {
			first++
		}
		if first == len(text) || blank(text[first]) || d.special[text[first]] || d.shuts[text[first]] {
			break
		}
		c.no++
		n := strings.IndexByte(text[first:], '\n')
		if n < 0 {
			at = len(text)
			break
		}
		at = first + n + 1
	}
	c.at = at
	return c.no > from
}

// stands notes a line behind the head of a block.
func (b *Block) stands(body string, outer, closing, inner, cut bool) {
	b.Torn, b.Cut = b.Torn || b.End != "", b.Cut || cut
	switch {
	case outer:
		b.End = body
	case closing:
		b.More = true
	default:
		b.Shut, b.More = b.Shut || inner, true
	}
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
