// Package script types the lines of a change into a command line, and stops at the first
// word that a device says to one. It reads nothing but the indentation of a script: what
// the lines mean is not its business.
package script

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/drivers"
	"plumbline/drivers/internal/wire"
	"plumbline/drivers/write"
)

// kind is what a line must do to the mode that the prompt shows.
type kind int

const (
	plain  kind = iota // the mode stays
	header             // the mode changes
	exit               // the mode is again what it was before the header
	text               // the first line of a text, whose own mode need not show
	free               // a line of a text: the prompt says nothing
)

// Line is one line of a script.
type Line struct {
	no   int // from 1
	text string
	kind kind
	asks drivers.Answer // what the device may ask, and what it is told; none if empty
}

// Read finds out of the indentation what every line must do to the mode: a device that
// takes a line in another mode than meant does not say so. The words of closers end blocks
// that are one text. Where the device may ask back after a line, answers hold what it is told.
func Read(script []byte, answers []drivers.Answer, closers ...string) ([]Line, error) {
	var out []Line
	var depth []int
	no := 0
	for raw := range bytes.Lines(script) {
		no++
		line := strings.TrimRight(string(raw), "\r\n ")
		text := strings.TrimLeft(line, " ")
		if text == "" || text == "!" {
			continue
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '?' }) {
			return nil, fmt.Errorf("line %d holds a question mark or a control character, which a command line takes for a key", no)
		}
		l := Line{no: no, text: line}
		for _, a := range answers {
			if a.Line == text {
				l.asks = a
			}
		}
		out = append(out, l)
		depth = append(depth, len(line)-len(text))
	}
	open := 0
	for i := 0; i < len(out); i++ {
		below := i+1 < len(out) && depth[i+1] > depth[i]
		empty := i+1 < len(out) && depth[i+1] == depth[i] && leaves(out[i+1].text, closers) && !leaves(out[i].text, closers) && (i == 0 || depth[i-1] <= depth[i])
		switch {
		case leaves(out[i].text, closers):
			out[i].kind = exit
			if open--; open < 0 {
				return nil, fmt.Errorf("line %d leaves a block that was never entered", out[i].no)
			}
		case below || empty:
			out[i].kind = header
			open++
			i = body(out, depth, closers, i)
		}
	}
	return out, nil
}

// body frees the lines under the header at i where they are one text, and gives the last.
func body(out []Line, depth []int, closers []string, i int) int {
	end := i + 1
	for end < len(out) && depth[end] > depth[i] {
		end++
	}
	if end == len(out) || !slices.Contains(closers, strings.TrimSpace(out[end].text)) {
		return i
	}
	out[i].kind = text
	for j := i + 1; j < end; j++ {
		out[j].kind = free
	}
	return end - 1
}

// Text gives lines as they were written, for a way in that takes them all at once.
func Text(lines []Line) string {
	var out strings.Builder
	for _, l := range lines {
		out.WriteString(l.text + "\n")
	}
	return out.String()
}

// leaves tells whether a line is one that closes a block.
func leaves(line string, closers []string) bool {
	word := strings.TrimLeft(line, " ")
	return word == "exit" || word == "quit" || strings.HasPrefix(word, "exit-") || slices.Contains(closers, word)
}

// Type takes the lines to the device, one after the other, in the configuration mode that
// sh is in. The first word that a device says to a line, other than those that notes begin,
// and the first mode that is not the one meant, is the end of it.
func Type(ctx context.Context, sh *wire.Shell, t drivers.Target, lines []Line, notes ...string) error {
	var open []string
	for _, l := range lines {
		was := sh.Mode()
		if ctx.Err() != nil { // a runner that slept, and the clock of the trial did not
			return &drivers.Failure{Device: t.Name, Kind: drivers.ErrCut, Text: fmt.Sprintf("line %d is not sent: the time for it is over", l.no), Cause: ctx.Err()}
		}
		if err := told(ctx, sh, t, l, notes...); err != nil {
			return err
		}
		drift := false
		switch l.kind {
		case plain:
			drift = sh.Mode() != was
		case header:
			drift = sh.Mode() == was
			open = append(open, was)
		case text:
			open = append(open, was)
		case exit:
			drift = sh.Mode() != open[len(open)-1]
			open = open[:len(open)-1]
		}
		if drift {
			return &write.Refused{Device: t.Name, No: l.no, Line: l.text, Reply: fmt.Sprintf("taken in another mode than meant: from %q to %q", was, sh.Mode())}
		}
	}
	return nil
}

// Quiet sends one line that must be answered with nothing.
func Quiet(ctx context.Context, sh *wire.Shell, t drivers.Target, no int, line string, notes ...string) error {
	return told(ctx, sh, t, Line{no: no, text: line}, notes...)
}

// told sends a line that must be answered with nothing, but for a question that is foreseen.
func told(ctx context.Context, sh *wire.Shell, t drivers.Target, l Line, notes ...string) error {
	reply, err := "", error(nil)
	if l.asks.Question != "" {
		reply, err = sh.Reply(ctx, l.text, l.asks)
	} else {
		reply, err = sh.Ask(ctx, l.text, "")
	}
	var q *wire.Question
	if errors.As(err, &q) {
		return &write.Refused{Device: t.Name, No: l.no, Line: l.text, Reply: fmt.Sprintf("it asks %q, and the plan has no answer to that", q.Text)}
	}
	if err != nil {
		return err
	}
	for said := range strings.Lines(reply) {
		said = strings.TrimSpace(said)
		if said != "" && !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(said, n) }) {
			return &write.Refused{Device: t.Name, No: l.no, Line: l.text, Reply: strings.Join(strings.Fields(reply), " ")}
		}
	}
	return nil
}
