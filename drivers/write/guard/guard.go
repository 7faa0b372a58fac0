// Package guard puts changes on trial on devices whose command line acts at once and has
// no timer of its own. A script on the device holds the way back and the clock; we send the
// lines. It knows the protocol of that script and nothing of what the lines mean.
package guard

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/internal/script"
	"plumbline/drivers/internal/wire"
	"plumbline/drivers/write"
)

// Script is what an operator installs on the device; its digest tells whether it is there.
//
//go:embed guard.sh
var Script string

// Digest names the script: SHA-256 in hex, as the script itself answers to "version".
func Digest() string {
	s := sha256.Sum256([]byte(Script))
	return hex.EncodeToString(s[:])
}

// Options bound a writer.
type Options struct {
	Timeout time.Duration // for the handshake and for each answer; 60 s if zero
	Budget  int           // bytes of output per connection; 64 MiB if zero
	File    bool          // the device is sent all that it is to hold, as one file
}

// Writer sends changes under the device's guard: line by line, or as one file.
type Writer struct {
	s      drivers.Session
	logins drivers.Logins
	limits wire.Limits
	file   bool
}

var (
	_ write.Writer  = (*Writer)(nil)
	_ write.Readier = (*Writer)(nil)
)

// New gives the writer of one platform.
func New(s drivers.Session, logins drivers.Logins, o Options) *Writer {
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	return &Writer{s: s, logins: logins, file: o.File, limits: wire.Limits{Timeout: o.Timeout, Budget: o.Budget}}
}

// SelfReverts is true: the guard undoes an unkept change without us.
func (w *Writer) SelfReverts(drivers.Target) bool { return true }

var tag = regexp.MustCompile(`\A[a-z0-9-]{1,40}\z`)

// Apply arms the way back on the device, proves it armed, and sends the lines.
func (w *Writer) Apply(ctx context.Context, t drivers.Target, e drivers.Edit, h write.Hold) (write.Pending, error) {
	send, err := w.sends(e)
	switch {
	case err != nil:
		return nil, trouble(t, write.ErrInput, err.Error(), "", nil)
	case len(strings.TrimSpace(string(e.Do))) == 0 || len(strings.TrimSpace(string(e.Undo))) == 0:
		return nil, trouble(t, write.ErrInput, "a change and its way back must both hold lines", "", nil)
	case !tag.MatchString(h.Tx):
		return nil, trouble(t, write.ErrInput, fmt.Sprintf("%q is no mark of a transaction", h.Tx), "", nil)
	case h.For < time.Second:
		return nil, trouble(t, write.ErrInput, "a trial shorter than a second", "", nil)
	}
	g, err := w.dial(ctx, t)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	if err := g.same(ctx); err != nil {
		return nil, err
	}
	base, err := g.clean(ctx, h.Tx)
	if err != nil {
		return nil, err
	}
	if err := h.Step("read"); err != nil {
		return nil, err
	}
	p := &pending{w: w, t: t, h: h, base: w.base(base)}
	within, cancel := context.WithTimeout(ctx, h.For) // no line is sent behind the way back
	defer cancel()
	if err := p.arm(ctx, g, e); err != nil {
		return nil, err
	}
	if err := h.Step("apply"); err != nil {
		return nil, p.back(ctx, err)
	}
	if s, err := g.status(ctx, h.Tx); err != nil || s.tx != h.Tx { // whoever slept since must not send without a timer
		return nil, p.back(ctx, cmp.Or(err, trouble(t, write.ErrNoTimer, "its clock ran out before the first line", "push again", nil)))
	}
	if err := send(within, g, h.Tx); err != nil {
		return nil, p.failed(ctx, err)
	}
	ran, err := g.text(ctx, "show")
	if err != nil {
		return nil, trouble(t, write.ErrInDoubt, "all lines were sent, and reading back failed", "run resume", err)
	}
	if s, err := g.status(ctx, h.Tx); err != nil || s.tx != h.Tx {
		return nil, trouble(t, write.ErrInDoubt, "all lines were sent, and the guard no longer holds the trial", "run resume", err)
	}
	if p.ran = w.reduced(ran); w.file && p.ran != w.reduced(string(e.Do)) {
		return nil, p.failed(ctx, trouble(t, write.ErrStale, "what it runs is not the file that was sent", "plan again", nil))
	}
	return p, nil
}

// sends gives what sends a change, once it is armed.
func (w *Writer) sends(e drivers.Edit) (func(ctx context.Context, g *session, tx string) error, error) {
	if w.file {
		return func(ctx context.Context, g *session, tx string) error { return g.load(ctx, tx, e.Do) }, nil
	}
	lines, err := script.Read(e.Do, e.Answers)
	if err == nil && len(lines) == 0 {
		err = errors.New("a change and its way back must both hold lines")
	}
	return func(ctx context.Context, g *session, _ string) error { return g.send(ctx, lines) }, err
}

// Ready tells why a device could not be written to now; nothing is changed there.
func (w *Writer) Ready(ctx context.Context, t drivers.Target) error {
	g, err := w.dial(ctx, t)
	if err != nil {
		return err
	}
	defer g.Close()
	if err := g.same(ctx); err != nil {
		return err
	}
	_, err = g.clean(ctx, "plb-ready")
	return err
}

// reduced is the form in which texts are compared. A file is what it is, but for the end of
// its last line.
func (w *Writer) reduced(text string) string {
	if w.file {
		return strings.TrimRight(text, "\r\n")
	}
	return string(Reduce([]byte(text)))
}

// base is the digest by which guard and runner agree on what runs.
func (w *Writer) base(text string) string {
	if !w.file {
		return Base([]byte(text))
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Resume asks the guard whose trial runs. A trial of ours comes back as a Pending; so does
// one that has ended in our name, with the state None: its Keep saves what was kept and not
// saved, and sends nothing where nothing is left to do.
func (w *Writer) Resume(ctx context.Context, t drivers.Target, tx string) (write.State, write.Pending, error) {
	g, err := w.dial(ctx, t)
	if err != nil {
		return write.Unseen, nil, err
	}
	defer g.Close()
	s, err := g.status(ctx, tx)
	if err != nil {
		return write.Unseen, nil, err
	}
	p := &pending{w: w, t: t, h: write.Hold{Tx: tx}, base: s.base}
	switch {
	case s.tx == tx:
		text, err := g.text(ctx, "show")
		if err != nil {
			return write.Unseen, nil, err
		}
		p.ran = w.reduced(text)
		return write.Ours, p, nil
	case s.tx != "":
		return write.Foreign, nil, nil
	case s.last == tx:
		return write.None, p, nil
	}
	return write.None, nil, nil
}

// arm hands the way back to the guard and sees with its own eyes that the clock runs.
func (p *pending) arm(ctx context.Context, g *session, e drivers.Edit) error {
	secs := strconv.Itoa(int((p.h.For + time.Second - 1) / time.Second))
	reply, err := g.verb(ctx, "arm "+p.h.Tx+" "+secs+" "+p.base, e.Undo)
	var no *refusal
	switch {
	case errors.As(err, &no):
		return no.trouble(p.t)
	case err != nil:
		return p.back(ctx, err)
	case !strings.HasPrefix(reply, "armed "+p.h.Tx+" "):
		return p.back(ctx, trouble(p.t, write.ErrNoTimer, fmt.Sprintf("the guard answered %q", reply), "", nil))
	}
	s, err := g.status(ctx, p.h.Tx)
	if err == nil && (s.tx != p.h.Tx || s.deadline == 0) {
		err = trouble(p.t, write.ErrNoTimer, "the guard does not hold the trial that it armed", "", nil)
	}
	if err != nil {
		return p.back(ctx, err)
	}
	return nil
}

// back takes the guard off again before a line was sent, and gives why.
func (p *pending) back(ctx context.Context, why error) error {
	if err := p.undone(ctx); err != nil {
		return trouble(p.t, write.ErrDirtyOurs, "no line was sent, but the guard may still be armed", "it ends by itself", errors.Join(why, err))
	}
	return why
}

// failed decides what a broken-off script means. A refusal is undone and proved; where the
// connection was lost only the device knows, and its clock runs.
func (p *pending) failed(ctx context.Context, err error) error {
	if errors.Is(err, drivers.ErrCut) && ctx.Err() == nil {
		return trouble(p.t, write.ErrInDoubt, "the connection was lost among the lines", "run resume; the device goes back by itself", err)
	}
	if undo := p.undone(ctx); undo != nil {
		return trouble(p.t, write.ErrDirtyOurs, "the way back is not proved", "run resume; the device goes back by itself", errors.Join(err, undo))
	}
	return err
}
