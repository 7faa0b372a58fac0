package trial

import (
	"context"
	"errors"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/internal/script"
	"plumbline/drivers/write"
)

// pending is one trial. Each verb looks over a new connection first: that it can is part of
// what a trial proves.
type pending struct {
	w        *Writer
	t        drivers.Target
	h        write.Hold
	do, undo []script.Line
	base     string // what ran before; empty where we did not see it
	held     string // what runs when lines are said
	ran      string // what ran when all was sent
	hand     *hand  // the session that began it, where it is still open
	kept     bool
}

// Keep decides that the change stays, proves it, and saves it. To repeat it is harmless.
func (p *pending) Keep(ctx context.Context) error {
	eye, err := p.w.look(ctx, p.t, p.h.Tx)
	if err != nil {
		return err
	}
	defer eye.Close()
	s, _, err := eye.state(ctx)
	switch {
	case err != nil:
		return err
	case s == write.Ours:
		if err := p.keep(ctx, eye); err != nil {
			if p.w.c.Session == "free" {
				p.drop() // a new one may undo
			}
			return err
		}
	case s == write.Foreign:
		return trouble(p.t, write.ErrDirty, "ours has ended", "run resume", nil)
	case s == write.Unseen:
		return trouble(p.t, write.ErrInDoubt, "it is not understood what the device says of trials", "run resume", nil)
	case !p.kept:
		p.end()
		p.drop()
		return trouble(p.t, write.ErrEnded, "it was undone by the device", "plan again", nil)
	}
	return p.save(ctx, eye)
}

// keep confirms only what ran since the last line was sent, and nothing that somebody
// staged meanwhile.
func (p *pending) keep(ctx context.Context, eye *eye) error {
	now, err := eye.running(ctx)
	if err != nil {
		return err
	}
	if p.ran != "" && now != p.ran {
		return trouble(p.t, write.ErrStale, "somebody changed it during the trial", "undo, then plan again", nil)
	}
	if err := p.take(ctx); err != nil {
		return err
	}
	if err := p.clear(ctx); err != nil {
		return err
	}
	if err := p.h.Step("keep"); err != nil {
		return err
	}
	err = p.steps(ctx, p.w.c.Confirm)
	if err != nil || p.w.c.Session != "free" {
		p.drop() // it has done what it could; its lock goes with it. One without a lock may save
	}
	if err != nil {
		return trouble(p.t, write.ErrInDoubt, "keep was not answered as it should be", "run resume", err)
	}
	s, _, err := eye.state(ctx)
	if err == nil && s != write.None {
		err = errors.New("the device still shows a trial: " + string(s))
	}
	if err != nil {
		return trouble(p.t, write.ErrInDoubt, "kept, and that is not proved", "run resume", err)
	}
	p.kept = true
	p.end()
	after, err := eye.running(ctx)
	switch {
	case err != nil:
		return trouble(p.t, write.ErrInDoubt, "kept, and not read back", "run resume", err)
	case after != now:
		return trouble(p.t, write.ErrUnsaved, "what runs is not what was kept", "compare the device with the plan", nil)
	}
	return nil
}

// take makes sure that there is a hand which may end the trial: the one that began it, or
// where any may, a new one under the lock.
func (p *pending) take(ctx context.Context) error {
	if p.hand != nil {
		return nil
	}
	if p.w.c.Session == "bound" {
		return trouble(p.t, write.ErrInDoubt, "the session that began the trial is gone, and no other can end it", "it goes back by itself; then run resume", nil)
	}
	if err := p.grasp(ctx); err != nil || p.w.c.Session != "held" {
		return err
	}
	err := p.steps(ctx, p.w.c.Lock)
	var no *write.Refused
	for range patience { // the session that died may not have been missed yet, and its lock is ours
		if !errors.As(err, &no) || !rested(ctx) {
			break
		}
		no, err = nil, p.steps(ctx, p.w.c.Lock)
	}
	if errors.As(err, &no) {
		p.drop()
		return trouble(p.t, write.ErrDirty, no.Reply, "wait until the configuration is free", nil)
	}
	return err
}

// patience is how often a lock that somebody holds is asked for again, rest apart.
const patience, rest = 8, 250 * time.Millisecond

// rested waits a moment; false: the caller's time is over.
func rested(ctx context.Context) bool {
	select {
	case <-time.After(rest):
		return true
	case <-ctx.Done():
		return false
	}
}

// clear proves that nothing is staged that a confirmation would take along.
func (p *pending) clear(ctx context.Context) error {
	c := p.w.c.Candidate
	if c.Ask == "" {
		return nil
	}
	said, err := p.hand.ask(ctx, c.Ask)
	if err == nil && !match(c.Same, said, nil) {
		err = trouble(p.t, write.ErrStale, "somebody staged lines during the trial", "undo, then plan again", nil)
	}
	return err
}

// save makes what was kept what the device starts with, by the hand that confirmed where it is left.
func (p *pending) save(ctx context.Context, eye *eye) error {
	defer p.drop()
	same, err := eye.startup(ctx)
	switch {
	case err != nil:
		return trouble(p.t, write.ErrUnsaved, "what it starts with is not known", "run resume", err)
	case same:
		return nil
	}
	if err := p.h.Step("save"); err != nil {
		return trouble(p.t, write.ErrUnsaved, "", "run resume", err)
	}
	if p.hand == nil {
		if err = p.grasp(ctx); err != nil {
			return trouble(p.t, write.ErrUnsaved, "", "run resume", err)
		}
	}
	if err := p.step(ctx, drivers.Step{Send: p.w.s.Save, Want: p.w.s.Saved}); err != nil {
		return trouble(p.t, write.ErrUnsaved, "", "save it on the device", err)
	}
	if same, err = eye.startup(ctx); err != nil || !same {
		return trouble(p.t, write.ErrUnsaved, "what it starts with is not what runs", "save it on the device", err)
	}
	return nil
}

// Undo takes the change back and proves it. To repeat it is harmless.
func (p *pending) Undo(ctx context.Context) error {
	if err := p.h.Step("undo"); err != nil {
		return err
	}
	ctx, cancel := p.own(ctx)
	defer cancel()
	defer p.drop()
	eye, err := p.w.look(ctx, p.t, p.h.Tx)
	if err != nil {
		return err
	}
	defer eye.Close()
	s, _, err := eye.state(ctx)
	switch {
	case err != nil:
		return err
	case s == write.Foreign:
		return trouble(p.t, write.ErrDirty, "nobody can tell whether ours is undone", "wait until it has ended, then run resume", nil)
	case s == write.Ours:
		if err := p.cancel(ctx); err != nil {
			return err
		}
	case p.kept:
		return trouble(p.t, write.ErrEnded, "it was kept before", "plan the way back", nil)
	}
	if err := p.based(ctx); err != nil {
		return err
	}
	p.end()
	return nil
}

// cancel sends the way back. A device that lost the session in it is looked at, not asked
// again.
func (p *pending) cancel(ctx context.Context) error {
	if err := p.take(ctx); err != nil {
		return err
	}
	err := p.steps(ctx, p.w.c.Cancel)
	if err != nil && errors.Is(err, drivers.ErrCut) && p.hand != nil { // ended by the device while it went back, or before
		p.drop()
		if p.w.c.Session == "bound" {
			return err
		}
		if err = p.take(ctx); err == nil {
			err = p.steps(ctx, p.w.c.Cancel)
		}
	}
	var no *write.Refused
	if errors.As(err, &no) {
		return nil // the clock may have been first: what runs tells
	}
	return err
}

// based waits until nothing of ours is on trial any more, and proves that what runs is what
// ran before.
func (p *pending) based(ctx context.Context) (err error) {
	for range 20 {
		var wait bool
		if wait, err = p.over(ctx); !wait {
			return err
		}
		if !rested(ctx) {
			return err
		}
	}
	return err
}

// over judges what the device shows once; wait tells that it may still come right.
func (p *pending) over(ctx context.Context) (wait bool, err error) {
	eye, err := p.w.look(ctx, p.t, p.h.Tx)
	if err != nil {
		return true, err
	}
	defer eye.Close()
	s, _, err := eye.state(ctx)
	switch {
	case err != nil:
		return true, err
	case s == write.Ours:
		return true, trouble(p.t, write.ErrDirtyOurs, "the device did not go back", "run resume; it goes back by itself", nil)
	case s == write.Foreign:
		return false, trouble(p.t, write.ErrDirty, "nobody can tell whether ours is undone", "wait until it has ended, then run resume", nil)
	case s == write.Unseen:
		return true, trouble(p.t, write.ErrInDoubt, "it is not understood what the device says of trials", "run resume", nil)
	case p.base == "":
		return false, nil // the caller reads
	}
	now, err := eye.running(ctx)
	if err == nil && now != p.base {
		return true, trouble(p.t, write.ErrDirtyOurs, "undone, but what runs is not what ran before", "compare the device with the plan", nil)
	}
	return err != nil, err
}

// end remembers that the trial is over.
func (p *pending) end() { p.w.over.Add(p.t, p.h.Tx) }
