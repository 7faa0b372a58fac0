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
}

// Open connects, proves who the device is, logs in and agrees on a version. Only the requests
// that are named may ever be asked.
func Open(ctx context.Context, t drivers.Target, logins drivers.Logins, lim wire.Limits, requests ...string) (*Session, error) {
	c, err := wire.Dial(ctx, t, logins, wire.Exactly(append(slices.Clone(requests), hello, goodbye)...), lim)
	if err != nil {
		return nil, err
	}
	s := &Session{conn: c, target: t}
	if err := s.greet(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return s, nil
}

// greet exchanges hello. Both sides speak 1.1 afterwards where both say so (RFC 6242, 4.1).
func (s *Session) greet(ctx context.Context) (err error) {
	if s.stream, err = s.conn.Subsystem(ctx, "netconf"); err != nil {
		return err
	}
	s.in = bufio.NewReader(s.stream)
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

// Has tells whether the device says that it can something.
func (s *Session) Has(capability string) bool { return slices.Contains(s.Capabilities, capability) }

// Version is what was agreed on.
func (s *Session) Version() string {
	if s.chunked {
		return "1.1"
	}
	return "1.0"
}

// Ask sends one request and gives the whole answer. An answer to another one, a part of one, or
// XML that no device needs is the end of the session; a refusal is drivers.ErrForbidden.
func (s *Session) Ask(ctx context.Context, request string) (Reply, error) {
	ctx, end := s.conn.Within(ctx)
	defer end()
	s.number++
	number := fmt.Sprint(s.number)
	frame := marked
	if s.chunked {
		frame = chunk
	}
	err := s.stream.Say(request, func(body string) string {
		return frame(`<rpc xmlns="` + space + `" message-id="` + number + `">` + body + `</rpc>`)
	})
	if err != nil {
		return Reply{}, s.lost(ctx, request, err)
	}
	read := untilMark
	if s.chunked {
		read = chunks
	}
	text, err := read(s.in, s.conn.Budget())
	if err != nil {
		return Reply{}, s.lost(ctx, request, err)
	}
	n, err := parse(text)
	if err == nil && (n.name.Local != "rpc-reply" || n.name.Space != space || n.attr("message-id") != number) {
		err = fmt.Errorf("it is no answer to request %s", number)
	}
	if err != nil {
		s.conn.Close() // whatever comes next is not to be trusted either
		return Reply{}, s.fail(drivers.ErrCut, fmt.Sprintf("the answer to %.80q is not taken: %v", request, err), "")
	}
	if no := n.refusal(); no != "" {
		return Reply{}, s.fail(drivers.ErrForbidden, fmt.Sprintf("the device refuses %.80q: %.200s", request, no), "")
	}
	return Reply{n}, nil
}

// Close says goodbye and ends the connection; it does not wait for a device that is silent.
func (s *Session) Close() {
	s.number++
	body := `<rpc xmlns="` + space + `" message-id="` + fmt.Sprint(s.number) + `">` + goodbye + `</rpc>`
	frame := marked
	if s.chunked {
		frame = chunk
	}
	_ = s.stream.Say(goodbye, func(string) string { return frame(body) })
	s.stream.Close()
	s.conn.Close()
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
