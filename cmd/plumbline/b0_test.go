package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// foreign is 200 lines of a router that was somebody else's before: neighbours under the
// same AS, static routes, prefix lists and route maps. typed is how they are typed, and
// shown is each of them as the device shows it, under the block it stands in.
func foreign() (typed, shown []string) {
	add := func(line string) { typed, shown = append(typed, line), append(shown, line) }
	under := func(block string, lines ...string) {
		typed = append(append(typed, lines...), "exit")
		for _, line := range lines {
			shown = append(shown, block+" / "+line)
		}
	}
	for i := range 40 {
		add(fmt.Sprintf("ip route 10.77.%d.0/24 198.18.0.%d", i, 100+i))
	}
	for i := range 20 {
		add(fmt.Sprintf("ipv6 route 2001:db8:77:%x::/64 2001:db8:ff00::%x", i+1, 0x100+i))
	}
	for i := range 60 {
		add(fmt.Sprintf("ip prefix-list theirs-%d seq %d permit 10.78.%d.0/24", i/10, 5+i%10*5, i))
	}
	for i := range 20 {
		block := fmt.Sprintf("route-map theirs-%d permit 10", i)
		add(block)
		under(block, fmt.Sprintf("match ip address prefix-list theirs-%d", i%6))
	}
	var bgp []string
	for i := range 20 {
		peer := fmt.Sprintf("neighbor 198.18.0.%d ", 100+i)
		bgp = append(bgp, peer+"remote-as 64510", peer+fmt.Sprintf("description theirs %d", i))
	}
	typed = append(typed, "router bgp 64496")
	under("router bgp 64496", bgp...)
	return typed, shown
}

// paths gives each line of a configuration under its block.
func paths(text string) map[string]bool {
	out := map[string]bool{}
	var at []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		word := strings.TrimLeft(line, " ")
		depth := min(len(line)-len(word), len(at))
		at = append(at[:depth:depth], word)
		out[strings.Join(at, " / ")] = true
	}
	return out
}

func (s *stage) lost(shown []string) (lost []string) {
	have := paths(string(s.farm.Device(demoRouter).Running()))
	for _, line := range shown {
		if !have[line] {
			lost = append(lost, line)
		}
	}
	return lost
}

// TestForeignLinesStay: the first look at a router that holds much of somebody else's
// removes nothing, says how much is not ours, and the first push leaves every line there.
func TestForeignLinesStay(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	typed, shown := foreign()
	if len(shown) != 200 {
		t.Fatalf("%d foreign lines", len(shown))
	}
	s.must(s.farm.Device(demoRouter).Type(typed...))
	s.farm.Device(demoRouter).Save()
	if lost := s.lost(shown); len(lost) > 0 {
		t.Fatalf("the device does not show %d of them: %q", len(lost), lost)
	}
	out := s.plumb(ok, "diff", demoRouter, "--commands")
	s.removesNothing(out)
	cover := regexp.MustCompile(`coverage: (\d+) lines managed, (\d+) unmanaged`).FindStringSubmatch(out)
	if cover == nil || cover[2] != "200" {
		t.Fatalf("coverage is %q, want 200 unmanaged", cover)
	}
	begin := s.farm.Device(demoRouter).Counters().Mutating
	s.do(s.diff, s.approve, s.merge, s.push)
	if lost := s.lost(shown); len(lost) > 0 {
		t.Errorf("the push lost %d of 200 foreign lines: %q", len(lost), lost)
	}
	sent := s.farm.Device(demoRouter).Counters().Mutating - begin
	s.do(s.empty)
	if sent == 0 {
		t.Error("nothing was pushed, so nothing was proved")
	}
	t.Logf("figure: first contact: %q, 0 commands remove anything; after a push of %d lines %d of 200 foreign lines are there", cover[0], sent, len(shown)-len(s.lost(shown)))
}

// removesNothing looks at the commands of a plan for one that takes something away. What
// begins with "no" and is itself asked for by intent, as "no bgp default ipv4-unicast", sets.
func (s *stage) removesNothing(commands string) {
	s.t.Helper()
	wanted := paths(s.plumb(ok, "render", demoRouter))
	asked := map[string]bool{}
	for line := range wanted {
		parts := strings.Split(line, " / ")
		asked[parts[len(parts)-1]] = true
	}
	n := 0
	for line := range strings.Lines(commands) {
		word := strings.TrimSpace(line)
		if strings.HasPrefix(word, "no ") {
			if !asked[word] {
				s.t.Errorf("a first contact removes: %s", word)
			}
			n++
		}
	}
	s.t.Logf("%d commands begin with no, and intent asks for each", n)
}
