package guard

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"plumbline/drivers"
	"plumbline/drivers/internal/script"
	"plumbline/drivers/internal/wire"
	"plumbline/drivers/write"
)

// session is one connection with the write credential.
type session struct {
	*wire.Conn
	w *Writer
	t drivers.Target
}

func (w *Writer) dial(ctx context.Context, t drivers.Target) (*session, error) {
	c, err := wire.Dial(ctx, t, w.logins, wire.Any(), w.limits)
	if err != nil {
		return nil, err
	}
	return &session{Conn: c, w: w, t: t}, nil
}

// refusal is a "no" of the guard itself.
type refusal struct{ verb, word, text string }

// Error names the verb and the word of the guard.
func (r *refusal) Error() string { return "the guard refuses " + r.verb + ": " + r.word + " " + r.text }

// trouble tells what a refusal to arm means: nothing was changed.
func (r *refusal) trouble(t drivers.Target) error {
	switch r.word {
	case "stale":
		return trouble(t, write.ErrStale, "it changed since it was read", "plan again", nil)
	case "busy":
		return trouble(t, write.ErrDirty, "trial "+r.text, "wait until it has ended", nil)
	case "startup":
		return trouble(t, write.ErrInput, "what it would start with is not what runs, so a restart would not lead back", "save the running configuration on the device first", nil)
	case "timer":
		return trouble(t, write.ErrNoTimer, r.text, "", nil)
	}
	return trouble(t, write.ErrInput, r.Error(), "", nil)
}

// verb asks the guard one thing. A refusal is an error of its own type.
func (g *session) verb(ctx context.Context, request string, in []byte) (string, error) {
	name, _, _ := strings.Cut(request, " ")
	out, status, err := g.Exec(ctx, request, in)
	if err != nil {
		return "", err
	}
	if status == 0 && name == "show" || status == 0 && name == "startup" { // a file to the last byte
		return out, nil
	}
	if status == 0 {
		return strings.TrimRight(out, "\r\n"), nil
	}
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "refused: "); ok {
			word, text, _ := strings.Cut(strings.TrimSpace(rest), " ")
			return "", &refusal{verb: name, word: word, text: text}
		}
	}
	return "", &refusal{verb: name, word: "failed", text: fmt.Sprintf("status %d: %s", status, strings.TrimSpace(out))}
}

// text reads the running or the startup configuration; without the last line it is none.
func (g *session) text(ctx context.Context, what string) (string, error) {
	out, err := g.verb(ctx, what, nil)
	if err != nil {
		return "", err
	}
	whole := strings.TrimRight(strings.ReplaceAll(out, "\r", ""), " \n")
	if end := g.w.s.End; end != "" && whole != end && !strings.HasSuffix(whole, "\n"+end) || whole == "" {
		return "", &drivers.Failure{Device: g.t.Name, Kind: drivers.ErrCut, Text: fmt.Sprintf("the guard's answer to %q ended without its last line %q", what, g.w.s.End)}
	}
	return out, nil
}

// state is what the guard says about the trial that runs, and about one that was asked for.
type state struct {
	tx       string // on trial; empty for none
	deadline int64
	last     string // the trial that was asked for, where it has ended
	how      string // kept, undone, fired, undoing
	saved    bool   // kept: what it starts with too; else: it was proved to be as before
	base     string // digest of what ran before it
}

// status asks which trial runs, and how the trial tx ended.
func (g *session) status(ctx context.Context, tx string) (state, error) {
	out, err := g.verb(ctx, "status "+tx, nil)
	if err != nil {
		return state{}, err
	}
	var s state
	for i, line := range strings.Split(strings.ReplaceAll(out, "\r", ""), "\n") {
		w := strings.Fields(line)
		switch {
		case i == 0 && len(w) == 1 && w[0] == "none":
		case i == 0 && len(w) == 3 && w[0] == "pending":
			s.tx = w[1]
			s.deadline, err = strconv.ParseInt(w[2], 10, 64)
		case i == 1 && len(w) == 5 && w[0] == "last" && w[2] == tx:
			s.how, s.last, s.saved, s.base = w[1], w[2], w[3] == "saved", w[4]
		default:
			err = trouble(g.t, write.ErrInput, fmt.Sprintf("the guard's status is not understood: %q", line), "install the guard of this version on the device", nil)
		}
		if err != nil {
			return state{}, err
		}
	}
	return s, nil
}

// clean proves that nobody's trial runs, that tx is new, and gives what runs.
func (g *session) clean(ctx context.Context, tx string) (string, error) {
	s, err := g.status(ctx, tx)
	switch {
	case err != nil:
		return "", err
	case s.tx == tx:
		return "", trouble(g.t, write.ErrDirty, "our own trial "+tx+" runs already", "run resume", nil)
	case s.tx != "":
		return "", trouble(g.t, write.ErrDirty, "trial "+s.tx, "wait until it has ended", nil)
	case s.last == tx:
		return "", trouble(g.t, write.ErrEnded, "trial "+tx+" was "+s.how+" before", "plan again", nil)
	}
	return g.text(ctx, "show")
}

// same proves that the script on the device is ours: another one may keep its promises in
// another way.
func (g *session) same(ctx context.Context) error {
	const fix = "install guard.sh of this version on the device"
	has, err := g.verb(ctx, "version", nil)
	var no *refusal
	switch {
	case errors.As(err, &no):
		return trouble(g.t, write.ErrInput, "the guard on the device does not tell its version", fix, nil)
	case err != nil:
		return err
	case strings.TrimSpace(has) != Digest():
		return trouble(g.t, write.ErrInput, fmt.Sprintf("the guard on the device is another one (%.12s) than that of this version (%.12s)", strings.TrimSpace(has), Digest()), fix, nil)
	}
	return nil
}

// send takes the lines to the device, one after the other. The first word that a device says to a
// line, but for remarks of its platform, and the first mode that is not the one meant, is the end of it.
func (g *session) send(ctx context.Context, lines []script.Line) error {
	sh, err := g.Shell(ctx, g.w.s)
	if err != nil {
		return err
	}
	defer sh.Close()
	if err := script.Quiet(ctx, sh, g.t, 0, g.w.s.Enter); err != nil {
		return err
	}
	if sh.Mode() == "" {
		return &write.Refused{Device: g.t.Name, Line: g.w.s.Enter, Reply: "no configuration mode"}
	}
	if err := script.Type(ctx, sh, g.t, lines, g.w.s.Notes...); err != nil {
		return err
	}
	if err := script.Quiet(ctx, sh, g.t, 0, g.w.s.Leave); err != nil {
		return err
	}
	if sh.Mode() != "" {
		return &write.Refused{Device: g.t.Name, Line: g.w.s.Leave, Reply: "still in mode " + sh.Mode()}
	}
	return nil
}

// load has the device check a file and read it. It says no in words of its own.
func (g *session) load(ctx context.Context, tx string, file []byte) error {
	reply, err := g.verb(ctx, "load "+tx+" "+g.w.base(string(file)), file)
	var no *refusal
	switch {
	case errors.As(err, &no) && no.word == "check":
		return &write.Refused{Device: g.t.Name, Line: "the file", Reply: no.text}
	case errors.As(err, &no):
		return &write.Refused{Device: g.t.Name, Line: "the file", Reply: no.Error()}
	case err == nil && reply != "loaded "+tx:
		return trouble(g.t, write.ErrInDoubt, fmt.Sprintf("the guard answered %q", reply), "run resume", nil)
	}
	return err
}

func trouble(t drivers.Target, kind error, text, hint string, cause error) error {
	return &write.Trouble{Device: t.Name, Kind: kind, Text: text, Hint: hint, Cause: cause}
}
