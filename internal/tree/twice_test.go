package tree_test

import (
	"bytes"
	"testing"

	"plumbline/internal/pairs"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// TestTwice holds that texts which say a thing twice are compared by what they mean: one after
// the other is what comes of two random texts, blocks twice and lines with other values among it.
func TestTwice(t *testing.T) {
	for name, d := range dialects(t) {
		if d.Syntax != "indent" {
			continue // braces say no line twice (pairs that do are left out), paths are folded as they are read
		}
		t.Run(name, func(t *testing.T) {
			n := max(40, pairsPerDialect(t)/20)
			proved := 0
			for seed := range n {
				one := pairs.New(d, seed, 10)
				have := bytes.Join([][]byte{one.Text(), one.Mutate(seed, 4).Text()}, nil)
				want := bytes.Join([][]byte{one.Mutate(seed+n, 4).Text(), one.Text()}, nil)
				if !settled(d, have, want) { // by itself it has no plan: two texts in one need not be a device
					continue
				}
				proved++
				if why := led(d, have, want, false); why != "" {
					t.Fatalf("seed %d: %s\nhave:\n%s\nwant:\n%s", seed, why, have, want)
				}
			}
			if proved*4 < int(n) {
				t.Errorf("%d of %d pairs have a plan at all", proved, n)
			}
		})
	}
}

// settled tells whether texts have a plan once each says all things once.
func settled(d *dialect.Dialect, have, want []byte) bool {
	from, _ := tree.Parse(d, have)
	to, _ := tree.Parse(d, want)
	return led(d, tree.Print(from), tree.Print(to), true) == ""
}

// led plans there and back, and tells what stands against it; "" is nothing.
func led(d *dialect.Dialect, have, want []byte, once bool) string {
	from, _ := tree.Parse(d, have)
	to, _ := tree.Parse(d, want)
	do, _, err1 := tree.Diff(from, to, tree.Options{Once: once})
	undo, _, err2 := tree.Diff(to, from, tree.Options{Once: once})
	if err1 != nil || err2 != nil {
		return errors(err1, err2)
	}
	_, refused := replay.Verify(d, tree.Print(from), tree.Print(to), tree.Script(d, do), tree.Script(d, undo))
	if len(refused) > 0 {
		return refused[0].Line + ": " + refused[0].Text
	}
	return ""
}
