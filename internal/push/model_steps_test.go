package push

import (
	"plumbline/drivers/write"
	"plumbline/internal/journal"
)

// play takes one step of a runner, by the tables.
func (m *model) play(v variant, r *runner, lost bool) {
	p, b := protocol[r.at], &m.book[r.tx-1]
	switch r.at {
	case watching:
		m.watch(v, r, b)
		return
	case trying:
		m.try(v, r, b, lost)
		return
	case kept, undone:
		b.ended = b.ended || !m.fenced(v, r)
		m.home(r)
		return
	case doubtful:
		b.halted, b.ended = b.halted || !m.fenced(v, r), b.ended || !m.fenced(v, r)
		r.at = end
		return
	case mending:
		m.mend(v, r, b)
		return
	}
	if p.note != "" && r.sub == 0 { // what is on disk before the phase
		if !m.fenced(v, r) {
			m.decide(v, b, p.note)
		} else if p.lost != "" {
			*r = runner{at: p.lost, tx: r.tx, mem: r.mem}
			return
		}
		r.sub = 1
		r.d = 0
		if r.at == undoing {
			r.d = v.devices - 1
		}
		return
	}
	switch r.at {
	case soaking:
		r.failed = !m.reachedAll(v) || !v.noHealth && !m.well(v)
	case checking:
		r.failed = !v.noCheck && !m.well(v)
	case keeping:
		if m.keep(v, r, b); r.d < v.devices-1 {
			r.d++
			return
		}
	case undoing:
		if m.undo(v, r, b); r.d > 0 {
			r.d--
			return
		}
	}
	m.go_(r, p)
}

// go_ leads to the next phase.
func (m *model) go_(r *runner, p row) {
	to := p.well
	if r.failed {
		to = p.ill
	}
	*r = runner{at: to, tx: r.tx, mem: r.mem}
}

// home ends a transaction: a runner that settled another one's begins its own.
func (m *model) home(r *runner) {
	if r == &m.run[1] && r.tx == 1 {
		*r = runner{at: watching, tx: 2}
		return
	}
	r.at = end
}

// fenced tells whether another runner took over, so that the journal takes nothing any more.
func (m *model) fenced(v variant, r *runner) bool {
	return !v.noFence && r == &m.run[0] && m.run[1].at != ""
}

func (m *model) decide(v variant, b *book, s journal.Step) {
	if v.noDecision && s == journal.Keep {
		return
	}
	switch s {
	case journal.Keep:
		b.said, b.keep = s, true
	case journal.Undo:
		b.said, b.undo = s, true
	}
}

func (b *book) memory() memoryOf { return memoryOf{b.mark, b.home} }

func (m *model) reachedAll(v variant) bool {
	for d := range v.devices {
		if !m.reached(d) {
			return false
		}
	}
	return true
}

// watch begins only where all hold what the plan was made for.
func (m *model) watch(v variant, r *runner, b *book) {
	for d := range v.devices {
		x := m.dev[d]
		r.failed = r.failed || !m.reached(d) && !v.blind || (x.holds != 0 || x.alien) && !v.blind && !v.noRecovery
	}
	b.begun = true
	m.go_(r, protocol[watching])
}

// try puts one device on trial: intent, apply, read back.
func (m *model) try(v variant, r *runner, b *book, lost bool) {
	d := &m.dev[r.d]
	switch r.sub {
	case 0:
		b.intent[r.d] = b.intent[r.d] || !v.noIntent && !m.fenced(v, r)
		r.failed = m.fenced(v, r)
	case 1:
		r.failed = !m.apply(v, r.tx, r.d, r.tx, 1) || lost
	case 2:
		r.failed = !m.reached(r.d) || d.holds != r.tx || d.alien
	}
	if r.sub++; r.sub == 3 || r.failed {
		if r.sub = 0; !r.failed && r.d < v.devices-1 {
			r.d++
			return
		}
		m.go_(r, protocol[trying])
	}
}

// apply is the device's side: under its lock it compares the base, and takes no second trial.
func (m *model) apply(v variant, tx, i, text, mark int8) bool {
	d := &m.dev[i]
	if !m.reached(i) {
		return false
	}
	want := int8(0)
	if text == 0 {
		want = tx
	}
	if !v.noLock && !v.blind && (d.tx != 0 || d.holds != want || d.alien) {
		return false
	}
	d.base, d.alien0 = d.holds, d.alien
	if v.replace {
		d.gone, d.alien0 = d.gone || d.alien, false
		d.alien = false
	}
	d.holds, d.tx, d.mark, d.locked = text, tx, mark, true
	if v.late { // armed, and the lines are on their way
		d.holds, d.coming = d.base, text+1
	}
	if v.noTimer {
		d.tx, d.mark, d.locked = 0, 0, false
	}
	return true
}

// confirm is the device's side of a keep.
func (m *model) confirm(v variant, tx, i, mark int8) bool {
	d := &m.dev[i]
	if !m.reached(i) || d.tx == 0 && !v.noTimer || !v.loose && !v.noTimer && (d.tx != tx || d.mark != mark) {
		return false
	}
	d.tx, d.mark, d.locked = 0, 0, false
	return true
}

// keep keeps one device and writes down what it is read as.
func (m *model) keep(v variant, r *runner, b *book) {
	if !m.confirm(v, r.tx, r.d, r.mem.mark[r.d]+1) {
		r.failed = true
	}
	want := int8(2)
	if r.mem.home[r.d] {
		want = 1
	}
	m.done(v, r, b, want)
}

// undo takes one device back, where what is on trial is ours.
func (m *model) undo(v variant, r *runner, b *book) {
	d := &m.dev[r.d]
	if !b.intent[r.d] && !v.noIntent {
		return
	}
	if m.reached(r.d) && d.tx == r.tx {
		m.revert(v, r.d, true)
	}
	m.done(v, r, b, 1)
}

// done reads a device and writes down what is there; what is not wanted is a failure.
func (m *model) done(v variant, r *runner, b *book, want int8) {
	d := m.dev[r.d]
	if !m.reached(r.d) {
		r.failed = true
		return
	}
	is := int8(1)
	if d.holds == r.tx {
		is = 2
	}
	if d.alien || d.holds != 0 && d.holds != r.tx {
		is = 3
	}
	if m.fenced(v, r) {
		r.failed = true
		return
	}
	b.done[r.d] = is
	if v.noReadBack {
		b.done[r.d] = want
	}
	if b.done[r.d] != is {
		m.violated = "I3: the journal says what the device was not read as"
	}
	r.failed = r.failed || is != want
}

// mend is the same for a run that failed and for the one after a crash: judge, then each
// device by the table of recovery, for a few rounds.
func (m *model) mend(v variant, r *runner, b *book) {
	p := protocol[mending]
	if v.unsettled && r.round == 0 && b.said == journal.Keep {
		r.at = p.none
		return
	}
	if r.sub == 0 { // judge
		if r.round == rounds || m.fenced(v, r) {
			m.letGo(v, r)
			*r = runner{at: p.none, tx: r.tx, mem: r.mem}
			return
		}
		if b.said != journal.Keep && b.said != journal.Undo || b.said == journal.Keep && (v.backOnly || !m.well(v)) {
			m.decide(v, b, journal.Undo)
		}
		r.round, r.d, r.sub, r.failed = r.round+1, v.devices-1, 1, false
		return
	}
	if r.resends {
		if !m.resend(v, r, b) {
			return
		}
	} else if b.intent[r.d] {
		if m.mendOne(v, r, b); r.resends {
			return
		}
	}
	if r.d > 0 {
		r.d, r.sub = r.d-1, 1
		return
	}
	switch {
	case r.failed:
		r.sub = 0
	case b.said != journal.Keep:
		*r = runner{at: p.ill, tx: r.tx, mem: r.mem}
	case !v.noCheck && !m.well(v):
		r.sub = 0
	default:
		*r = runner{at: p.well, tx: r.tx, mem: r.mem}
		for d := range v.devices {
			if m.dev[d].holds != r.tx {
				r.at = p.ill
			}
		}
	}
}

// letGo takes back what of ours is on trial still.
func (m *model) letGo(v variant, r *runner) {
	for d := range v.devices {
		if m.dev[d].tx == r.tx {
			m.revert(v, d, m.reached(d))
		}
	}
}

// sees is what recovery knows of one device.
func (m *model) sees(r *runner, b *book) seen {
	d := m.dev[r.d]
	s := seen{wants: (b.said == journal.Keep) != r.mem.home[r.d], decided: b.keep, holds: partly}
	from, to := int8(0), r.tx
	if r.mem.home[r.d] {
		s.decided, from, to = b.undo, to, from
	}
	switch {
	case !m.reached(r.d):
		s.holds = unknown
	case d.alien:
	case d.holds == to:
		s.holds = target
	case d.holds == from:
		s.holds = base
	}
	switch {
	case d.tx == 0:
		s.state = write.None
	case d.tx == r.tx && d.mark == r.mem.mark[r.d]+1:
		s.state = write.Ours
	default:
		s.state = write.Foreign
	}
	return s
}

// mendOne does with one device what the table says.
func (m *model) mendOne(v variant, r *runner, b *book) {
	s := m.sees(r, b)
	side := map[bool]int8{true: 2, false: 1}[b.said == journal.Keep]
	switch rule(s) {
	case again: // wait for the timer of whoever's trial it is, then look again
		if m.dev[r.d].tx != 0 && !v.noTimer {
			m.revert(v, r.d, false)
			m.timers = max(m.timers, 1)
			return
		}
		r.failed = true
	case back:
		m.revert(v, r.d, true)
		r.resends = (side == 2) != r.mem.home[r.d] && !v.noWayBack
		was := map[bool]int8{true: 2, false: 1}[r.mem.home[r.d]]
		if m.done(v, r, b, was); was != side {
			r.resends = !v.noWayBack && !r.failed
			r.failed = r.failed || v.noWayBack
		} else {
			r.resends = false
		}
	case forward: // what runs now was perhaps not there when the wave was judged
		if r.failed = r.failed || !m.well(v); m.well(v) {
			m.keep(v, r, b)
		}
	case there:
		m.done(v, r, b, side)
	case resend:
		if r.failed = r.failed || v.noWayBack; !v.noWayBack {
			r.resends, r.sub = true, 1
		}
	default:
		d := m.dev[r.d]
		b.done[r.d] = map[bool]int8{true: 3, false: map[bool]int8{true: 2, false: 1}[d.holds != 0]}[d.alien]
		r.failed = true
	}
}

// resend sends the way over on a trial of its own: intent, apply, read back, keep. It is
// true at its end.
func (m *model) resend(v variant, r *runner, b *book) bool {
	d := &m.dev[r.d]
	text := int8(0)
	if b.said == journal.Keep {
		text = r.tx
	}
	ok := true
	switch r.sub {
	case 1:
		if ok = !m.fenced(v, r); ok {
			b.moves[r.d], b.home[r.d] = min(b.moves[r.d]+1, 6), text == 0
			b.mark[r.d] = b.moves[r.d]
			if r == &m.run[1] { // no two runners use one name
				b.mark[r.d] += 8
			}
			r.mem = b.memory()
		}
	case 2:
		ok = m.apply(v, r.tx, r.d, text, r.mem.mark[r.d]+1)
	case 3:
		ok = m.reached(r.d) && d.holds == text && !d.alien && (text == 0 || m.well(v))
	case 4:
		m.keep(v, r, b)
	}
	if r.failed = r.failed || !ok; r.sub == 4 || !ok {
		r.resends, r.sub = false, 1
		return true
	}
	r.sub++
	return false
}
