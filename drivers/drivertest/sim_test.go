package drivertest_test

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"plumbline/drivers"
	"plumbline/drivers/drivertest"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/netconf"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write"
	"plumbline/drivers/write/all"
	"plumbline/drivers/write/guard"
	"plumbline/internal/golden"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

const running = `hostname r1
!
ip route 203.0.113.0/24 Null0
!
router bgp 64496
 neighbor 192.0.2.1 remote-as 64500
exit
!
end
`

// style is one platform, the way in, and a change that its devices take.
type style struct {
	render.Platform
	title     string // junos, or with the driver where it is not the usual one: junos.netconf
	running   []byte
	edit, bad drivers.Edit
	lacks     []string // habits that its devices cannot have
}

// styles reads testdata/styles: one file for each platform.
func styles(t *testing.T) (out []style) {
	t.Helper()
	files, err := filepath.Glob("testdata/styles/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no styles", err)
	}
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		must(t, err)
		files, err := txtar.FS(a)
		must(t, err)
		out = append(out, styleOf(t, f, files))
	}
	return out
}

func styleOf(t *testing.T, name string, files fs.FS) style {
	t.Helper()
	read := func(part string) []byte {
		text, err := fs.ReadFile(files, part)
		must(t, err)
		return text
	}
	title := strings.TrimSuffix(path.Base(filepath.ToSlash(name)), ".txtar")
	of, driver, _ := strings.Cut(title, ".")
	p, ds := render.Read(templates.FS, of)
	if ds.Failed() {
		t.Fatal(ds)
	}
	if driver != "" {
		p = p.By(driver)
		p.Driver = driver
	}
	var answers []drivers.Answer // line, question and what is said to it
	if text, err := fs.ReadFile(files, "answers"); err == nil {
		for line := range strings.Lines(string(text)) {
			w := strings.Split(strings.TrimSpace(line), " | ")
			answers = append(answers, drivers.Answer{Line: w[0], Question: w[1], Reply: w[2]})
		}
	}
	return style{p, title, read("running"), drivers.Edit{Do: read("do"), Undo: read("undo"), Answers: answers}, drivers.Edit{Do: read("bad"), Undo: read("bad-undo")}, strings.Fields(string(read("lacks")))}
}

// board is one embedded device of a style, and what reads and writes it.
func (s style) board(t *testing.T, faults ...sim.Fault) (drivertest.Rig, *sim.Box) {
	t.Helper()
	clock := sim.NewHand(time.Unix(1e9, 0))
	f, err := sim.Start(t.Context(), []sim.Device{{Name: "r1", Platform: s.Name, Session: s.Session, Dialect: s.Dialect, Running: s.running, Faults: faults, Driver: s.Driver}},
		sim.Options{Clock: clock, Guard: guard.Digest()})
	must(t, err)
	t.Cleanup(f.Stop)
	b := f.Device("r1")
	var reader drivers.Reader = ssh.New(s.Session, f.Logins(), ssh.Options{Timeout: 10 * time.Second, Twice: true})
	switch s.Driver {
	case "gnmi":
		reader = gnmi.New(s.Session, f.Logins(), gnmi.Options{Timeout: 10 * time.Second})
	case "netconf":
		reader = netconf.New(s.Session, f.Logins(), netconf.Options{Timeout: 10 * time.Second})
	}
	writer, err := all.Writer(s.Style, s.Session, f.Logins())
	must(t, err)
	shown := func() []byte { // as a reader sees it
		live, err := reader.Fetch(t.Context(), f.Target("r1"))
		if err != nil || string(b.Startup()) != string(b.Running()) {
			return b.Startup()
		}
		return live.Text
	}
	return drivertest.Rig{
		Reader: reader, Writer: writer, Target: f.Target("r1"), WriteTo: f.WriteTarget("r1"), Edit: s.edit, Bad: s.bad,
		Hold: 10 * time.Minute, Wait: clock.Move, Startup: shown, Changes: func() int { return b.Counters().Mutating },
	}, b
}

// The embedded devices keep the laws, over real sockets, with a clock that is moved.
func TestEmbedded(t *testing.T) {
	for _, s := range styles(t) {
		t.Run(s.title, func(t *testing.T) {
			t.Parallel()
			drivertest.Run(t, func(t *testing.T) drivertest.Rig {
				r, _ := s.board(t)
				return r
			})
		})
	}
}

// What is said to a device when a change is tried, kept, tried again and taken back.
func TestDialogue(t *testing.T) {
	golden.Run(t, "testdata/styles/*.txtar", func(t *testing.T, files fs.FS) []byte {
		r, b := styleOf(t, t.Name(), files).board(t)
		for i, end := range []func(write.Pending) error{func(p write.Pending) error { return p.Keep(t.Context()) }, func(p write.Pending) error { return p.Undo(t.Context()) }} {
			e := r.Edit
			if i == 1 {
				e = drivers.Edit{Do: e.Undo, Undo: e.Do, Answers: e.Answers}
			}
			p, err := r.Writer.Apply(t.Context(), r.WriteTo, e, write.Hold{For: r.Hold, Tx: "plb-" + []string{"kept", "undone"}[i]})
			must(t, err)
			must(t, end(p))
		}
		return []byte(b.Transcript())
	})
}

// A question that a device does not know is unknown, wherever the refusal stands in the
// answer; the questions behind it are answered.
func TestRefusedQuestion(t *testing.T) {
	for _, s := range styles(t) {
		t.Run(s.title, func(t *testing.T) {
			s.Session.Read = map[string]string{"nonsense": "show nonsense", "text": s.Session.Fetch}
			s.Session.Netconf.Read = map[string]string{"nonsense": "<get-nonsense/>", "text": s.Session.Netconf.Fetch}
			s.Session.Models.Read = map[string]string{"nonsense": "/nonsense", "text": "/"}
			r, _ := s.board(t)
			facts, err := r.Reader.Probe(t.Context(), r.Target, "nonsense", "text")
			if err != nil || len(facts) != 2 || facts[1].Err != nil || facts[1].Text == "" {
				t.Fatal(facts, err)
			}
			if !errors.Is(facts[0].Err, drivers.ErrForbidden) && !errors.Is(facts[0].Err, drivers.ErrConfig) {
				t.Errorf("%q, %v", facts[0].Text, facts[0].Err)
			}
		})
	}
}
