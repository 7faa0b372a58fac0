package sim

import (
	"errors"
	"strings"
	"time"

	"plumbline/internal/replay"
)

// reply is what a device prints when it refuses a line.
func reply(err error) string {
	var r *replay.Refusal
	if errors.As(err, &r) {
		return r.Text
	}
	return "% " + err.Error()
}

// fault gives a bad habit that the device has now.
func (b *Box) fault(kind string) *Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults.has(kind)
}

// faultAt gives one that is due at the n-th line, and uses up one of its times.
func (b *Box) faultAt(kind string, n int) *Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults.takes(kind, at(n))
}

// cut counts the lines of all sessions, and tells whether the device hangs up at this one.
func (b *Box) cut() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.Lines++
	if f := b.faults.takes("cut", at(b.count.Lines)); f != nil {
		return f.Text
	}
	return ""
}

// shown is the running configuration as this device shows it: whole, cut, or with lines
// that look like a prompt in it. The caller holds the lock.
func (b *Box) shown(prompt string) string {
	text := b.whole(b.body())
	if b.faults.has("defaults") != nil {
		text = b.whole(string(b.state.Whole()))
	}
	if f := b.faults.has("evil"); f != nil {
		text = b.spoiled(text, f.Text, prompt)
	}
	if f := b.faults.takes("truncate", always); f != nil {
		text = text[:min(f.N, len(text))] + "\n"
	}
	return text
}

// spoiled puts comment lines of a banner into a text that a careless reader takes for a
// prompt. They stand where a comment may stand, so that a whole answer means what it meant
// without them.
func (b *Box) spoiled(text, kind, prompt string) string {
	if b.is.Dialect.Syntax == "path" { // JSON: no line of it is a comment, its texts hold what they like
		if kind == "ansi" {
			text = strings.Replace(text, "\n", "\x1b[1m\x1b[0m\n", 1)
		}
		return text
	}
	mark := "!"
	if len(b.is.Dialect.Comment) > 0 {
		mark = b.is.Dialect.Comment[0]
	}
	at := strings.Index(text, "!\n") + 2
	if at < 2 {
		at = strings.Index(text, "\n") + 1
	}
	return text[:at] + strings.ReplaceAll(evil(kind, prompt), "!", mark) + text[at:]
}

func evil(kind, prompt string) string {
	switch kind {
	case "prompt":
		return "!\n! welcome to\n! lab-router1#\n! lab-router1# \n! do not touch\n"
	case "exact", "cut":
		return "!\n! welcome to\n!\n" + prompt + "\n! do not touch\n"
	case "ansi":
		return "!\n\x1b[1m! bold\x1b[0m\n"
	}
	return "!\n"
}

// piece is what goes out in one packet, and how long the device waits behind it.
type piece struct {
	text string
	wait time.Duration
}

// pieces cuts output as the faults want it.
func (b *Box) pieces(out string) (ps []piece) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f := b.faults.has("evil"); f != nil && f.Text == "ansi" && b.faults.has("chunk") == nil {
		for part := range strings.SplitAfterSeq(out, "\x1b") {
			ps = append(ps, piece{part, time.Millisecond})
		}
		return ps
	}
	if f := b.faults.has("evil"); f != nil && f.Text == "cut" {
		if at := strings.Index(out, " do not touch") - len("\r\n!"); at > 0 {
			return []piece{{out[:at], 20 * time.Millisecond}, {out[at:], 0}}
		}
	}
	size, wait := len(out), time.Duration(0)
	if f := b.faults.has("chunk"); f != nil && f.N > 0 {
		size, wait = f.N, time.Millisecond
	}
	if f := b.faults.has("drip"); f != nil && f.N > 0 {
		size, wait = f.N, f.For
	}
	for len(out) > size && size > 0 {
		ps, out = append(ps, piece{out[:size], wait}), out[size:]
	}
	return append(ps, piece{out, 0})
}
