package trial

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/internal/script"
	"plumbline/drivers/write"
)

// steps sends groups of steps by the hand, and stops at the first that does not bring what
// it must.
func (p *pending) steps(ctx context.Context, groups ...[]drivers.Step) error {
	for _, s := range slices.Concat(groups...) {
		if err := p.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// step sends one step, with the lines whose place it holds.
func (p *pending) step(ctx context.Context, s drivers.Step) error {
	lines, err := script.Said(p.lines(s), []byte(p.held), p.w.s)
	if err != nil {
		return trouble(p.t, write.ErrInput, err.Error(), "", nil)
	}
	return p.hand.tell(ctx, drivers.Step{Send: p.fill(s.Send), Want: p.fill(s.Want)}, lines)
}

// lines are those whose place a step holds; nil where it holds no place.
func (p *pending) lines(s drivers.Step) []script.Line {
	switch {
	case strings.Contains(s.Send, "<script>"):
		return append([]script.Line{}, p.do...)
	case strings.Contains(s.Send, "<undo>"):
		return append([]script.Line{}, p.undo...)
	}
	return nil
}

// fill puts the mark and the length of the trial into the holes of a line.
func (p *pending) fill(line string) string {
	s := int(p.w.c.Trial(p.h.For) / time.Second)
	return strings.NewReplacer("<tag>", p.h.Tx, "<s>", fmt.Sprint(s), "<min>", fmt.Sprint((s+59)/60),
		"<hms>", fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)).Replace(line)
}

// back forgets what was staged before the change ran, and gives why.
func (p *pending) back(ctx context.Context, why error) error {
	if err := p.clean(ctx); err != nil {
		return trouble(p.t, write.ErrDirtyOurs, "nothing was put on trial, and it is not proved that nothing is left", "run resume", errors.Join(why, err))
	}
	return why
}

// failed decides what it means that the change did not come to be on trial. What the device
// refused is undone and proved; where the connection was lost only the device knows.
func (p *pending) failed(ctx context.Context, why error) error {
	if ctx.Err() == nil && (errors.Is(why, drivers.ErrCut) || errors.Is(why, drivers.ErrTimeout) || errors.Is(why, drivers.ErrUnreachable)) {
		return trouble(p.t, write.ErrInDoubt, "the connection was lost when the change was put on trial", "run resume; the device goes back by itself", why)
	}
	if errors.Is(why, write.ErrNoTimer) {
		p.reverse(ctx)
	}
	if err := p.clean(ctx); err != nil {
		return trouble(p.t, write.ErrDirtyOurs, "the way back is not proved", "run resume; the device goes back by itself", errors.Join(why, err))
	}
	return why
}

// reverse sends the way back to a device that took the change and started no clock. Whether
// it led back is proved by who called.
func (p *pending) reverse(ctx context.Context) {
	ctx, cancel := p.own(ctx)
	defer cancel()
	eye, err := p.w.look(ctx, p.t, p.h.Tx)
	if err != nil {
		return
	}
	defer eye.Close()
	if s, _, err := eye.state(ctx); err != nil || s != write.None {
		return // it has a clock after all, or somebody else's runs
	}
	now, err := eye.running(ctx)
	if err != nil || now == p.base {
		return
	}
	h := p.h
	p.held, p.do, p.undo, p.h.Tx = now, p.undo, p.do, back(h.Tx)
	_ = p.steps(ctx, p.w.c.Stage, p.w.c.Check, p.w.c.Arm, p.w.c.Apply)
	_ = p.discard(ctx)
	p.do, p.undo, p.h = p.undo, p.do, h
}

// back is the mark of the way back of a trial.
func back(tx string) string { return tx + "-back" }

// clean forgets all that is ours and not kept, in time of its own, and proves on a new
// connection that what runs is what ran and that nothing is on trial.
func (p *pending) clean(ctx context.Context) error {
	ctx, cancel := p.own(ctx)
	defer cancel()
	if p.discard(ctx) != nil { // the session is lost: by another one
		p.drop()
		if err := p.grasp(ctx); err != nil {
			return err
		}
		if err := p.discard(ctx); err != nil {
			return err
		}
	}
	p.drop()
	return p.based(ctx)
}

// discard sends the steps that are harmless in every state, whatever the device says.
func (p *pending) discard(ctx context.Context) error {
	if p.hand == nil {
		return drivers.ErrCut
	}
	for _, s := range p.w.c.Discard {
		err := p.hand.tell(ctx, drivers.Step{Send: p.fill(s.Send), Want: "*"}, nil)
		if no := (*write.Refused)(nil); err != nil && !errors.As(err, &no) {
			return err
		}
	}
	return nil
}

// tidy forgets what stands on the device under a mark of ours that is on trial no more: a session
// that was lost may have left it. Where marks stay it is looked for; that nobody answers is no fault,
// for nothing runs by it.
func (p *pending) tidy(ctx context.Context) {
	if !slices.ContainsFunc(p.w.c.Discard, func(s drivers.Step) bool { return strings.Contains(s.Send, "<tag>") }) {
		return
	}
	if p.grasp(ctx) == nil {
		_ = p.discard(ctx)
	}
	p.drop()
}

// own is time that does not end with the caller's.
func (p *pending) own(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), max(30*time.Second, p.w.limits.Timeout))
}

// drop closes the hand.
func (p *pending) drop() {
	if p.hand != nil {
		p.hand.Close()
		p.hand = nil
	}
}
