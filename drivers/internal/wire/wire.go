// Package wire is the only place from which bytes leave for a device's command line. It
// knows SSH, pinned keys and budgets, and what a session may say; it does not know what a
// configuration is.
package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/scrapli/scrapligo/util"
	"golang.org/x/crypto/ssh"

	"plumbline/drivers"
)

// Limits bound what one connection may cost.
type Limits struct {
	Timeout time.Duration // for the handshake, and for each answer; 30 s if zero
	Budget  int           // bytes of output in all; 64 MiB if zero
}

func (l Limits) filled() Limits {
	if l.Timeout <= 0 {
		l.Timeout = 30 * time.Second
	}
	if l.Budget <= 0 {
		l.Budget = 64 << 20
	}
	return l
}

// Conn is one authenticated connection to one device.
type Conn struct {
	client *ssh.Client
	target drivers.Target
	allow  Allow
	limits Limits
	stop   func() bool
	once   sync.Once
	mu     sync.Mutex
	spent  int
}

// Dial connects, checks the host key against the pins before any credential leaves, and
// logs in once. When ctx ends the connection is closed.
func Dial(ctx context.Context, t drivers.Target, l drivers.Login, a Allow, lim Limits) (*Conn, error) {
	lim = lim.filled()
	cfg, err := config(t, l, lim)
	if err != nil {
		return nil, err
	}
	ctx2, cancel := context.WithTimeout(ctx, lim.Timeout)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx2, "tcp", t.Address.String())
	if err != nil {
		return nil, fail(t, unreachable(ctx, err), t.Address.String(), "check address, route and filter", err)
	}
	watch := context.AfterFunc(ctx, func() { raw.Close() })
	_ = raw.SetDeadline(time.Now().Add(lim.Timeout))
	cc, chans, reqs, err := ssh.NewClientConn(raw, t.Address.String(), cfg)
	if err != nil {
		watch()
		raw.Close()
		return nil, refused(ctx, t, l, err)
	}
	_ = raw.SetDeadline(time.Time{})
	return &Conn{client: ssh.NewClient(cc, chans, reqs), target: t, allow: a, limits: lim, stop: watch}, nil
}

// Close ends the connection; it may be repeated.
func (c *Conn) Close() {
	c.once.Do(func() { c.stop(); c.client.Close() })
}

// Exec runs one request on a channel of its own, with in on its standard input. A status
// other than 0 is an answer, not an error; a channel that ended without one is cut.
func (c *Conn) Exec(ctx context.Context, request string, in []byte) (out string, status int, err error) {
	if !c.allow.passes(request) {
		return "", 0, fail(c.target, drivers.ErrForbidden, fmt.Sprintf("%q", request), "", nil)
	}
	ctx, cancel := context.WithTimeout(ctx, c.limits.Timeout)
	defer cancel()
	s, err := c.client.NewSession()
	if err != nil {
		return "", 0, c.lost(ctx, "no channel", err)
	}
	defer s.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	var buf capped
	buf.left = c.limits.Budget
	s.Stdin, s.Stdout, s.Stderr = bytes.NewReader(in), &buf, io.Discard
	err = s.Run(request)
	var ee *ssh.ExitError
	switch {
	case buf.left < 0:
		return "", 0, fail(c.target, drivers.ErrCut, "the device sent more than the budget", "", nil)
	case ctx.Err() != nil:
		return "", 0, c.lost(ctx, request, ctx.Err())
	case errors.As(err, &ee):
		return buf.String(), ee.ExitStatus(), nil
	case err != nil:
		return "", 0, c.lost(ctx, request, err)
	}
	return buf.String(), 0, nil
}

// lost says what became of a request whose answer never came.
func (c *Conn) lost(ctx context.Context, what string, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		return fail(c.target, drivers.ErrTimeout, fmt.Sprintf("%s, after %v", verb(what), c.limits.Timeout), "", nil)
	case ctx.Err() != nil:
		return fail(c.target, drivers.ErrCut, "given up at "+verb(what), "", ctx.Err())
	case errors.Is(err, util.ErrConnectionError) || errors.Is(err, io.EOF):
		err = nil // the words of the library say less than ours
	}
	return fail(c.target, drivers.ErrCut, "connection lost at "+verb(what), "", err)
}

// verb is as much of a line as an error may show.
func verb(line string) string {
	line = strings.TrimSpace(line)
	if len(line) > 120 {
		line = line[:120] + "..."
	}
	return fmt.Sprintf("%q", line)
}

// spend counts output; false when the budget is gone.
func (c *Conn) spend(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent += n
	return c.spent <= c.limits.Budget
}

type capped struct {
	bytes.Buffer
	mu   sync.Mutex
	left int
}

// Write takes output until the budget is spent.
func (b *capped) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left -= len(p); b.left < 0 {
		return 0, errors.New("budget")
	}
	return b.Buffer.Write(p)
}

func fail(t drivers.Target, kind error, text, hint string, cause error) error {
	return &drivers.Failure{Device: t.Name, Kind: kind, Text: text, Hint: hint, Cause: cause}
}

func unreachable(ctx context.Context, err error) error {
	var ne net.Error
	if ctx.Err() == nil && errors.As(err, &ne) && ne.Timeout() {
		return drivers.ErrTimeout
	}
	return drivers.ErrUnreachable
}
