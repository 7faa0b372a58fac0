package form

import "strings"

// encoded finds secrets that are written in another alphabet.
func (x *Index) encoded(t string) (out []span) {
	letters, digits := 0, 0 // how many of the last characters are of base64, of hexadecimal
	var bits, nibbles uint32
	fives := [...]fives{{of: quintet}, {of: quintetHex}}
	for i := range len(t) {
		c := t[i]
		for f := range fives {
			out = fives[f].next(x, out, t, i)
		}
		if v := sextet(c); v >= 0 {
			letters, bits = letters+1, bits<<6|uint32(v)
		} else {
			letters = 0
		}
		if v := nibble(c); v >= 0 {
			digits, nibbles = digits+1, nibbles<<4|uint32(v)
		} else {
			digits = 0
		}
		if letters >= 4 {
			for off := range 3 { // bits of the first character that are of something before
				if first := bits >> (8 - 2*off); x.pair(byte(first>>8), byte(first)) {
					out = x.base64(out, t, i-3, 2*off)
				}
			}
		}
		if digits >= 4 && x.pair(byte(nibbles>>8), byte(nibbles)) {
			out = x.hex(out, t, i-3, 2)
		}
		switch {
		case c == ':' || c == '-' || c == ' ' || c == '.':
			out = x.apart(out, t, i)
		case c == '$':
			out = x.nine(out, t, i)
		case c >= '0' && c <= '9':
			out = x.seven(out, t, i)
		}
	}
	return out
}

// sextet is what a character of base64 counts, of either alphabet; -1 for others.
func sextet(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return -1
}

// base64 looks at what begins so many bits behind the start of a character.
func (x *Index) base64(out []span, t string, start, off int) []span {
	n := x.found(func(n int) (byte, bool) {
		bit := 6*start + off + 8*n
		if bit < 0 {
			return 0, false
		}
		i := bit / 6
		if i+1 >= len(t) {
			return 0, false
		}
		first, second := sextet(t[i]), sextet(t[i+1])
		return byte((first<<6 | second) >> (4 - bit%6)), first >= 0 && second >= 0
	})
	if n == 0 {
		return out
	}
	return append(out, span{start, (6*start+off+8*n-1)/6 + 1})
}

// fives reads base32: five bits a character.
type fives struct {
	of   func(byte) int
	n    int // how many of the last characters are of it
	bits uint32
}

// quintet and quintetHex are what a character of the two alphabets counts; -1 for others.
func quintet(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c - 'a')
	case c >= '2' && c <= '7':
		return int(c-'2') + 26
	}
	return -1
}

func quintetHex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'V':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'v':
		return int(c-'a') + 10
	}
	return -1
}

// next takes the i-th character: whatever begins within the first of the last four is looked at.
func (f *fives) next(x *Index, out []span, t string, i int) []span {
	v := f.of(t[i])
	if v < 0 {
		f.n = 0
		return out
	}
	f.n, f.bits = f.n+1, f.bits<<5|uint32(v)
	for off := 0; f.n >= 4 && off < 5; off++ {
		if first := f.bits >> (4 - off); x.pair(byte(first>>8), byte(first)) {
			out = x.base32(out, t, f.of, 5*(i-3)+off)
		}
	}
	return out
}

// base32 looks at what begins at a bit of the text.
func (x *Index) base32(out []span, t string, of func(byte) int, begin int) []span {
	n := x.found(func(n int) (byte, bool) {
		bit := begin + 8*n
		i := bit / 5
		if bit < 0 {
			return 0, false
		}
		var bits uint32
		for k := range 3 { // eight bits stand in two characters, or in three
			v := 0
			if 5*k < 8+bit%5 {
				if i+k >= len(t) {
					return 0, false
				}
				if v = of(t[i+k]); v < 0 {
					return 0, false
				}
			}
			bits = bits<<5 | uint32(v)
		}
		return byte(bits >> (7 - bit%5)), true
	})
	if n == 0 {
		return out
	}
	return append(out, span{begin / 5, (begin+8*n-1)/5 + 1})
}

func nibble(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// octet reads two digits.
func octet(t string, i int) (byte, bool) {
	if i < 0 || i+1 >= len(t) {
		return 0, false
	}
	high, low := nibble(t[i]), nibble(t[i+1])
	return byte(high<<4 | low), high >= 0 && low >= 0
}

// hex looks at pairs of digits, step characters from one to the next.
func (x *Index) hex(out []span, t string, start, step int) []span {
	n := x.found(func(n int) (byte, bool) {
		if step == 3 && n > 0 && (start+3*n > len(t) || t[start+3*n-1] != t[start+2]) {
			return 0, false
		}
		return octet(t, start+step*n)
	})
	if n == 0 {
		return out
	}
	return append(out, span{start, start + step*n - (step - 2)})
}

// apart looks at pairs of digits with a sign between them, of which i is the first.
func (x *Index) apart(out []span, t string, i int) []span {
	first, is := octet(t, i-2)
	second, too := octet(t, i+1)
	if is && too && x.pair(first, second) {
		return x.hex(out, t, i-2, 3)
	}
	return out
}

// seven looks at Cisco's type 7.
func (x *Index) seven(out []span, t string, start int) []span {
	if start+6 > len(t) || t[start+1] < '0' || t[start+1] > '9' {
		return out
	}
	salt := int(t[start]-'0')*10 + int(t[start+1]-'0')
	if salt >= len(seven) {
		return out
	}
	at := func(n int) (byte, bool) {
		if n < 0 { // there is nothing in this form before it; a digit is of another one
			return 'x', start > 0 && nibble(t[start-1]) >= 0
		}
		b, is := octet(t, start+2+2*n)
		return b ^ seven[(salt+n)%len(seven)], is
	}
	first, is := at(0)
	second, too := at(1)
	if !is || !too || !x.pair(first, second) {
		return out
	}
	if n := x.found(at); n > 0 {
		return append(out, span{start, start + 2 + 2*n})
	}
	return out
}

// nine looks at Junos' $9$.
func (x *Index) nine(out []span, t string, start int) []span {
	if !strings.HasPrefix(t[start:], "$9$") {
		return out
	}
	end := start + 3
	for end < len(t) && strings.IndexByte(strings.Join(families[:], ""), t[end]) >= 0 {
		end++
	}
	for ; end > start+3; end-- {
		if clear, is := Nine(t[start:end]); is && x.known[clear] {
			return append(out, span{start, end})
		}
		if c := t[end-1]; c != '.' && c != '-' && c != '/' { // the end of a sentence, or of a form
			break
		}
	}
	return out
}
