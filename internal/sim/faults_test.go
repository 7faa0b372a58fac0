package sim_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write/guard"
	"plumbline/internal/sim"
	"plumbline/internal/suite"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// runningOf is longer than a screen, so that paging matters.
func runningOf(t *testing.T, platform string) []byte {
	t.Helper()
	return suite.Of(t, platform).Long(3000)
}

func platform(t *testing.T, name string) render.Platform {
	t.Helper()
	p, ds := render.Read(templates.FS, name)
	if ds.Failed() {
		t.Fatal(ds)
	}
	return p
}

// lined is every platform that has a command line.
func lined(t *testing.T) (out []render.Platform) {
	t.Helper()
	names, err := render.Names(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if p := platform(t, name); slices.Contains(p.Drivers, "ssh") {
			p = p.By("ssh")
			p.Driver = "ssh"
			out = append(out, p)
		}
	}
	return out
}

func frr(t *testing.T) render.Platform { return platform(t, "frr") }

// farm starts n devices; habit says which faults the i-th one has.
func farm(t *testing.T, n int, o sim.Options, habit func(i int) []sim.Fault) (*sim.Farm, render.Platform) {
	t.Helper()
	return farmOf(t, frr(t), n, o, habit)
}

func farmOf(t *testing.T, p render.Platform, n int, o sim.Options, habit func(i int) []sim.Fault) (*sim.Farm, render.Platform) {
	t.Helper()
	var ds []sim.Device
	for i := range n {
		ds = append(ds, sim.Device{Name: fmt.Sprintf("r%d", i), Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: runningOf(t, p.Name), Faults: habit(i)})
	}
	o.Guard = cmp.Or(o.Guard, guard.Digest())
	f, err := sim.Start(t.Context(), ds, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Stop)
	return f, p
}

func meaning(p render.Platform, text []byte) [32]byte {
	root, _ := tree.Parse(p.Dialect, text)
	return tree.Digest(root)
}

// each runs f for every device, some at a time.
func each(n, atOnce int, f func(i int)) {
	var wg sync.WaitGroup
	slots := make(chan bool, atOnce)
	for i := range n {
		slots <- true
		wg.Go(func() { defer func() { <-slots }(); f(i) })
	}
	wg.Wait()
}

// runs is how often a case is played; PLUMBLINE_FETCHES says otherwise.
func runs(long int) int {
	if n, err := strconv.Atoi(os.Getenv("PLUMBLINE_FETCHES")); err == nil {
		return n
	}
	if testing.Short() {
		return 10
	}
	return long
}

func fault(s string) sim.Fault {
	f, err := sim.ParseFault(s)
	if err != nil {
		panic(err)
	}
	return f
}

// fetchCase is one bad habit and what reading must make of it: the whole text, or an
// error of the kind.
type fetchCase struct {
	name  string
	habit func(i int) sim.Fault
	more  []sim.Fault // that it has besides
	kind  error       // nil: read whole
	wait  time.Duration
	also  func(t *testing.T, b *sim.Box, err error)
}

// inside is less than each text is long, and a prime: every device is cut at another place.
const inside = 2297

func always(s string) func(int) sim.Fault { return func(int) sim.Fault { return fault(s) } }

var fetches = []fetchCase{
	{name: "slow", habit: always("slow=30ms")},
	{name: "drip", habit: func(i int) sim.Fault { return sim.Fault{Kind: "drip", N: 200 + i, For: time.Millisecond} }},
	{name: "chunk", habit: func(i int) sim.Fault { return sim.Fault{Kind: "chunk", N: 1 + i%100} }},
	{name: "truncate", habit: func(i int) sim.Fault { return sim.Fault{Kind: "truncate", N: 1 + i*27%inside} }, kind: drivers.ErrCut},
	{name: "evil=prompt", habit: always("evil=prompt")},
	{name: "evil=exact", habit: always("evil=exact")},
	{name: "evil=cut", habit: always("evil=cut")},
	{name: "evil=ansi", habit: always("evil=ansi")},
	{name: "evil=ansi,chunk", habit: func(i int) sim.Fault { return sim.Fault{Kind: "chunk", N: 1 + i%9} }, more: []sim.Fault{{Kind: "evil", Text: "ansi"}}},
	{name: "evil=prompt,chunk", habit: chunk, more: []sim.Fault{{Kind: "evil", Text: "prompt"}}},
	{name: "evil=exact,chunk", habit: chunk, more: []sim.Fault{{Kind: "evil", Text: "exact"}}},
	{name: "truncate,evil=exact,chunk", habit: func(i int) sim.Fault { return sim.Fault{Kind: "truncate", N: 120 + i*13%(inside-120)} },
		more: []sim.Fault{{Kind: "evil", Text: "exact"}, {Kind: "chunk", N: 29}}, kind: drivers.ErrCut},
	{name: "echo", habit: func(i int) sim.Fault { return sim.Fault{Kind: "echo", N: 1 + 7*(i%20)} }, kind: drivers.ErrCut},
	{name: "sha1", habit: always("sha1"), kind: drivers.ErrHostKey, also: untried},
	{name: "banner-auth", habit: always("banner-auth")},
	{name: "pager", habit: always("pager"), kind: drivers.ErrCut, also: says("--More--")},
	{name: "drop-byte", habit: func(i int) sim.Fault { return sim.Fault{Kind: "drop-byte", N: 1 + i*29%inside} }, kind: drivers.ErrCut},
	{name: "hang", habit: func(i int) sim.Fault { return sim.Fault{Kind: "hang", N: 1 + i%2} }, kind: drivers.ErrTimeout, wait: 3 * time.Second},
	{name: "wrong-host-key", habit: always("wrong-host-key"), kind: drivers.ErrHostKey, also: unseen},
	{name: "auth-fail", habit: always("auth-fail"), kind: drivers.ErrAuth, also: once},
	{name: "auth-slow", habit: always("auth-slow=100ms"), also: once},
	{name: "defaults", habit: always("defaults=on")},
	{name: "new-host-key", habit: always("new-host-key@0"), kind: drivers.ErrHostKey, also: unseen},
	{name: "weak-kex", habit: always("weak-kex")},
	{name: "those of NETCONF", habit: func(i int) sim.Fault { return netconfOnly[i%len(netconfOnly)] }},
}

// netconfOnly is what is wrong in NETCONF alone, of which a command line has nothing: it is played
// in drivers/netconf, and that of writing in drivers/drivertest.
var netconfOnly = []sim.Fault{fault("xml=entity"), fault("frame"), fault("netconf-1.0"), fault("one-piece"), fault("poor=candidate"), fault("warns=mtu"), fault("staged=mtu"), fault("lasting")}

func chunk(i int) sim.Fault { return sim.Fault{Kind: "chunk", N: 17 + i%40} }

// untried: the device got no credential.
func untried(t *testing.T, b *sim.Box, err error) {
	if c := b.Counters(); c.Sessions != 0 || c.Tries != 0 || !strings.Contains(err.Error(), "SHA-1") {
		t.Errorf("%d logins, %d tries: %v", c.Sessions, c.Tries, err)
	}
}

func says(word string) func(*testing.T, *sim.Box, error) {
	return func(t *testing.T, _ *sim.Box, err error) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not say %q: %v", word, err)
		}
	}
}

// unseen: the device got no credential, and both fingerprints are told.
func unseen(t *testing.T, b *sim.Box, err error) {
	if c := b.Counters(); c.Sessions != 0 || b.Counters().Tries != 0 {
		t.Errorf("%d logins and %d tries with a wrong host key", c.Sessions, b.Counters().Tries)
	}
	if strings.Count(err.Error(), "SHA256:") != 2 {
		t.Errorf("not both fingerprints: %v", err)
	}
}

// once: no second try.
func once(t *testing.T, b *sim.Box, _ error) {
	if n := b.Counters().Tries; n != 1 {
		t.Errorf("%d tries with one credential", n)
	}
}

func TestFetchFaults(t *testing.T) {
	t.Parallel() // most of it is waiting
	for _, c := range fetches {
		t.Run(c.name, func(t *testing.T) { c.run(t, frr(t), runs(100)) })
	}
}

// The same on every other command line. A text without a last line that the device itself
// always ends at one place cannot be told from a whole one; where it does so once, the next
// answer is another one, and it is asked again.
func TestFetchFaultsOfAll(t *testing.T) {
	t.Parallel()
	for _, p := range lined(t) {
		if p.Name == "frr" {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range fetches {
				if c.name == "defaults" || strings.Contains(c.name, "key") || c.name == "sha1" || strings.HasPrefix(c.name, "auth") {
					continue
				}
				if strings.HasPrefix(c.name, "truncate") && p.Session.End == "" {
					c = c.first()
				}
				t.Run(c.name, func(t *testing.T) { c.run(t, p, runs(20)) })
			}
		})
	}
}

// first has the habit at the first answer alone, and is read whole.
func (c fetchCase) first() fetchCase {
	habit := c.habit
	c.habit = func(i int) sim.Fault { f := habit(i); f.Times = 1; return f }
	c.name, c.kind = c.name+", once", nil
	return c
}

func (c fetchCase) run(t *testing.T, p render.Platform, n int) {
	f, _ := farmOf(t, p, n, sim.Options{}, func(i int) []sim.Fault { return append(c.more, c.habit(i)) })
	wait := c.wait
	if wait == 0 {
		wait = 20 * time.Second
	}
	r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: wait})
	defer r.Close()
	var mu sync.Mutex
	good, wrong, began := 0, 0, time.Now()
	each(n, 40, func(i int) {
		name := f.Names()[i]
		b := f.Device(name)
		live, err := r.Fetch(t.Context(), f.Target(name))
		mu.Lock()
		defer mu.Unlock()
		switch {
		case c.kind == nil && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.kind != nil && err == nil:
			wrong++
			t.Errorf("%s: took %d bytes for whole", name, len(live.Text))
		case c.kind != nil && !errors.Is(err, c.kind):
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		case c.kind == nil && meaning(p, plain(live.Text, p, name)) != meaning(p, b.Running()):
			wrong++
			t.Errorf("%s means something else:\n%s", name, live.Text)
		default:
			good++
			if c.also != nil {
				c.also(t, b, err)
			}
		}
	})
	t.Logf("figure: fetch %s: %d of %d as it must be, %d wrong texts, %v", c.name, good, n, wrong, time.Since(began).Round(time.Millisecond))
}

// plain leaves out the one line of a banner that is equal to the prompt: it is not a
// comment, and a device that shows it holds it.
func plain(text []byte, p render.Platform, name string) []byte {
	prompt := strings.NewReplacer("<host>", name, "<user>", sim.ReadUser).Replace(p.Session.Exec)
	return []byte(strings.Replace(string(text), "\n"+prompt+"\n", "\n", 1))
}

// A device that shows what it means by itself is told apart by no comparison.
func TestDefaultsAreNoDifference(t *testing.T) {
	f, p := farm(t, 1, sim.Options{}, func(int) []sim.Fault { return []sim.Fault{fault("defaults=on")} })
	r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 20 * time.Second})
	defer r.Close()
	live, err := r.Fetch(t.Context(), f.Target("r0"))
	if err != nil {
		t.Fatal(err)
	}
	plainly := f.Device("r0").Running()
	if extra := strings.Count(string(live.Text), "\n") - strings.Count(string(plainly), "\n"); extra < 4 {
		t.Fatalf("it shows %d lines more:\n%s", extra, live.Text)
	}
	have, _ := tree.Parse(p.Dialect, live.Text)
	want, _ := tree.Parse(p.Dialect, plainly)
	if es, _, err := tree.Diff(have, want, tree.Options{}); err != nil || len(es) > 0 {
		t.Errorf("%v %v", es, err)
	}
}

// A device whose host key changes between two sessions is spoken to no more.
func TestNewHostKey(t *testing.T) {
	f, p := farm(t, 1, sim.Options{}, func(int) []sim.Fault { return []sim.Fault{fault("new-host-key@1")} })
	for i := range 3 {
		r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 20 * time.Second})
		_, err := r.Fetch(t.Context(), f.Target("r0"))
		r.Close()
		if i == 0 && err != nil || i > 0 && !errors.Is(err, drivers.ErrHostKey) {
			t.Errorf("session %d: %v", i, err)
		}
	}
	if c := f.Device("r0").Counters(); c.Sessions != 1 || c.Tries != 1 {
		t.Errorf("%+v", c)
	}
}

// A device that hangs keeps no other device waiting.
func TestHangAlone(t *testing.T) {
	f, p := farm(t, 10, sim.Options{}, func(i int) []sim.Fault {
		if i == 0 {
			return []sim.Fault{fault("hang@1")}
		}
		return nil
	})
	r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: 20 * time.Second})
	ctx, cancel := context.WithCancel(t.Context())
	stuck := make(chan error)
	go func() { _, err := r.Fetch(ctx, f.Target("r0")); stuck <- err }()
	each(9, 9, func(i int) {
		if _, err := r.Fetch(ctx, f.Target(fmt.Sprintf("r%d", i+1))); err != nil {
			t.Error(err)
		}
	})
	cancel()
	if err := <-stuck; err == nil {
		t.Error("a cancelled reading gave a text")
	}
}
