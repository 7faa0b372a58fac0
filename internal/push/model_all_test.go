package push

import "plumbline/internal/journal"

// What the search knows of a push that takes back what it kept: two waves of one device each,
// and after each end of one of them what course says. Each wave has a book of its own.

// low and high bound the devices of a runner's wave.
func (r *runner) low(v variant) int8 {
	if v.all {
		return r.wave
	}
	return 0
}

func (r *runner) high(v variant) int8 {
	if v.all {
		return r.wave
	}
	return v.devices - 1
}

func (m *model) bookOf(v variant, r *runner) *book {
	if v.all {
		return &m.book[r.wave]
	}
	return &m.book[r.tx-1]
}

// text is what a runner's trial leads to.
func (m *model) text(r *runner) int8 {
	if r.back {
		return 0
	}
	return r.tx
}

// aimsNew tells which side a wave is to be on.
func (b *book) aimsNew() bool { return b.said == journal.Keep || b.said == journal.Back }

// soaks tells whether a wave is well, and with it all that was kept before.
func (m *model) soaks(v variant, r *runner) bool {
	if v.all && v.ownOnly {
		return !m.sick(v, r.wave)
	}
	return m.well(v)
}

// moved writes the intent of one more trial of a device, which has a name of its own.
func (m *model) moved(v variant, r *runner, b *book, home bool) {
	if m.fenced(v, r) {
		return
	}
	was := *b
	b.moves[r.d], b.home[r.d] = min(b.moves[r.d]+1, 6), home
	b.mark[r.d] = b.moves[r.d]
	if r == &m.run[1] { // no two runners use one name
		b.mark[r.d] += 8
	}
	if r.mem = b.memory(); v.noBack && r.back {
		*b = was
	}
}

// recall looks at what was kept before anything is sent back.
func (m *model) recall(v variant, r *runner, b *book) {
	d := m.dev[r.d]
	switch {
	case r.sub == 0:
		m.decide(v, b, protocol[recalling].note)
		r.sub, r.d = 1, r.low(v)
		return
	case v.blindBack:
	case !m.reached(v, r.d) || d.tx != 0:
		r.failed = true
	case d.alien:
		b.done[r.d], r.failed = 3, true
	case d.holds == 0: // there already
		b.done[r.d] = 1
		r.to(undone)
		return
	}
	m.go_(r, protocol[recalling])
}

// onward is what comes after the end of a wave.
func (m *model) onward(v variant, r *runner) {
	end := r.at
	switch goes := course[leg{r.back, end}]; {
	case r.settles && !r.back:
		m.settled(v, r, end)
	case goes == halts:
		m.finish(r, true)
	case goes == onward && r.wave == 0:
		r.wave = 1
		r.to(watching)
	case goes == homeward && r.wave == 1:
		r.wave, r.back = 0, true
		r.to(recalling)
	default:
		m.finish(r, false)
	}
}

// settled is what comes after a wave that a crash left: the one before it, then the way back of
// what was kept, where that was decided or it is not well.
func (m *model) settled(v variant, r *runner, end phase) {
	r.doubt = r.doubt || end == doubtful
	if r.wave == 1 {
		r.wave = 0
		if r.mem = m.book[0].memory(); m.book[0].intent[0] && !m.book[0].over {
			r.to(mending)
			return
		}
	}
	due := !v.noSay && (m.book[1].all || m.book[0].all || m.book[0].back) || r.failed0 || !m.well(v)
	switch {
	case r.doubt:
		m.finish(r, true)
	case due && m.dev[0].holds != 0: // by the journal: it was read as new
		r.settles, r.back = false, true
		r.to(recalling)
	default:
		m.finish(r, false)
	}
}

// finish ends the push.
func (m *model) finish(r *runner, doubt bool) {
	m.book[0].halted, m.book[0].ended = doubt, true
	r.to(end)
}

// crashAll is a crash: the next run settles the last wave first.
func (m *model) crashAll() {
	r := runner{at: mending, tx: 1, settles: true, wave: 1, d: 1, mem: m.book[1].memory()}
	switch b := m.book; {
	case b[0].ended:
		r.at = end
	case b[1].over || !b[1].intent[1]:
		r.wave, r.d, r.mem = 0, 0, b[0].memory()
		if b[0].over {
			r.at = kept
		} else if !b[0].intent[0] {
			r = runner{at: watching, tx: 1} // nothing was sent, as far as the journal knows
		}
	}
	m.run[0] = r
}
