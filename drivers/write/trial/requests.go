package trial

import (
	"context"
	"errors"
	"slices"
	"strings"

	"plumbline/drivers"
	"plumbline/drivers/internal/netconf"
	"plumbline/drivers/internal/script"
	"plumbline/drivers/write"
)

// requests is a session in NETCONF.
type requests struct {
	*netconf.Session
	w *Writer
	t drivers.Target
}

var _ mouth = (*requests)(nil)

// rpc opens one. A device that does not say that it can what the platform needs gets no request:
// one that says so is not believed either, since its clock is looked at once the change runs.
func (w *Writer) rpc(ctx context.Context, t drivers.Target, named []string) (mouth, string, error) {
	s, err := netconf.Open(ctx, t, w.logins, w.limits, append(slices.Clone(named), w.fetch)...)
	if err != nil {
		return nil, "", err
	}
	for _, need := range w.s.Netconf.Needs {
		if !s.Can(need) {
			s.Close()
			return nil, "", trouble(t, write.ErrInput, "its hello names no capability "+need, "switch it on at the device, or write over its command line with driver: ssh", nil)
		}
	}
	return &requests{s, w, t}, s.User(), nil
}

// Close ends it, and with it its lock.
func (r *requests) Close() { r.End() }

// ask gives the text of a configuration, and any other answer as its tags and words.
func (r *requests) ask(ctx context.Context, question string) (string, error) {
	a, err := r.Ask(ctx, question)
	if err != nil {
		return "", err
	}
	if question != r.w.fetch {
		return a.Form(), nil
	}
	text, found := a.Text(r.w.s.Netconf.Text)
	if !found {
		return "", &drivers.Failure{Device: r.t.Name, Kind: drivers.ErrCut, Text: "its answer holds no <" + r.w.s.Netconf.Text + ">", Hint: "see netconf.text in platform.yaml"}
	}
	return text, nil
}

// most is how much of the words of a device is told on.
const most = 300

// inShort is the beginning of what a device says, in whole words: half a secret is known to nobody
// who hides it.
func inShort(reply string) string {
	if len(reply) <= most {
		return reply
	}
	return strings.ToValidUTF8(reply[:max(0, strings.LastIndexAny(reply[:most], " \t\r\n"))], "")
}

// tell sends a request. To lines of a change a device says nothing but that it took them: a
// warning is a refusal there, as any word is on a command line.
func (r *requests) tell(ctx context.Context, s drivers.Step, lines []script.Line) error {
	no := func(reply string) error {
		return &write.Refused{Device: r.t.Name, Line: s.Send, Reply: inShort(reply)}
	}
	a, err := r.Ask(ctx, filled(s.Send, lines))
	var refused *netconf.Refusal
	switch {
	case errors.As(err, &refused):
		return no(refused.Text)
	case err != nil:
		return err
	}
	for _, said := range a.Warnings() {
		if lines != nil && !slices.ContainsFunc(r.w.s.Notes, func(n string) bool { return strings.HasPrefix(said, n) }) {
			return no("it warns: " + said)
		}
	}
	if s.Want != "*" && !match(s.Want, a.Form(), nil) {
		return no("it answers with " + a.Form())
	}
	return nil
}

// filled puts the lines of a change into a request, at their hole.
func filled(request string, lines []script.Line) string {
	if lines == nil {
		return request
	}
	text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(script.Text(lines))
	return strings.NewReplacer("<script>", text, "<undo>", text).Replace(request)
}

// words is every request that a trial may need: with its lines there and back, and under the mark
// of the way back as under its own.
func (p *pending) words() (out []string) {
	if !p.w.requests {
		return nil
	}
	c, both := p.w.c, *p
	for range 2 {
		for _, s := range slices.Concat(c.Lock, c.Stage, c.Check, c.Arm, c.Apply, c.Confirm, c.Cancel, c.Discard) {
			out = append(out, filled(both.fill(s.Send), both.lines(s)))
		}
		both.do, both.undo, both.h.Tx = p.undo, p.do, back(p.h.Tx)
	}
	return append(out, c.Candidate.Ask)
}
