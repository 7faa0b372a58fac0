// Package warm keeps what a run read a device on, for one more reading of the same device. It knows
// neither a protocol nor what is read; what is kept can do no more than whoever opened it.
package warm

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"plumbline/drivers"
)

// What is kept open: so many sessions, as a run reads so many devices at once, and each for so
// long, which is less than devices wait for a terminal on which nothing is typed.
const (
	mostKept = 64
	keptFor  = time.Minute
)

// Opener hands a session of a device to whoever uses it, and sees to its end.
type Opener[S any] func(ctx context.Context, t drivers.Target, use func(S) error) error

// Driver is how sessions of a driver are opened and closed.
type Driver[S any] struct {
	Open  func(context.Context, drivers.Target) (S, error)
	Close func(S)
}

// Once is the opener that keeps nothing.
func (d Driver[S]) Once(ctx context.Context, t drivers.Target, use func(S) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := d.Open(ctx, t)
	if err != nil {
		return err
	}
	defer d.Close(s)
	return use(s)
}

// Keep gives two openers that share sessions: first leaves a session open, last uses it and closes
// it. Both open a new one where none is left, or where the one that was left is dead: who reads
// changes nothing, so it may be begun anew. end closes what nobody used.
func (d Driver[S]) Keep() (first, last Opener[S], end func()) {
	p := &pool[S]{d: d, idle: map[string]*kept[S]{}}
	as := func(leaves bool) Opener[S] {
		return func(ctx context.Context, t drivers.Target, use func(S) error) error {
			return p.session(ctx, t, leaves, use)
		}
	}
	return as(true), as(false), p.end
}

// pool is what one run keeps open. Nothing in it serves another target than the one it was opened
// for: name, address, pins, credential and the way there are all its name.
type pool[S any] struct {
	d    Driver[S]
	mu   sync.Mutex
	idle map[string]*kept[S]
	over bool
}

type kept[S any] struct {
	s    S
	late *time.Timer
}

func (p *pool[S]) session(ctx context.Context, t drivers.Target, leaves bool, use func(S) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for s := p.take(t); ; s = nil {
		was := s != nil
		if !was {
			opened, err := p.d.Open(ctx, t)
			if err != nil {
				return err
			}
			s = &kept[S]{s: opened}
		}
		err := use(s.s)
		if err == nil && leaves {
			p.put(t, s)
			return nil
		}
		p.d.Close(s.s)
		if !was || !drivers.Passing(err) || ctx.Err() != nil {
			return err
		}
	}
}

func name(t drivers.Target) string {
	text, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	return string(text)
}

// take gives a session to one caller; nil where none is kept.
func (p *pool[S]) take(t drivers.Target) *kept[S] {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.idle[name(t)]
	if s != nil {
		s.late.Stop()
		delete(p.idle, name(t))
	}
	return s
}

// put keeps a session, or closes it where there is no room.
func (p *pool[S]) put(t drivers.Target, s *kept[S]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := name(t)
	if p.over || key == "" || p.idle[key] != nil || len(p.idle) >= mostKept {
		go p.d.Close(s.s)
		return
	}
	p.idle[key] = s
	s.late = time.AfterFunc(keptFor, func() {
		if p.drop(key, s) {
			p.d.Close(s.s)
		}
	})
}

// drop takes out one session, where it is still there.
func (p *pool[S]) drop(key string, s *kept[S]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.idle[key] != s {
		return false
	}
	delete(p.idle, key)
	return true
}

func (p *pool[S]) end() {
	p.mu.Lock()
	all := p.idle
	p.idle, p.over = map[string]*kept[S]{}, true
	p.mu.Unlock()
	for _, s := range all {
		s.late.Stop()
		p.d.Close(s.s)
	}
}
