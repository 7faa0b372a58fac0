package tree

import (
	"math/rand/v2"
	"strings"
)

// Neighbours writes a typed configuration that is mostly BGP neighbours and their filters.
func Neighbours(seed uint64) []byte {
	return []byte(strings.ReplaceAll(random(rand.New(rand.NewPCG(seed, 3))), "eth0", "eth3"))
}
