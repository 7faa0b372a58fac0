package dialect

import (
	"slices"
	"strings"
)

// Line is one line of a configuration: where it is, how deep it stands, and what it says.
type Line struct {
	No    int
	Depth int    // indent: column of its first character; a tab counts to the next multiple of eight
	Text  string // without what stands before and behind it; inner blanks as they are
	Cut   bool   // its value is never closed: the text ends too early
}

// Inactive is the line under a line that is there and switched off (Junos).
const Inactive = "inactive:"

// MaxDepth bounds the blocks around a line; what is deeper is an attack.
const MaxDepth = 64

// Lex splits text into its lines. Empty lines, comments, volatile heads and the end mark
// are left out. Which line stands under which is for the reader to say.
func Lex(d *Dialect, text []byte) (out []Line) {
	Each(d, string(text), func(l Line) { out = append(out, l) })
	return out
}

// Each gives the lines of a text one by one.
func Each(d *Dialect, text string, f func(Line)) {
	switch d.Syntax {
	case "brace":
		(&braces{d: d, src: text, f: f, no: 1}).run()
	case "path":
		paths(d, text, f)
	default:
		indented(d, text, f)
	}
}

// blank tells whether a byte only separates words.
func blank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// indented gives the lines of text whose blocks are indented.
func indented(d *Dialect, text string, f func(Line)) {
	no := 0
	for len(text) > 0 {
		no++
		raw, rest := CutLine(text)
		at, depth := margin(raw)
		end := len(raw)
		for end > at && blank(raw[end-1]) {
			end--
		}
		body := raw[at:end]
		if body == "" || d.special[body[0]] && d.skip(body) {
			text = rest
			continue
		}
		l := Line{No: no, Depth: depth, Text: body}
		if d.special[body[0]] {
			if r := d.blobOf(body); r != nil {
				var lines int
				l.Text, l.Cut, lines, rest = blob(r, text[at:], body, depth)
				no += lines
			}
		}
		f(l)
		text = rest
	}
}

// CutLine gives the first line of a text, and what follows it.
func CutLine(text string) (line, rest string) {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return text[:i], text[i+1:]
	}
	return text, ""
}

// skip tells whether a line says nothing: a comment, a volatile head, the end mark.
func (d *Dialect) skip(body string) bool {
	body = Fold(body)
	return body == d.End || d.comment(body) || d.volatile(body)
}

// Trim gives a line without what stands before and behind it, and how many bytes stand before it.
func Trim(raw string) (line string, at int) {
	end := len(raw)
	for at < end && blank(raw[at]) {
		at++
	}
	for end > at && blank(raw[end-1]) {
		end--
	}
	return raw[at:end], at
}

// Says tells whether a line that is not empty says something.
func (d *Dialect) Says(line string) bool { return !d.special[line[0]] || !d.skip(line) }

func (d *Dialect) comment(body string) bool {
	for _, c := range d.Comment {
		if strings.HasPrefix(body, c) && !d.exits[body] {
			return true
		}
	}
	return false
}

func (d *Dialect) volatile(body string) bool {
	for _, head := range d.Volatile {
		if !strings.HasPrefix(body, head) {
			continue
		}
		if len(body) == len(head) || body[len(head)] == ' ' || strings.HasSuffix(head, ":") {
			return true
		}
	}
	return false
}

// learn collects what the lexer has to know of the rules.
func (d *Dialect) learn(rules []*Rule) {
	if d.exits == nil {
		d.exits, d.gates, d.texts, d.says = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
		d.shuts['e'] = true // exit
	}
	for _, r := range rules {
		d.seek(&r.Attrs)
		for _, w := range r.Exits {
			d.exits[w] = true
			d.shuts[w[0]] = true
		}
		if r.Up == nil && r.rewrites() {
			d.texts[r.literal(0)] = true
		}
		if r.Gate != "" {
			d.gates[r.Gate] = true
		}
		if r.Blob != "" {
			d.blobs = append(d.blobs, r)
		}
		if len(r.Within) == 1 && r.Within[0].beside() && r.Up != nil {
			if d.Parts == nil {
				d.Parts = map[*Rule]string{}
			}
			d.Parts[r.Up] = r.Within[0].Levels[0][0].Text
		}
		if len(r.Keeps) > 0 {
			d.Turns = append(d.Turns, r)
		}
		if len(r.Turns) > 0 {
			d.Switches = append(d.Switches, r)
		}
		d.hear(r.Pattern)
		d.learn(r.Kids)
	}
}

// hear notes the words of a pattern.
func (d *Dialect) hear(es []Elem) {
	for _, e := range es {
		if e.Kind == Literal {
			d.says[e.Word] = true
		}
		d.hear(e.Group)
	}
}

// look notes the first bytes of lines that need a closer look.
func (d *Dialect) look() {
	for short := range d.Alias {
		if short != "" {
			d.short[short[0]] |= lengths(short)
		}
	}
	heads := append([]string{d.End}, d.Volatile...)
	heads = append(heads, d.Comment...)
	for _, r := range d.blobs {
		heads = append(heads, r.Text)
	}
	for _, h := range heads {
		if h != "" {
			d.special[h[0]] = true
		}
	}
}

// Join takes over what drivers need to know too: volatile heads and the end mark.
func (d *Dialect) Join(volatile []string, end string) {
	d.Volatile, d.End = volatile, end
	d.look()
}

// Closes tells whether some block of the dialect ends with this line.
func (d *Dialect) Closes(line string) bool {
	return line != "" && d.shuts[line[0]] && d.exits[line]
}

// Whole gives the line at the head of a text with all lines of its value; "" where its
// value has no lines of its own.
func (d *Dialect) Whole(text string) string {
	line, _ := CutLine(text)
	body, at := Trim(line)
	if body == "" || !d.special[body[0]] {
		return ""
	}
	r := d.blobOf(body)
	if r == nil {
		return ""
	}
	whole, _, _, _ := blob(r, text[at:], body, at)
	return text[:at] + whole
}

// blobOf finds the rule of a line whose value has lines of its own.
func (d *Dialect) blobOf(body string) *Rule {
	for _, r := range d.blobs {
		if blobHead(r, body) >= 0 {
			return r
		}
	}
	return nil
}

// blobHead gives the length of what stands before the value; -1 if the line is not of the rule.
func blobHead(r *Rule, body string) int {
	at := 0
	for _, e := range r.Pattern {
		if e.Kind == Slot && e.Type == "blob" || e.Kind == Rest {
			return at
		}
		end := at
		for end < len(body) && !blank(body[end]) {
			end++
		}
		word := body[at:end]
		if e.Kind == Literal && word != e.Word || len(e.Enum) > 0 && !slices.Contains(e.Enum, word) || word == "" {
			return -1
		}
		for end < len(body) && blank(body[end]) {
			end++
		}
		at = end
	}
	return at
}

// blob gives a line with all lines of its value, and what follows. text begins at the line.
func blob(r *Rule, text, body string, depth int) (whole string, cut bool, lines int, rest string) {
	var end int
	word, named := strings.CutPrefix(r.Blob, "until:")
	if named {
		end = until(text, word)
	} else if r.Blob == "depth" {
		end = deeper(text, depth)
	} else {
		end = delimited(text, blobHead(r, body))
	}
	if end < 0 {
		end, cut = len(text), true
	}
	whole = strings.TrimRight(text[:end], "\r\n")
	_, rest = CutLine(text[end:])
	return whole, cut, strings.Count(whole, "\n"), rest
}

// delimited finds the end of a value that ends with the character it begins with. Control-C
// is shown as two characters.
func delimited(text string, head int) int {
	line, _ := CutLine(text)
	if head >= len(strings.TrimRight(line, "\r ")) {
		return -1
	}
	size := 1
	if strings.HasPrefix(text[head:], "^C") {
		size = 2
	}
	mark := text[head : head+size]
	if at := strings.Index(text[head+size:], mark); at >= 0 {
		return head + size + at + size
	}
	return -1
}

// until finds the end of the line that holds nothing but a word.
func until(text, word string) int {
	at := 0
	for at < len(text) {
		line, _ := CutLine(text[at:])
		if at > 0 && strings.TrimSpace(line) == word {
			return at + len(line)
		}
		at += len(line) + 1
	}
	return -1
}

// deeper finds the end of the lines that stand deeper than the first.
func deeper(text string, depth int) int {
	first, _ := CutLine(text)
	at := len(first)
	for at < len(text) {
		line, _ := CutLine(text[at+1:])
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		if strings.TrimSpace(line) == "" || indent <= depth {
			break
		}
		at += 1 + len(line)
	}
	return at
}

// Word is a word of a line, and where it begins.
type Word struct {
	Text string
	At   int
}

// Words splits a line at blanks; what stands between quotes is one word.
func Words(line string) (out []string) {
	for _, w := range AppendWords(nil, line) {
		out = append(out, w.Text)
	}
	return out
}

// AppendWords is Words with places, into a slice that is there already.
func AppendWords(out []Word, line string) []Word {
	for at := 0; at < len(line); {
		if blank(line[at]) {
			at++
			continue
		}
		end := at
		if line[at] == '"' {
			if shut := strings.IndexByte(line[at+1:], '"'); shut >= 0 {
				end = at + 1 + shut + 1
			}
		}
		for end < len(line) && (line[end] > ' ' || !blank(line[end])) {
			end++
		}
		out = append(out, Word{line[at:end], at})
		at = end
	}
	return out
}

// Fold gives a line with one blank between its words.
func Fold(line string) string {
	for i := range len(line) {
		if c := line[i]; c >= '\t' && c <= '\r' || c == ' ' && i > 0 && line[i-1] == ' ' {
			return strings.Join(Words(line), " ")
		}
	}
	return line
}
