package replay

import (
	"slices"
	"strings"

	"plumbline/internal/tree/dialect"
)

// reading is a line as a pattern understands it.
type reading struct {
	says  string // in its one spelling
	slots slots
	id    string    // what makes it this line of its block; "" until asked
	other *spelling // what it stands for, where it is another spelling; nil until asked
	count int32     // how many words and values it has
}

// spells tells whether a line has these words and no others, each by itself.
func (r *reading) spells(s said) bool {
	return int(r.count) == len(s.words) && r.says == strings.Join(s.each(), " ")
}

// said is the words of a line that are left to read.
type said struct {
	line  string
	words []dialect.Word
}

func (s said) empty() bool          { return len(s.words) == 0 }
func (s said) from(n int) said      { return said{s.line, s.words[n:]} }
func (s said) to(n int) said        { return said{s.line, s.words[:n]} }
func (s said) each() (out []string) { return plain(s.words) }

// raw is the text as it stands in the line.
func (s said) raw() string {
	last := s.words[len(s.words)-1]
	return s.line[s.words[0].At : last.At+len(last.Text)]
}

func plain(ws []dialect.Word) (out []string) {
	for _, w := range ws {
		out = append(out, w.Text)
	}
	return out
}

// chooser reads lines by the rules of their block. It keeps room for its next attempts.
type chooser struct {
	words  []dialect.Word
	tries  [2]reader // the best attempt so far, and the next one
	parts  reader    // of a part
	spells reader    // of another spelling
	last   behind
	bits   []dialect.Word
	made   []reading // room for results
	texts  []string
	values slots
	space  []byte
	ids    strings.Builder // identities one behind the other
	others []spelling
	rules  []*dialect.Rule
	ups    []*dialect.Rule // of the spelling that is looked at, and the identities of its blocks
	names  []string
}

func (c *chooser) choose(d *dialect.Dialect, rules *dialect.Index, line string) (*dialect.Rule, *reading) {
	rule, best := c.glance(d, rules, line)
	if rule == nil {
		return nil, nil
	}
	return rule, c.keep(rule, best)
}

// glance finds the rule that reads a line, and what it reads, which stands until the next line is
// read.
func (c *chooser) glance(d *dialect.Dialect, rules *dialect.Index, line string) (*dialect.Rule, *reader) {
	c.words = dialect.AppendWords(c.words[:0], line)
	named, other := rules.Of(c.words)
	var rule *dialect.Rule
	best, now := &c.tries[0], &c.tries[1]
	for _, list := range [2][]*dialect.Rule{named, other} {
		for _, r := range list {
			if !r.May(len(c.words), false) {
				continue
			}
			now.start(d, line)
			if now.read(r.Pattern, c.words) && (rule == nil || slices.Compare(now.cost, best.cost) < 0) {
				rule, best, now = r, now, best
			}
		}
	}
	return rule, best
}

// keep makes a result of an attempt.
func (c *chooser) keep(r *dialect.Rule, of *reader) *reading {
	if len(c.made) == cap(c.made) {
		c.made = make([]reading, 0, 128)
	}
	c.made = append(c.made, reading{says: of.text(0), count: int32(len(of.words)), slots: kept(&c.values, of.slots)})
	as := &c.made[len(c.made)-1]
	as.id = c.name(r, as)
	return as
}

// name gives the identity of a line, written behind those of others.
func (c *chooser) name(r *dialect.Rule, as *reading) string {
	if r.Choice == "" && !r.Many && len(r.Keys()) == 0 {
		return r.ID
	}
	c.space = appendIdentity(c.space[:0], r, as.says, as.slots)
	return c.lasting(c.space)
}

// lasting makes a text of bytes, behind others.
func (c *chooser) lasting(b []byte) string {
	if c.ids.Cap()-c.ids.Len() < len(b) {
		c.ids = strings.Builder{}
		c.ids.Grow(max(4096, len(b)))
	}
	at := c.ids.Len()
	c.ids.Write(b)
	return c.ids.String()[at:]
}

// kept copies what was read to a place of its own in a long row.
func kept[S ~[]E, E any](row *S, of S) S {
	if cap(*row)-len(*row) < len(of) {
		*row = make(S, 0, max(512, len(of)))
	}
	at := len(*row)
	*row = append(*row, of...)
	return (*row)[at:len(*row):len(*row)]
}

// part reads a line by a pattern, all of it. What it gives stands until the next part is read.
func (c *chooser) part(d *dialect.Dialect, es []dialect.Elem, line string) *reader {
	c.parts.start(d, line)
	if c.bits = dialect.AppendWords(c.bits[:0], line); !c.parts.read(es, c.bits) {
		return nil
	}
	return &c.parts
}

// reader is one attempt to read words by a pattern. What it has read so far is taken back
// where it comes to nothing.
type reader struct {
	d     *dialect.Dialect
	line  string
	words []string
	slots slots
	cost  []int8    // how narrow each step was: less is narrower
	spare []*reader // for attempts at parts
}

// text is the line as it was read, from a word on: mostly it is written so.
func (r *reader) text(from int) string {
	at, behind := 0, 0
	for i, w := range r.words {
		if i > 0 {
			if at == len(r.line) || r.line[at] != ' ' {
				return strings.Join(r.words[from:], " ")
			}
			at++
		}
		if i == from {
			behind = at
		}
		if !strings.HasPrefix(r.line[at:], w) {
			return strings.Join(r.words[from:], " ")
		}
		at += len(w)
	}
	if at != len(r.line) {
		return strings.Join(r.words[from:], " ")
	}
	return r.line[behind:]
}

// identity writes the identity of a line of a rule behind what is there.
func (r *reader) identity(out []byte, of *dialect.Rule) []byte {
	line := ""
	if of.Many {
		line = r.text(0)
	}
	return appendIdentity(out, of, line, r.slots)
}

// fresh is room for an attempt at a part.
func (r *reader) fresh() *reader {
	n := len(r.spare)
	if n == 0 {
		return &reader{}
	}
	try := r.spare[n-1]
	r.spare = r.spare[:n-1]
	return try
}

func (r *reader) start(d *dialect.Dialect, line string) {
	if r.d != d {
		r.d = d
	}
	r.line, r.words, r.slots, r.cost = line, r.words[:0], r.slots[:0], r.cost[:0]
}

// put notes one step, and back takes back all from one step on.
func (r *reader) put(word string, e *dialect.Elem, value string, cost int8) {
	if word != "" {
		r.words = append(r.words, word)
	}
	r.cost, r.slots = append(r.cost, cost), append(r.slots, bound{&e.Name, value})
}

func (r *reader) mark() [3]int { return [3]int{len(r.words), len(r.slots), len(r.cost)} }

func (r *reader) back(m [3]int) bool {
	r.words, r.slots, r.cost = r.words[:m[0]], r.slots[:m[1]], r.cost[:m[2]]
	return false
}

func (r *reader) read(es []dialect.Elem, words []dialect.Word) bool {
	if len(es) == 0 {
		return len(words) == 0
	}
	m := r.mark()
	for es[0].Kind == dialect.Literal || single(&es[0]) { // what is read in one way
		if len(words) == 0 || !r.one(&es[0], words[:1]) {
			return r.back(m)
		}
		if es, words = es[1:], words[1:]; len(es) == 0 {
			return len(words) == 0 || r.back(m)
		}
	}
	e, rest := &es[0], es[1:]
	switch e.Kind {
	case dialect.Silent:
		return len(words) > 0 && words[0].Text == e.Word && r.read(rest, words[1:]) || r.read(rest, words) || r.back(m)
	case dialect.Rest:
		v := strings.Join(plain(words), " ")
		r.put(v, e, v, 9)
		return true
	case dialect.Slot:
		return r.slot(e, rest, words) || r.back(m)
	}
	return r.groups(es, words) || r.back(m)
}

// single tells whether an element is a value of one word.
func single(e *dialect.Elem) bool { return e.Kind == dialect.Slot && !masked(e) && !e.Many() }

// masked tells whether a value may be an address with its mask behind it.
func masked(e *dialect.Elem) bool {
	return e.Is == dialect.TypePrefix || e.Is == dialect.TypeIPMask || e.Is == dialect.TypeWildcard
}

// one reads an element that is one word.
func (r *reader) one(e *dialect.Elem, word []dialect.Word) bool {
	if e.Kind == dialect.Literal {
		if word[0].Text != e.Word {
			return false
		}
		r.words, r.cost = append(r.words, e.Word), append(r.cost, 0)
		return true
	}
	v, ok := value(r.d, e, word)
	if ok {
		r.put(glued(e, v), e, v, width(e))
	}
	return ok
}

func (r *reader) slot(e *dialect.Elem, rest []dialect.Elem, words []dialect.Word) bool {
	m := r.mark()
	if e.Many() {
		first := words
		if e.Is == dialect.TypeACE && len(words) > 0 && !dialect.Enters(words[0].Text) {
			first = nil
		}
		for n := before(rest, first); n > 0; n-- { // as many words as the rest leaves
			r.put("-", e, "", 8)
			if r.read(rest, words[n:]) {
				v := many(r.d, e.Type, said{r.line, words[:n]})
				r.words[m[0]], r.slots[m[1]].value = v, v
				return true
			}
			r.back(m)
		}
		return false
	}
	for n := min(2, len(words)); n > 0; n-- {
		v, ok := value(r.d, e, words[:n])
		if !ok {
			continue
		}
		r.put(glued(e, v), e, v, width(e))
		if r.read(rest, words[n:]) {
			return true
		}
		r.back(m)
	}
	return false
}

// glued is a value with the text around it.
func glued(e *dialect.Elem, v string) string {
	if e.Pre == "" && e.Post == "" {
		return v
	}
	return e.Pre + v + e.Post
}

// before counts the words up to the first one that an optional group begins with: a list
// cannot hold that word.
func before(rest []dialect.Elem, words []dialect.Word) int {
	for n := 1; n < len(words); n++ {
		for i := range rest {
			if e := &rest[i]; e.Kind == dialect.Group && e.Group[0].Kind == dialect.Literal && words[n].Text == e.Group[0].Word {
				return n
			}
		}
	}
	return len(words)
}

// width orders types by how much they take: a narrow one wins over a wide one.
func width(e *dialect.Elem) int8 {
	switch e.Is {
	case dialect.TypeEnum:
		return 1
	case dialect.TypeIfname:
		if e.Enum != nil { // of some kinds only
			return 2
		}
		return 4
	case dialect.TypeWord, dialect.TypePeer, dialect.TypeNexthop:
		return 4
	}
	return 2
}
