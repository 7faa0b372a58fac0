package push_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/health"
	"plumbline/internal/journal"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// World is a few devices that hold lines of text, each with a guard that can take a
// trial back. It lives in one process and may be asked by another.
type World struct {
	mu      sync.Mutex
	Boxes   map[string]*Box
	Log     []string
	Archive []string
	Typed   map[string][]string // every line that was sent to a device
	Trials  [][]string          // who was on trial, whenever one more was
	Sick    string              // a device whose session is down while it holds anything new
	SickOn  string              // or only while it holds this
	Deaf    string              // a device that does not answer
	// A device whose session is down while it holds what it held in the beginning.
	Homesick string
}

// Box is one device.
type Box struct {
	Running, Base, Tx, Last, How string
	Names                        []string // of all its trials: none is taken twice
	Mutating, Sent               int
}

// Ask is one request to a device.
type Ask struct{ Op, Device, Tx, Line string }

// Reply is its answer.
type Reply struct {
	Text, Tx, Last, How string
	Up                  bool
}

func fresh(names ...string) *World {
	w := &World{Boxes: map[string]*Box{}, Typed: map[string][]string{}}
	for _, n := range names {
		w.Boxes[n] = &Box{Running: "old"}
	}
	return w
}

func (w *World) note(format string, args ...any) { w.Log = append(w.Log, fmt.Sprintf(format, args...)) }

// Do answers one request; the name and shape are those of net/rpc.
func (w *World) Do(a Ask, out *Reply) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.Boxes[a.Device]
	if a.Device == w.Deaf {
		return errors.New("no answer")
	}
	switch a.Op {
	case "arm":
		if b.Tx != "" {
			return errors.New("busy " + b.Tx)
		}
		if slices.Contains(b.Names, a.Tx) {
			return errors.New("taken before: " + a.Tx)
		}
		b.Tx, b.Base, b.Names = a.Tx, b.Running, append(b.Names, a.Tx)
		w.Trials = append(w.Trials, w.trying())
	case "send":
		w.note("%s: send", a.Device)
		if b.Tx == "" {
			return errors.New("sent without a timer")
		}
		if a.Line == "bad" {
			return errors.New("unknown command")
		}
		w.Typed[a.Device] = append(w.Typed[a.Device], a.Line)
		line, _, _ := strings.Cut(a.Line, " #") // what follows is a secret, which no device shows
		if gone, away := strings.CutPrefix(line, "no "); away {
			at := strings.LastIndex(b.Running+"|", "|"+gone+"|")
			if at < 0 {
				return errors.New("it does not hold " + gone)
			}
			b.Running, b.Mutating = b.Running[:at]+b.Running[at+len(gone)+1:], b.Mutating+1
			break
		}
		b.Running, b.Mutating = b.Running+"|"+line, b.Mutating+1
	case "keep":
		w.note("%s: keep", a.Device)
		if b.Tx != a.Tx && b.Last != a.Tx {
			return errors.New("none")
		}
		if b.Tx == a.Tx {
			b.end("kept")
		} else if b.How != "kept" {
			return errors.New("it was " + b.How)
		}
	case "undo":
		w.note("%s: undo", a.Device)
		if b.Tx == a.Tx {
			w.Archive = append(w.Archive, b.Running)
			b.Running = b.Base
			b.end("undone")
		}
	}
	*out = Reply{Text: b.Running, Tx: b.Tx, Last: b.Last, How: b.How, Up: (a.Device != w.Sick || b.Running == "old" || !strings.Contains(b.Running, w.SickOn)) && (a.Device != w.Homesick || b.Running != "old")}
	return nil
}

// trying lists who is on trial.
func (w *World) trying() (out []string) {
	for n, b := range w.Boxes {
		if b.Tx != "" {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

func (b *Box) end(how string) { b.Last, b.How, b.Tx = b.Tx, how, "" }

// box is a copy of a device.
func (w *World) box(device string) Box {
	w.mu.Lock()
	defer w.mu.Unlock()
	return *w.Boxes[device]
}

// typed is what a person does at a device.
func (w *World) typed(device, line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Boxes[device].Running += "|" + line
}

func (w *World) archived() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.Archive, " ")
}

// fire is what a timer does.
func (w *World) fire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.Boxes {
		if b.Tx != "" {
			b.Running = b.Base
			b.end("fired")
		}
	}
}

// door is a driver for such devices, however they are asked.
type door func(Ask) (Reply, error)

func (w *World) door() door {
	return func(a Ask) (r Reply, err error) { err = w.Do(a, &r); return r, err }
}

func (d door) read(device string) (drivers.Reader, drivers.Target, error) {
	return d, drivers.Target{Name: device}, nil
}
func (d door) write(string) (write.Writer, error) { return d, nil }

func (door) SelfReverts(drivers.Target) bool { return true }

func (d door) Fetch(ctx context.Context, t drivers.Target) (drivers.Live, error) {
	r, err := d(Ask{Op: "show", Device: t.Name})
	return drivers.Live{Text: []byte(r.Text)}, cmp.Or(err, ctx.Err())
}

func (door) Probe(context.Context, drivers.Target, ...string) ([]drivers.Fact, error) {
	return nil, nil
}

func (d door) Apply(_ context.Context, t drivers.Target, e drivers.Edit, h write.Hold) (write.Pending, error) {
	if err := h.Before("read"); err != nil {
		return nil, err
	}
	p := pending{d, t.Name, h.Tx}
	if err := h.Before("arm"); err != nil {
		return nil, err
	}
	if _, err := d(Ask{Op: "arm", Device: t.Name, Tx: h.Tx}); err != nil {
		return nil, fmt.Errorf("%w: %w", write.ErrDirty, err)
	}
	for line := range strings.SplitSeq(string(e.Do), "\n") {
		err := h.Before("apply")
		if err == nil {
			_, err = d(Ask{Op: "send", Device: t.Name, Line: line})
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", write.ErrRefused, cmp.Or(p.Undo(context.Background()), err))
		}
	}
	return p, nil
}

func (d door) Resume(_ context.Context, t drivers.Target, tx string) (write.State, write.Pending, error) {
	r, err := d(Ask{Op: "show", Device: t.Name})
	switch {
	case err != nil:
		return write.Unseen, nil, err
	case r.Tx == tx:
		return write.Ours, pending{d, t.Name, tx}, nil
	case r.Tx != "":
		return write.Foreign, nil, nil
	}
	return write.None, nil, nil
}

func (d door) health(_ context.Context, devices []string) (push.Vitals, error) {
	out := push.Vitals{}
	for _, n := range devices {
		r, err := d(Ask{Op: "show", Device: n})
		if err != nil {
			return nil, err
		}
		out[n] = health.Vitals{"bgp default 192.0.2.1": {Up: r.Up}}
	}
	return out, nil
}

type pending struct {
	d          door
	device, tx string
}

func (p pending) Keep(context.Context) error {
	_, err := p.d(Ask{Op: "keep", Device: p.device, Tx: p.tx})
	return err
}

func (p pending) Undo(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err := p.d(Ask{Op: "undo", Device: p.device, Tx: p.tx})
	return err
}

// instant is a clock that does not wait.
type instant struct{}

func (instant) Now() time.Time                                   { return time.Unix(1e9, 0) }
func (instant) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func (d door) options(j push.Journal) push.Options {
	return push.Options{
		Read: d.read, Write: d.write, Journal: j, Clock: instant{}, Soak: time.Minute, Wide: 1, Health: d.health,
		Digest: func(_ string, live []byte) (string, error) { return string(live), nil },
	}
}

const repoID = "6f1c0f0e-6d0b-4b8e-9a55-0c2f2a7f5a11"

// allowed gets changes through the gate as people would, and sees that it can be relied on:
// what was said in another order is the same verdict, and whatever is missing refuses.
func allowed(t *testing.T, changes ...plan.Change) gate.Pass {
	t.Helper()
	p := plan.Plan{Header: plan.Header{Repo: repoID}, Changes: changes}
	judge := func(spoil func(*gate.Evidence)) (gate.Pass, bool) {
		e := approvals(p)
		spoil(&e)
		pass, ds := gate.Judge(e, gate.Policy{
			Repo: repoID, Branch: "main", Lab: true,
			People:    []gate.Person{{Name: "ann", Signer: "ann@x"}, {Name: "bob", Signer: "bob@x"}, {Name: "eve", Signer: "eve@x"}},
			Groups:    []gate.Group{{Name: "ops", People: []string{"ann", "bob", "eve"}}},
			Approvals: []gate.Need{{Class: "any", Min: 1, From: []string{"ops"}}},
		}, p)
		return pass, !ds.Failed()
	}
	pass, ok := judge(func(*gate.Evidence) {})
	other, same := judge(func(e *gate.Evidence) { slices.Reverse(e.Landings[0].Said) })
	if !ok || !same || other.Plan().Digest() != pass.Plan().Digest() || !slices.Equal(other.By(), pass.By()) {
		t.Fatalf("I12: the gate says %v, and %v where the same was said in another order", ok, same)
	}
	for what, spoil := range map[string]func(*gate.Evidence){
		"what is deployed": func(e *gate.Evidence) { e.Baseline = "" },
		"the landing":      func(e *gate.Evidence) { e.Landings = nil },
		"the head":         func(e *gate.Evidence) { e.Landings[0].Head = "" },
		"the proof":        func(e *gate.Evidence) { e.Landings[0].Proved = false },
		"the approvals":    func(e *gate.Evidence) { e.Landings[0].Said = nil },
		"an answer":        func(e *gate.Evidence) { e.Missing = []string{"reviews"} },
	} {
		if _, ok := judge(spoil); ok {
			t.Fatalf("I13: the gate passes without %s", what)
		}
	}
	return pass
}

// approvals is what people said of a plan: one approves it, one another plan.
func approvals(p plan.Plan) gate.Evidence {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return gate.Evidence{
		At: diag.Pos{File: "main", Line: 1, Col: 1}, Now: noon, Tip: "c9", Baseline: "c0",
		Landings: []gate.Landing{{
			Before: "c0", Tip: "c9", Head: "c2", Proved: true, Paths: []string{"intent/a.yaml"}, Hands: []string{"ann@x"},
			Said: []gate.Verdict{
				{Who: "bob@x", Yes: true, Repo: repoID, Head: "c2", Plan: p.Digest(), Until: noon.Add(time.Hour)},
				{Who: "eve@x", Yes: true, Repo: repoID, Head: "c2", Plan: "another", Until: noon.Add(time.Hour)},
			},
		}},
	}
}

// change appends lines to a device.
func change(device string, wave int, lines ...string) plan.Change {
	want := "old|" + strings.Join(lines, "|")
	return plan.Change{Device: device, Endpoint: drivers.Target{}.Address.String(), Wave: wave, HaveFull: "old", Want: want, Hold: 60,
		Edit: drivers.Edit{Do: []byte(strings.Join(lines, "\n")), Undo: []byte(undo(lines))}}
}

// undo takes lines away again, the last one first.
func undo(lines []string) string {
	var out []string
	for _, l := range slices.Backward(lines) {
		out = append(out, "no "+l)
	}
	return strings.Join(out, "\n")
}

// canary is a secret that is sent and stands nowhere else.
const canary = "canary-7f3a"

// moves adds a line to a device in one wave, and another one in a later wave and stage.
func moves(device string, adds, removes int) plan.Change {
	c := change(device, removes, "a", "b")
	c.Stage, c.Edit = plan.Removes, drivers.Edit{Do: []byte("b #" + canary), Undo: []byte("no b #" + canary)}
	c.Parts = []plan.Part{{Stage: plan.Adds, Wave: adds, Want: "old|a", Edit: drivers.Edit{Do: []byte("a #" + canary), Undo: []byte("no a")}}}
	c.Secrets = []string{canary}
	return c
}

// gains and loses are changes of one stage alone.
func gains(device string, wave int) plan.Change { return in(plan.Adds, change(device, wave, "new")) }
func loses(device string, wave int) plan.Change { return in(plan.Removes, change(device, wave, "new")) }

func in(stage string, c plan.Change) plan.Change {
	c.Stage = stage
	return c
}

// memory is a journal in the log of the world.
type memory struct {
	w    *World
	fail journal.Step // what cannot be written, nor anything after it
	bad  bool
}

func (m *memory) Append(r journal.Record) error {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	if m.bad = m.bad || r.Step == m.fail; m.bad {
		return errors.New("disk full")
	}
	if r.Device != "" {
		m.w.note("%s: note %s", r.Device, strings.TrimSpace(string(r.Step)+" "+r.Result))
	} else {
		m.w.note("note %s", r.Step)
	}
	return nil
}
