package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// axis is one flag (or list of names) with the values it is tried with; a value is what
// stands on the command line, split at blanks.
type axis []string

// readers are the verbs that only read, with all that can be asked of them.
func readers(s *stage) map[string][]axis {
	names := axis{"", "edge1-fra", "core1-ams edge1-fra"}
	format := axis{"-o text", "-o json", "-o html"}
	head := axis{"", "--head change"}
	wide := axis{"", "--wide 1", "--wide 2"}
	page := axis{"", "--page " + s.path("page.html")}
	return map[string][]axis{
		"check":  {format, head},
		"render": {axis{"", "--origins"}, head, names},
		"diff":   {format, head, axis{"", "--out " + s.path("plan.json")}, page, axis{"", "--commands"}, axis{"", "--exit-code"}, wide, names},
		"drift":  {format, head, page, wide, names},
	}
}

// pair is two values of two axes.
type pair struct{ a, av, b, bv int }

// pairwise gives lines of values in which every two values of two axes meet.
func pairwise(axes []axis) (lines [][]int) {
	left := map[pair]bool{}
	all := product(axes)
	for _, line := range all {
		for _, p := range pairsOf(line) {
			left[p] = true
		}
	}
	for len(left) > 0 {
		best, most := []int(nil), 0
		for _, line := range all {
			n := 0
			for _, p := range pairsOf(line) {
				if left[p] {
					n++
				}
			}
			if n > most {
				best, most = line, n
			}
		}
		for _, p := range pairsOf(best) {
			delete(left, p)
		}
		lines = append(lines, best)
	}
	return lines
}

func pairsOf(line []int) (out []pair) {
	for a := range line {
		for b := a + 1; b < len(line); b++ {
			out = append(out, pair{a, line[a], b, line[b]})
		}
	}
	return out
}

func product(axes []axis) [][]int {
	lines := [][]int{nil}
	for _, ax := range axes {
		var next [][]int
		for _, line := range lines {
			for v := range ax {
				next = append(next, append(slices.Clone(line), v))
			}
		}
		lines = next
	}
	return lines
}

// readersEnd is how a verb ends on devices that hold nothing of ours yet, and one line that
// is somebody else's.
func readersEnd(args []string) int {
	switch {
	case args[0] == "diff" && slices.Contains(args, "--exit-code"):
		return differ
	case args[0] == "drift":
		return driftEnd(args)
	}
	return ok
}

// driftEnd: the one line is on core1-fra; where that is not looked at, all is pending.
func driftEnd(args []string) int {
	named := slices.ContainsFunc(args, func(a string) bool { return a == "edge1-fra" })
	if named {
		return ok
	}
	return differ
}

// TestReadersOnlyRead: whatever is asked of the verbs that read, no device sees the write
// user, nor a line that changes it; and verbs that need no device speak to none.
func TestReadersOnlyRead(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.must(s.farm.Device("core1-fra").Type("ip prefix-list theirs seq 5 permit 192.0.2.0/24"))
	begin, runs := s.counters(), 0
	axes := readers(s)
	for _, verb := range slices.Sorted(maps.Keys(axes)) {
		for _, line := range pairwise(axes[verb]) {
			args := []string{verb}
			for i, v := range line {
				args = append(args, strings.Fields(axes[verb][i][v])...)
			}
			before := s.counters()
			if _, err := s.plumbline(t.Context(), readersEnd(args), args...); err != nil {
				t.Errorf("%.400s", err)
			}
			after := s.counters()
			runs++
			asks := verb == "diff" || verb == "drift"
			if asks == maps.Equal(before, after) {
				t.Errorf("%v: devices were asked: %v, want %v", args, !asks, asks)
			}
		}
	}
	sessions := 0
	for name, c := range s.counters() {
		sessions += c.Sessions
		if c.WriteSessions != 0 || c.Arms != 0 || c.Saves != 0 || c.Mutating != begin[name].Mutating {
			t.Errorf("%s was written to: %+v", name, c)
		}
	}
	t.Logf("figure: %d runs of check, render, diff and drift, every two flags together: %d read sessions, 0 write sessions, 0 mutating lines", runs, sessions)
}

// TestPairwise: every two values meet in some line.
func TestPairwise(t *testing.T) {
	axes := []axis{{"a", "b"}, {"c", "d", "e"}, {"f", "g"}}
	lines := pairwise(axes)
	if len(lines) >= 12 || len(lines) < 6 {
		t.Errorf("%d lines", len(lines))
	}
	met := map[pair]bool{}
	for _, line := range lines {
		for _, p := range pairsOf(line) {
			met[p] = true
		}
	}
	if len(met) != 2*3+2*2+3*2 {
		t.Errorf("%d pairs meet", len(met))
	}
}
