package push_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/journal"
)

// TestCrashBack kills a push whose last wave is not well, and of which all goes back, before each
// of its steps; where PLUMBLINE_MATRIX asks for all, the next one too. What is settled then is on
// one side; where it was decided that all goes back, all is as it was.
func TestCrashBack(t *testing.T) {
	every := 5
	if os.Getenv("PLUMBLINE_MATRIX") != "" {
		every = 1
	}
	cases, twice := 0, 0
	for _, fired := range []bool{false, true} {
		for n := 1; !t.Failed(); n += every {
			s, killed := crashBack(t, n, fired, 0)
			s.again(fmt.Sprintf("killed before step %d, timers fired: %v", n, fired))
			if !killed {
				break
			}
			cases++
			for m := 1; every == 1 && n%7 == 3 && !t.Failed(); m += 2 {
				if _, killed := crashBack(t, n, fired, m); !killed {
					break
				}
				twice++
			}
		}
	}
	t.Logf("figure: %d crashes of a push that takes back what it kept, and %d of its recovery, each recovered", cases, twice)
}

// crashBack kills a push before its n-th step, and its recovery before its m-th.
func crashBack(t *testing.T, n int, fired bool, m int) (s *stage, killed bool) {
	s = newStage(t, t.TempDir())
	s.w.Sick, s.w.SickOn = lastSick()
	killed, out := s.run("all", n)
	if fired {
		s.w.fire()
	}
	died := killed
	if killed && m > 0 {
		killed, out = s.run("recover", m)
	}
	if killed {
		_, out = s.run("recover", 0)
	}
	when := fmt.Sprintf("killed before step %d, recovery before step %d, timers fired: %v: %s", n, m, fired, out)
	s.settled(when)
	due := slices.ContainsFunc(s.records(), func(r journal.Record) bool { return r.All && r.Step == journal.Undo || r.Step == journal.Back })
	for _, c := range crashPlan() {
		if b := s.w.box(c.Device); due && b.Running != c.HaveFull {
			t.Errorf("%s: all was to go back, and %s holds %s", when, c.Device, b.Running)
		}
	}
	if !due && !died || due && !strings.Contains(out, "ROLLED_BACK") {
		t.Errorf("%s: decided that all goes back: %v", when, due)
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.Sick = ""
	return s, killed
}
