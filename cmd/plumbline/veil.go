package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"plumbline/drivers"
	"plumbline/internal/journal"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/internal/secret/form"
	"plumbline/internal/tree"
)

// veil keeps the secrets of devices out of everything that the program says. Reports hide
// them by the grammar of their platform; this is the wall behind it, which no message of a
// device or of a library passes, in whatever form it tells them. What is printed is printed
// in whole words.
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
func (v *veil) over(w io.Writer) io.Writer { return veiled{v, w} }

type veiled struct {
	v *veil
	w io.Writer
}

// Write writes p without secrets, and counts as p.
func (w veiled) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.w, w.v.hide(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
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
