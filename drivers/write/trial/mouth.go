package trial

import (
	"context"
	"slices"
	"strings"

	"plumbline/drivers"
	"plumbline/drivers/internal/script"
	"plumbline/drivers/internal/wire"
	"plumbline/drivers/write"
)

// mouth is a session with the write credential, in the words of one way in. The order of what is
// said through it is the same for all.
type mouth interface {
	// ask gives the whole answer to a question of the platform.
	ask(ctx context.Context, question string) (string, error)
	// tell sends one step. What does not bring what it must is write.Refused. Where lines of a
	// change are there, they are what the step sends, or they stand in it.
	tell(ctx context.Context, s drivers.Step, lines []script.Line) error
	// Close ends the session and its connection; it may be repeated.
	Close()
}

// dial opens one, and tells as whom. A command line may say anything; over NETCONF nothing leaves
// but what reads, and what is named.
func (w *Writer) dial(ctx context.Context, t drivers.Target, named []string) (m mouth, user string, err error) {
	if w.requests {
		return w.rpc(ctx, t, named)
	}
	c, err := wire.Dial(ctx, t, w.logins, wire.Any(), w.limits)
	if err != nil {
		return nil, "", err
	}
	sh, err := c.Shell(ctx, w.s)
	if err != nil {
		c.Close()
		return nil, "", err
	}
	return &line{c, sh, w, t}, c.User(), nil
}

// line is a command line.
type line struct {
	conn *wire.Conn
	sh   *wire.Shell
	w    *Writer
	t    drivers.Target
}

// Close ends the terminal and the connection.
func (l *line) Close() {
	l.conn.Close()
	l.sh.Close()
}

func (l *line) ask(ctx context.Context, question string) (string, error) {
	switch question {
	case l.w.fetch:
		return l.sh.Whole(ctx, question, l.w.s.End)
	case l.w.c.Startup.Ask:
		return l.sh.Whole(ctx, question, "")
	}
	return l.sh.Ask(ctx, question, "")
}

func (l *line) tell(ctx context.Context, s drivers.Step, lines []script.Line) error {
	if lines != nil {
		return script.Type(ctx, l.sh, l.t, lines, l.w.s.Notes...)
	}
	if s.Want == "" {
		return script.Quiet(ctx, l.sh, l.t, 0, s.Send, l.w.s.Notes...)
	}
	said, err := l.sh.Do(ctx, s.Send)
	if err != nil {
		return err
	}
	if s.Want == "**" {
		return nil
	}
	if l.refusal(said) || s.Want != "*" && !strings.Contains(said+l.sh.Prompt(), s.Want) {
		return &write.Refused{Device: l.t.Name, Line: s.Send, Reply: strings.Join(strings.Fields(said), " ")}
	}
	return nil
}

// refusal tells whether a line of an answer is one of those that say no.
func (l *line) refusal(said string) bool {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		begins := func(heads []string) bool {
			return slices.ContainsFunc(heads, func(h string) bool { return strings.HasPrefix(line, h) })
		}
		if begins(l.w.s.Errors) && !begins(l.w.s.Notes) {
			return true
		}
	}
	return false
}
