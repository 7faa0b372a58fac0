package write

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"plumbline/drivers"
)

// ErrLimit says that a limit stands against it, whatever plan it is of; nothing was sent.
var ErrLimit = errors.New("a limit stands against it")

// Limits is what no change passes, whoever planned it: it stands between push and the
// writers, counts what is on trial, and asks no plan. One serves one run.
type Limits struct {
	Most    int                          // devices on trial at once; 0 for any
	PerHour int                          // devices whose trial begins within one hour; 0 for any
	Group   func(device string) string   // redundancy group, "" for none; nil for none
	Apart   func(device string) []string // the other ends of last paths; nil for none
	Began   []Begun                      // trials of earlier runs
	Now     func() time.Time

	mu  sync.Mutex
	out map[string]time.Time // devices on trial, and when they go back by themselves
}

// Begun is when a trial of a device began.
type Begun struct {
	Device string
	At     time.Time
}

// Over gives writers that keep to the limits.
func (l *Limits) Over(r Reach) Reach {
	return func(device string) (Writer, error) {
		w, err := r(device)
		if err != nil {
			return nil, err
		}
		return limited{w, l}, nil
	}
}

// take lets one more device be on trial, or tells what stands against it.
func (l *Limits) take(device string, hold time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	hour := map[string]bool{device: true}
	for _, b := range l.Began {
		if now.Sub(b.At) < time.Hour {
			hour[b.Device] = true
		}
	}
	if l.PerHour > 0 && len(hour) > l.PerHour {
		return l.no(device, fmt.Sprintf("%d devices were changed within one hour, and no more may be", len(hour)-1), "wait, or raise max_devices_per_hour through a request of its own")
	}
	on := 0
	for other, until := range l.out {
		if other == device || now.After(until) {
			continue
		}
		on++
		if l.Group != nil && l.Group(device) != "" && l.Group(device) == l.Group(other) {
			return l.no(device, "it shares a redundancy group with "+other+", which is on trial", "one wave for each of them")
		}
		if l.Apart != nil && slices.Contains(l.Apart(device), other) {
			return l.no(device, "the link to "+other+", which is on trial, is the last path between them", "one wave for each of them")
		}
	}
	if l.Most > 0 && on >= l.Most {
		return l.no(device, fmt.Sprintf("%d devices are on trial, and no more may be", on), "smaller waves, or raise max_on_trial through a request of its own")
	}
	if l.out == nil {
		l.out = map[string]time.Time{}
	}
	l.out[device], l.Began = now.Add(hold), append(l.Began, Begun{device, now})
	return nil
}

func (l *Limits) no(device, why, hint string) error {
	return &Trouble{Device: device, Kind: ErrLimit, Text: why, Hint: hint}
}

// over notes that a device is not on trial any more.
func (l *Limits) over(device string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.out, device)
}

// limited is a writer that asks first.
type limited struct {
	w Writer
	l *Limits
}

// unchanged are the errors after which it is proved that nothing is on trial.
var unchanged = []error{ErrStale, ErrDirty, ErrNoTimer, ErrInput, ErrRefused}

// Apply asks the limits, then sends.
func (w limited) Apply(ctx context.Context, t drivers.Target, e drivers.Edit, h Hold) (Pending, error) {
	if err := w.l.take(t.Name, h.For); err != nil {
		return nil, err
	}
	p, err := w.w.Apply(ctx, t, e, h)
	if err != nil {
		if slices.ContainsFunc(unchanged, func(kind error) bool { return errors.Is(err, kind) }) {
			w.l.over(t.Name)
		}
		return p, err
	}
	return counted{p, t.Name, w.l}, nil
}

// Resume finds a trial as the writer does.
func (w limited) Resume(ctx context.Context, t drivers.Target, tx string) (State, Pending, error) {
	s, p, err := w.w.Resume(ctx, t, tx)
	if p != nil {
		p = counted{p, t.Name, w.l}
	}
	return s, p, err
}

// SelfReverts tells what the writer tells.
func (w limited) SelfReverts(t drivers.Target) bool {
	timer, ok := w.w.(Timer)
	return ok && timer.SelfReverts(t)
}

// Ready tells what the writer tells.
func (w limited) Ready(ctx context.Context, t drivers.Target) error {
	if asks, ok := w.w.(Readier); ok {
		return asks.Ready(ctx, t)
	}
	return errors.New("its writer cannot tell")
}

// counted is a trial that counts until it has ended.
type counted struct {
	Pending
	device string
	l      *Limits
}

// Keep ends the trial.
func (p counted) Keep(ctx context.Context) error { return p.ended(p.Pending.Keep(ctx)) }

// Undo ends the trial.
func (p counted) Undo(ctx context.Context) error { return p.ended(p.Pending.Undo(ctx)) }

func (p counted) ended(err error) error {
	if err == nil {
		p.l.over(p.device)
	}
	return err
}
