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
	Timeout time.Duration // for the handshake, and for how long a device says nothing while it answers; 30 s if zero
	Longest time.Duration // for a whole answer, however much of it comes; ten times Timeout if zero
	Budget  int           // bytes of output in all; 64 MiB if zero
}

func (l Limits) filled() Limits {
	if l.Timeout <= 0 {
		l.Timeout = 30 * time.Second
	}
	if l.Longest <= 0 {
		l.Longest = 10 * l.Timeout
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
	idle   *time.Timer // of the wait for an answer; nil outside one
}

// Dial connects, through other hosts where the target says so, checks each host key against
// its pins before any credential leaves, and logs in once. When ctx ends the connection is
// closed.
func Dial(ctx context.Context, t drivers.Target, logins drivers.Logins, a Allow, lim Limits) (*Conn, error) {
	lim = lim.filled()
	client, err := dial(ctx, t, logins, lim, mostJumps)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { client.Close() })
	return &Conn{client: client, target: t, allow: a, limits: lim, stop: stop}, nil
}

// User is who is logged in.
func (c *Conn) User() string { return c.client.User() }

// mostJumps bounds the way to a device.
const mostJumps = 3

// dial gives an authenticated connection.
func dial(ctx context.Context, t drivers.Target, logins drivers.Logins, lim Limits, jumps int) (*ssh.Client, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l, err := logins(ctx, t.Secret)
	if err != nil {
		return nil, fmt.Errorf("%s: credential %s: %w", t.Name, t.Secret, err)
	}
	cfg, done, err := config(t, l, lim)
	if err != nil {
		return nil, err
	}
	defer done()
	ctx2, cancel := context.WithTimeout(ctx, lim.Timeout)
	defer cancel()
	raw, err := way(ctx2, t, logins, lim, jumps)
	if err != nil {
		return nil, err
	}
	watch := context.AfterFunc(ctx2, func() { raw.Close() }) // a channel through another host has no deadline of its own
	cc, chans, reqs, err := ssh.NewClientConn(raw, t.Address.String(), cfg)
	if !watch() && err == nil {
		err = ctx2.Err()
	}
	if err != nil {
		raw.Close()
		if ctx2.Err() != nil && ctx.Err() == nil {
			return nil, fail(t, drivers.ErrTimeout, "the handshake did not finish", "", nil)
		}
		return nil, refused(ctx, t, l, err)
	}
	return ssh.NewClient(cc, chans, reqs), nil
}

// way opens the connection below the handshake: straight, or as a channel of another host.
func way(ctx context.Context, t drivers.Target, logins drivers.Logins, lim Limits, jumps int) (net.Conn, error) {
	if t.Jump == nil {
		raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", t.Address.String())
		if err != nil {
			return nil, fail(t, unreachable(ctx, err), t.Address.String(), "check address, route and filter", err)
		}
		return raw, nil
	}
	if jumps == 0 {
		return nil, fail(t, drivers.ErrConfig, fmt.Sprintf("it is reached through more than %d hosts", mostJumps), "see jump in the inventory", nil)
	}
	over, err := dial(ctx, *t.Jump, logins, lim, jumps-1)
	if err != nil {
		return nil, fmt.Errorf("%s: on the way through %w", t.Name, err)
	}
	raw, err := over.DialContext(ctx, "tcp", t.Address.String())
	if err != nil {
		over.Close()
		return nil, fail(t, unreachable(ctx, err), t.Address.String()+" through "+t.Jump.Name, "check whether that host may forward there", err)
	}
	return &channel{raw, over}, nil
}

// channel is a connection through another host, which is left with it.
type channel struct {
	net.Conn
	over *ssh.Client
}

// Close ends both.
func (c *channel) Close() error {
	err := c.Conn.Close()
	c.over.Close()
	return err
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
	ctx, end := c.Within(ctx) // before the channel is there: its device may have fallen silent
	defer end()
	s, err := c.client.NewSession()
	if err != nil {
		return "", 0, c.lost(ctx, "no channel", err)
	}
	defer s.Close()
	buf := capped{heard: c.heard, left: c.limits.Budget}
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
	case errors.Is(context.Cause(ctx), errIdle):
		return fail(c.target, drivers.ErrTimeout, fmt.Sprintf("%s, after %v without a byte", verb(what), c.limits.Timeout), "", nil)
	case errors.Is(context.Cause(ctx), errLong):
		return fail(c.target, drivers.ErrTimeout, fmt.Sprintf("%s, not whole after %v", verb(what), c.limits.Longest), "", nil)
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
	if n > 0 {
		c.heard()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent += n
	return c.spent <= c.limits.Budget
}

type capped struct {
	bytes.Buffer
	mu    sync.Mutex
	heard func()
	left  int
}

// Write takes output until the budget is spent.
func (b *capped) Write(p []byte) (int, error) {
	b.heard()
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
