package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/scrapli/scrapligo/driver/generic"
	"github.com/scrapli/scrapligo/driver/options"

	"plumbline/drivers"
)

// Shell is one interactive session whose exact prompt is known.
type Shell struct {
	conn  *Conn
	d     *generic.Driver
	tty   *tty
	s     drivers.Session
	host  string // the pinned host part of the prompt
	mode  string
	shown string
	asked string         // a question that nobody foresaw, at which the session is left; none if empty
	reply drivers.Answer // to what may be asked after the line that was sent; none if empty
}

// quiet is how long a device must say nothing before an answer that already looks
// finished, and is not, counts as cut off.
const quiet = 2 * time.Second

// pause is how long a device says nothing behind a question before it is answered: a part of
// it may still be on its way.
const pause = 50 * time.Millisecond

// Shell opens a terminal, waits for the prompt and pins it, and sends what the platform
// sends after login.
func (c *Conn) Shell(ctx context.Context, s drivers.Session) (*Shell, error) {
	line := &tty{conn: c}
	d, err := generic.NewDriver(c.target.Address.Addr().String(), options.WithCustomTransport(line),
		options.WithAuthBypass(), options.WithTimeoutOps(c.limits.Timeout))
	if err != nil {
		return nil, fail(c.target, drivers.ErrConfig, "the session cannot be set up", "", err)
	}
	open, cancel := context.WithTimeout(ctx, c.limits.Timeout)
	defer cancel()
	silent := context.AfterFunc(open, c.Close) // a device may fall silent behind the handshake, and no read has begun yet
	err = d.Open()
	if !silent() || err != nil {
		return nil, c.lost(open, "opening a terminal", cmp.Or(err, open.Err()))
	}
	sh := &Shell{conn: c, d: d, tty: line, s: s}
	if err := sh.pin(ctx); err != nil {
		sh.Close()
		return nil, err
	}
	for _, line := range s.Open {
		if err := sh.settle(ctx, line); err != nil {
			sh.Close()
			return nil, err
		}
	}
	return sh, nil
}

// Close ends the terminal, not the connection.
func (sh *Shell) Close() {
	_ = sh.tty.Close() // first: scrapligo waits for a read that nothing else would end
	_ = sh.d.Close()
}

// Mode is the configuration mode that the last prompt showed; empty in exec mode.
func (sh *Shell) Mode() string { return sh.mode }

// Prompt is the last prompt, as it was shown; at login its last line alone.
func (sh *Shell) Prompt() string { return sh.shown }

// pin learns the real prompt: the text that an empty line brings back twice. A banner that
// looks like a prompt does not come back.
func (sh *Shell) pin(ctx context.Context) error {
	loose := shape(sh.s.Exec, "")
	var last string
	for range 6 {
		got, err := sh.read(ctx, "login", func(b string) verdict {
			if loose.MatchString(b) {
				return done
			}
			return more
		})
		if err != nil {
			return err
		}
		host, _, _ := named(loose, lastLine(got))
		if last == host {
			sh.host, sh.shown = host, lastLine(got)
			return nil
		}
		last = host
		if err := sh.d.Channel.WriteReturn(); err != nil {
			return sh.conn.lost(ctx, "login", err)
		}
	}
	return fail(sh.conn.target, drivers.ErrCut, "the prompt is never the same twice", "compare session.exec in platform.yaml", nil)
}

// settle sends a line of session.open and its return at once, which saves a round trip: such a
// line changes nothing but this terminal, and what it answers is of no use.
func (sh *Shell) settle(ctx context.Context, line string) error {
	if !sh.conn.allow.passes(line) {
		return fail(sh.conn.target, drivers.ErrForbidden, verb(line), "", nil)
	}
	if err := sh.d.Channel.WriteAndReturn([]byte(line), false); err != nil {
		return sh.conn.lost(ctx, line, err)
	}
	p := sh.prompts(line)
	_, err := sh.read(ctx, line, func(b string) verdict {
		_, behind, shown := strings.Cut(b, line) // a prompt before the line is that of the login
		if n, _ := p.tail(behind); !shown || n == 0 {
			return more
		}
		return done
	})
	return err
}

// Ask sends one line and gives what came between its echo and the next prompt. Where end
// is not empty the answer is complete only when its last line is end: a line that looks
// like the prompt, even one equal to it, does not finish the answer.
func (sh *Shell) Ask(ctx context.Context, line, end string) (string, error) {
	return sh.ask(ctx, line, end, 0)
}

// Reply sends one line as Ask does. Where the device asks a's question it gets a's reply, once;
// what was said up to there belongs to the question, and is no part of the answer.
func (sh *Shell) Reply(ctx context.Context, line string, a drivers.Answer) (string, error) {
	sh.reply = a
	said, err := sh.Ask(ctx, line, "")
	sh.reply = drivers.Answer{}
	if at := strings.LastIndex(said, a.Question); at >= 0 {
		_, said, _ = strings.Cut(said[at:], "\n")
	}
	return said, err
}

// Do sends one line that may change the whole device, and with it the prompt.
func (sh *Shell) Do(ctx context.Context, line string) (string, error) {
	sh.host = ""
	return sh.ask(ctx, line, "", 0)
}

// Whole asks for a long text. Where the platform has no last line, an empty line is sent
// behind the question: a prompt that no other follows at once was part of the text.
func (sh *Shell) Whole(ctx context.Context, line, end string) (string, error) {
	if end == "" {
		return sh.ask(ctx, line, end, 1)
	}
	return sh.ask(ctx, line, end, 0)
}

// Question is why a line was not carried out: the device asks back, and nobody foresaw it. The
// session is of no use from then on; what it waits for is dropped with it.
type Question struct{ Line, Text string }

// Error tells the line and what is asked.
func (q *Question) Error() string {
	return fmt.Sprintf("%s is not carried out: the device asks %q, and there is no answer to that", q.Line, q.Text)
}

func (sh *Shell) ask(ctx context.Context, line, end string, again int) (string, error) {
	if sh.asked != "" {
		return "", fail(sh.conn.target, drivers.ErrCut, "the session waits for an answer to "+strconv.Quote(sh.asked), "", nil)
	}
	if !sh.conn.allow.passes(line) {
		return "", fail(sh.conn.target, drivers.ErrForbidden, verb(line), "", nil)
	}
	if err := sh.echo(ctx, line); err != nil {
		return "", err
	}
	return sh.answer(ctx, line, end, again)
}

// echo writes a line, waits until the device has shown it, and only then sends return.
func (sh *Shell) echo(ctx context.Context, line string) error {
	ctx, cancel := context.WithTimeout(ctx, sh.conn.limits.Timeout)
	defer cancel()
	if err := sh.d.Channel.Write([]byte(line), false); err != nil {
		return sh.conn.lost(ctx, line, err)
	}
	until := sh.d.Channel.ReadUntilExplicit
	if len(line) > width-80 {
		until = sh.d.Channel.ReadUntilFuzzy // the terminal folds it
	}
	if _, err := until(ctx, []byte(line)); err != nil {
		return sh.conn.lost(ctx, line, err)
	}
	if err := sh.d.Channel.WriteReturn(); err != nil {
		return sh.conn.lost(ctx, line, err)
	}
	return nil
}

// answer reads up to the prompt and takes the mode from it. It wants so many prompts again
// behind the first one, and asks for them with empty lines.
func (sh *Shell) answer(ctx context.Context, line, end string, again int) (string, error) {
	p := sh.prompts(line)
	asked := 0
	got, err := sh.read(ctx, line, func(b string) verdict {
		n, cut := p.tail(b)
		switch {
		case n == 0 && strings.HasSuffix(strings.TrimRight(b, " "), "--More--"):
			return stuck
		case n == 0 && sh.reply.Question != "" && strings.Contains(lastLine(b), sh.reply.Question):
			return asks
		case n == 0 && sh.mode != "" && question(lastLine(b)):
			return stuck
		case n == 0:
			return more
		case n > again:
		case asked < again:
			asked++
			_ = sh.d.Channel.WriteReturn() // a line that is gone shows at the next read
			return more
		default:
			return more
		}
		if end != "" && lastLine(b[:cut]) != end {
			return stuck
		}
		return done
	})
	if err != nil {
		return "", err
	}
	_, cut := p.tail(got)
	if p.again(got[:cut], line) {
		return "", fail(sh.conn.target, drivers.ErrCut, "it shows "+verb(line)+" again within the answer", "switch off messages of the log on the terminals of this user", nil)
	}
	sh.shown = p.last(got)
	sh.host, sh.mode = p.read(sh.shown)
	return p.without(strings.TrimPrefix(got[:cut], "\n")), nil
}

type verdict int

const (
	more  verdict = iota // nothing that looks like an end yet
	stuck                // it looks like an end, and must not be one
	asks                 // the device waits for the reply that there is
	done
)

// read collects output until judge is content. An answer that looks finished and is not
// gets a little time to go on; one that does not look finished may take long while it goes on,
// and is given up where the device falls silent.
func (sh *Shell) read(ctx context.Context, what string, judge func(string) verdict) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sh.conn.limits.Longest)
	defer cancel()
	var buf []byte
	state, since, silent := more, time.Now(), false
	for ctx.Err() == nil && !silent {
		b, err := sh.d.Channel.Read()
		switch {
		case err != nil && !sh.conn.spend(0):
			return "", fail(sh.conn.target, drivers.ErrCut, "the device sent more than the budget", "", nil)
		case err != nil:
			return "", sh.conn.lost(ctx, what, err)
		case b == nil && state == stuck && time.Since(since) > quiet:
			return "", sh.cut(what, string(buf))
		case b == nil && state == asks && time.Since(since) > pause:
			if err := sh.answered(); err != nil {
				return "", sh.conn.lost(ctx, what, err)
			}
			state = more
		case b == nil:
			time.Sleep(sh.d.Channel.ReadDelay)
			silent = time.Since(since) > sh.conn.limits.Timeout
			continue
		}
		since = time.Now()
		if buf = append(buf, b...); len(buf) == 0 {
			continue // a packet of nothing but a carriage return or an escape code
		}
		if tail := buf[len(buf)-1]; tail == '\n' {
			state = more
			continue
		}
		if state = judge(string(buf[max(0, len(buf)-4096):])); state == done {
			return string(buf), nil
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return "", fail(sh.conn.target, drivers.ErrCut, "given up at "+verb(what), "", ctx.Err())
	}
	if silent {
		return "", fail(sh.conn.target, drivers.ErrTimeout, fmt.Sprintf("%s was not answered whole, and nothing came for %v", verb(what), sh.conn.limits.Timeout), "", nil)
	}
	return "", fail(sh.conn.target, drivers.ErrTimeout, fmt.Sprintf("%s was not answered whole in %v", verb(what), sh.conn.limits.Longest), "", nil)
}

// question tells whether a line that has no end yet is one that devices wait behind.
func question(line string) bool {
	return strings.HasSuffix(line, "]") || strings.HasSuffix(line, "]:") || strings.HasSuffix(line, "?") || strings.HasSuffix(line, "(y/n)")
}

// answered types the reply that there is, which is none from then on.
func (sh *Shell) answered() error {
	text := sh.reply.Reply
	sh.reply = drivers.Answer{}
	return errors.Join(sh.d.Channel.Write([]byte(text), false), sh.d.Channel.WriteReturn())
}

// cut says why an answer that has come to its end is no answer.
func (sh *Shell) cut(what, got string) error {
	if strings.HasSuffix(strings.TrimRight(got, " "), "--More--") {
		return fail(sh.conn.target, drivers.ErrCut, verb(what)+" stopped at --More--", "the device does not switch paging off: see session.open in platform.yaml", nil)
	}
	if q := lastLine(got); question(q) {
		sh.asked = q
		return &Question{verb(what), q}
	}
	return fail(sh.conn.target, drivers.ErrCut, fmt.Sprintf("%s ended without its last line %q", verb(what), sh.s.End), "", nil)
}

// lastLine gives the last line of a text that is not blank.
func lastLine(b string) string {
	b = strings.TrimRight(b, " \n")
	return strings.TrimRight(b[strings.LastIndexByte(b, '\n')+1:], " ")
}
