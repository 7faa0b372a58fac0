package replay

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestLookup holds that lines which come, change and go are found as a map finds them.
func TestLookup(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	l, m := newLookup(1), map[string]*entry{}
	for range 20000 {
		id := strconv.Itoa(r.IntN(300))
		if r.IntN(2) > 0 {
			e := &entry{reading: &reading{id: id}}
			l.put(e)
			m[id] = e
		} else {
			l.cut(id)
			delete(m, id)
		}
		if id := strconv.Itoa(r.IntN(300)); l.find([]byte(id)) != m[id] || l.count != len(m) {
			t.Fatalf("%s is found otherwise, or %d lines are not %d", id, l.count, len(m))
		}
	}
}
