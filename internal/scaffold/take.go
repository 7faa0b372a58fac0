package scaffold

import (
	"net/netip"
	"strings"

	"plumbline/internal/schema"
)

// subnet is a block that the addresses of one object share: both ends of a link are in it.
type subnet struct {
	block netip.Prefix
	next  netip.Addr
}

// take gives a value what is free for its field: a number, a block, an address of its own,
// or an address in the block of its object.
func (b *build) take(f *schema.Field, t *schema.Type, v *value) error {
	if f.Take.Word != "" {
		text, err := b.number(f)
		v.text, v.bare = text, true
		return err
	}
	for _, want := range f.Take.Blocks {
		text, err := b.address(want, t.Scalar().Shape.Word)
		switch {
		case err != nil:
			return err
		case text == "":
		case t.Elem != nil:
			v.items = append(v.items, &value{text: text})
		default:
			v.text = text
			return nil
		}
	}
	return nil
}

// address takes an address or a block; "" where the design has no such pool.
func (b *build) address(want schema.Block, word string) (string, error) {
	s := b.blocks[want]
	if shared := strings.HasPrefix(word, "address with"); s == nil || !shared || !s.block.Contains(s.next) {
		block, err := b.block(want)
		if err != nil || !block.IsValid() {
			return "", err
		}
		s = &subnet{block, block.Addr()}
		if shared {
			b.blocks[want] = s
		}
	}
	switch word {
	case "prefix":
		return s.block.String(), nil
	case "address":
		return s.block.Addr().String(), nil
	}
	at := s.next
	s.next = at.Next()
	return netip.PrefixFrom(at, want.Bits).String(), nil
}
