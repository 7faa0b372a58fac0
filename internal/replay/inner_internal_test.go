package replay

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

// TestInner compares blocks that are found by what stands in them with a look into all of them, while blocks
// and their lines come and go; and of many members of a bundle none is looked at that does not bar a line.
func TestInner(t *testing.T) {
	text, err := os.ReadFile("../../templates/eos/dialect.rules")
	if err != nil {
		t.Fatal(err)
	}
	d, problems := dialect.Read("eos", text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const n = 80
	var have strings.Builder
	for i := range n {
		fmt.Fprintf(&have, "interface Ethernet%d\n   channel-group %d mode active\n", i+1, 1+i%3)
	}
	var globs []dialect.Glob
	r := rand.New(rand.NewPCG(3, 4))
	dev, _, goal := stage(d, have.String(), "", "interface Ethernet7\nno channel-group\n")
	goal.wake()
	barring := 0
	for range 4000 {
		line := fmt.Sprintf("interface Ethernet%d", 1+r.IntN(n))
		if err := dev.Do(line); err != nil {
			t.Fatal(err)
		}
		e := dev.mode
		for _, rule := range e.r.Kids {
			for _, g := range rule.Conflicts {
				if g.From == dialect.Top && !slices.ContainsFunc(globs, func(x dialect.Glob) bool { return x.Text == g.Text }) {
					globs = append(globs, g)
				}
			}
		}
		for _, line := range []string{"channel-group 1 mode on", "channel-group 2 mode passive", "channel-group 1 mode active", "no channel-group", "exit\nno " + line, "description x"}[r.IntN(6):] {
			for one := range strings.SplitSeq(line, "\n") {
				_ = dev.Do(one) //nolint:errcheck // some are barred
			}
			if r.IntN(2) == 0 {
				break
			}
		}
		for _, g := range globs {
			probe := &entry{reading: &reading{slots: slots{{&g.Levels[1][1].Text, fmt.Sprint(1 + r.IntN(3))}}}, up: dev.top}
			got := dev.seek(probe, g)
			var plain []*entry
			for x := range dev.top.held() {
				dev.look(x, g.Levels, scope{e: probe}, func(x *entry, _ scope) { plain = append(plain, x) })
			}
			if !slices.Equal(got, plain) {
				t.Fatalf("%s finds %d lines, there are %d", g.Text, len(got), len(plain))
			}
			if some, ok := dev.inner(dev.top, g.Levels, scope{e: probe}); ok && len(some) != len(plain) {
				t.Fatalf("%s looks into %d blocks for %d lines", g.Text, len(some), len(plain))
			}
			barring += len(plain)
		}
	}
	if len(globs) < 3 || barring == 0 || len(dev.top.byWords.inner) == 0 {
		t.Errorf("%d globs, %d lines, %v", len(globs), barring, dev.top.byWords)
	}
}
