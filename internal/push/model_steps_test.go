package push

import (
	"plumbline/internal/journal"
)

// play takes one step of a runner, by the tables.
func (m *model) play(v variant, r *runner, lost bool) {
	p, b := protocol[r.at], m.bookOf(v, r)
	switch r.at {
	case watching:
		m.watch(v, r, b)
		return
	case trying, returning:
		m.try(v, r, b, lost)
		return
	case recalling:
		m.recall(v, r, b)
		return
	case kept, undone, doubtful:
		if v.all {
			m.onward(v, r)
			return
		}
		if r.at != doubtful {
			b.ended = b.ended || !m.fenced(v, r)
			m.home(r)
			return
		}
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
			b.all = b.all || v.all && r.at == undoing
		} else if p.lost != "" {
			r.to(p.lost)
			return
		}
		r.sub = 1
		r.d = r.low(v)
		if r.at == undoing {
			r.d = r.high(v)
		}
		return
	}
	switch r.at {
	case soaking:
		r.failed = !m.reachedAll(v, r) || !v.noHealth && !m.soaks(v, r)
	case resting:
		r.failed = !v.sickBack && (!m.reachedAll(v, r) || !m.well(v))
	case checking:
		r.failed = !v.noCheck && !m.soaks(v, r)
	case closing:
		b.over = true
	case keeping, leaving:
		if m.keep(v, r, b); r.d < r.high(v) {
			r.d++
			return
		}
	case undoing, staying:
		if m.undo(v, r, b); r.d > r.low(v) {
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
	r.to(to)
}

// to begins a phase.
func (r *runner) to(at phase) {
	*r = runner{at: at, tx: r.tx, d: r.wave, mem: r.mem, wave: r.wave, back: r.back, settles: r.settles, failed0: r.failed0, doubt: r.doubt}
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
	case journal.Back:
		if !v.noBack {
			b.said, b.keep, b.undo, b.over, b.back = s, false, false, false, true
		}
	}
}

func (b *book) memory() memoryOf { return memoryOf{b.mark, b.home} }

func (m *model) reachedAll(v variant, r *runner) bool {
	for d := r.low(v); d <= r.high(v); d++ {
		if !m.reached(v, d) {
			return false
		}
	}
	return true
}

// watch begins only where all hold what the plan was made for.
func (m *model) watch(v variant, r *runner, b *book) {
	for d := r.low(v); d <= r.high(v); d++ {
		x := m.dev[d]
		r.failed = r.failed || !m.reached(v, d) && !v.blind || (x.holds != 0 || x.alien) && !v.blind && !v.noRecovery
	}
	b.begun = true
	m.go_(r, protocol[watching])
}

// try puts one device on trial: intent, apply, read back.
func (m *model) try(v variant, r *runner, b *book, lost bool) {
	d := &m.dev[r.d]
	switch r.sub {
	case 0:
		if r.back {
			m.moved(v, r, b, true)
		} else {
			b.intent[r.d] = b.intent[r.d] || !v.noIntent && !m.fenced(v, r)
		}
		r.failed = m.fenced(v, r)
	case 1:
		r.failed = !m.apply(v, r, m.text(r)) || lost
	case 2:
		r.failed = !m.reached(v, r.d) || d.holds != m.text(r) || d.alien
	}
	if r.sub++; r.sub == 3 || r.failed {
		if r.sub = 0; !r.failed && r.d < r.high(v) {
			r.d++
			return
		}
		m.go_(r, protocol[r.at])
	}
}

// apply is the device's side: under its lock it compares the base, and takes no second trial.
func (m *model) apply(v variant, r *runner, text int8) bool {
	d, tx := &m.dev[r.d], r.tx
	if !m.reached(v, r.d) {
		return false
	}
	want := int8(0)
	if text == 0 {
		want = tx
	}
	if !v.noLock && !v.blind && !(r.back && v.blindBack) && (d.tx != 0 || d.holds != want || d.alien) {
		return false
	}
	d.base, d.alien0 = d.holds, d.alien
	if v.replace || r.back && v.blindBack {
		d.gone, d.alien0 = d.gone || d.alien, false
		d.alien = false
	}
	d.holds, d.tx, d.mark, d.locked = text, tx, r.mem.mark[r.d]+1, true
	if v.late { // armed, and the lines are on their way
		d.holds, d.coming = d.base, text+1
	}
	d.homed = text == 0 && m.bookOf(v, r).back
	if v.noTimer || r.back && v.bareBack {
		d.tx, d.mark, d.locked = 0, 0, false
	}
	return true
}

// confirm is the device's side of a keep.
func (m *model) confirm(v variant, tx, i, mark int8) bool {
	d := &m.dev[i]
	if !m.reached(v, i) || d.tx == 0 && !v.noTimer || !v.loose && !v.noTimer && (d.tx != tx || d.mark != mark) {
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
	if !b.intent[r.d] && !v.noIntent || r.back && !b.home[r.d] && !v.noBack {
		return
	}
	if m.reached(v, r.d) && d.tx == r.tx {
		m.revert(v, r.d, true)
	}
	m.done(v, r, b, map[bool]int8{true: 2, false: 1}[r.back])
}

// done reads a device and writes down what is there; what is not wanted is a failure.
func (m *model) done(v variant, r *runner, b *book, want int8) {
	d := m.dev[r.d]
	if !m.reached(v, r.d) {
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
