package push

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/plan"
)

// The stages as a search: two devices, and something that both are needed for or that one of
// them takes over from the other. A wave is one device, and ends as the protocol lets a wave
// end; its trial may go back at any time until it is kept. A runner may die at any time, and
// the same plan is pushed again.
type staged struct {
	has     [2][2]int8 // of each device, each step: 0 not there, 1 on trial, 2 kept
	at      int8       // which step of the plan is next
	over    bool       // this push has ended
	crashes int8
}

// The steps of one device, by stage.
const (
	adding   = iota // what it gains is there
	removing        // what it loses is gone
)

// traffic tells whether what is moved works in a state; taken gives the steps of each device.
type traffic struct {
	name  string
	works func(m staged) bool
	steps [2][]string // the stages in which each device has a step
}

// traffics are a session with two ends, which is replaced by another one between the same
// devices, and a service that one site takes over from another.
func traffics() []traffic {
	both := []string{plan.Adds, plan.Removes}
	return []traffic{
		{"a session with two ends", func(m staged) bool {
			return m.has[0][removing]+m.has[1][removing] == 0 || m.has[0][adding] > 0 && m.has[1][adding] > 0
		}, [2][]string{both, both}},
		{"a service that moves", func(m staged) bool { return m.has[0][removing] == 0 || m.has[1][adding] > 0 },
			[2][]string{{plan.Removes}, {plan.Adds}}},
	}
}

// route is how a plan is sent, with a safeguard taken out or none.
type route struct {
	order    []string
	together bool // a device is sent all of its steps at once
	goesOn   bool // after a wave that was undone
	forgets  bool // the rest of the plan is begun where it was left, whatever was undone
}

// move is one wave: what a device is sent.
type move struct {
	device int8
	kinds  []int
}

// waves gives the waves of a plan in the order of a route.
func (r route) waves(f traffic) (out []move) {
	kind := map[string]int{plan.Adds: adding, plan.Removes: removing}
	if r.together {
		for d := range f.steps {
			s := move{device: int8(d)}
			for _, stage := range f.steps[d] {
				s.kinds = append(s.kinds, kind[stage])
			}
			out = append(out, s)
		}
		return out
	}
	for _, stage := range r.order {
		for d := range f.steps {
			if slices.Contains(f.steps[d], stage) {
				out = append(out, move{int8(d), []int{kind[stage]}})
			}
		}
	}
	return out
}

func (m staged) set(s move, to int8) staged {
	for _, k := range s.kinds {
		m.has[s.device][k] = to
	}
	return m
}

func (m staged) is(s move) int8 { return m.has[s.device][s.kinds[0]] }

// next gives every state that can follow.
func (m staged) next(r route, ws []move) (out []staged, how []string) {
	add := func(what string, n staged) { out, how = append(out, n), append(how, what) }
	if m.over {
		if m.crashes < 2 { // pushed again: what is there already is sent nothing
			n := m
			n.over, n.crashes = false, m.crashes+1
			if !r.forgets {
				n.at = 0
			}
			add("pushed again", n)
		}
		return out, how
	}
	if int(m.at) == len(ws) {
		m.over = true
		add("end", m)
		return out, how
	}
	w := ws[m.at]
	name := fmt.Sprintf("%d.%v", w.device, w.kinds)
	switch m.is(w) {
	case 0:
		add("trial "+name, m.set(w, 1))
	case 1:
		for end := range ends() {
			n := m.set(w, 2)
			n.at++
			if end != kept {
				n = m.set(w, 0)
				n.over, n.at = !r.goesOn, m.at+1
			}
			add(string(end)+" "+name, n)
		}
		n := m.set(w, 0) // the runner died, and its timer fired
		n.over = true
		add("crash "+name, n)
	case 2:
		m.at++
		add("there "+name, m)
	}
	return out, how
}

// ends are the phases in which a wave ends: where the table leads, and has no row.
func ends() map[phase]bool {
	out := map[phase]bool{}
	for _, r := range protocol {
		for _, to := range []phase{r.well, r.ill, r.lost, r.none} {
			if _, goes := protocol[to]; to != "" && !goes {
				out[to] = true
			}
		}
	}
	return out
}

// walk searches a route, the nearest state first, for one in which nothing works.
func (r route) walk(f traffic) (states int, way []string) {
	ws := r.waves(f)
	all, came, hows, seen := []staged{{}}, []int{-1}, []string{""}, map[staged]bool{{}: true}
	for i := 0; i < len(all); i++ {
		if !f.works(all[i]) {
			for at := i; at > 0; at = came[at] {
				way = append([]string{hows[at]}, way...)
			}
			return len(all), way
		}
		next, how := all[i].next(r, ws)
		for j, n := range next {
			if !seen[n] {
				seen[n] = true
				all, came, hows = append(all, n), append(came, i), append(hows, how[j])
			}
		}
	}
	return len(all), nil
}

// TestModelStages holds the law: in no state between two steps is something gone before what
// takes its place is there; and each part of that order is there for a reason that is found.
func TestModelStages(t *testing.T) {
	if e := ends(); len(e) != 3 || !e[kept] || !e[undone] || !e[doubtful] {
		t.Fatalf("a wave ends as %v", e)
	}
	turned := slices.Clone(plan.Order())
	slices.Reverse(turned)
	for _, c := range []struct {
		name string
		r    route
		safe bool
	}{
		{"the order of a plan", route{order: plan.Order()}, true},
		{"what goes is sent first", route{order: turned}, false},
		{"no stages: each device at once", route{together: true}, false},
		{"the next wave after one that was undone", route{order: plan.Order(), goesOn: true}, false},
		{"begun again in the middle", route{order: plan.Order(), forgets: true}, false},
	} {
		for _, f := range traffics() {
			states, way := c.r.walk(f)
			if (way == nil) != c.safe {
				t.Errorf("%s, %s: %v", f.name, c.name, way)
			}
			verdict := "safe"
			if way != nil {
				verdict = "S1: nothing works <- " + strings.Join(way, ", ")
			}
			t.Logf("figure: model of stages: %s: %s: %d states, %s", f.name, c.name, states, verdict)
		}
	}
}
