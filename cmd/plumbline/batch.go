package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/internal/offline"
	"plumbline/internal/tree/dialect"
	"plumbline/render"
	"plumbline/templates"
)

// answer is a line that a batch writes. Findings are why it is not verified, and what is to
// be known of it.
type answer struct {
	Commands []string `json:"commands"`
	Verified bool     `json:"verified"`
	Unruled  []string `json:"unruled"`
	Findings []string `json:"findings"`
}

// batch answers each line with a line, in order; a bad one does not stop the others.
func (e *env) batch(in io.Reader, code bool) error {
	lines, shelf := bufio.NewReaderSize(in, 1<<16), render.NewShelf(templates.FS)
	out, bad, differs := json.NewEncoder(e.out), false, false
	for no := 1; ; no++ {
		line, long, err := lineOf(lines, longestLine)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("line %d of the batch cannot be read: %w", no, err)
		}
		if err != nil && len(line) == 0 && !long {
			break
		}
		a := unanswered(no, fmt.Sprintf("a line holds %d MiB at most: it is no configuration of one device", longestLine>>20))
		if !long {
			a = answerTo(line, no, shelf)
		}
		bad, differs = bad || !a.Verified, differs || len(a.Commands)+len(a.Unruled) > 0
		if err := out.Encode(a); err != nil {
			return fmt.Errorf("the answer to line %d cannot be written: %w", no, err)
		}
	}
	switch {
	case bad:
		return errFindings
	case code && differs:
		return errDiffer
	}
	return nil
}

// lineOf gives the next line without its end. Of one that is too long it keeps nothing, and the next
// one is that behind it.
func lineOf(in *bufio.Reader, most int) (line []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(line)+len(part) > most; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSuffix(line, []byte("\n")), long, err
		}
	}
}

// dialects gives the languages of all platforms, for a text that may be of another one.
func dialects(from *render.Shelf) func() []*dialect.Dialect {
	return func() (out []*dialect.Dialect) {
		for _, p := range from.All() {
			out = append(out, p.Dialect)
		}
		return out
	}
}

// unanswered is the answer to a line that asks nothing.
func unanswered(no int, why string) answer {
	return answer{[]string{}, false, []string{}, []string{fmt.Sprintf("line %d: %s", no, why)}}
}

func answerTo(line []byte, no int, from *render.Shelf) answer {
	asked, fault := question(line)
	if fault != "" {
		return unanswered(no, `want one JSON object {"platform","have","want"} of texts: `+fault)
	}
	p, err := from.Find(asked["platform"])
	if err != nil {
		return unanswered(no, err.Error())
	}
	c := offline.Compare(p.Dialect, []byte(asked["have"]), []byte(asked["want"]), dialects(from))
	commands := []string{}
	if len(c.Commands) > 0 {
		commands = splitLines(c.Commands)
	}
	findings := append(append([]string{}, c.Findings...), c.Notes...)
	if c.Conceals {
		findings = append(findings, hiddenNote)
	}
	return answer{commands, c.Verified, append([]string{}, c.Unruled...), findings}
}

// question reads a line of a batch. A text that the reader of JSON would change without a word is
// refused: what is sent would not be what was meant.
func question(line []byte) (asked map[string]string, fault string) {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if !utf8.Valid(line) {
		return nil, "it holds bytes that are not UTF-8"
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, "it is empty"
	}
	if at, fault := offline.JSON(line); fault != "" {
		return nil, fmt.Sprintf("column %d: %s", at+1, fault)
	}
	var given map[string]any
	if json.Unmarshal(line, &given) != nil {
		return nil, "it is no object"
	}
	asked = map[string]string{}
	for _, name := range []string{"platform", "have", "want"} {
		text, ok := given[name].(string)
		if !ok {
			return nil, fmt.Sprintf("%s is missing, or no text", name)
		}
		if strings.ContainsRune(text, utf8.RuneError) && !bytes.ContainsRune(line, utf8.RuneError) && !bytes.Contains(bytes.ToLower(line), []byte(`\ufffd`)) {
			return nil, fmt.Sprintf("%s holds half of a character (\\ud800 to \\udfff)", name)
		}
		asked[name] = text
		delete(given, name)
	}
	if more := slices.Sorted(maps.Keys(given)); len(more) > 0 {
		return nil, fmt.Sprintf("there is no %.80q in it: answers come in the order of the lines", more[0])
	}
	return asked, ""
}

// untilDone is a reader that gives up when a run is interrupted, though nothing comes.
type untilDone struct {
	ctx context.Context //nolint:containedctx // a Read is given none
	in  io.Reader
}

// Read gives what came, or why nothing will.
func (r untilDone) Read(b []byte) (int, error) {
	type result struct {
		text []byte
		err  error
	}
	came := make(chan result, 1)
	go func() {
		own := make([]byte, min(len(b), 1<<16)) // b is the caller's again when this gives up
		n, err := r.in.Read(own)
		came <- result{own[:n], err}
	}()
	select {
	case <-r.ctx.Done():
		return 0, context.Cause(r.ctx)
	case got := <-came:
		return copy(b, got.text), got.err
	}
}
