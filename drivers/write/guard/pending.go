package guard

import (
	"context"
	"errors"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
)

// pending is one trial. Every verb opens a connection of its own: that it can is part of
// what a trial proves.
type pending struct {
	w    *Writer
	t    drivers.Target
	h    write.Hold
	base string // digest of what ran before; empty where neither we nor the guard saw it
	ran  string // reduced
}

// Keep decides that the change stays, proves it, and saves it. To repeat it is harmless.
func (p *pending) Keep(ctx context.Context) error {
	g, err := p.w.dial(ctx, p.t)
	if err != nil {
		return err
	}
	defer g.Close()
	s, err := g.status(ctx, p.h.Tx)
	if err != nil {
		return err
	}
	switch {
	case s.tx == p.h.Tx:
		if err := p.keep(ctx, g); err != nil {
			return err
		}
	case s.last == p.h.Tx && s.how == "kept" && s.saved:
		return nil
	case s.last == p.h.Tx && s.how == "kept":
	case s.last == p.h.Tx:
		return trouble(p.t, write.ErrEnded, "it was "+s.how+" by the device", "plan again", nil)
	default:
		return trouble(p.t, write.ErrEnded, "the guard does not know "+p.h.Tx, "run resume", nil)
	}
	return p.save(ctx, g)
}

// keep confirms only what ran since the last line was sent.
func (p *pending) keep(ctx context.Context, g *session) error {
	now, err := g.text(ctx, "show")
	if err != nil {
		return err
	}
	if p.ran != "" && p.w.reduced(now) != p.ran {
		return trouble(p.t, write.ErrStale, "somebody changed it during the trial", "undo, then plan again", nil)
	}
	if err := p.h.Step("keep"); err != nil {
		return err
	}
	reply, err := g.verb(ctx, "keep "+p.h.Tx, nil)
	var no *refusal
	switch {
	case errors.As(err, &no):
		return trouble(p.t, write.ErrEnded, no.Error(), "run resume", nil)
	case err != nil:
		return trouble(p.t, write.ErrInDoubt, "no answer to keep", "run resume", err)
	case reply != "kept "+p.h.Tx:
		return trouble(p.t, write.ErrInDoubt, "keep was answered with "+reply, "run resume", nil)
	}
	after, err := g.text(ctx, "show")
	if err != nil {
		return trouble(p.t, write.ErrInDoubt, "kept, and not read back", "run resume", err)
	}
	if p.w.reduced(after) != p.w.reduced(now) {
		return trouble(p.t, write.ErrUnsaved, "what runs is not what was kept", "compare the device with the plan", nil)
	}
	return nil
}

// save makes what was kept what the device starts with.
func (p *pending) save(ctx context.Context, g *session) error {
	if err := p.h.Step("save"); err != nil {
		return trouble(p.t, write.ErrUnsaved, "", "run resume", err)
	}
	reply, err := g.verb(ctx, "save "+p.h.Tx, nil)
	if err == nil && reply != "saved "+p.h.Tx {
		err = errors.New("save was answered with " + reply)
	}
	if err != nil {
		return trouble(p.t, write.ErrUnsaved, "", "save it on the device", err)
	}
	running, err := g.text(ctx, "show")
	if err != nil {
		return trouble(p.t, write.ErrUnsaved, "the save is not proved", "run resume", err)
	}
	startup, err := g.text(ctx, "startup")
	if err != nil || p.w.reduced(startup) != p.w.reduced(running) {
		return trouble(p.t, write.ErrUnsaved, "what it starts with is not what runs", "save it on the device", err)
	}
	return nil
}

// Undo takes the change back and proves it. To repeat it is harmless.
func (p *pending) Undo(ctx context.Context) error {
	if err := p.h.Step("undo"); err != nil {
		return err
	}
	return p.undone(ctx)
}

// undone brings the trial to its end, on a new connection and in time of its own: the
// caller's may be over.
func (p *pending) undone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(30*time.Second, p.w.limits.Timeout))
	defer cancel()
	g, err := p.w.dial(ctx, p.t)
	if err != nil {
		return err
	}
	defer g.Close()
	s, err := g.status(ctx, p.h.Tx)
	if err != nil {
		return err
	}
	if s.tx == p.h.Tx {
		_, err = g.verb(ctx, "undo "+p.h.Tx, nil)
		var no *refusal
		if err != nil && !errors.As(err, &no) { // a no may be the clock, which was first: status tells
			return trouble(p.t, write.ErrInDoubt, "no answer to undo", "run resume; the device goes back by itself", err)
		}
	}
	return p.based(ctx, g)
}

// based waits until the way back has ended, and proves that it led to what ran before. A
// clock that has just fired is still on its way; no other word is a proof.
func (p *pending) based(ctx context.Context, g *session) error {
	var err error
	for range 20 {
		var wait bool
		if wait, err = p.over(ctx, g); !wait {
			return err
		}
		select {
		case <-time.After(250 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

// over judges what guard and device show once; wait tells that it may still come right.
func (p *pending) over(ctx context.Context, g *session) (wait bool, err error) {
	s, err := g.status(ctx, p.h.Tx)
	if err != nil {
		return false, err
	}
	base := p.base
	if s.base != "" {
		base = s.base
	}
	switch {
	case s.tx == p.h.Tx:
		return false, trouble(p.t, write.ErrDirtyOurs, "the guard did not go back", "look at the device", nil)
	case s.how == "kept":
		return false, trouble(p.t, write.ErrEnded, "it was kept before", "plan the way back", nil)
	case s.how == "undoing":
		return true, trouble(p.t, write.ErrDirtyOurs, "the guard is still on its way back", "run resume", nil)
	case s.tx != "":
		return false, trouble(p.t, write.ErrDirty, "trial "+s.tx+" runs, so nobody can tell whether ours is undone", "wait until it has ended, then run resume", nil)
	case base == "":
		return false, trouble(p.t, write.ErrEnded, "the guard does not know "+p.h.Tx, "compare the device with the plan", nil)
	case s.last != "" && !s.saved:
		return false, trouble(p.t, write.ErrDirtyOurs, "the guard did not get back", "compare the device with the plan", nil)
	}
	now, err := g.text(ctx, "show")
	if err != nil || p.w.base(now) == base {
		return false, err
	}
	return true, trouble(p.t, write.ErrDirtyOurs, "undone, but what runs is not what ran before", "compare the device with the plan", nil)
}
