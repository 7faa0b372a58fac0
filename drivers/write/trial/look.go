package trial

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/internal/wire"
	"plumbline/drivers/write"
)

// session is one terminal with the write credential.
type session struct {
	*wire.Conn
	sh *wire.Shell
	w  *Writer
	t  drivers.Target
}

func (w *Writer) dial(ctx context.Context, t drivers.Target) (*session, error) {
	c, err := wire.Dial(ctx, t, w.logins, wire.Any(), w.limits)
	if err != nil {
		return nil, err
	}
	sh, err := c.Shell(ctx, w.s)
	if err != nil {
		c.Close()
		return nil, err
	}
	return &session{Conn: c, sh: sh, w: w, t: t}, nil
}

// Close ends the terminal and the connection; it may be repeated.
func (s *session) Close() {
	s.Conn.Close()
	s.sh.Close()
}

// hand is the session that changes the device. It outlives the call that opened it, where
// the platform wants the trial to be ended by the session that began it.
type hand struct {
	*session
	over context.CancelFunc
	bind func() bool
}

func (w *Writer) hand(ctx context.Context, t drivers.Target) (*hand, error) {
	own, over := context.WithCancel(context.WithoutCancel(ctx))
	bind := context.AfterFunc(ctx, over)
	s, err := w.dial(own, t)
	if err != nil {
		over()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, err
	}
	return &hand{s, over, bind}, nil
}

// stay frees the hand from the call that opened it, for as long as the trial lasts.
func (h *hand) stay(trial time.Duration) {
	h.bind()
	time.AfterFunc(trial+time.Minute, h.over)
}

// Close ends it.
func (h *hand) Close() {
	h.session.Close()
	h.over()
}

// eye is a session that only asks.
type eye struct {
	*session
	tx    string
	holes *strings.Replacer
}

func (w *Writer) look(ctx context.Context, t drivers.Target, tx string) (*eye, error) {
	s, err := w.dial(ctx, t)
	if err != nil {
		return nil, err
	}
	return &eye{s, tx, strings.NewReplacer("<tag>", regexp.QuoteMeta(tx), "<user>", regexp.QuoteMeta(s.User()))}, nil
}

// state asks whose change is on trial, and whether the device remembers an earlier one of
// this mark.
func (e *eye) state(ctx context.Context) (s write.State, used bool, err error) {
	var all strings.Builder
	for _, ask := range e.w.c.Pending.Asks {
		said, err := e.sh.Ask(ctx, strings.ReplaceAll(ask, "<tag>", e.tx), "")
		if err != nil {
			return write.Unseen, false, err
		}
		all.WriteString(said + "\n")
	}
	p, text := e.w.c.Pending, all.String()
	used = match(p.Used, text, e.holes) || e.w.over.Has(e.t, e.tx)
	switch {
	case match(p.Ours, text, e.holes):
		return write.Ours, used, nil
	case match(p.Foreign, text, e.holes):
		return write.Foreign, used, nil
	case match(p.None, text, e.holes):
		return write.None, used, nil
	}
	return write.Unseen, used, nil
}

// free proves that nothing is on trial, that the mark is new, and that a restart would lead
// to what runs.
func (e *eye) free(ctx context.Context) error {
	s, used, err := e.state(ctx)
	switch {
	case err != nil:
		return err
	case s == write.Ours:
		return trouble(e.t, write.ErrDirty, "a trial of ours runs already", "run resume", nil)
	case s == write.Foreign:
		return trouble(e.t, write.ErrDirty, "", "wait until it has ended", nil)
	case s != write.None:
		return trouble(e.t, write.ErrNoTimer, "it is not understood what the device says of trials", "compare commit.pending in platform.yaml with this version of the device", nil)
	case used:
		return trouble(e.t, write.ErrEnded, "trial "+e.tx+" ran here before", "plan again", nil)
	}
	same, err := e.startup(ctx)
	if err == nil && !same {
		err = trouble(e.t, write.ErrInput, "what it would start with is not what runs, so a restart would not lead back", "save the running configuration on the device first", nil)
	}
	return err
}

// startup tells whether the device would start with what runs.
func (e *eye) startup(ctx context.Context) (bool, error) {
	q := e.w.c.Startup
	if q.Ask == "" {
		return true, nil
	}
	said, err := e.sh.Whole(ctx, q.Ask, "")
	return match(q.Same, said, nil), err
}

// running reads what runs, in the form in which texts are compared.
func (e *eye) running(ctx context.Context) (string, error) {
	text, err := e.sh.Whole(ctx, e.w.s.Fetch, e.w.s.End)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if line != "" && line != "!" && !slices.ContainsFunc(e.w.s.Moving, func(m string) bool { return strings.HasPrefix(line, m) }) {
			out.WriteString(line + "\n")
		}
	}
	if strings.TrimSpace(text) == "" {
		return "", &drivers.Failure{Device: e.t.Name, Kind: drivers.ErrCut, Text: "the configuration is empty", Hint: "check what the write user may see"}
	}
	return out.String(), nil
}
