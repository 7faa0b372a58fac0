package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/ssh"

	"plumbline/drivers"
)

// ErrBudget ends a stream on which a device sent more than it may.
var ErrBudget = errors.New("the device sent more than the budget")

// Stream is a channel to a subsystem of a device: no terminal, no echo. What is read of it
// counts against the budget of its connection.
type Stream struct {
	conn *Conn
	sess *ssh.Session
	in   io.WriteCloser
	out  io.Reader
}

// Subsystem opens a channel and asks for a subsystem by its name. Within is how a caller bounds
// every wait on it.
func (c *Conn) Subsystem(ctx context.Context, name string) (s *Stream, err error) {
	ctx, end := c.Within(ctx)
	defer end()
	s = &Stream{conn: c}
	if s.sess, err = c.client.NewSession(); err != nil {
		return nil, c.lost(ctx, "no channel", err)
	}
	s.in, err = s.sess.StdinPipe()
	if err == nil {
		s.out, err = s.sess.StdoutPipe()
	}
	if err == nil {
		err = s.sess.RequestSubsystem(name)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, c.lost(ctx, "subsystem "+name, err)
	case err != nil:
		return nil, fail(c.target, drivers.ErrConfig, "it has no subsystem "+name+" of SSH for this user at "+c.target.Address.String(), "switch it on at the device, or name the port where it is in the inventory", nil)
	}
	return s, nil
}

// Why a wait has ended: the device fell silent, or goes on and on.
var (
	errIdle = errors.New("silence")
	errLong = errors.New("no end")
)

// Within bounds what follows: by how long a device may say nothing, and by the time for a whole
// answer. When one of them ends the connection is closed, since what comes late must not be taken
// for the next answer.
func (c *Conn) Within(ctx context.Context) (context.Context, func()) {
	ctx, over := context.WithTimeoutCause(ctx, c.limits.Longest, errLong)
	ctx, give := context.WithCancelCause(ctx)
	idle := time.AfterFunc(c.limits.Timeout, func() { give(errIdle) })
	stop := context.AfterFunc(ctx, c.Close)
	c.waits(idle)
	return ctx, func() {
		c.waits(nil)
		stop()
		idle.Stop()
		give(nil)
		over()
	}
}

func (c *Conn) waits(idle *time.Timer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = idle
}

// heard lets a device that goes on have its time anew.
func (c *Conn) heard() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle != nil {
		c.idle.Reset(c.limits.Timeout)
	}
}

// Say sends one request, framed, where it may leave.
func (s *Stream) Say(request string, frame func(string) string) error {
	if !s.conn.allow.passes(request) {
		return fail(s.conn.target, drivers.ErrForbidden, fmt.Sprintf("%.120q", request), "", nil)
	}
	_, err := io.WriteString(s.in, frame(request))
	return err
}

// Begin sends the first byte of a frame, whatever will stand in it: a line end, or a number sign.
func (s *Stream) Begin(b byte) error {
	if b != '\n' && b != '#' {
		return fail(s.conn.target, drivers.ErrForbidden, fmt.Sprintf("%q", b), "", nil)
	}
	_, err := s.in.Write([]byte{b})
	return err
}

// Read gives what the device says, within the budget.
func (s *Stream) Read(p []byte) (int, error) {
	n, err := s.out.Read(p)
	if !s.conn.spend(n) {
		s.conn.Close()
		return 0, ErrBudget
	}
	return n, err
}

// Budget is how many bytes a device may send over one connection.
func (c *Conn) Budget() int { return c.limits.Budget }

// Lost says what became of a request whose answer never came whole.
func (c *Conn) Lost(ctx context.Context, what string, err error) error { return c.lost(ctx, what, err) }

// Close ends the channel.
func (s *Stream) Close() { _ = s.sess.Close() }
