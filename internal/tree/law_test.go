package tree

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"plumbline/internal/replay"
)

// random writes a typed configuration: names come from a small universe, so that
// references hit, and what is used is defined.
func random(r *rand.Rand) string {
	var b strings.Builder
	lists, maps := r.IntN(4), 1+r.IntN(3)
	for i := range 3 {
		fmt.Fprintf(&b, "interface eth%d\n", i)
		if r.IntN(3) > 0 {
			fmt.Fprintf(&b, " description port %d\n", r.IntN(3))
		}
		for a := range r.IntN(3) {
			fmt.Fprintf(&b, " ip address 10.%d.%d.1/24\n", i, a+r.IntN(2)*10)
		}
		b.WriteString("exit\n")
	}
	for i := range lists {
		for n := range 1 + r.IntN(3) {
			fmt.Fprintf(&b, "ip prefix-list P%d seq %d %s 10.%d.0.0/16%s\n", i, 5+5*n, pick(r, "permit", "deny"), 20*n+r.IntN(5), pick(r, "", " le 24", " ge 20 le 28"))
		}
	}
	for i := range maps {
		for n := range 1 + r.IntN(2) {
			fmt.Fprintf(&b, "route-map M%d %s %d\n", i, pick(r, "permit", "deny"), 10+10*n)
			if lists > 0 && r.IntN(2) == 0 {
				fmt.Fprintf(&b, " match ip address prefix-list P%d\n", r.IntN(lists))
			}
			if r.IntN(2) == 0 {
				fmt.Fprintf(&b, " set local-preference %d\n", 100+r.IntN(3)*50)
			}
			if r.IntN(3) == 0 {
				b.WriteString(" set community 65000:2 65000:10" + pick(r, "", " additive") + "\n")
			}
			b.WriteString("exit\n")
		}
	}
	if r.IntN(6) == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, "router bgp %d\n", pick(r, 65001, 65001, 65001, 65009))
	if r.IntN(2) == 0 {
		b.WriteString(" no bgp ebgp-requires-policy\n")
	}
	quiet := r.IntN(4) == 0
	if quiet {
		b.WriteString(" no bgp default ipv4-unicast\n")
	}
	var families strings.Builder
	for i := range 4 {
		if r.IntN(3) == 0 {
			continue
		}
		fmt.Fprintf(&b, " neighbor 192.0.2.%d remote-as %d\n", i+1, 65010+r.IntN(3))
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, " neighbor 192.0.2.%d description peer %d\n", i+1, r.IntN(3))
		}
		if r.IntN(2) == 0 {
			fmt.Fprintf(&families, "  neighbor 192.0.2.%d route-map M%d in\n", i+1, r.IntN(maps))
		}
		if r.IntN(3) == 0 {
			fmt.Fprintf(&families, "  neighbor 192.0.2.%d maximum-prefix %d\n", i+1, 100+r.IntN(2)*100)
		}
		if r.IntN(4) == 0 {
			fmt.Fprintf(&families, "  %sneighbor 192.0.2.%d activate\n", pick(r, "no ", "", "no "), i+1)
		}
	}
	if families.Len() > 0 {
		b.WriteString(" address-family ipv4 unicast\n" + families.String() + " exit-address-family\n")
	}
	b.WriteString("exit\n")
	return b.String()
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// TestPlansHold holds the properties of the engine on random typed pairs: the script leads
// from one to the other and back on a device on paper, no line is refused or idle, no
// prefix of it is unsafe, and a tree does not differ from itself.
func TestPlansHold(t *testing.T) {
	d := frr(t)
	for seed := range uint64(pairs) {
		r := rand.New(rand.NewPCG(seed, 1))
		have, _ := Parse(d, []byte(random(r)))
		want, _ := Parse(d, []byte(random(r)))
		do, _, err1 := Diff(have, want, Options{})
		undo, _, err2 := Diff(want, have, Options{})
		if err1 != nil || err2 != nil {
			t.Fatalf("seed %d: %v %v", seed, err1, err2)
		}
		_, refusals := replay.Verify(d, Print(have), Print(want), Script(d, do), Script(d, undo))
		if len(refusals) > 0 {
			t.Fatalf("seed %d: %v\nhave:\n%s\nwant:\n%s\ndo:\n%s\nundo:\n%s", seed, refusals[0].Kind+" "+replay.Reason(refusals[0].Error()), Print(have), Print(want), Script(d, do), Script(d, undo))
		}
	}
	t.Logf("figure: %d random pairs, there and back, every plan proved", pairs)
}

const pairs = 1000

// TestFirstContact holds the promise: whatever a router holds that is not ours, the first
// plan takes none of it away.
func TestFirstContact(t *testing.T) {
	d := frr(t)
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		foreign := strings.ReplaceAll(strings.ReplaceAll(random(r), "65009", "65001"), "192.0.2.", "198.51.100.")
		have, _ := Parse(d, []byte(foreign))
		want, _ := Parse(d, []byte(strings.ReplaceAll(random(r), "65009", "65001")))
		expected, _ := Expect(have, want, nil, Options{})
		es, _, err := Diff(have, expected, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if e.Del {
				t.Fatalf("seed %d: the first plan sends %q", seed, e.Send)
			}
		}
	}
}
