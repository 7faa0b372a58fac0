package wire

import (
	"context"
	"errors"
	"fmt"
	"io"

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

// Within bounds what follows by the time for one answer: when that ends the connection is closed,
// since what comes late must not be taken for the next answer.
func (c *Conn) Within(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Timeout)
	stop := context.AfterFunc(ctx, c.Close)
	return ctx, func() { stop(); cancel() }
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
