package validate_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"plumbline/internal/network"
	"plumbline/internal/policy"
)

// TestLeak holds that what is proved of two policies in a row is what trying routes gives,
// and that the quick proof never says no where there is a leak.
func TestLeak(t *testing.T) {
	r := rand.New(rand.NewPCG(20261126, 2))
	prefixes := samplePrefixes()
	leaks, quick := 0, 0
	for n := range 300 {
		a, b := randomPolicy(r), randomPolicy(r)
		in := policy.Side{Sets: a, Policy: &a.Routes[0]}
		out := policy.Side{Sets: b, Policy: &b.Routes[0]}
		set, err := policy.Leak(in, out)
		if err != nil {
			t.Fatal(err)
		}
		lines := set.Lines()
		if len(lines) > 0 {
			leaks++
		}
		if !policy.MayLeak(in, out) {
			quick++
			if len(lines) > 0 {
				t.Fatalf("pair %d leaks, and the quick proof says that it does not\n%s", n, dump(a, b))
			}
		}
		for i := 0; i < 10*len(prefixes); i++ {
			x := route{
				prefix: prefixes[i%len(prefixes)], path: samplePaths[r.IntN(len(samplePaths))],
				comm: sampleComms[r.IntN(len(sampleComms))], hop: sampleHops[r.IntN(len(sampleHops))],
			}
			for _, l := range sampleLarge {
				if r.IntN(2) == 0 {
					x.large = append(x.large, l)
				}
			}
			want := leaked(a, b, x)
			if got := spoken(t, a, b, lines, x); got != want {
				t.Fatalf("pair %d: %+v leaks %v, and is told as %v\n%s\n%s", n, x, want, got, strings.Join(lines, "\n"), dump(a, b))
			}
		}
	}
	if leaks < 30 || quick < 3 {
		t.Errorf("only %d leaks and %d quick proofs: the pairs try nothing", leaks, quick)
	}
}

func leaked(a, b *network.Policy, x route) bool {
	ok, _, then := goes(a, &a.Routes[0], x)
	if !ok {
		return false
	}
	ok, _, _ = goes(b, &b.Routes[0], then)
	return ok
}
