package scaffold

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"plumbline/internal/schema"
)

// TestBlock holds the law: what is taken is the lowest block that nobody has, as trying one
// after the other finds it.
func TestBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, text := range []string{"10.0.8.0/24", "2001:db8::/120", "255.255.255.0/24"} {
		pool := netip.MustParsePrefix(text)
		for range 300 {
			taken := &Taken{pools: map[string]netip.Prefix{"p": pool}}
			for range r.IntN(20) {
				a := pool.Addr()
				for range r.IntN(256) {
					a = a.Next()
				}
				if a.IsValid() {
					taken.blocks = append(taken.blocks, netip.PrefixFrom(a, a.BitLen()-r.IntN(6)).Masked())
				}
			}
			bits := pool.Addr().BitLen() - r.IntN(5)
			want := lowest(pool, bits, taken.blocks)
			got, err := taken.block(schema.Block{Pool: "p", Bits: bits})
			if got != want || (err == nil) != want.IsValid() {
				t.Fatalf("%s /%d with %v: %v (%v), want %v", pool, bits, taken.blocks, got, err, want)
			}
		}
	}
}

// lowest tries every address of a pool.
func lowest(pool netip.Prefix, bits int, taken []netip.Prefix) netip.Prefix {
	for a := pool.Addr(); a.IsValid() && pool.Contains(a); a = a.Next() {
		p := netip.PrefixFrom(a, bits)
		free := p.Masked() == p
		if bits == a.BitLen() && (a == pool.Addr() || a.Is4() && a.AsSlice()[3] == 255) {
			free = false
		}
		for _, x := range taken {
			free = free && !x.Overlaps(p)
		}
		if free {
			return p
		}
	}
	return netip.Prefix{}
}
