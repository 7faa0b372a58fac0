package push_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/journal"
	"plumbline/internal/push"
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
	s.w.mu.Lock()
	s.w.Sick, s.w.SickOn = lastSick()
	s.w.mu.Unlock()
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

// TestArchive holds the law: what devices hold is kept before anything is sent, of those that are
// sent something; where it cannot be, nothing is sent; what is told of a push names each file.
func TestArchive(t *testing.T) {
	for name, fails := range map[string]error{"kept": nil, "full": errors.New("no space left")} {
		w := fresh("r1", "r2")
		w.Boxes["r2"].Running = "old|new"
		dir := t.TempDir()
		j, _, err := journal.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		o := w.door().options(j)
		var kept string
		o.Archive = func(tx string, live map[string][]byte) (map[string]string, error) {
			kept = fmt.Sprintf("%d %s %d", len(live), live["r1"], len(w.Log))
			return map[string]string{"r1": "d1"}, fails
		}
		res, err := push.Run(t.Context(), allowed(t, change("r1", 0, "new"), change("r2", 1, "new")), o)
		j.Close()
		if kept != "1 old 0" {
			t.Errorf("%s: %s", name, kept)
		}
		if fails != nil {
			if err == nil || res.State != push.Refused || w.Log != nil {
				t.Errorf("%s: %s %v %v", name, res.State, err, w.Log)
			}
			continue
		}
		rs, err := journal.Read(dir)
		if told := push.Settled(rs); err != nil || len(told) != 1 || told[0].Devices[0].Archive != "d1" || told[0].Devices[1].Archive != "" {
			t.Errorf("%s: %+v %v", name, told, err)
		}
	}
}
