package push_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"plumbline/internal/journal"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// bench is some devices, whatever they are made of, and a plan for them.
type bench interface {
	plan() []plan.Change
	options(push.Journal) push.Options
	fire()                                // all timers of devices
	typed(device string)                  // somebody else changes something there
	theirs(device string) (is, copy bool) // whether that is there, or a copy of it was taken
	settled(dir, when string)             // the invariants at the end of a run
	mutating() int
	heal() // what was not well is well from now on
}

// harm is one thing that may happen at a step.
type harm struct {
	name string
	at   func(m *mishap)
}

// mishap is one run in which something happens at its n-th step.
type mishap struct {
	b    bench
	book *spoiltBook
	o    *push.Options
	n    int // steps until it happens
	came bool
}

// harms is all that may happen. Every one of them at every step is a case.
var harms = []harm{
	{"a timer fires", func(m *mishap) { m.onStep(m.b.fire) }},
	{"somebody commits", func(m *mishap) { m.onStep(func() { m.b.typed(m.b.plan()[0].Device) }) }},
	{"full disk", func(m *mishap) { m.onRecord(syscall.ENOSPC, 0) }},
	{"EIO behind a whole record", func(m *mishap) { m.onRecord(syscall.EIO, 1) }},
	{"a torn record", func(m *mishap) { m.onRecord(syscall.EIO, 2) }},
}

func (m *mishap) onStep(f func()) {
	m.o.Step = func(string) {
		if m.n--; m.n == 0 {
			m.came = true
			f()
		}
	}
}

func (m *mishap) onRecord(err error, how int) {
	m.book.fail = func() (int, error) {
		if m.n--; m.n == 0 {
			m.came = true
			return how, err
		}
		return 0, nil
	}
}

// spoiltBook is a journal whose disk fails once: before a record, behind it, or in it.
type spoiltBook struct {
	mu   sync.Mutex
	j    *journal.Journal
	file string
	fail func() (how int, err error)
	bad  error
}

func (s *spoiltBook) Append(r journal.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bad != nil {
		return s.bad
	}
	if s.fail != nil {
		if how, err := s.fail(); err != nil {
			s.bad = err
			if how > 0 {
				_ = s.j.Append(r)
			}
			if how == 2 {
				at, err := os.Stat(s.file)
				if err == nil {
					_ = os.Truncate(s.file, at.Size()-20)
				}
			}
			return s.bad
		}
	}
	return s.j.Append(r)
}

// run plays the plan once, and says whether what was to happen came.
func (m *mishap) run(t *testing.T, dir string, h *harm) (push.Result, error) {
	t.Helper()
	j, had, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	m.book = &spoiltBook{j: j, file: filepath.Join(dir, journal.Name)}
	o := m.b.options(m.book)
	o.Had, o.Resume = had, true
	o.Kept = func(string) (plan.Plan, error) {
		return plan.Plan{Header: plan.Header{Repo: repoID}, Changes: m.b.plan()}, nil
	}
	m.o = &o
	if h != nil {
		h.at(m)
	}
	return push.Run(context.Background(), allowed(t, m.b.plan()...), o)
}

// mishaps plays one harm at every step-th step, and looks; it gives the count of cases.
func mishaps(t *testing.T, h harm, step int, fresh func() bench) (cases int) {
	for n := (step + 1) / 2; !t.Failed(); n += step {
		m := &mishap{b: fresh(), n: n}
		dir := filepath.Join(t.TempDir(), "state")
		res, err := m.run(t, dir, &h)
		if !m.came {
			break
		}
		cases++
		when := fmt.Sprintf("%s at step %d, which ended %s (%v)", h.name, n, res.State, err)
		first := m.b.plan()[0].Device
		is, saved := m.b.theirs(first)
		if h.name == "somebody commits" && !is && !saved {
			t.Errorf("%s: what they wrote is lost", when)
		}
		if is { // a person takes it away, and the next run goes on
			m.b.settled(dir, when)
			continue
		}
		m.b.heal()
		again := &mishap{b: m.b}
		res, err = again.run(t, dir, nil)
		if when += fmt.Sprintf(", then %s (%v)", res.State, err); res.State != push.Committed {
			t.Errorf("%s: the next push does not bring it to its end", when)
		}
		m.b.settled(dir, when)
		before := m.b.mutating()
		if res, err := again.run(t, dir, nil); err != nil || m.b.mutating() != before {
			t.Errorf("%s: one more push sent %d lines: %s %v", when, m.b.mutating()-before, res.State, err)
		}
	}
	return cases
}

// TestMishaps is the matrix on devices in memory: all of it, in seconds.
func TestMishaps(t *testing.T) {
	total := 0
	for _, h := range slices.Concat(harms, []harm{{"an answer is lost", nil}}) {
		for _, back := range []bool{false, true} {
			n, name := 0, h.name+map[bool]string{true: ", and all goes back"}[back]
			t.Run(name, func(t *testing.T) {
				n = mishaps(t, h.of(), 1, func() bench {
					b := &memoryBench{World: fresh("r1", "r2", "r3"), t: t, back: back}
					if back {
						b.Sick, b.SickOn = lastSick()
					}
					return b
				})
			})
			total += n
			t.Logf("figure: matrix in memory: %s: %d cases", name, n)
		}
	}
	t.Logf("figure: matrix in memory: %d cases, the invariants hold in all of them", total)
}

// of gives what happens; answers are lost by the devices themselves.
func (h harm) of() harm {
	if h.at != nil {
		return h
	}
	return harm{h.name, func(m *mishap) {
		m.b.(*memoryBench).lose = func() bool {
			if m.n--; m.n == 0 {
				m.came = true
				return true
			}
			return false
		}
	}}
}

// memoryBench is devices in memory.
type memoryBench struct {
	*World
	t    *testing.T
	back bool // where a wave fails all goes back, and the last one does
	lose func() bool
}

// lastSick is a device of crashPlan that is not well in its last wave.
func lastSick() (device, on string) { return "r1", "|b" }

func (b *memoryBench) heal() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Sick = ""
}

func (b *memoryBench) plan() []plan.Change { return crashPlan() }

func (b *memoryBench) options(j push.Journal) push.Options {
	o := door(func(a Ask) (r Reply, err error) {
		err = b.Do(a, &r)
		if b.lose != nil && b.lose() {
			return Reply{}, io.ErrUnexpectedEOF
		}
		return r, err
	}).options(j)
	o.Clock, o.All = waits{}, b.back // no two runs have one name
	return o
}

func (b *memoryBench) typed(device string) { b.World.typed(device, "theirs") }

func (b *memoryBench) theirs(device string) (is, saved bool) {
	return strings.Contains(b.box(device).Running, "theirs"), strings.Contains(b.archived(), "theirs")
}

func (b *memoryBench) mutating() (n int) {
	for _, c := range crashPlan() {
		n += b.box(c.Device).Mutating
	}
	return n
}

// settled: no trial of ours, the journal says of each device what it holds, and each that was
// changed has an intent before.
func (b *memoryBench) settled(dir, when string) {
	b.t.Helper()
	rs, err := journal.Read(dir)
	if err != nil {
		b.t.Error(when, err)
	}
	for _, fault := range slices.Concat(b.astray(crashPlan()), leaked(dir, when)) {
		b.t.Errorf("%s: %s", when, fault)
	}
	for _, c := range crashPlan() {
		for _, fault := range broken(c, b.box(c.Device), rs, false) {
			b.t.Errorf("%s: %s", when, fault)
		}
	}
}
