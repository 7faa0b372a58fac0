package wire

import (
	"errors"
	"io"
	"strings"

	"github.com/scrapli/scrapligo/transport"
	"golang.org/x/crypto/ssh"
)

// tty is scrapligo's transport over a connection that is already trusted: one channel
// with a terminal. Every line that passes is held against the allow list here too, so
// that no other path leads to the device.
type tty struct {
	conn *Conn
	sess *ssh.Session
	in   io.WriteCloser
	out  io.Reader
	esc  escapes
}

// width is wider than any line we send: devices wrap the echo at the terminal's edge.
const width, height = 511, 255

// Open asks for a terminal and a shell.
func (t *tty) Open(*transport.Args) (err error) {
	if t.sess, err = t.conn.client.NewSession(); err != nil {
		return err
	}
	if t.in, err = t.sess.StdinPipe(); err != nil {
		return err
	}
	if t.out, err = t.sess.StdoutPipe(); err != nil {
		return err
	}
	if err = t.sess.RequestPty("xterm", height, width, ssh.TerminalModes{ssh.ECHO: 1}); err != nil {
		return err
	}
	return t.sess.Shell()
}

// Close ends the terminal.
func (t *tty) Close() error {
	if t.sess != nil {
		_ = t.sess.Close() // EOF here is how a good session ends
	}
	return nil
}

// IsAlive tells whether the terminal is open.
func (t *tty) IsAlive() bool { return t.sess != nil }

// Read gives what the terminal says, within the budget.
func (t *tty) Read(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := t.out.Read(b)
	if !t.conn.spend(n) {
		t.conn.Close()
		return nil, io.EOF
	}
	return t.esc.strip(b[:n]), err
}

// Write sends bytes to the terminal.
func (t *tty) Write(b []byte) error {
	if line := strings.TrimSuffix(string(b), "\n"); line != "" && !t.conn.allow.passes(line) {
		t.conn.Close()
		return errors.New("forbidden line")
	}
	_, err := t.in.Write(b)
	return err
}

// escapes takes terminal sequences out of a stream, also those that are split over
// packets: a pattern that is run over each packet leaves their halves in the text.
type escapes struct{ state byte }

func (e *escapes) strip(b []byte) []byte {
	out := b[:0]
	for _, c := range b {
		switch {
		case e.state == 0 && c == 0x1b:
			e.state = 'e'
		case e.state == 0:
			if c != 0 && c != 7 {
				out = append(out, c)
			}
		case e.state == 'e' && c == '[':
			e.state = '['
		case e.state == 'e' && strings.IndexByte("]PX^_", c) >= 0:
			e.state = ']'
		case e.state == 'e' && c >= 0x20 && c <= 0x2f: // one more byte follows
		case e.state == 'e':
			e.state = 0
		case e.state == '[' && c >= 0x40 && c <= 0x7e:
			e.state = 0
		case e.state == ']' && (c == 7 || c == 0x9c):
			e.state = 0
		case e.state == ']' && c == 0x1b:
			e.state = 'e'
		}
	}
	return out
}
