package ssh

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/internal/wire"
)

// What is kept open: so many sessions, as a run reads so many devices at once, and each for so
// long, which is less than devices wait for a terminal on which nothing is typed.
const (
	mostKept = 64
	keptFor  = time.Minute
)

var _ drivers.Keeper = (*Reader)(nil)

// Keep gives two readers that share sessions: first leaves the session open on which it read a
// device, and last reads on it and closes it. Both read as r does, and open a new session where
// none is left or the one that was left is dead. end closes what nobody read on.
func (r *Reader) Keep() (first, last drivers.Reader, end func()) {
	p := &pool{idle: map[string]*kept{}}
	return &keeping{r: r, pool: p, leaves: true}, &keeping{r: r, pool: p}, p.end
}

// keeping is a reader over another one.
type keeping struct {
	r      *Reader
	pool   *pool
	leaves bool
}

// Fetch reads the running configuration.
func (k *keeping) Fetch(ctx context.Context, t drivers.Target) (drivers.Live, error) {
	return k.r.fetch(ctx, t, k.session)
}

// Probe asks questions by their names in platform.yaml.
func (k *keeping) Probe(ctx context.Context, t drivers.Target, asks ...string) ([]drivers.Fact, error) {
	return k.r.probe(ctx, t, k.session, asks)
}

// session hands over what was kept for the very same target, and a new one where the device has
// forgotten it: reading changes nothing, so it may be begun anew.
func (k *keeping) session(ctx context.Context, t drivers.Target, use func(*wire.Shell) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for s := k.pool.take(t); ; s = nil {
		was := s != nil
		if !was {
			c, sh, err := k.r.login(ctx, t)
			if err != nil {
				return err
			}
			s = &kept{close: func() { sh.Close(); k.r.forget(c) }, sh: sh}
		}
		err := use(s.sh)
		if err == nil && k.leaves {
			k.pool.put(t, s)
			return nil
		}
		s.close()
		if !was || !drivers.Passing(err) || ctx.Err() != nil {
			return err
		}
	}
}

// pool is what one run keeps open. Nothing in it serves another target than the one it was opened
// for: name, address, pins, credential and the way there are all its name.
type pool struct {
	mu   sync.Mutex
	idle map[string]*kept
	over bool
}

type kept struct {
	sh    *wire.Shell
	close func()
	late  *time.Timer
}

func name(t drivers.Target) string {
	text, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	return string(text)
}

// take gives a session to one caller; nil where none is kept.
func (p *pool) take(t drivers.Target) *kept {
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
func (p *pool) put(t drivers.Target, s *kept) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := name(t)
	if p.over || key == "" || p.idle[key] != nil || len(p.idle) >= mostKept {
		go s.close()
		return
	}
	p.idle[key] = s
	s.late = time.AfterFunc(keptFor, func() {
		if p.drop(key, s) {
			s.close()
		}
	})
}

// drop takes out one session, where it is still there.
func (p *pool) drop(key string, s *kept) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.idle[key] != s {
		return false
	}
	delete(p.idle, key)
	return true
}

func (p *pool) end() {
	p.mu.Lock()
	all := p.idle
	p.idle, p.over = map[string]*kept{}, true
	p.mu.Unlock()
	for _, s := range all {
		s.late.Stop()
		s.close()
	}
}
