package replay

import "math/bits"

// marks is a set of small numbers which finds the greatest one below another without a look at those
// between: each row tells of the one before it which of its words hold anything.
type marks [][]uint64

func newMarks(n int) (m marks) {
	for {
		n = (n + 63) / 64
		m = append(m, make([]uint64, n))
		if n <= 1 {
			return m
		}
	}
}

func (m marks) set(i int32) {
	for _, row := range m {
		row[i>>6] |= 1 << (i & 63)
		i >>= 6
	}
}

func (m marks) cut(i int32) {
	for _, row := range m {
		row[i>>6] &^= 1 << (i & 63)
		if row[i>>6] != 0 {
			return
		}
		i >>= 6
	}
}

// below gives the greatest number of the set below another; -1 is none.
func (m marks) below(i int32) int32 {
	for up, row := range m {
		if len(row) == 0 {
			return -1
		}
		if some := row[i>>6] & (1<<(i&63) - 1); some != 0 {
			at := i&^63 | int32(bits.Len64(some)-1)
			for up--; up >= 0; up-- {
				at = at<<6 | int32(bits.Len64(m[up][at])-1)
			}
			return at
		}
		i >>= 6
	}
	return -1
}
