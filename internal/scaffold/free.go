package scaffold

import (
	"fmt"
	"io/fs"
	"net/netip"
	"strconv"

	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// Taken is what is in use in some trees: numbers by word, and addresses; and the pools that
// new ones come from.
type Taken struct {
	names   schema.Names
	numbers map[string]map[int64]bool
	blocks  []netip.Prefix
	pools   map[string]netip.Prefix
}

// Survey reads what is in use in the files of trees: the working tree first, whose pools
// count, then others whose numbers must stay free too. The file without takes nothing.
func Survey(l *schema.Language, platforms fs.FS, without string, trees ...fs.FS) *Taken {
	t := &Taken{names: schema.NamesIn(trees[0], platforms), numbers: map[string]map[int64]bool{}, pools: map[string]netip.Prefix{}}
	for i, tree := range trees {
		for _, file := range schema.Files(tree) {
			doc, _ := strict.NewSource().Open(tree, file)
			if doc == nil || file == without {
				continue
			}
			l.Walk(file, doc.Tree(), func(p schema.Place) { t.see(p, i == 0) })
		}
	}
	return t
}

// see takes up one value.
func (t *Taken) see(p schema.Place, pools bool) {
	if p.Type == nil {
		return
	}
	if n, err := strconv.ParseInt(p.Node.Text, 10, 64); err == nil {
		if word := p.Field.Take.Word; word != "" {
			t.use(word, n)
		}
		if p.Type.Shape.Word == "AS number" { // whoever has it
			t.use("asn", n)
		}
		return
	}
	block, ok := prefix(p.Node.Text)
	switch pool := p.Path == "design.pools."+p.Field.Name; {
	case !ok:
	case pool && pools:
		t.pools[p.Field.Name] = block.Masked()
	case !pool:
		t.blocks = append(t.blocks, block.Masked())
	}
}

func (t *Taken) use(word string, n int64) {
	if t.numbers[word] == nil {
		t.numbers[word] = map[int64]bool{}
	}
	t.numbers[word][n] = true
}

// number takes the lowest free number of a field.
func (t *Taken) number(f *schema.Field) (string, error) {
	low, high := f.Take.Low, f.Take.High
	if high == 0 {
		low, high = f.Type.Scalar().Shape.Low, f.Type.Scalar().Shape.High
	}
	for n := low; n <= high; n++ {
		if !t.numbers[f.Take.Word][n] {
			t.use(f.Take.Word, n)
			return strconv.FormatInt(n, 10), nil
		}
	}
	return "", fmt.Errorf("%s: no number from %d to %d is free", f.Name, low, high)
}

// block takes the lowest free block of a length from a pool; the zero block where the design
// has no such pool.
func (t *Taken) block(b schema.Block) (netip.Prefix, error) {
	pool, ok := t.pools[b.Pool]
	if !ok || b.Bits < pool.Bits() {
		return netip.Prefix{}, nil
	}
	host := b.Bits == pool.Addr().BitLen()
	for at := pool.Addr(); pool.Contains(at); {
		one := netip.PrefixFrom(at, b.Bits)
		next := last(one).Next()
		for _, x := range t.blocks {
			if x.Overlaps(one) && x.Bits() > pool.Bits() {
				next = aligned(last(x).Next(), b.Bits)
				one = netip.Prefix{}
				break
			}
		}
		// The first address of a network, and the last of IPv4, is nobody's.
		if one.IsValid() && !(host && b.Bits > pool.Bits() && (at == pool.Addr() || at.Is4() && at == last(pool))) {
			t.blocks = append(t.blocks, one)
			return one, nil
		}
		if !next.IsValid() {
			break
		}
		at = next
	}
	return netip.Prefix{}, fmt.Errorf("no /%d is free in the pool %s, which is %s", b.Bits, b.Pool, pool)
}

// last gives the last address of a block.
func last(p netip.Prefix) netip.Addr {
	raw := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(raw)*8; bit++ {
		raw[bit/8] |= 0x80 >> (bit % 8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}

// aligned gives the first block of a length that begins at an address or behind it.
func aligned(a netip.Addr, bits int) netip.Addr {
	if !a.IsValid() {
		return a
	}
	p := netip.PrefixFrom(a, bits).Masked()
	if p.Addr() == a {
		return a
	}
	return last(p).Next()
}
