package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/diag"
)

// renamed is a device whose one session gets another number.
func renamed(t *testing.T, device string) Input {
	text := func(asn string) string { return "router bgp 65001\n neighbor 192.0.2.1 remote-as " + asn + "\nexit\n" }
	in := input(t, device, text("65002"), text("65003"))
	in.Deployed = []byte(text("65002"))
	return in
}

func pairOf(with string) Pair {
	return Pair{With: with, What: "the AS number of the session", At: diag.Pos{File: "here.yaml", Line: 1, Col: 1}, There: diag.Pos{File: "there.yaml", Line: 2, Col: 1}}
}

// TestUnits holds the law on random plans: the ends of a pair are in one wave, two of one
// redundancy group and the ends of a last path never are, and where both cannot be, the plan is
// refused with both places and a way out.
func TestUnits(t *testing.T) {
	refused, passed := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 2))
		n := 2 + r.IntN(9)
		var in []Input
		for i := range n {
			one := renamed(t, fmt.Sprint("r", i))
			if r.IntN(3) == 0 {
				one.Group = fmt.Sprint("g", r.IntN(3))
			}
			if i > 0 && r.IntN(8) == 0 {
				one.Apart, in[i-1].Apart = append(one.Apart, in[i-1].Device), append(in[i-1].Apart, one.Device)
			}
			in = append(in, one)
		}
		for range r.IntN(n) {
			if i, j := r.IntN(n), r.IntN(n); i != j {
				in[i].Pairs = append(in[i].Pairs, pairOf(in[j].Device))
			}
		}
		p, ds := Make(Header{Waves: []string{"1", "30%", "100%"}}, in)
		if ds.Failed() {
			refused++
			for _, d := range ds {
				if d.Rule != "plan/pair-apart" || d.Hint == "" || len(d.Also) != 1 || d.At.File == d.Also[0].File {
					t.Fatalf("seed %d: %+v", seed, d)
				}
			}
			continue
		}
		passed++
		wave := func(device string) int { c, _ := p.Change(device); return c.Wave }
		for i, a := range in {
			for _, pair := range a.Pairs {
				if wave(a.Device) != wave(pair.With) {
					t.Fatalf("seed %d: %s and %s share a value, in waves %d and %d", seed, a.Device, pair.With, wave(a.Device), wave(pair.With))
				}
			}
			for _, b := range in[i+1:] {
				if wave(a.Device) == wave(b.Device) && (a.Group != "" && a.Group == b.Group || slices.Contains(a.Apart, b.Device)) {
					t.Fatalf("seed %d: %s and %s are in one wave", seed, a.Device, b.Device)
				}
			}
		}
	}
	if refused < 20 || passed < 20 {
		t.Errorf("%d refused, %d passed: the plans are all of one sort", refused, passed)
	}
}

// TestPaired holds what is refused besides: one end alone, an approved plan that has the ends
// in two waves, an end that is alone in its wave; and what asks for nothing.
func TestPaired(t *testing.T) {
	both := func(change func(a, b *Input)) []Input {
		a, b := renamed(t, "r1"), renamed(t, "r2")
		a.Pairs = []Pair{pairOf("r2")}
		change(&a, &b)
		return []Input{a, b}
	}
	there := func(in *Input) { in.Answer.Live.Text = in.Want.Text }
	for name, c := range map[string]struct {
		in   []Input
		want string
	}{
		"both":                   {both(func(_, _ *Input) {}), ""},
		"an end is not asked":    {both(func(_, _ *Input) {})[:1], "plan/pair-alone"},
		"the first is not asked": {[]Input{both(func(_, _ *Input) {})[0], {Device: "r2", Answer: Answer{Err: fmt.Errorf("timeout")}}}, "plan/pair-alone"},
		"no end answers":         {both(func(a, b *Input) { a.Answer = Answer{Err: fmt.Errorf("timeout")}; b.Answer = a.Answer }), ""},
		"the first does not":     {both(func(a, _ *Input) { a.Answer = Answer{Err: fmt.Errorf("timeout")} }), "plan/pair-alone"},
		"the other has it":       {both(func(_, b *Input) { there(b) }), ""},
		"the first has it":       {both(func(a, _ *Input) { there(a) }), ""},
		"two waves":              {both(func(a, b *Input) { a.Waves, b.Waves = map[string]int{"": 1}, map[string]int{"": 2} }), "plan/pair-split"},
		"one wave":               {both(func(a, b *Input) { a.Waves, b.Waves = map[string]int{"": 1}, map[string]int{"": 1} }), ""},
		"an end has no timer":    {both(func(a, _ *Input) { a.Style = "none" }), "plan/pair-apart"},
		"a secret that is not sent": {both(func(a, _ *Input) {
			a.Pairs[0].Secret, a.Secrets, a.Group = "secret://s/p#key", map[string]string{"secret://s/p#key": "hidden"}, "g"
		}), ""},
		"a secret that both are sent": {both(func(a, b *Input) {
			a.Pairs[0].Secret, a.Secrets = "secret://s/p#key", map[string]string{"secret://s/p#key": "65003"}
			a.Group, b.Group = "g", "g"
		}), "plan/pair-apart"},
	} {
		p, ds := Make(Header{}, c.in)
		got := ""
		for _, d := range ds {
			got = d.Rule
		}
		if got != c.want || len(ds) > 1 {
			t.Errorf("%s: %v", name, ds)
		}
		if name == "both" && (p.Changes[0].Wave != p.Changes[1].Wave || !strings.Contains(strings.Join(p.Changes[0].Notes, "\n"), "in one wave with r2")) {
			t.Errorf("%+v", p.Changes)
		}
	}
}
