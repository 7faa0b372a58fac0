package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"plumbline/internal/journal"
	"plumbline/internal/push"
	"plumbline/internal/repo"
)

// The names of what runners share under refs/plumbline.
const (
	leaseRef = "lease"
	haltRef  = "halt"
)

// How long a lease lasts, how much longer a trial of its holder may, and how old what was
// seen of it may be where nothing is being decided.
const (
	leaseFor   = 15 * time.Minute
	leaseGrace = 10 * time.Minute
	leaseFresh = 5 * time.Second
)

// lease is who pushes: one runner at a time, as long as it renews it. It saves work; what
// protects devices is their own lock, and that a trial is kept by its name alone.
type lease struct {
	Mark  string    `json:"mark"` // of this run
	Host  string    `json:"host"`
	Boot  string    `json:"boot"`
	Pid   int       `json:"pid"`
	Plan  string    `json:"plan"` // "" where an earlier push is settled
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	Epoch int       `json:"epoch"` // grows with each holder
	Trial int       `json:"trial"` // seconds that a device may hold a trial of its after that
}

// String tells who it is.
func (l lease) String() string {
	what := "settles an earlier push"
	if l.Plan != "" {
		what = fmt.Sprintf("pushes plan %.12s", l.Plan)
	}
	return fmt.Sprintf("process %d on %s %s since %s, until %s", l.Pid, l.Host, what, l.Since.UTC().Format(time.RFC3339), l.Until.UTC().Format(time.RFC3339))
}

// over tells whether nobody holds it any more: its process is dead, or it ended so long ago
// that no trial of it can run.
func (l lease) over(now time.Time) bool {
	host, boot := thisHost()
	if l.Host == host && l.Boot == boot {
		return !alive(l.Pid) || l.Pid == os.Getpid() // an earlier run of this process
	}
	return now.After(l.Until.Add(max(leaseGrace, time.Duration(l.Trial)*time.Second)))
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

func thisHost() (name, boot string) {
	name, _ = os.Hostname()
	b, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return name, strings.TrimSpace(string(b))
}

// turn is a lease that this run has.
type turn struct {
	e      *env
	repo   *repo.Repo
	remote string
	dir    string // of the journal
	mu     sync.Mutex
	is     lease
	bytes  []byte
	seen   time.Time // when it was last seen to be ours
	stop   bool      // a halt stands
	looked time.Time
	away   string // the remote whose lease this one stands for, in an emergency
	ledger string // and the ledger as it was last seen there
}

// lease takes the lease, or tells who has it.
func (e *env) lease(r *repo.Repo, cfg runnerConfig, plan string) (*turn, error) {
	host, boot := thisHost()
	now := e.now()
	h := &turn{e: e, repo: r, remote: cfg.Remote, dir: e.stateDir(cfg), is: lease{Mark: rand.Text(), Host: host, Boot: boot, Pid: os.Getpid(), Plan: plan, Since: now, Until: now.Add(leaseFor), Epoch: 1}}
	if pol, there, err := e.policy(); err != nil {
		return nil, err
	} else if there {
		h.is.Trial = int(pol.Exposure() / time.Second)
	}
	old, was, err := e.leased(r, cfg)
	switch {
	case errors.Is(err, repo.ErrNone):
		was = nil
	case err != nil:
		return nil, as(errRefused, fmt.Errorf("push/lease: %w", err))
	case !old.over(now):
		return nil, as(errRefused, fmt.Errorf("push/lease: %s: wait for it to end; where it is gone for good: plumbline locks --release REASON", old))
	default:
		h.is.Epoch = old.Epoch + 1
	}
	if err := h.swap(was); err != nil {
		return nil, as(errRefused, fmt.Errorf("push/lease: %w: try again", err))
	}
	return h, nil
}

// errNoLease says that what stands where the lease is kept is none: nobody knows who pushes.
var errNoLease = errors.New("refs/plumbline/lease is damaged: once you know that no other runner pushes, plumbline locks --release REASON takes it away")

// leased reads who has the lease.
func (e *env) leased(r *repo.Repo, cfg runnerConfig) (l lease, b []byte, err error) {
	if b, err = r.Peek(cfg.Remote, leaseRef); err != nil {
		return l, nil, err
	}
	l, whole := readLease(b)
	if !whole {
		return lease{}, b, errNoLease
	}
	return l, b, nil
}

// readLease reads what a runner wrote. What lacks something that each of them writes is no lease: taken
// for one it would be over, and free for anybody.
func readLease(b []byte) (l lease, whole bool) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if d.Decode(&l) != nil || d.More() {
		return lease{}, false
	}
	return l, printed(l.Mark+l.Host+l.Boot+l.Plan) && l.Mark != "" && l.Host != "" && l.Pid > 0 && l.Epoch > 0 && l.Trial >= 0 && !l.Since.IsZero() && !l.Until.IsZero()
}

// printed tells whether a text of a ref, which others write, does nothing where it is shown.
func printed(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) })
}

func (h *turn) swap(was []byte) error {
	b, err := json.Marshal(h.is)
	if err != nil {
		return err
	}
	if err := h.repo.Swap(h.remote, leaseRef, was, b); err != nil {
		return err
	}
	h.bytes, h.seen = b, time.Now()
	return nil
}

// fence tells why nothing may be sent or kept any more: the lease is somebody else's, or
// cannot be seen. A decision to keep is never made by what was seen before.
func (h *turn) fence(s journal.Step) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s != journal.Keep && time.Since(h.seen) < leaseFresh {
		return nil
	}
	now, err := h.repo.Peek(h.remote, leaseRef)
	if err != nil {
		return fmt.Errorf("the lease cannot be seen any more, so nothing is sent or kept: %w", err)
	}
	if string(now) != string(h.bytes) {
		return errors.New("another runner took the lease, so nothing more is sent or kept here: look with plumbline locks")
	}
	h.seen = time.Now()
	if h.is.Until.Sub(h.e.now()) < leaseFor/2 {
		h.is.Until = h.e.now().Add(leaseFor)
		return h.swap(now)
	}
	return nil
}

// halted tells whether a person said stop: by a file beside the journal, or for all runners.
// What cannot be seen counts as a halt.
func (h *turn) halted() bool {
	if _, err := os.Stat(filepath.Join(h.dir, haltRef)); err == nil {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.looked.IsZero() || time.Since(h.looked) >= leaseFresh {
		_, err := h.repo.Peek(h.remote, haltRef)
		h.stop, h.looked = !errors.Is(err, repo.ErrNone), time.Now()
		if !h.stop { // nor does a copy of one that was lifted stand here
			h.stop = h.repo.Forget(haltRef) != nil
		}
	}
	return h.stop
}

// free gives the lease back; where it is not ours any more there is nothing to give.
func (h *turn) free() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.repo.Swap(h.remote, leaseRef, h.bytes, nil); err != nil && !errors.Is(err, repo.ErrMoved) {
		fmt.Fprintln(h.e.err, "note: the lease was not given back, it ends by itself:", err)
	}
}

// guard ties what push does to the lease.
func (h *turn) guard(o push.Options) push.Options {
	o.Fence, o.Halted = h.fence, h.halted
	return o
}
