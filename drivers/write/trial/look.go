package trial

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
)

// hand is the session that changes the device. It outlives the call that opened it, where
// the platform wants the trial to be ended by the session that began it.
type hand struct {
	mouth
	over context.CancelFunc
	bind func() bool
}

// grasp opens the hand of a trial.
func (p *pending) grasp(ctx context.Context) error {
	own, over := context.WithCancel(context.WithoutCancel(ctx))
	bind := context.AfterFunc(ctx, over)
	m, _, err := p.w.dial(own, p.t, p.words())
	if err != nil {
		over()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return err
	}
	p.hand = &hand{m, over, bind}
	return nil
}

// stay frees the hand from the call that opened it, for as long as the trial lasts.
func (h *hand) stay(trial time.Duration) {
	h.bind()
	time.AfterFunc(trial+time.Minute, h.over)
}

// Close ends it.
func (h *hand) Close() {
	h.mouth.Close()
	h.over()
}

// eye is a session that only asks.
type eye struct {
	mouth
	w     *Writer
	t     drivers.Target
	asks  []string // about trials
	tx    string
	holes *strings.Replacer
}

func (w *Writer) look(ctx context.Context, t drivers.Target, tx string) (*eye, error) {
	e := &eye{w: w, t: t, tx: tx}
	for _, ask := range w.c.Pending.Asks {
		e.asks = append(e.asks, strings.ReplaceAll(ask, "<tag>", tx))
	}
	m, user, err := w.dial(ctx, t, e.asks)
	if err != nil {
		return nil, err
	}
	e.mouth, e.holes = m, strings.NewReplacer("<tag>", regexp.QuoteMeta(tx), "<user>", regexp.QuoteMeta(user))
	return e, nil
}

// state asks whose change is on trial, and whether the device remembers an earlier one of
// this mark.
func (e *eye) state(ctx context.Context) (s write.State, used bool, err error) {
	var all strings.Builder
	for _, ask := range e.asks {
		said, err := e.ask(ctx, ask)
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
	said, err := e.ask(ctx, q.Ask)
	return match(q.Same, said, nil), err
}

// running reads what runs, in the form in which texts are compared.
func (e *eye) running(ctx context.Context) (string, error) {
	text, err := e.ask(ctx, e.w.fetch)
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
