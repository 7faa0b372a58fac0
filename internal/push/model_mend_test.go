package push

import (
	"plumbline/drivers/write"
	"plumbline/internal/journal"
)

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
			r.to(p.none)
			return
		}
		switch {
		case b.said == journal.Keep && (v.backOnly || !m.soaks(v, r)):
			r.failed0 = true
			m.decide(v, b, journal.Undo)
			b.all = b.all || v.all
		case b.said == "":
			m.decide(v, b, journal.Undo)
			b.all = b.all || v.all && !r.settles
		}
		r.round, r.d, r.sub, r.failed = r.round+1, r.high(v), 1, false
		return
	}
	if r.resends {
		if !m.resend(v, r, b) {
			return
		}
	} else if b.intent[r.d] && (b.said != journal.Back || r.mem.home[r.d]) { // else it is as it was kept
		if m.mendOne(v, r, b); r.resends {
			return
		}
	}
	if r.d > r.low(v) {
		r.d, r.sub = r.d-1, 1
		return
	}
	switch {
	case r.failed:
		r.sub = 0
	case b.said == journal.Back:
		r.to(p.well)
	case b.said != journal.Keep:
		r.to(p.ill)
	case !v.noCheck && !m.soaks(v, r):
		r.sub = 0
	default:
		r.to(p.well)
		for d := r.low(v); d <= r.high(v); d++ {
			if m.dev[d].holds != r.tx {
				r.at = p.ill
			}
		}
	}
}

// letGo takes back what of ours is on trial still.
func (m *model) letGo(v variant, r *runner) {
	for d := r.low(v); d <= r.high(v); d++ {
		if m.dev[d].tx == r.tx {
			m.revert(v, d, m.reached(v, d))
		}
	}
}

// sees is what recovery knows of one device.
func (m *model) sees(v variant, r *runner, b *book) seen {
	d := m.dev[r.d]
	s := seen{wants: b.aimsNew() != r.mem.home[r.d], decided: b.keep, holds: partly}
	from, to := int8(0), r.tx
	if r.mem.home[r.d] {
		s.decided, from, to = b.undo, to, from
	}
	switch {
	case !m.reached(v, r.d):
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
	s := m.sees(v, r, b)
	side := map[bool]int8{true: 2, false: 1}[b.aimsNew()]
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
		if fit := r.mem.home[r.d] && (v.noFit || !b.back) || m.soaks(v, r); !fit {
			r.failed = true
		} else {
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
			m.moved(v, r, b, text == 0)
		}
	case 2:
		ok = m.apply(v, r, text)
	case 3:
		ok = m.reached(v, r.d) && d.holds == text && !d.alien && (text == 0 && (v.noFit || !b.back) || m.well(v))
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
