package scaffold

import (
	"net/netip"
	"slices"
	"strconv"

	"plumbline/internal/diag"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// Renumber gives the fixes by which a file has no number, address or subnet that is in use;
// t is a survey without the file. What nobody else has stays.
func Renumber(l *schema.Language, t *Taken, file string, tree *strict.Node) (fixes []diag.Fix, err error) {
	var ours []schema.Place
	l.Walk(file, tree, func(p schema.Place) {
		if p.Type != nil && p.Field.Take.Any() && p.Type.Of == "" {
			ours = append(ours, p)
		}
	})
	taken := slices.DeleteFunc(slices.Clone(ours), func(p schema.Place) bool { return !t.has(p) })
	for _, p := range ours { // what stays is in use from here on
		if !slices.Contains(taken, p) {
			t.see(p, false)
		}
	}
	moved := map[netip.Prefix]netip.Prefix{}
	for _, p := range taken {
		text := ""
		if p.Field.Take.Word != "" {
			text, err = t.number(p.Field)
		} else {
			text, err = t.elsewhere(p, moved)
		}
		if err != nil {
			return nil, err
		}
		fixes = append(fixes, diag.Fix{At: p.Node.At, Old: p.Node.Text, New: text})
	}
	return fixes, nil
}

// has tells whether somebody has what stands at a place.
func (t *Taken) has(p schema.Place) bool {
	if word := p.Field.Take.Word; word != "" {
		n, err := strconv.ParseInt(p.Node.Text, 10, 64)
		return err == nil && t.numbers[word][n]
	}
	x, ok := prefix(p.Node.Text)
	return ok && slices.ContainsFunc(t.blocks, x.Masked().Overlaps)
}

// elsewhere gives the same address in a block that nobody has; it stays where no pool is of
// its family.
func (t *Taken) elsewhere(p schema.Place, moved map[netip.Prefix]netip.Prefix) (string, error) {
	was, _ := prefix(p.Node.Text)
	block := was.Masked()
	if !moved[block].IsValid() {
		moved[block] = block
		for _, want := range p.Field.Take.Blocks {
			if t.pools[want.Pool].Addr().BitLen() == was.Addr().BitLen() {
				to, err := t.block(schema.Block{Pool: want.Pool, Bits: was.Bits()})
				if err != nil {
					return "", err
				}
				moved[block] = to
			}
		}
	}
	raw, to := was.Addr().AsSlice(), moved[block].Addr().AsSlice()
	for bit := range was.Bits() {
		mask := byte(0x80 >> (bit % 8))
		raw[bit/8] = raw[bit/8]&^mask | to[bit/8]&mask
	}
	a, _ := netip.AddrFromSlice(raw)
	if _, err := netip.ParseAddr(p.Node.Text); err == nil {
		return a.String(), nil
	}
	return netip.PrefixFrom(a, was.Bits()).String(), nil
}

// prefix reads a prefix, or an address as one that holds it alone.
func prefix(text string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	return p, err == nil
}
