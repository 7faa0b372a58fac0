// Package request puts changes on trial on devices that speak gNMI: one Set request under the
// extension that makes a commit one to be confirmed. The device holds the clock.
//
// A device that ignores the extension would keep a change for good; one that agrees to a trial
// that nobody began is therefore not written to. After each Set it is asked whose trial runs, and
// one that shows none of ours is taken back at once. Whose trial
// runs can only be asked by a request that would make it longer; nothing else is written then.
// It knows neither what paths mean nor what a change does.
package request

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmi/proto/gnmi_ext"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"plumbline/drivers"
	"plumbline/drivers/internal/rpc"
	"plumbline/drivers/write"
)

// Writer writes to the devices of one platform.
type Writer struct {
	m      drivers.Models
	logins drivers.Logins
	o      rpc.Limits
	over   write.Ended
}

var (
	_ write.Writer  = (*Writer)(nil)
	_ write.Readier = (*Writer)(nil)
	_ write.Timer   = (*Writer)(nil)
)

// New gives the writer of one platform.
func New(s drivers.Session, logins drivers.Logins, timeout time.Duration) *Writer {
	return &Writer{m: s.Models, logins: logins, o: rpc.Limits{Timeout: timeout}}
}

// SelfReverts is true: no change stays that the device does not undo by itself.
func (w *Writer) SelfReverts(drivers.Target) bool { return true }

var tag = regexp.MustCompile(`\A[a-z0-9-]{1,40}\z`)

// onlyAsked is how long a trial of ours still lasts when it was asked for: it cannot be asked
// without giving it a time.
const onlyAsked = 5 * time.Minute

// span is how long a trial lasts on the device.
func (w *Writer) span(d time.Duration) time.Duration {
	return max((d+time.Second-1)/time.Second*time.Second, w.m.Least)
}

// input refuses what cannot be sent before anything is.
func (w *Writer) input(t drivers.Target, h write.Hold) error {
	switch {
	case w.m.Most == 0:
		return trouble(t, write.ErrInput, "the platform does not say that its devices undo a Set by a clock of their own", "see gnmi.trial in platform.yaml", nil)
	case !tag.MatchString(h.Tx):
		return trouble(t, write.ErrInput, fmt.Sprintf("%q is no mark of a transaction", h.Tx), "", nil)
	case h.For < time.Second || w.span(h.For) > w.m.Most:
		return trouble(t, write.ErrInput, fmt.Sprintf("a trial of %v, and the platform counts from %v to %v", h.For, w.m.Least, w.m.Most), "", nil)
	}
	return nil
}

// hand is one connection with the write credential.
type hand struct {
	*rpc.Conn
	w  *Writer
	t  drivers.Target
	tx string
}

func (w *Writer) dial(ctx context.Context, t drivers.Target, tx string) (*hand, error) {
	c, err := rpc.Dial(ctx, t, w.m, w.logins, w.o, rpc.Writes)
	if err != nil {
		return nil, err
	}
	return &hand{c, w, t, tx}, nil
}

// send sends one request with the extension, where there is one, under our mark.
func (h *hand) send(ctx context.Context, q *gnmi.SetRequest, c *gnmi_ext.Commit) error {
	return h.sendAs(ctx, h.tx, q, c)
}

func (h *hand) sendAs(ctx context.Context, tx string, q *gnmi.SetRequest, c *gnmi_ext.Commit) error {
	ctx, cancel := context.WithTimeout(ctx, h.Timeout())
	defer cancel()
	if c != nil {
		c.Id = tx
		q.Extension = []*gnmi_ext.Extension{{Ext: &gnmi_ext.Extension_Commit{Commit: c}}}
	}
	return h.Set(ctx, q)
}

// state asks whose trial runs: a longer time is given to ours, and to no other one.
func (h *hand) state(ctx context.Context, left time.Duration) (write.State, error) {
	err := h.longer(ctx, h.tx, left)
	switch status.Code(err) {
	case codes.OK:
		return write.Ours, nil
	case codes.InvalidArgument:
		return write.Foreign, nil
	case codes.FailedPrecondition:
		return write.None, nil
	case codes.Unimplemented:
		return write.Unseen, nil
	}
	return write.Unseen, h.Sort(ctx, "the commit extension", err)
}

// longer asks for more time for the trial of a mark: nothing is set.
func (h *hand) longer(ctx context.Context, tx string, left time.Duration) error {
	d := &gnmi_ext.CommitSetRollbackDuration{RollbackDuration: durationpb.New(max(h.w.span(left), time.Second))}
	return h.sendAs(ctx, tx, &gnmi.SetRequest{}, &gnmi_ext.Commit{Action: &gnmi_ext.Commit_SetRollbackDuration{SetRollbackDuration: d}})
}

// deaf is the error of a device that agrees to more time for a trial that nobody began: it passes
// over the extension, as a program does that was built before it (Protocol Buffers keep what
// they do not know), so its yes to ours means nothing.
func (h *hand) deaf(ctx context.Context) error {
	err := h.longer(ctx, h.tx+"-nobodys", onlyAsked)
	switch status.Code(err) {
	case codes.OK:
		return trouble(h.t, write.ErrNoTimer, "it passes over the commit extension of gNMI: it agrees to a trial that nobody began", "this version of the device cannot be written to", nil)
	case codes.InvalidArgument, codes.FailedPrecondition:
		return nil
	}
	return h.Sort(ctx, "the commit extension", err)
}

// free proves that nothing is on trial, that the mark is new, and that what is kept will be
// saved. It gives what runs.
func (h *hand) free(ctx context.Context) (rpc.Tree, error) {
	s, err := h.state(ctx, h.w.m.Least)
	switch {
	case err != nil:
		return nil, err
	case s == write.Ours:
		return nil, cmp.Or(h.deaf(ctx), error(trouble(h.t, write.ErrDirty, "a trial of ours runs already", "run resume", nil)))
	case s == write.Foreign:
		return nil, trouble(h.t, write.ErrDirty, "", "wait until it has ended", nil)
	case s == write.Unseen:
		return nil, trouble(h.t, write.ErrNoTimer, "it does not know the commit extension of gNMI", "this version of the device cannot be written to", nil)
	case h.w.over.Has(h.t, h.tx):
		return nil, trouble(h.t, write.ErrEnded, "trial "+h.tx+" ran here before", "plan again", nil)
	}
	now, _, err := h.Config(ctx)
	if err == nil && h.w.m.Saves != "" && !now.On(h.w.m.Saves) {
		err = trouble(h.t, write.ErrInput, h.w.m.Saves+" is not on there, so the next start would forget what is kept", "switch it on for the gNMI server of the device", nil)
	}
	return now, err
}

// Ready tells why a device could not be written to now; nothing is changed there.
func (w *Writer) Ready(ctx context.Context, t drivers.Target) error {
	h, err := w.dial(ctx, t, "plb-ready")
	if err != nil {
		return err
	}
	defer h.Close()
	_, err = h.free(ctx)
	return err
}

// Resume asks the device whose trial runs.
func (w *Writer) Resume(ctx context.Context, t drivers.Target, tx string) (write.State, write.Pending, error) {
	h, err := w.dial(ctx, t, tx)
	if err != nil {
		return write.Unseen, nil, err
	}
	defer h.Close()
	s, err := h.state(ctx, onlyAsked)
	if err != nil {
		return write.Unseen, nil, err
	}
	p := &pending{w: w, t: t, h: write.Hold{Tx: tx}}
	switch s {
	case write.Ours:
		if err := h.deaf(ctx); err != nil {
			return write.Unseen, nil, err
		}
		now, _, err := h.Config(ctx)
		if err != nil {
			return write.Unseen, nil, err
		}
		p.ran = string(now.Text())
		return s, p, nil
	case write.None: // the caller knows whether it was kept
		p.kept = true
		return s, p, nil
	}
	return s, nil, nil
}

func trouble(t drivers.Target, kind error, text, hint string, cause error) error {
	return &write.Trouble{Device: t.Name, Kind: kind, Text: text, Hint: hint, Cause: cause}
}
