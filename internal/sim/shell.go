package sim

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"plumbline/internal/replay"
)

// shell is one interactive session. How its words change the device is the manner of the
// platform.
type shell struct {
	b      *Box
	user   string
	way    string // in: netconf, or the command line where it is empty
	ch     io.ReadWriter
	host   string // what its prompt says
	at     cursor
	config bool
	whole  bool // paging is off
	bare   bool // no time before answers
	cand   *replay.Device
	name   string // of a session that has one
	staged int    // lines in the candidate
	lines  int    // configuration lines so far
	asked  int    // lines so far
	waits  string // the line that a question is about; none if empty
	sent   int    // bytes of output so far
	backs  int    // of the guard, when it began
	marks  string // in its prompt
}

var errGone = errors.New("the session is gone")

// run echoes what comes, byte by byte like a terminal, and answers each line.
func (s *shell) run() {
	defer s.over()
	s.begin()
	if s.b.fault("banner-auth") != nil {
		if s.send("\r\nWelcome to "+s.host+"# the router\r\nLast login: never\r\n") != nil {
			return
		}
	}
	if s.send("\r\n"+s.lead()+s.prompt()) != nil {
		return
	}
	var line []byte
	buf := make([]byte, 1024)
	for {
		n, err := s.ch.Read(buf)
		if err != nil {
			return
		}
		for _, c := range buf[:n] {
			switch c {
			case '\r', '\n':
				text := string(line)
				line = line[:0]
				if s.echo("\r\n"+s.storm(text)) != nil || s.answer(strings.TrimSpace(text)) != nil {
					return
				}
			case 0x7f, 0x08:
				line = line[:max(0, len(line)-1)]
			default:
				if len(line) < 1<<16 {
					line = append(line, c)
				}
				if s.echo(string(c)) != nil {
					return
				}
			}
		}
	}
}

// begin notes how often the guard has led back before this session.
func (s *shell) begin() {
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.backs = s.b.trial.backs
	s.mark()
}

// mark notes the signs that the next prompt has.
func (s *shell) mark() {
	if m, marks := s.b.manner.(interface{ marked(*shell) string }); marks {
		s.marks = m.marked(s)
	}
}

// storm is what a device says between a question and its answer when its log goes to every
// terminal.
func (s *shell) storm(line string) string {
	f := s.b.fault("echo")
	if f == nil || line == "" {
		return ""
	}
	return strings.Repeat("\r\n%SYS-5-NOTICE: a message of the log\r\n"+s.prompt()+line+"\r\n", f.N)
}

func (s *shell) echo(text string) error {
	_, err := io.WriteString(s.ch, text)
	return err
}

// answer carries one line out and shows the prompt.
func (s *shell) answer(line string) error {
	s.asked++
	if s.b.faultAt("hang", s.asked) != nil { // silent until the client hangs up
		_, err := io.Copy(io.Discard, s.ch)
		return cmp.Or(err, errGone)
	}
	cut := s.b.cut()
	if cut == "before" {
		return errGone
	}
	if q := s.question(line); q != "" {
		s.waits = line
		return s.send(q)
	}
	if s.waits != "" {
		line = s.told(line)
	}
	out, err := s.do(line)
	if err != nil {
		return err
	}
	if cut != "" {
		return errGone
	}
	if f := s.b.fault("slow"); f != nil {
		time.Sleep(f.For)
	}
	return s.page(out)
}

// question is what the device asks back before it takes a line.
func (s *shell) question(line string) string {
	b := s.b
	b.mu.Lock()
	defer b.unlock()
	if !s.config || s.waits != "" {
		return ""
	}
	if b.faults.takes("asks", in(line)) != nil {
		b.log.add(s.user, ">", line)
		return "Is this meant? [confirm]"
	}
	if s.cand != nil { // of lines that do not act yet nothing is asked
		return ""
	}
	b.mode(&s.at)
	if q, _ := b.state.Asks(line); q != "" {
		b.log.add(s.user, ">", line)
		return q + "? [confirm]"
	}
	return ""
}

// told takes the answer to a question, and gives the line that is carried out then: none where
// it was another one than yes.
func (s *shell) told(answer string) string {
	b := s.b
	b.mu.Lock()
	defer b.unlock()
	line := s.waits
	s.waits = ""
	b.log.add(s.user, ">", "("+answer+")")
	if _, yes := b.state.Asks(line); answer != "" && answer != yes {
		return ""
	}
	return line
}

// do gives the answer to one line, with line feeds.
func (s *shell) do(line string) (string, error) {
	b := s.b
	b.mu.Lock()
	defer b.unlock()
	defer s.mark()
	if s.user == WriteUser && s.backs != b.trial.backs { // the guard ends who sends when it leads back
		return "", errGone
	}
	b.log.add(s.user, ">", line)
	ss := b.is.Session
	switch {
	case line == "":
		return "", nil
	case line == "exit" && !s.config, line == "quit":
		return "", errGone
	case s.config:
		return s.configure(line)
	case len(ss.Open) > 0 && line == ss.Open[0]: // what a session begins with is what turns paging off
		s.whole = b.faults.has("pager") == nil
		out, _ := b.manner.exec(s, line) // where it is a question besides
		return out, nil
	case line == ss.Fetch:
		return b.shown(s.prompt()), nil
	}
	if out, known := b.exec(s, line); known {
		return out, nil
	}
	if slices.Contains(ss.Open, line) {
		return "", nil
	}
	return b.manner.unknown(line), nil
}

// write saves what runs, in the words of vtysh.
func (b *Box) write() string {
	if b.faults.has("save-fails") != nil {
		return "Building Configuration...\n% Can't open configuration file /etc/frr/frr.conf due to 'Read-only file system'.\n"
	}
	b.startup = b.body()
	b.count.Saves++
	return "Building Configuration...\nIntegrated configuration saved to /etc/frr/frr.conf\n[OK]\n"
}

// configure takes one configuration line, or what the faults make of it.
func (s *shell) configure(line string) (string, error) {
	b := s.b
	if out, known := b.manner.config(s, line); known {
		return out, nil
	}
	s.lines++
	if b.faults.takes("drop", at(s.lines)) != nil {
		return "", errGone
	}
	if f := b.faults.takes("reboot", at(s.lines)); f != nil {
		b.restart(f.For)
		return "", errGone
	}
	if b.faults.takes("rename", at(s.lines)) != nil {
		s.host = "renamed"
	}
	if f := b.faults.takes("reject", in(line)); f != nil {
		b.count.Rejected++
		return "% Unknown command: " + line + f.Says + "\n", nil
	}
	if b.faults.takes("accept-silently", in(line)) != nil {
		return "", nil
	}
	if b.faults.takes("mode-drift", in(line)) != nil {
		if s.cand != nil {
			s.cand.Top()
		} else {
			b.top(&s.at)
		}
		return "", nil
	}
	if s.cand != nil {
		if err := s.stage(line); err != nil {
			b.count.Rejected++
			return reply(err) + "\n", nil
		}
		return "", nil
	}
	changed, err := b.effect(b.state, line, func() error { return b.do(&s.at, line) })
	if err != nil {
		b.count.Rejected++
		return reply(err) + "\n", nil
	}
	if changed {
		b.count.Mutating++
	}
	return "", nil
}

// prompt is what the session shows when it waits.
func (s *shell) prompt() string {
	ss := s.b.is.Session
	shape := ss.Exec
	if s.config {
		shape = strings.ReplaceAll(ss.Config, "<mode>", s.b.manner.mode(s))
	}
	if m, marks := s.b.manner.(interface{ gap() string }); marks {
		shape = strings.Replace(strings.Replace(shape, "<any>", s.marks, 1), "<any>", m.gap(), 1)
	}
	return strings.NewReplacer("<host>", s.host, "<user>", s.user, "<any>", "~", "<line>", "\r\n").Replace(shape)
}

// lead is what stands before a prompt, on lines of its own.
func (s *shell) lead() string {
	if m, leads := s.b.manner.(interface{ lead(*shell) string }); leads {
		return m.lead(s)
	}
	return ""
}

// over is the end of a session: what belongs to it alone is gone.
func (s *shell) over() {
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	if m, holds := s.b.manner.(interface{ over(*shell) }); holds {
		m.over(s)
	}
}

// page shows an answer a screen at a time until paging is off, then the prompt.
func (s *shell) page(out string) error {
	out = strings.ReplaceAll(out, "\n", "\r\n")
	if !s.whole {
		const screen = 24
		lines := strings.SplitAfter(out, "\r\n")
		for len(lines) > screen {
			if err := s.send(strings.Join(lines[:screen], "") + "--More--"); err != nil {
				return err
			}
			key := make([]byte, 1)
			if _, err := s.ch.Read(key); err != nil {
				return err
			}
			if err := s.send("\r        \r"); err != nil {
				return err
			}
			if key[0] == 'q' {
				lines = nil
				break
			}
			lines = lines[screen:]
		}
		out = strings.Join(lines, "")
	}
	s.b.mu.Lock()
	prompt := s.lead() + s.prompt()
	s.b.mu.Unlock()
	return s.send(out + prompt)
}

// send writes output the way that the faults want it.
func (s *shell) send(out string) error {
	for _, piece := range s.b.pieces(out) {
		if f := s.b.fault("drop-byte"); f != nil && s.sent+len(piece.text) > f.N {
			_, _ = io.WriteString(s.ch, piece.text[:max(0, f.N-s.sent)])
			return errGone
		}
		s.sent += len(piece.text)
		if _, err := io.WriteString(s.ch, piece.text); err != nil {
			return err
		}
		time.Sleep(piece.wait)
	}
	return nil
}
