package tree_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/pairs"
	"plumbline/internal/tree"
)

// TestRuns holds that of two texts which are read side by side, where what both have alike stays as
// it is written, the same is told as of two that were read before; and that each is whole afterwards.
func TestRuns(t *testing.T) {
	all, brief := 0, 0
	for name, d := range dialects(t) {
		left, indented := 0, d.Syntax == "indent"
		for seed := range pairsPerDialect(t) / 10 {
			c := pairs.New(d, seed, 12+int(seed%60))
			other := c.Mutate(seed, 1+int(seed%4))
			have, want := c.Text(), other.Text()
			if indented && seed%3 == 1 {
				have, want = pairs.Mangle(have, seed), pairs.Mangle(want, seed/3)
			}
			if seed%5 == 4 { // a block that both have, twice
				have, want = append(have, have[:len(have)/2]...), append(want, have[:len(have)/2]...)
			}
			a, _ := tree.Parse(d, have)
			b, _ := tree.Parse(d, want)
			x, _ := tree.Parse(d, have)
			y, _ := tree.Parse(d, want)
			x.Open()
			y.Open()
			got := everything(tree.Diff(a, b, tree.Options{Once: true}))
			if told := everything(tree.Diff(x, y, tree.Options{Once: true})); got != told {
				t.Fatalf("%s: seed %d: side by side %s\none by one %s\nhave:\n%s\nwant:\n%s", name, seed, got, told, have, want)
			}
			left += a.Runs()
			brief += a.Briefs()
			if back, told := everything(tree.Diff(b, a, tree.Options{Once: true})), everything(tree.Diff(y, x, tree.Options{Once: true})); back != told {
				t.Fatalf("%s: seed %d: back, side by side %s\none by one %s\nhave:\n%s\nwant:\n%s", name, seed, back, told, have, want)
			}
			if one, two := entire(a)+entire(b), entire(x)+entire(y); one != two {
				t.Fatalf("%s: seed %d: side by side %s\none by one %s", name, seed, one, two)
			}
		}
		if all += left; indented {
			t.Logf("figure: %s: %d runs unread in the end", name, left)
		}
	}
	t.Logf("figure: %d blocks of which only what differs was read", brief)
	if all == 0 || brief == 0 {
		t.Error("all was read of every pair, or of every block that differs")
	}
}

func entire(t *tree.Tree) string {
	return fmt.Sprint(t.Numbers()) + strings.Join(t.Paths(), "\n") + string(tree.Print(t))
}

// everything writes all that a comparison says, of each edit what it shares with others too.
func everything(es []tree.Edit, notes []tree.Note, err error) string {
	var out strings.Builder
	for _, e := range es {
		in, beside := *e.Place, *e.Aside
		e.Place, e.Aside = nil, nil
		fmt.Fprintf(&out, "%+v %+v %+v\n", e, in, beside)
	}
	return out.String() + fmt.Sprint(notes, err)
}
