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

// staged is one that gets a session too, and loses one: in three stages where it shares something.
func staged(t *testing.T, device string, shares bool) Input {
	text := func(asn string, more ...string) string {
		out := "router bgp 65001\n neighbor 192.0.2.1 remote-as " + asn + "\n"
		for _, ip := range more {
			out += " neighbor " + ip + " remote-as 65009\n"
		}
		return out + "exit\n"
	}
	in := input(t, device, text("65002", "192.0.2.8"), text("65003", "192.0.2.9"))
	in.Deployed, in.Stage = []byte(text("65002", "192.0.2.8")), Removes
	via := func(stage, text string) {
		c := in.Want
		c.Text, c.Origins = []byte(text), append(c.Origins, c.Origins[0])
		in.Via = append(in.Via, Via{stage, c})
	}
	last := Adds
	if shares {
		via(Adds, text("65002", "192.0.2.8", "192.0.2.9"))
		last = Turns
	}
	via(last, text("65003", "192.0.2.8", "192.0.2.9"))
	return in
}

func pairOf(with string) Pair {
	return Pair{With: with, What: "the AS number of the session", At: diag.Pos{File: "here.yaml", Line: 1, Col: 1}, There: diag.Pos{File: "there.yaml", Line: 2, Col: 1}}
}

// TestUnits holds the law on random plans, at once and in stages: the ends of a pair are in one
// wave, two of one redundancy group and the ends of a last path never are, no stage begins before
// the one before is over; and where both cannot be, the plan is refused with both places and a
// way out.
func TestUnits(t *testing.T) {
	refused, passed := map[bool]int{}, map[bool]int{}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		n, inStages := 2+r.IntN(9), seed%2 == 1
		pairs, shares := make([][]Pair, n), make([]bool, n)
		for range r.IntN(n) {
			if i, j := r.IntN(n), r.IntN(n); i != j {
				pairs[i] = append(pairs[i], pairOf(fmt.Sprint("r", j)))
				shares[i], shares[j] = true, true
			}
		}
		var in []Input
		for i := range n {
			one := renamed(t, fmt.Sprint("r", i))
			if inStages {
				one = staged(t, fmt.Sprint("r", i), shares[i])
			}
			one.Pairs = pairs[i]
			if r.IntN(3) == 0 {
				one.Group = fmt.Sprint("g", r.IntN(3))
			}
			if i > 0 && r.IntN(8) == 0 {
				one.Apart, in[i-1].Apart = append(one.Apart, in[i-1].Device), append(in[i-1].Apart, one.Device)
			}
			in = append(in, one)
		}
		p, ds := Make(Header{Waves: []string{"1", "30%", "100%"}}, in)
		if ds.Failed() {
			refused[inStages]++
			for _, d := range ds {
				if d.Rule != "plan/pair-apart" || d.Hint == "" || len(d.Also) != 1 || d.At.File == d.Also[0].File {
					t.Fatalf("seed %d: %+v", seed, d)
				}
			}
			continue
		}
		passed[inStages]++
		for _, fault := range unlawful(p, in) {
			t.Fatalf("seed %d: %s", seed, fault)
		}
	}
	for _, inStages := range []bool{false, true} {
		if refused[inStages] < 10 || passed[inStages] < 10 {
			t.Errorf("in stages %v: %d refused, %d passed: the plans are all of one sort", inStages, refused[inStages], passed[inStages])
		}
	}
}

// unlawful tells what a plan breaks.
func unlawful(p Plan, in []Input) (out []string) {
	on, last := map[int][]Input{}, map[string]int{} // who is in a wave; the last wave of a stage
	wave := func(device, stage string) int {
		c, _ := p.Change(device)
		s, _ := c.step(stage)
		return s.Wave
	}
	for _, one := range in {
		c, _ := p.Change(one.Device)
		for _, s := range c.Steps() {
			on[s.Wave] = append(on[s.Wave], one)
			last[s.Stage] = max(last[s.Stage], s.Wave)
		}
		for _, pair := range one.Pairs {
			if x, y := wave(one.Device, one.turns()), wave(pair.With, one.turns()); x == 0 || x != y {
				out = append(out, fmt.Sprintf("%s and %s share a value, in waves %d and %d", one.Device, pair.With, x, y))
			}
		}
	}
	for n, ins := range on {
		for i, a := range ins {
			for _, b := range ins[i+1:] {
				if a.Group != "" && a.Group == b.Group || slices.Contains(a.Apart, b.Device) {
					out = append(out, fmt.Sprintf("%s and %s are in wave %d", a.Device, b.Device, n))
				}
			}
		}
	}
	for _, one := range in {
		before := 0
		for _, stage := range Order() {
			if w := wave(one.Device, stage); w > 0 && w <= before {
				out = append(out, fmt.Sprintf("%s %s in wave %d, and the stage before is over with wave %d", one.Device, stage, w, before))
			}
			before = max(before, last[stage])
		}
	}
	return out
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
