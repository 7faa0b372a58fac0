package sim

import (
	"slices"
	"sync"
	"time"
)

// Clock is the time of a farm: what its trial timers run on.
type Clock interface {
	// Now is the time of day.
	Now() time.Time
	// After runs f once, d from now, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
}

// wall is the real time.
type wall struct{}

// Now is the time of the machine.
func (wall) Now() time.Time { return time.Now() }

// After is a timer of the machine.
func (wall) After(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

// cisco tells the time as devices of that vendor do that were never told it by NTP.
func (b *Box) cisco() string {
	return b.farm.opt.Clock.Now().UTC().Format("*15:04:05.000 UTC Mon Jan 2 2006") + "\n"
}

// Hand is a clock that stands still until a test moves it.
type Hand struct {
	mu    sync.Mutex
	now   time.Time
	alarm []*alarm
}

type alarm struct {
	at time.Time
	f  func()
}

// NewHand is a clock that shows now.
func NewHand(now time.Time) *Hand { return &Hand{now: now} }

// Now is where the hand stands.
func (h *Hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// After waits for the hand.
func (h *Hand) After(d time.Duration, f func()) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := &alarm{h.now.Add(d), f}
	h.alarm = append(h.alarm, a)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.alarm = slices.DeleteFunc(h.alarm, func(b *alarm) bool { return a == b })
	}
}

// Move moves the hand by d, and runs what was due on the way, in order, before it returns.
func (h *Hand) Move(d time.Duration) {
	h.mu.Lock()
	end := h.now.Add(d)
	for {
		var next *alarm
		for _, a := range h.alarm {
			if !a.at.After(end) && (next == nil || a.at.Before(next.at)) {
				next = a
			}
		}
		if next == nil {
			break
		}
		h.alarm = slices.DeleteFunc(h.alarm, func(b *alarm) bool { return next == b })
		h.now = next.at
		h.mu.Unlock()
		next.f()
		h.mu.Lock()
	}
	h.now = end
	h.mu.Unlock()
}
