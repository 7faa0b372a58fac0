package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// Take is what a new value of a field is taken from, so that nobody has it twice: the lowest
// free number of those of one word, or the lowest free block of some pools of the design.
type Take struct {
	Word      string // fields of one word share their numbers; "" for blocks
	Low, High int64  // of the number, where it is narrower than the field
	Blocks    []Block
}

// Block is a pool of the design, and the length of what is taken from it.
type Block struct {
	Pool string
	Bits int
}

// Any tells whether a field takes at all.
func (t Take) Any() bool { return t.Word != "" || t.Blocks != nil }

// take reads the tag: "vni", "asn 64512..65534" or "link4/31 link6/127". It panics on
// another: the table would have a hole.
func take(tag string) (t Take) {
	for _, w := range strings.Fields(tag) {
		pool, bits, block := strings.Cut(w, "/")
		low, high, bounds := strings.Cut(w, "..")
		var err1, err2 error
		switch {
		case block:
			b := Block{Pool: pool}
			b.Bits, err1 = strconv.Atoi(bits)
			t.Blocks = append(t.Blocks, b)
		case bounds:
			t.Low, err1 = strconv.ParseInt(low, 10, 64)
			t.High, err2 = strconv.ParseInt(high, 10, 64)
		default:
			t.Word = w
		}
		if err1 != nil || err2 != nil {
			panic(fmt.Sprintf("schema: the tag take:%q is neither a word, bounds nor a pool", tag))
		}
	}
	return t
}
