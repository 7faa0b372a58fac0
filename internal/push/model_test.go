package push

import (
	"fmt"
	"testing"

	"plumbline/drivers/write"
	"plumbline/internal/journal"
)

// The protocol for one device as a search over all that can happen: a crash before any
// step, a timer at any time, a change by somebody else, a change that is not well. The
// steps after a crash are those of the real table.
type model struct {
	runs                     string // old, new, foreign
	trial                    bool   // ours is pending
	bad                      bool   // the new configuration is not well
	intent                   bool
	said                     journal.Step
	done                     string
	pc                       string
	crashes, foreign, halted int
}

// variant is a protocol with one safeguard taken out.
type variant struct{ noIntent, noHealth, noReadBack bool }

// broken names what is broken in a state, "" for nothing.
func (m model) broken() string {
	switch {
	case m.done != "" && m.done != m.runs:
		return "the journal says " + m.done + " and the device holds " + m.runs
	case m.pc == "end" && m.trial:
		return "it ended with a trial of ours"
	case m.bad && m.runs == "new" && !m.trial && m.pc == "end" && m.halted == 0:
		return "what is not well was kept"
	case m.runs == "new" && !m.intent:
		return "it was changed without an intent"
	}
	return ""
}

// next gives every state that can follow.
func (m model) next(v variant) (out []model) {
	step := func(f func(*model)) { n := m; f(&n); out = append(out, n) }
	if m.pc != "end" && m.crashes < 3 {
		step(func(n *model) { n.crashes++; n.pc = "recover" })
	}
	if m.trial {
		step(func(n *model) { n.runs, n.trial = "old", false })
	}
	if m.foreign == 0 && !m.trial && m.done == "" && m.pc != "end" {
		step(func(n *model) { n.foreign, n.runs = 1, "foreign" })
	}
	switch m.pc {
	case "read":
		step(func(n *model) { n.pc = map[bool]string{true: "intent", false: "end"}[n.runs == "old"] })
	case "intent":
		step(func(n *model) { n.intent, n.pc = !v.noIntent, "apply" })
	case "apply": // the guard compares the base under its lock
		step(func(n *model) {
			if n.runs == "old" {
				n.runs, n.trial = "new", true
			}
			n.pc = "health"
		})
	case "health":
		step(func(n *model) {
			n.said = journal.Undo
			if n.trial && n.runs == "new" && (!n.bad || v.noHealth) {
				n.said = journal.Keep
			}
			n.pc = "act"
		})
	case "act":
		step(func(n *model) { n.act() })
	case "done":
		step(func(n *model) { n.written(v) })
	case "recover":
		step(func(n *model) { n.recover() })
	}
	return out
}

// act keeps or undoes what is on trial.
func (m *model) act() {
	if m.trial && m.said != journal.Keep {
		m.runs = "old"
	}
	m.trial, m.pc = false, "done"
}

// written writes down what the device was read as.
func (m *model) written(v variant) {
	m.done, m.pc = m.runs, "end"
	if v.noReadBack {
		m.done = map[journal.Step]string{journal.Keep: "new", journal.Undo: "old"}[m.said]
	}
	if m.done == "foreign" {
		m.halted = 1
	}
}

// recover does what the real table says.
func (m *model) recover() {
	if !m.intent {
		m.pc = "end" // nothing was sent, as far as the journal knows
		return
	}
	if m.said == journal.Keep && m.bad {
		m.said = journal.Undo
	}
	state, holds := write.None, m.runs
	if m.trial {
		state = write.Ours
	}
	if holds == "foreign" {
		holds = "partly"
	}
	switch rule(m.said, state, holds) {
	case back:
		m.runs, m.trial, m.pc = "old", false, "done"
	case forward:
		m.trial, m.pc = false, "done"
	case isOld, isNew:
		m.pc = "done"
	default:
		m.halted, m.pc = 1, "done"
	}
}

// search visits every state and names the first that is broken, or stuck.
func search(v variant) (seen map[model]bool, wrong string) {
	seen = map[model]bool{}
	todo := []model{{runs: "old", pc: "read"}, {runs: "old", pc: "read", bad: true}}
	for len(todo) > 0 {
		m := todo[0]
		todo = todo[1:]
		if seen[m] {
			continue
		}
		seen[m] = true
		if wrong = m.broken(); wrong != "" {
			return seen, fmt.Sprintf("%s: %+v", wrong, m)
		}
		next := m.next(v)
		if len(next) == 0 && m.pc != "end" {
			return seen, fmt.Sprintf("stuck: %+v", m)
		}
		todo = append(todo, next...)
	}
	return seen, ""
}

// TestModel holds the law: the protocol is safe in every state, and each safeguard is
// there for a reason that the search finds.
func TestModel(t *testing.T) {
	for name, c := range map[string]struct {
		v    variant
		safe bool
	}{
		"the protocol":              {variant{}, true},
		"no intent before":          {variant{noIntent: true}, false},
		"no health before the keep": {variant{noHealth: true}, false},
		"no reading back":           {variant{noReadBack: true}, false},
	} {
		seen, wrong := search(c.v)
		if (wrong == "") != c.safe {
			t.Errorf("%s: %d states, %s", name, len(seen), wrong)
		}
		t.Logf("figure: %s: %d states, %s", name, len(seen), wrong)
	}
}
