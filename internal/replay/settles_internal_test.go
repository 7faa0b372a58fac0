package replay

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

// TestSettles holds that of a list of entries none is looked at for a rule that has no entry of a number,
// and that the same entry is found with a look at all of them.
func TestSettles(t *testing.T) {
	text, err := os.ReadFile("../../templates/nx-os/dialect.rules")
	if err != nil {
		t.Fatal(err)
	}
	d, problems := dialect.Read("nx-os", text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const n = 60
	var have strings.Builder
	have.WriteString("ip access-list A\n")
	for i := range n {
		fmt.Fprintf(&have, "  %d %s\n", 10*i+10, []string{"permit tcp any host 192.0.2.1 eq 8", "remark x"}[i%2]+fmt.Sprint(i))
	}
	dev := New(d, []byte(have.String()))
	if err := dev.Do("ip access-list A"); err != nil {
		t.Fatal(err)
	}
	in, found := dev.mode, 0
	for i := range 2 * n {
		line := fmt.Sprintf("no %d", 5*i+5)
		for _, r := range dev.kids(in) {
			got := dev.undoes(r, line, strings.TrimPrefix(line, "no "))
			if got == nil {
				continue
			}
			if !in.settles(r, got.slots) {
				t.Errorf("all entries are looked at for %s of %s", line, r.Text)
			}
			plain, e := in.fitting(r, got), dev.fitting(in, r, got)
			if e != plain {
				t.Errorf("%s of %s finds %v, there is %v", line, r.Text, e, plain)
			}
			if e != nil {
				found++
			}
		}
	}
	if found != n {
		t.Errorf("%d of %d entries are found", found, n)
	}
	for of, c := range map[string]struct {
		r    dialect.Rule
		said slots
		want bool
	}{
		"the words of a line":    {dialect.Rule{Attrs: dialect.Attrs{Many: true}}, nil, false},
		"no value":               {dialect.Rule{}, nil, true},
		"a choice":               {dialect.Rule{Attrs: dialect.Attrs{Choice: "x"}}, nil, true},
		"a choice by a slot":     {dialect.Rule{Attrs: dialect.Attrs{Choice: "x", ChoiceSlot: "n"}}, nil, false},
		"a choice by it, said":   {dialect.Rule{Attrs: dialect.Attrs{Choice: "x", ChoiceSlot: "n"}}, slots{{new("n"), "5"}}, true},
		"what the block has too": {dialect.Rule{Attrs: dialect.Attrs{Choice: "x", ChoiceSlot: "a"}}, slots{{new("a"), "A"}}, false},
	} {
		if got := in.settles(&c.r, c.said); got != c.want {
			t.Errorf("%s: %v", of, got)
		}
	}
}
