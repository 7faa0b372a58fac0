package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"

	"plumbline/drivers"
	"plumbline/internal/journal"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/internal/report"
	"plumbline/internal/secret/form"
	"plumbline/internal/tree"
)

// veil keeps the secrets of devices out of everything that the program says. Reports hide
// them by the grammar of their platform; this is the wall behind it, which no message of a
// device or of a library passes, in whatever form it tells them, and in however many pieces.
type veil struct {
	mu      sync.RWMutex
	secrets []string    // in order
	derived *form.Index // of them; nil where it is to be made anew
}

// ask reads devices, and learns what of their answers must not be told.
func (e *env) ask(ctx context.Context, b *pipeline.Build, devices []string, reach drivers.Reach, wide int, done func()) []plan.Answer {
	answers := b.Fetch(ctx, devices, reach, wide, func(string) { done() })
	e.veil.learn(b, devices, answers)
	return answers
}

// learn takes the secrets of what devices answered.
func (v *veil) learn(b *pipeline.Build, devices []string, answers []plan.Answer) {
	var all []string
	for i, a := range answers {
		c, known := b.Config(devices[i])
		if known && a.Err == nil {
			t, _ := tree.Parse(c.Dialect, a.Live.Text)
			all = append(all, tree.Secrets(t)...)
		}
	}
	v.add(all...)
}

// add takes secrets that are known from elsewhere.
func (v *veil) add(all ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	more := slices.Concat(v.secrets, all) // whoever hides reads the old ones
	for _, s := range all {
		more = append(more, form.Clear(s)...)
	}
	slices.Sort(more)
	if more = slices.Compact(more); len(more) > len(v.secrets) {
		v.secrets, v.derived = more, nil
	}
}

// login takes the secret that a session is opened with. A key is in no line of a device, and a
// short word is in too many of them.
func (v *veil) login(secret []byte) {
	const short = 6
	s := strings.TrimRight(string(secret), "\r\n")
	if v != nil && len(s) >= short && !strings.Contains(s, "\n") {
		v.add(s)
	}
}

func (v *veil) hide(text string) string {
	v.mu.RLock()
	secrets, derived := v.secrets, v.derived
	v.mu.RUnlock()
	if derived == nil {
		derived = form.NewIndex(secrets)
		v.mu.Lock()
		if len(v.secrets) == len(secrets) { // they only become more
			v.derived = derived
		}
		v.mu.Unlock()
	}
	return tree.Hide(derived.Hide(text, tree.Hidden), secrets)
}

// over gives a writer behind the veil.
func (v *veil) over(w io.Writer) *veiled { return &veiled{v: v, w: w} }

// veiled writes what it is given without secrets. What may be the first part of one is held back until
// more comes, or until flush: who writes in pieces would cut a secret in two.
type veiled struct {
	v    *veil
	w    io.Writer
	mu   sync.Mutex
	held string
}

// Write writes p without secrets, and counts as p.
func (w *veiled) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.held + string(p)
	cut := len(text) - w.v.begins(text)
	w.held = text[cut:]
	if _, err := io.WriteString(w.w, w.v.hide(text[:cut])); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush writes what was held back.
func (w *veiled) flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := io.WriteString(w.w, w.v.hide(w.held))
	w.held = ""
	return err
}

// page writes a page behind the veil, to its end.
func (v *veil) page(to io.Writer, format string, p report.Page) error {
	w := v.over(to)
	return errors.Join(report.Formats[format](w, p), w.flush())
}

// mostHeld bounds how much of a word without an end is held back.
const mostHeld = 4096

// begins tells how many of the last bytes of a text may be the first part of a secret, whose rest
// somebody writes next.
func (v *veil) begins(text string) int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	most := 0
	if len(v.secrets) == 0 {
		return 0
	}
	for _, s := range v.secrets {
		for n := min(len(s)-1, len(text)); n > most; n-- {
			if strings.HasSuffix(text, s[:n]) {
				most = n
			}
		}
	}
	if line := text[strings.LastIndexByte(text, '\n')+1:]; strings.ContainsRune(line, '\r') {
		return most // a display that is written over
	}
	word := len(text) - 1 - strings.LastIndexFunc(text, func(c rune) bool { // of any alphabet that a form has
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("+/=_-%&#;:$\\", c)
	})
	if word <= mostHeld {
		most = max(most, word)
	}
	return most
}

// veiledJournal is a journal behind the veil: errors of devices are written into it.
type veiledJournal struct {
	v *veil
	push.Journal
}

// Append writes r down without secrets.
func (j veiledJournal) Append(r journal.Record) error {
	r.Text = j.v.hide(r.Text)
	return j.Journal.Append(r)
}
