// Package netconf speaks NETCONF (RFC 6241) over a subsystem of SSH (RFC 6242): hello, both
// framings, and one request at a time, whose answer is known by its number. What may leave is
// fixed when a session is opened. It knows neither what a request does nor what an answer means.
package netconf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/internal/wire"
)

// The capabilities that this room knows by name (RFC 6241, 8.1).
const (
	base10 = "urn:ietf:params:netconf:base:1.0"
	base11 = "urn:ietf:params:netconf:base:1.1"
	space  = "urn:ietf:params:xml:ns:netconf:base:1.0"
)

const (
	hello   = `<hello xmlns="` + space + `"><capabilities><capability>` + base10 + `</capability><capability>` + base11 + `</capability></capabilities></hello>`
	goodbye = "<close-session/>"
)

// Session is one conversation with one device.
type Session struct {
	Capabilities []string // as the device says them; what it does decides

	conn    *wire.Conn
	stream  *wire.Stream
	in      *bufio.Reader
	target  drivers.Target
	chunked bool // base 1.1 was agreed on
	number  int  // of the last request
	begun   int  // bytes of the next request that are sent
}

// Open connects, proves who the device is, logs in and agrees on a version. Only the requests
// that are named may ever be asked.
func Open(ctx context.Context, t drivers.Target, logins drivers.Logins, lim wire.Limits, requests ...string) (*Session, error) {
	c, err := wire.Dial(ctx, t, logins, wire.Exactly(append(slices.Clone(requests), hello, goodbye)...), lim)
	if err != nil {
		return nil, err
	}
	s, err := begin(ctx, c, t)
	if err == nil {
		err = s.greet(ctx)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return s, nil
}

func begin(ctx context.Context, c *wire.Conn, t drivers.Target) (*Session, error) {
	stream, err := c.Subsystem(ctx, "netconf")
	if err != nil {
		return nil, err
	}
	return &Session{conn: c, target: t, stream: stream, in: bufio.NewReader(stream)}, nil
}

// greet exchanges hello. Both sides speak 1.1 afterwards where both say so (RFC 6242, 4.1).
func (s *Session) greet(ctx context.Context) error {
	ctx, end := s.conn.Within(ctx)
	defer end()
	if err := s.stream.Say(hello, marked); err != nil {
		return s.lost(ctx, "hello", err)
	}
	text, err := untilMark(s.in, s.conn.Budget())
	if err != nil {
		return s.lost(ctx, "hello", err)
	}
	n, err := parse(text)
	if err != nil {
		return s.fail(drivers.ErrCut, "its hello is no XML that is taken: "+err.Error(), "")
	}
	if n.name.Local != "hello" || n.name.Space != space {
		return s.fail(drivers.ErrConfig, "it does not begin with hello", "see whether NETCONF is what answers there")
	}
	for _, c := range n.all("capability") {
		s.Capabilities = append(s.Capabilities, strings.TrimSpace(c.text()))
	}
	s.chunked = s.Has(base11)
	if !s.chunked && !s.Has(base10) {
		return s.fail(drivers.ErrConfig, "it speaks neither NETCONF 1.0 nor 1.1", "")
	}
	return nil
}

// User is who is logged in.
func (s *Session) User() string { return s.conn.User() }

// Can tells whether the device says that it has a capability of RFC 6241, in any version of it:
// candidate, confirmed-commit.
func (s *Session) Can(name string) bool {
	return slices.ContainsFunc(s.Capabilities, func(c string) bool {
		for _, p := range []string{"urn:ietf:params:netconf:capability:", "urn:ietf:params:xml:ns:netconf:capability:"} {
			if of, is := strings.CutPrefix(c, p); is && strings.HasPrefix(of, name+":") {
				return true
			}
		}
		return false
	})
}

// Has tells whether the device says that it can something.
func (s *Session) Has(capability string) bool { return slices.Contains(s.Capabilities, capability) }

// Version is what was agreed on.
func (s *Session) Version() string {
	if s.chunked {
		return "1.1"
	}
	return "1.0"
}

// Refusal is a device that says no to a request, in its own words.
type Refusal struct{ Text string }

// Error gives these words.
func (r *Refusal) Error() string { return r.Text }

// Unwrap gives the kind.
func (r *Refusal) Unwrap() error { return drivers.ErrForbidden }

// Ask sends one request and gives the whole answer. An answer to another one, a part of one, or
// XML that no device needs is the end of the session; a refusal is a Refusal. Errors name the
// element of a request and never what stands in it.
func (s *Session) Ask(ctx context.Context, request string) (Reply, error) {
	ctx, end := s.conn.Within(ctx)
	defer end()
	s.number++
	number, what := fmt.Sprint(s.number), named(request)
	if err := s.stream.Say(request, s.frame); err != nil {
		return Reply{}, s.lost(ctx, what, err)
	}
	answered := s.nudge()
	text, err := s.message()
	answered()
	if err != nil {
		return Reply{}, s.lost(ctx, what, err)
	}
	n, err := parse(text)
	if err == nil && (n.name.Local != "rpc-reply" || n.name.Space != space || n.attr("message-id") != number) {
		err = fmt.Errorf("it is no answer to request %s", number)
	}
	if err != nil {
		s.conn.Close() // whatever comes next is not to be trusted either
		return Reply{}, s.fail(drivers.ErrCut, fmt.Sprintf("the answer to %.80q is not taken: %v", what, err), "")
	}
	if no := n.refusal(); no != "" {
		return Reply{}, &drivers.Failure{Device: s.target.Name, Kind: drivers.ErrForbidden, Text: fmt.Sprintf("the device refuses %.80q: %.200s", what, no), Cause: &Refusal{no}}
	}
	return Reply{n}, nil
}

// named is the first tag of a request.
func named(request string) string {
	tag, _, _ := strings.Cut(request, ">")
	return tag + ">"
}

// Close says goodbye and ends the connection; it does not wait for a device that is silent.
func (s *Session) Close() {
	_ = s.goodbye()
	s.stream.Close()
	s.conn.Close()
}

// End is Close for a session that held a lock: the device gives it free before it answers, and
// gets a second for that. It may be repeated.
func (s *Session) End() {
	if s.goodbye() == nil {
		stop := time.AfterFunc(time.Second, s.conn.Close)
		_, _ = s.message()
		stop.Stop()
	}
	s.stream.Close()
	s.conn.Close()
}

func (s *Session) goodbye() error {
	s.number++
	return s.stream.Say(goodbye, s.frame)
}

// frame is a request with its number, as both sides agreed to send it.
func (s *Session) frame(body string) string {
	text := `<rpc xmlns="` + space + `" message-id="` + fmt.Sprint(s.number) + `">` + body + `</rpc>`
	if s.chunked {
		text = chunk(text)[s.begun:]
	} else {
		text = marked(text)
	}
	s.begun = 0
	return text
}

// message reads one message.
func (s *Session) message() ([]byte, error) {
	if s.chunked {
		return chunks(s.in, s.conn.Budget())
	}
	return untilMark(s.in, s.conn.Budget())
}

func (s *Session) lost(ctx context.Context, what string, err error) error {
	var f *drivers.Failure
	switch {
	case errors.As(err, &f):
		return err
	case errors.Is(err, wire.ErrBudget), errors.Is(err, errFrame):
		s.conn.Close()
		return s.fail(drivers.ErrCut, err.Error(), "")
	}
	return s.conn.Lost(ctx, what, err)
}

func (s *Session) fail(kind error, text, hint string) error {
	return &drivers.Failure{Device: s.target.Name, Kind: kind, Text: text, Hint: hint}
}
