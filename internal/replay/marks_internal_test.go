package replay

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

// TestMarks compares a set with a look at all its numbers.
func TestMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 63, 64, 65, 4096, 4097, 300_000} {
		m, plain := newMarks(n), make([]bool, n)
		for range 2000 {
			if n == 0 {
				break
			}
			i := r.IntN(n)
			if r.IntN(3) == 0 {
				m.cut(int32(i))
				plain[i] = false
			} else {
				m.set(int32(i))
				plain[i] = true
			}
			at := r.IntN(n)
			want := at - 1
			for want >= 0 && !plain[want] {
				want--
			}
			if got := m.below(int32(at)); int(got) != want {
				t.Fatalf("of %d below %d: %d in place of %d", n, at, got, want)
			}
		}
	}
}

// TestLinesThatWent holds that a line which went is passed once, however many are read after it.
func TestLinesThatWent(t *testing.T) {
	text, err := os.ReadFile("../../templates/frr/dialect.rules")
	if err != nil {
		t.Fatal(err)
	}
	d, problems := dialect.Read("frr", text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const n = 500
	var have, do strings.Builder
	for i := range n {
		fmt.Fprintf(&have, "ip route 10.%d.%d.0/24 192.0.2.1\n", i/256, i%256)
		fmt.Fprintf(&do, "no ip route 10.%d.%d.0/24 192.0.2.1\n", i/256, i%256)
	}
	dev, _, goal := stage(d, have.String(), "", do.String())
	goal.wake()
	s := dev.top.unread()
	if s == nil {
		t.Fatal("the text is not on paper")
	}
	for i, line := range commands(d, do.String()) {
		if err := dev.Do(line); err != nil {
			t.Fatal(err)
		}
		marked := 0
		for _, word := range s.stand[0] {
			marked += bits.OnesCount64(word)
		}
		if marked > 2 {
			t.Fatalf("after %d removals %d lines are still looked for", i+1, marked)
		}
	}
	if s.left != 0 || dev.top.first != nil {
		t.Errorf("%d lines are left on paper, %q is there", s.left, dev.Text())
	}
}
