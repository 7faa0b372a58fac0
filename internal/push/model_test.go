package push

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/journal"
)

// The protocol as a search over all that can happen: a crash before any step, a timer at any
// time, an answer that is lost, a change by somebody else, health that turns bad, a second
// runner that takes over. What a runner does next is read from the two tables that the
// implementation is driven by: protocol and recovery.
type model struct {
	dev      [2]device
	book     [2]book // of the first transaction, and of the second runner's own
	run      [2]runner
	kind     int8 // what is wrong with the change of bad
	bad      int8 // the transaction whose change is not well
	turned   bool // it was well, and is not any more
	wayBack  int8 // what is wrong with the way back of the first wave
	crashes  int8
	timers   int8
	foreign  int8
	lost     int8
	violated string // an invariant that a step broke
}

// device is what one device holds: the text of a transaction or the old one, and perhaps a
// line of somebody else.
type device struct {
	holds, base   int8 // 0: the old text; else the number of a transaction
	alien, alien0 bool // now, and in the base of the trial
	tx, mark      int8 // whose trial runs, and which one of it; 0: none
	locked        bool
	gone          bool // somebody's line is gone, and no copy is left
	homed         bool // it was sent the way back to the old text, after that was kept
	coming        int8 // a session is sending lines that lead to coming-1; 0: none is
	ending        bool // the guard is about to end that session
}

// book is what the journal says of one transaction.
type book struct {
	intent, home [2]bool
	moves, mark  [2]int8 // how many trials besides the first, and the name of the last one
	done         [2]int8 // 0 nothing, 1 old, 2 new, 3 foreign
	said         journal.Step
	keep, undo   bool
	begun, ended bool
	halted       bool

	over      bool // the wave is kept, and well
	all, back bool // of a wave that failed: all goes back; of one that was kept: it was about to
}

// runner is what one process knows: where it is, which device is next, which step of it.
type runner struct {
	at      phase
	tx      int8 // the transaction that it works at
	d, sub  int8
	failed  bool
	round   int8
	resends bool // a way over is being sent
	mem     memoryOf

	wave    int8 // where each device is a wave
	back    bool // it leads back to what was before the wave
	settles bool // after a crash
	failed0 bool // what it settles was not well, so that all goes back
	doubt   bool // a wave came to neither side
}

// memoryOf is what a runner knows of its last trial on each device; one that begins has it
// from the journal.
type memoryOf struct {
	mark [2]int8
	home [2]bool
}

// The kinds of a change that is not well.
const (
	sound  int8 = iota
	broken      // devices answer and are not well
	cuts        // the device is not reached any more
)

// variant is a protocol with one safeguard taken out, on some kind of device.
type variant struct {
	devices, crashes, timers, foreign, lost int8
	turns, second                           bool // health may turn; a second runner may take over

	anyConfirms, lockDies, noLock, replace, noTimer, loose bool // of the device; loose: a confirm names no trial
	noIntent, blind, noHealth, noReadBack, noDecision      bool
	noCheck, noWayBack, unsettled, backOnly                bool
	noRecovery, noFence                                    bool // of a second runner

	late              bool // lines come to the device in their own time, from a runner that sleeps or over a slow way
	noHush, hushAfter bool // of the guard, which ends the session that sends lines, and then leads back

	all                                bool // each device is a wave of its own, and where one fails all goes back
	noBack, blindBack, bareBack, noSay bool // a way back with no intent, with no look at what is there, with no trial, forgotten by who settles
	ownOnly, sickBack, noFit           bool // a wave watches itself alone; a way back that is not well is kept, or is where its timer was first
}

// sick tells whether a device holds what is not well there.
func (m *model) sick(v variant, i int8) bool {
	d := m.dev[i]
	bad := d.holds != 0 && d.holds == m.bad && m.kind != sound && (!v.all || (i == 0) == m.turned) // what was kept turns, or the next one is not well
	return bad || d.homed && d.holds == 0 && m.wayBack != sound
}

func (m *model) well(v variant) bool {
	for d := range v.devices {
		if m.sick(v, d) {
			return false
		}
	}
	return true
}

func (m *model) reached(v variant, d int8) bool {
	return !m.sick(v, d) || m.kind != cuts && (m.dev[d].holds != 0 || m.wayBack != cuts)
}

// faults names the invariant of safety that a state breaks, "" for none.
func (m *model) fault(v variant) string {
	over := m.over()
	halted := m.book[0].halted || m.book[1].halted
	for i, d := range m.dev[:v.devices] {
		sick := m.sick(v, int8(i))
		book := func(tx int8) *book {
			if v.all {
				tx = int8(i) + 1
			}
			return &m.book[tx-1]
		}
		switch {
		case m.violated != "":
			return m.violated
		case d.gone:
			return "I4: a change of somebody else is lost without a copy"
		case sick && d.tx == 0 && d.homed && d.holds == 0:
			return "I2: a way back that is not well is there for good"
		case sick && d.tx == 0 && !m.turned && m.kind == cuts:
			return "I8: it cannot be reached, and no timer is armed"
		case sick && d.tx == 0 && !m.turned:
			return "I2: what is not well is there for good"
		case sick && d.tx == 0 && over && !halted:
			return "I2: what is not well is called good"
		case d.holds != 0 && !book(d.holds).intent[i]:
			return "I5: it was changed without an intent"
		case v.late && over && !halted && d.holds != 0 && d.tx == 0 && m.book[0].done[i] == 1:
			return "I3: the journal says old, and lines came behind the way back"
		case d.tx != 0 && over && !v.second: // a runner that was overtaken has its timer alone
			return "I6: the end came with a trial of ours"
		case d.tx != 0 && d.base != 0 && !book(d.tx).home[i]:
			return "I11: the way back of a trial leads to what was never the state before"
		}
	}
	if v.all && over && !halted && m.book[1].all && m.dev[0].holds != 0 {
		return "U1: all was to go back, and a part stays"
	}
	if !v.all && v.devices == 2 && over && !halted && m.dev[0].holds != m.dev[1].holds {
		return "W1: a wave ends on both sides"
	}
	if v.all && halted && m.timers+m.foreign+m.lost == 0 && m.wayBack == sound && m.kind != cuts {
		return "U2: doubt that nothing explains"
	}
	if !v.all && v.devices == 2 && halted && m.timers < 2 && m.foreign == 0 && m.kind != cuts {
		return "W2: doubt that neither two early timers nor somebody else explain"
	}
	return ""
}

func (m *model) over() bool {
	return m.run[0].at == end && (m.run[1].at == end || m.run[1].at == "")
}

// end is where a runner goes home.
const end phase = "end"

// next gives every state that can follow, each with what happened.
func (m model) next(v variant) (out []model, how []string) {
	step := func(what string, f func(*model)) {
		n := m
		f(&n)
		out, how = append(out, n), append(how, what)
	}
	for i := range m.dev[:v.devices] {
		d := m.dev[i]
		if d.tx != 0 && !v.noTimer && (v.devices == 1 || m.timers < v.timers) {
			step(fmt.Sprintf("timer %d", i), func(n *model) { n.timers = min(n.timers+1, 2); n.revert(v, int8(i), false) })
		}
		if d.coming != 0 {
			step(fmt.Sprintf("lines come to %d", i), func(n *model) { n.dev[i].holds, n.dev[i].coming = d.coming-1, 0 })
		}
		if d.ending {
			step(fmt.Sprintf("the guard of %d ends the session", i), func(n *model) { n.dev[i].coming, n.dev[i].ending = 0, false })
		}
		if m.foreign < v.foreign && (!d.locked || v.noLock) {
			step("somebody commits", func(n *model) { n.foreign++; n.typed(int8(i), v) })
		}
	}
	if v.turns && !m.turned && m.kind == sound && m.run[0].at != closing && m.run[0].at != kept {
		step("health turns", func(n *model) { n.turned, n.kind, n.bad = true, broken, 1 })
	}
	if v.second && m.run[1].at == "" && m.book[0].begun {
		step("lease ends", func(n *model) {
			n.run[1] = runner{at: mending, tx: 1, mem: n.book[0].memory()}
			if v.noRecovery {
				n.run[1] = runner{at: watching, tx: 2}
			}
		})
	}
	for i := range m.run {
		if r := m.run[i]; r.at == "" || r.at == end {
			continue
		}
		step(m.name(i), func(n *model) { n.play(v, &n.run[i], false) })
		if (m.run[i].at == trying || m.run[i].at == returning) && m.run[i].sub == 1 && m.lost < v.lost {
			step("apply, and the answer is lost", func(n *model) { n.lost++; n.play(v, &n.run[i], true) })
		}
		if i == 0 && m.crashes < v.crashes {
			step("crash", func(n *model) { n.crashes++; n.crash(v) })
		}
	}
	return out, how
}

func (m *model) name(i int) string {
	r := m.run[i]
	return fmt.Sprintf("%c: %s %d.%d", 'A'+rune(i), r.at, r.d, r.sub)
}

// typed is what somebody else does at a device.
func (m *model) typed(d int8, v variant) {
	m.dev[d].alien = true
	if v.anyConfirms {
		m.dev[d].tx, m.dev[d].mark = 0, 0
	}
}

// revert brings back the base of a trial; who reads before it keeps a copy of what ran. The
// guard ends the session that sends lines first.
func (m *model) revert(v variant, d int8, archived bool) {
	b := &m.dev[d]
	if b.ending = v.hushAfter && b.coming != 0; !v.hushAfter && !v.noHush {
		b.coming = 0
	}
	b.gone = b.gone || b.alien && !b.alien0 && !archived
	b.holds, b.alien, b.tx, b.mark, b.locked = b.base, b.alien0, 0, 0, false
	b.homed = false
}

// crash takes a runner's memory, and perhaps the lock; the next one settles first.
func (m *model) crash(v variant) {
	for d := range m.dev {
		m.dev[d].locked = m.dev[d].locked && !v.lockDies
	}
	if v.all {
		m.crashAll()
		return
	}
	m.run[0] = runner{at: mending, tx: 1, mem: m.book[0].memory()}
	if b := m.book[0]; !(b.intent[0] || b.intent[1]) || v.blind && b.said == "" {
		m.run[0].at = watching // nothing was sent, as far as the journal knows
	}
	if m.book[0].ended {
		m.run[0].at = end
	}
}

// The environment of one device, of a wave of two, and of two runners.
var (
	one  = variant{devices: 1, crashes: 3, foreign: 1, lost: 1}
	pair = variant{devices: 2, crashes: 2, timers: 2, turns: true}
	two  = variant{devices: 1, second: true}
	late = variant{devices: 1, crashes: 2, late: true}
	all  = variant{devices: 2, all: true, crashes: 2, timers: 1, lost: 1, foreign: 1, turns: true}
)

// TestModel holds the law: the protocol is safe in every state, and each safeguard is there
// for a reason that the search finds.
func TestModel(t *testing.T) {
	began := time.Now()
	for _, c := range []struct {
		name string
		v    variant
		take func(*variant)
		want string // the invariant that breaks
	}{
		{"one device: the protocol", one, func(*variant) {}, ""},
		{"nobody else commits", one, func(v *variant) { v.foreign = 0 }, ""},
		{"any commit confirms, the lock outlives us", one, func(v *variant) { v.anyConfirms, v.loose = true, true }, ""},
		{"any commit confirms, the lock dies with us", one, func(v *variant) { v.anyConfirms, v.loose, v.lockDies = true, true, true }, "I2"},
		{"a confirm names its trial, the lock dies with us", one, func(v *variant) { v.lockDies = true }, "I4"},
		{"no lock on the device, whole text sent", one, func(v *variant) { v.noLock, v.replace = true, true }, "I4"},
		{"no lock on the device, lines sent", one, func(v *variant) { v.noLock = true }, "I4"},
		{"no intent before", one, func(v *variant) { v.noIntent = true }, "I5"},
		{"sent again blindly after a crash", one, func(v *variant) { v.blind = true }, "I11"},
		{"no health before the keep", one, func(v *variant) { v.noHealth = true }, "I2"},
		{"no reading back", one, func(v *variant) { v.noReadBack = true }, "I3"},
		{"no timer", one, func(v *variant) { v.noTimer = true }, "I"},
		{"no decision on disk", one, func(v *variant) { v.noDecision, v.foreign = true, 0 }, ""},

		{"a wave of two: the protocol", pair, func(*variant) {}, ""},
		{"no health after the keep", pair, func(v *variant) { v.noCheck = true }, "I2"},
		{"what was kept is never taken back", pair, func(v *variant) { v.noWayBack = true }, "W"},
		{"a halt before our own trials ended", pair, func(v *variant) { v.unsettled = true }, "I6"},
		{"after a crash always back", pair, func(v *variant) { v.backOnly = true }, ""},

		{"no decision for a wave on disk", pair, func(v *variant) { v.noDecision = true }, "W2"}, // it halts, and does not guess

		{"lines that come late: the protocol", late, func(*variant) {}, ""},
		{"nobody ends the session that sends lines", late, func(v *variant) { v.noHush = true }, "I"},
		{"the session that sends lines ends after the way back", late, func(v *variant) { v.hushAfter = true }, "I"},

		{"all goes back: the protocol", all, func(*variant) {}, ""},
		{"a way back with no intent before", all, func(v *variant) { v.noBack = true }, "I"},
		{"a way back over what somebody else wrote", all, func(v *variant) { v.blindBack = true }, "I4"},
		{"a way back with no trial", all, func(v *variant) { v.bareBack = true }, "I2"},
		{"a way back that is not watched", all, func(v *variant) { v.sickBack = true }, "I2"},
		{"a way back that is sent once more is not watched", all, func(v *variant) { v.noFit = true }, "I2"},
		{"that all goes back is not told to who settles", all, func(v *variant) { v.noSay = true }, "U1"},
		{"each wave watches itself alone", all, func(v *variant) { v.ownOnly = true }, "I2"},

		{"two runners: the protocol", two, func(*variant) {}, ""},
		{"two runners, a lease alone", two, func(v *variant) { v.loose, v.noFence = true, true }, "I2"},
		{"two runners, a lease alone, and the second begins at once", two, func(v *variant) { v.loose, v.noLock, v.noRecovery = true, true, true }, "I11"},
		{"two runners, a confirm names its trial, no fence", two, func(v *variant) { v.noFence = true }, ""},
	} {
		v := c.v
		c.take(&v)
		if (v.second || v.all) && c.want == "" && testing.Short() {
			continue // some hundred thousand states
		}
		f := search(v)
		if c.want == "" && f.fault != "" || c.want != "" && !strings.HasPrefix(f.fault, c.want) {
			t.Errorf("%s: want %q, have %q after %s", c.name, c.want, f.fault, strings.Join(f.way, ", "))
		}
		verdict := "safe"
		if f.fault != "" {
			verdict = f.fault + " <- " + strings.Join(f.way, ", ")
		}
		t.Logf("figure: model: %s: %d states, %s", c.name, f.states, verdict)
	}
	t.Logf("figure: all of them searched in %v", time.Since(began).Round(time.Millisecond))
}
