package sim

import (
	"strings"
	"time"

	"plumbline/internal/replay"
)

// manner is how the command line of a device stages changes and puts them into effect.
// What it is asked runs under the device's lock.
type manner interface {
	// exec answers a line outside configuration mode; false for one that it does not know.
	exec(s *shell, line string) (out string, known bool)
	// config answers a line in configuration mode that is no line of a configuration.
	config(s *shell, line string) (out string, known bool)
	// mode names the mode of a session in its prompt.
	mode(s *shell) string
	// whole is a configuration as the device shows it.
	whole(body string) string
	// unknown is what it says to a line that it does not know.
	unknown(line string) string
}

// manners are the command lines that there are, by platform. A platform that is not among
// them has that of vtysh.
var manners = map[string]func(*Box) manner{
	"eos":      func(b *Box) manner { return &sessions{b: b, named: map[string]*session{}} },
	"junos":    func(b *Box) manner { return &exclusive{b: b} },
	"ios-xr":   func(b *Box) manner { return &twoStage{b: b} },
	"ios-xe":   func(b *Box) manner { return &revert{b: b} },
	"bird":     func(b *Box) manner { return file{b} },
	"nx-os":    func(b *Box) manner { return &dualStage{b: b, points: map[string]string{}} },
	"sr-linux": func(b *Box) manner { return &candidates{b: b, named: map[string]*replay.Device{}} },
}

func mannerOf(b *Box) manner {
	if m, ok := manners[b.is.Platform]; ok {
		return m(b)
	}
	return vtysh{b}
}

// vtysh acts at once and has no clock of its own: the guard beside it does.
type vtysh struct{ b *Box }

func (v vtysh) exec(s *shell, line string) (string, bool) {
	ss := v.b.is.Session
	switch {
	case line == ss.Enter && s.user == WriteUser:
		s.config = true
		v.b.top(&s.at)
		return "", true
	case line == ss.Save && line != "" && s.user == WriteUser:
		return v.b.write(), true
	case line == "show startup-config":
		return v.b.whole(v.b.startup), true
	case strings.HasPrefix(line, "show "):
		return v.b.show(line), true
	}
	return "", false
}

func (v vtysh) config(s *shell, line string) (string, bool) {
	if line == v.b.is.Session.Leave {
		s.config = false
		v.b.top(&s.at)
		return "", true
	}
	return "", false
}

func (v vtysh) mode(s *shell) string { return v.b.mode(&s.at) }

func (v vtysh) unknown(line string) string { return "% Unknown command: " + line + "\n" }

func (v vtysh) whole(body string) string {
	head := []string{"Building configuration...", "", "Current configuration:", "!", "frr version 8.4.4", "frr defaults traditional"}
	if !strings.HasPrefix(body, "hostname ") && !strings.Contains(body, "\nhostname ") {
		head = append(head, "hostname "+v.b.name)
	}
	if !strings.Contains(body, "service integrated-vtysh-config") {
		head = append(head, "service integrated-vtysh-config")
	}
	return dressed(head, body, v.b.is.Session.End)
}

// dressed puts a head and an end to a configuration of lines.
func dressed(head []string, body, end string) string {
	if end == "" {
		end = "end"
	}
	body = strings.TrimRight(body, "\n")
	if body != "" {
		body += "\n!\n"
	}
	return strings.Join(head, "\n") + "\n!\n" + body + end + "\n"
}

// window is a change on trial under the device's own clock.
type window struct {
	tag, user string
	base      string // what it goes back to
	deadline  time.Time
	owner     *shell
	stop      func()
}

// open starts the clock of a trial. A device may lie about it.
func (b *Box) openWindow(w *window, wait time.Duration) {
	b.count.Arms++
	w.deadline, w.stop = b.farm.opt.Clock.Now().Add(wait), func() {}
	if b.faults.has("no-timer") != nil {
		return
	}
	b.window = w
	if b.faults.has("timer-never") != nil {
		return
	}
	if f := b.faults.has("timer-early"); f != nil {
		wait = f.For
	}
	w.stop = b.farm.opt.Clock.After(wait, func() { b.expire(w) })
}

// expire is the clock: it needs no client.
func (b *Box) expire(w *window) {
	b.mu.Lock()
	defer b.unlock()
	if b.window != w || b.closed {
		return
	}
	b.log.add("device", "*", "fired "+w.tag)
	b.closeWindow(true)
	b.count.Fires++
}

// closeWindow ends the trial, and goes back where it is told to.
func (b *Box) closeWindow(back bool) {
	w := b.window
	b.window = nil
	w.stop()
	if back {
		b.load(w.base)
	}
}

// commit makes a candidate what runs.
func (b *Box) commit(s *shell) {
	text := string(s.cand.Text())
	if text != b.body() {
		b.count.Mutating += max(s.staged, 1)
	}
	s.staged = 0
	if b.faults.takes("accept-silently", func(f *Fault) bool { return f.Text == "commit" }) != nil {
		return
	}
	b.load(text)
}

// stage takes one line of a configuration into a candidate.
func (s *shell) stage(line string) error {
	s.staged++
	lines := []string{line}
	if m, translates := s.b.manner.(interface {
		lines(*replay.Device, string) ([]string, error)
	}); translates {
		var err error
		if lines, err = m.lines(s.cand, line); err != nil {
			return err
		}
	}
	for _, line := range lines {
		if _, err := s.b.effect(s.cand, line, func() error { return s.cand.Do(line) }); err != nil {
			return err
		}
	}
	return nil
}

// fresh is a candidate that holds what runs.
func (b *Box) fresh() *replay.Device { return replay.New(b.is.Dialect, b.state.Text()) }

func minutes(text string) (time.Duration, bool) {
	d, err := time.ParseDuration(text + "m")
	return d, err == nil && d > 0
}

// clockFault is a device that is held by somebody else's trial.
func (b *Box) clockFault() {
	if f := b.faults.has("lock"); f != nil && b.window == nil {
		b.window = &window{tag: f.Text, user: f.Text, base: b.body(), stop: func() {}, deadline: b.farm.opt.Clock.Now()}
	}
}
