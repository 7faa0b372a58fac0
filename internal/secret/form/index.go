package form

import (
	"cmp"
	"slices"
	"strings"
)

// The bounds of what is looked for. What is shorter than whole is found as a whole word alone, and
// what is shorter than least not at all: too much of what is no secret has its letters.
const (
	least = 4
	whole = 6
	most  = 1024 // bytes; a secret that is longer is no word of a configuration
)

// Index finds secrets where others wrote them in a form of theirs: in base64 and base32 (alone or within
// something longer), in hexadecimal, cut in two by the end of a line, with the escapes of URLs, JSON, YAML or HTML, in Cisco's type 7
// and in Junos' $9$. It reads a text a fixed number of times, however many secrets there are.
type Index struct {
	begins  [1 << 10]uint64 // which two bytes a secret begins with
	lengths map[[least]byte][]int
	known   map[string]bool
}

// NewIndex makes an index of secrets. One that is itself in a form that can be turned back is found
// by what it says, too.
func NewIndex(secrets []string) *Index {
	x := &Index{lengths: map[[least]byte][]int{}, known: map[string]bool{}}
	for _, s := range secrets {
		for _, s := range append(Clear(s), s) {
			x.add(s)
		}
	}
	return x
}

// Clear gives what a secret says that is in a form which can be turned back.
func Clear(secret string) []string {
	clear, is := Nine(secret)
	if !is {
		clear, is = Seven(secret)
	}
	if is && len(clear) >= least && !strings.ContainsFunc(clear, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return []string{clear}
	}
	return nil
}

func (x *Index) add(s string) {
	if len(s) < least || len(s) > most || x.known[s] || strings.ContainsAny(s, "\r\n") {
		return
	}
	x.known[s] = true
	pair := int(s[0])<<8 | int(s[1])
	x.begins[pair>>6] |= 1 << (pair & 63)
	head := [least]byte([]byte(s[:least]))
	if !slices.Contains(x.lengths[head], len(s)) {
		x.lengths[head] = append(x.lengths[head], len(s))
		slices.Sort(x.lengths[head])
		slices.Reverse(x.lengths[head]) // the longest is found first
	}
}

// pair tells whether a secret may begin with two bytes.
func (x *Index) pair(first, second byte) bool {
	pair := int(first)<<8 | int(second)
	return x.begins[pair>>6]&(1<<(pair&63)) != 0
}

// decoder gives the n-th byte of what is written from some place on, from -1 for the one before it;
// false where it ends.
type decoder func(n int) (byte, bool)

// found gives the length of the longest secret that is written from a place on, 0 for none.
func (x *Index) found(at decoder) int {
	var head [least]byte
	for i := range head {
		b, is := at(i)
		if !is {
			return 0
		}
		head[i] = b
	}
	lengths := x.lengths[head]
	if lengths == nil {
		return 0
	}
	got := head[:]
	for len(got) < lengths[0] {
		b, is := at(len(got))
		if !is {
			break
		}
		got = append(got, b)
	}
	for _, n := range lengths {
		if n <= len(got) && x.known[string(got[:n])] && (n >= whole || word(at, n)) {
			return n
		}
	}
	return 0
}

// word tells whether what is written stands for itself.
func word(at decoder, n int) bool {
	before, is := at(-1)
	if is && !parts(before) {
		return false
	}
	behind, is := at(n)
	return !is || parts(behind)
}

// parts tells whether a byte is of no word.
func parts(b byte) bool { return b < '0' || b > '9' && b < 'A' || b > 'Z' && b < 'a' || b > 'z' }

// span is what is to be hidden of a text.
type span struct{ from, to int }

// Hide writes a text without what the index finds. Secrets that stand in it as they are stay: whole
// words of them are for others to find.
func (x *Index) Hide(text, instead string) string {
	if len(x.known) == 0 || text == "" {
		return text
	}
	var all []span
	at := &level{text: text}
	for range levels {
		for _, s := range append(x.encoded(at.text), x.escaped(at)...) {
			all = append(all, span{at.source(s.from).from, at.source(s.to - 1).to})
		}
		if one, cut := at.joined(); cut {
			for _, s := range x.across(one) {
				all = append(all, span{one.source(s.from).from, one.source(s.to - 1).to})
			}
		}
		next, more := at.unescape()
		if !more {
			break
		}
		at = next
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var b strings.Builder
	done := 0
	for _, s := range all {
		if s.from >= done {
			b.WriteString(text[done:s.from] + instead)
		}
		done = max(done, s.to)
	}
	b.WriteString(text[done:])
	return b.String()
}
