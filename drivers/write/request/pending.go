package request

import (
	"context"
	"errors"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmi/proto/gnmi_ext"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"plumbline/drivers"
	"plumbline/drivers/write"
)

// pending is one trial. Each verb looks over a new connection.
type pending struct {
	w    *Writer
	t    drivers.Target
	h    write.Hold
	base string // what ran before; empty where we did not see it
	ran  string // what ran when all was sent
	kept bool
}

// Apply sends e.Do as one request under the device's own clock, and sees that the clock runs.
func (w *Writer) Apply(ctx context.Context, t drivers.Target, e drivers.Edit, hold write.Hold) (write.Pending, error) {
	if err := w.input(t, hold); err != nil {
		return nil, err
	}
	h, err := w.dial(ctx, t, hold.Tx)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	was, err := h.free(ctx)
	if err != nil {
		return nil, err
	}
	do, err := set(e.Do, was, w.m)
	if err != nil {
		return nil, trouble(t, write.ErrInput, err.Error(), "", nil)
	}
	p := &pending{w: w, t: t, h: hold, base: string(was.Text())}
	if err := hold.Step("read"); err != nil {
		return nil, err
	}
	now, err := p.running(ctx, h)
	switch {
	case err != nil:
		return nil, err
	case now != p.base:
		return nil, trouble(t, write.ErrStale, "somebody changed it while the change was made ready", "plan again", nil)
	}
	if err := hold.Step("apply"); err != nil {
		return nil, err
	}
	d := durationpb.New(w.span(hold.For))
	if err := h.send(ctx, do, &gnmi_ext.Commit{Action: &gnmi_ext.Commit_Commit{Commit: &gnmi_ext.CommitRequest{RollbackDuration: d}}}); err != nil {
		return nil, p.refused(ctx, h, err)
	}
	if err := p.armed(ctx, h, e.Undo); err != nil {
		return nil, err
	}
	if p.ran, err = p.running(ctx, h); err != nil {
		return nil, trouble(t, write.ErrInDoubt, "it runs, and reading back failed", "run resume", err)
	}
	return p, nil
}

func (p *pending) running(ctx context.Context, h *hand) (string, error) {
	now, _, err := h.Config(ctx)
	return string(now.Text()), err
}

// refused tells what became of a request that was not taken: a code of the device is its no,
// and all or nothing of a request holds; anything else leaves in doubt what ran.
func (p *pending) refused(ctx context.Context, h *hand, err error) error {
	switch status.Code(err) {
	case codes.FailedPrecondition:
		return trouble(p.t, write.ErrDirty, h.Says(err), "wait until it has ended", nil)
	case codes.InvalidArgument, codes.NotFound, codes.Internal, codes.Aborted, codes.PermissionDenied, codes.Unimplemented, codes.AlreadyExists, codes.Unknown:
	default:
		return trouble(p.t, write.ErrInDoubt, "the connection was lost while the change was sent", "run resume", err)
	}
	now, err2 := p.running(ctx, h)
	if err2 != nil || now != p.base {
		return trouble(p.t, write.ErrDirtyOurs, "the device said no, and what runs is not what ran before", "run resume", errors.Join(err, err2))
	}
	return &write.Refused{Device: p.t.Name, Line: "the request", Reply: h.Says(err)}
}

// armed proves that the clock of our own trial runs. Without one the change is taken back at
// once, by the lines that came along for that.
func (p *pending) armed(ctx context.Context, h *hand, undo []byte) error {
	s, err := h.state(ctx, p.h.For)
	switch {
	case err != nil:
		return trouble(p.t, write.ErrInDoubt, "it was sent, and whose trial runs was not answered", "run resume", err)
	case s == write.Ours:
		return nil
	}
	now, _, err := h.Config(ctx)
	var back *gnmi.SetRequest
	if err == nil {
		back, err = set(undo, now, p.w.m)
	}
	if err == nil {
		err = h.send(ctx, back, nil)
	}
	var text string
	if err == nil {
		text, err = p.running(ctx, h)
	}
	if err != nil || text != p.base {
		return trouble(p.t, write.ErrDirtyOurs, "it took the change without a clock, and what runs is not what ran before", "compare the device with the plan", err)
	}
	return trouble(p.t, write.ErrNoTimer, "the device took the change and shows no trial of ours: "+string(s)+"; it was taken back", "", nil)
}

// Keep decides that the change stays, and proves it. To repeat it is harmless.
func (p *pending) Keep(ctx context.Context) error {
	h, err := p.w.dial(ctx, p.t, p.h.Tx)
	if err != nil {
		return err
	}
	defer h.Close()
	s, err := h.state(ctx, onlyAsked)
	switch {
	case err != nil:
		return err
	case s == write.Ours:
		return p.keep(ctx, h)
	case s == write.Foreign:
		return trouble(p.t, write.ErrDirty, "ours has ended", "run resume", nil)
	case s == write.Unseen:
		return trouble(p.t, write.ErrInDoubt, "it is not understood what the device says of trials", "run resume", nil)
	case !p.kept:
		p.w.over.Add(p.t, p.h.Tx)
		return trouble(p.t, write.ErrEnded, "it was undone by the device", "plan again", nil)
	}
	return nil
}

// keep confirms only what ran since the request was sent.
func (p *pending) keep(ctx context.Context, h *hand) error {
	now, err := p.running(ctx, h)
	switch {
	case err != nil:
		return err
	case p.ran != "" && now != p.ran:
		return trouble(p.t, write.ErrStale, "somebody changed it during the trial", "undo, then plan again", nil)
	}
	if err := p.h.Step("keep"); err != nil {
		return err
	}
	if err := h.send(ctx, &gnmi.SetRequest{}, &gnmi_ext.Commit{Action: &gnmi_ext.Commit_Confirm{Confirm: &gnmi_ext.CommitConfirm{}}}); err != nil {
		return trouble(p.t, write.ErrInDoubt, "keep was not answered as it should be", "run resume", err)
	}
	s, err := h.state(ctx, onlyAsked)
	if err == nil && s != write.None {
		err = errors.New("the device still shows a trial: " + string(s))
	}
	if err != nil {
		return trouble(p.t, write.ErrInDoubt, "kept, and that is not proved", "run resume", err)
	}
	p.kept = true
	p.w.over.Add(p.t, p.h.Tx)
	after, err := p.running(ctx, h)
	switch {
	case err != nil:
		return trouble(p.t, write.ErrInDoubt, "kept, and not read back", "run resume", err)
	case after != now:
		return trouble(p.t, write.ErrUnsaved, "what runs is not what was kept", "compare the device with the plan", nil)
	}
	return nil
}

// Undo takes the change back and proves it. To repeat it is harmless.
func (p *pending) Undo(ctx context.Context) error {
	if err := p.h.Step("undo"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute) // a way back is gone to its end
	defer cancel()
	h, err := p.w.dial(ctx, p.t, p.h.Tx)
	if err != nil {
		return err
	}
	defer h.Close()
	s, err := h.state(ctx, onlyAsked)
	switch {
	case err != nil:
		return err
	case s == write.Foreign:
		return trouble(p.t, write.ErrDirty, "nobody can tell whether ours is undone", "wait until it has ended, then run resume", nil)
	case s == write.Ours:
		err := h.send(ctx, &gnmi.SetRequest{}, &gnmi_ext.Commit{Action: &gnmi_ext.Commit_Cancel{Cancel: &gnmi_ext.CommitCancel{}}})
		if err != nil && status.Code(err) != codes.FailedPrecondition { // the clock may have been first: what runs tells
			return trouble(p.t, write.ErrInDoubt, "the way back was not answered", "run resume", err)
		}
	case p.kept:
		return trouble(p.t, write.ErrEnded, "it was kept before", "plan the way back", nil)
	}
	if s, err = h.state(ctx, onlyAsked); err == nil && s != write.None {
		return trouble(p.t, write.ErrDirtyOurs, "the device did not go back", "run resume; it goes back by itself", nil)
	}
	var now string
	if err == nil {
		now, err = p.running(ctx, h)
	}
	switch {
	case err != nil:
		return err
	case p.base != "" && now != p.base:
		return trouble(p.t, write.ErrDirtyOurs, "undone, but what runs is not what ran before", "compare the device with the plan", nil)
	}
	p.w.over.Add(p.t, p.h.Tx)
	return nil
}
