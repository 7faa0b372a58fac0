package sim_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write"
	"plumbline/drivers/write/guard"
	"plumbline/internal/sim"
	"plumbline/render"
)

var edit = drivers.Edit{
	Do:   []byte("ip prefix-list NEW seq 5 permit 203.0.113.0/24\nrouter bgp 64496\n neighbor 192.0.2.9 remote-as 64509\nexit\n"),
	Undo: []byte("router bgp 64496\n no neighbor 192.0.2.9\nexit\nno ip prefix-list NEW seq 5\n"),
}

// change is one device with one habit, and what a test does with it.
type change struct {
	ctx      context.Context
	b        *sim.Box
	f        *sim.Farm
	w        *guard.Writer
	r        *ssh.Reader
	p        render.Platform
	clock    *sim.Hand
	old      [32]byte
	to, from drivers.Target
	edit     drivers.Edit
	i        int
	armed    *sync.WaitGroup // every device of the farm; they share one clock
	moved    chan struct{}
}

func (c *change) apply() (write.Pending, error) {
	return c.w.Apply(c.ctx, c.to, c.edit, write.Hold{For: 10 * time.Minute, Tx: "plb-fault-1", Before: func(string) error { return nil }})
}

// isOld: what runs is what ran, and the guard holds nothing.
func (c *change) isOld() error {
	if meaning(c.p, c.b.Running()) != c.old {
		return errors.New("it is not as before")
	}
	return c.free()
}

func (c *change) free() error {
	st, _, err := c.w.Resume(c.ctx, c.to, "plb-none")
	if err != nil || st != write.None {
		return errors.Join(err, errors.New("the guard says "+string(st)))
	}
	return nil
}

func (c *change) isNew() error {
	if text := string(c.b.Running()); !strings.Contains(text, "NEW") || !strings.Contains(text, "64509") {
		return errors.New("it is not as was asked")
	}
	return c.free()
}

func want(err, kind error) error {
	if !errors.Is(err, kind) {
		return errors.Join(errors.New("want: "+kind.Error()), err)
	}
	return nil
}

// through: the fault changes nothing: kept is kept and saved, undone is undone.
func through(c *change) error {
	p, err := c.apply()
	if err != nil {
		return err
	}
	if c.i%2 == 0 {
		return errors.Join(p.Undo(c.ctx), c.isOld())
	}
	if err := p.Keep(c.ctx); err != nil {
		return err
	}
	if meaning(c.p, c.b.Startup()) != meaning(c.p, c.b.Running()) {
		return errors.New("not saved")
	}
	return c.isNew()
}

// fails: the change is an error of the kind, and the device is as before.
func fails(kind error, words ...string) func(*change) error {
	return func(c *change) error {
		_, err := c.apply()
		if err := want(err, kind); err != nil {
			return err
		}
		for _, w := range words {
			if strings.Count(err.Error(), w) == 0 {
				return errors.Join(errors.New("the error does not say "+w), err)
			}
		}
		return c.isOld()
	}
}

// held: the change of somebody else is on trial: refused with its name, and nothing runs.
func held(who string) func(*change) error {
	return func(c *change) error {
		_, err := c.apply()
		if !strings.Contains(err.Error(), who) {
			return errors.Join(errors.New("the error does not say "+who), err)
		}
		if c.b.Counters().Mutating != 0 || meaning(c.p, c.b.Running()) != c.old {
			return errors.New("it is not as before")
		}
		return want(err, write.ErrDirty)
	}
}

// untouched: refused before a credential could do anything.
func untouched(kind error, tries int) func(*change) error {
	return func(c *change) error {
		_, err := c.apply()
		if n := c.b.Counters(); n.Tries != tries || n.Sessions != 0 || n.Mutating != 0 {
			return errors.New("it was let in, or tried twice")
		}
		if meaning(c.p, c.b.Running()) != c.old {
			return errors.New("it is not as before")
		}
		return want(err, kind)
	}
}

// lost: it is not known what ran; resume finds the trial, and takes it back.
func lost(c *change) error {
	_, err := c.apply()
	if err := want(err, write.ErrInDoubt); err != nil {
		return err
	}
	st, p, err := c.w.Resume(c.ctx, c.to, "plb-fault-1")
	if err != nil || st != write.Ours {
		return errors.Join(err, errors.New("after the loss the trial is "+string(st)))
	}
	return errors.Join(p.Undo(c.ctx), c.isOld())
}

// restarted: a restart ends the trial; when the device is back it is as before.
func restarted(c *change) error {
	_, err := c.apply()
	if err := want(err, write.ErrInDoubt); err != nil {
		return err
	}
	for range 200 {
		if err = c.isOld(); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	_, p, err2 := c.w.Resume(c.ctx, c.to, "plb-fault-1")
	if err = errors.Join(err, err2); err != nil {
		return err
	}
	return want(p.Keep(c.ctx), write.ErrEnded)
}

// silent: the device said yes and did nothing; only reading back shows it.
func silent(c *change) error {
	p, err := c.apply()
	if err != nil {
		return err
	}
	live, err := c.r.Fetch(c.ctx, c.from)
	if err != nil || strings.Contains(string(live.Text), "64509") {
		return errors.Join(err, errors.New("the line is there"))
	}
	return errors.Join(p.Undo(c.ctx), c.isOld())
}

// together brings the change of every device on trial, and moves their one clock once.
func (c *change) together(d time.Duration) (write.Pending, error) {
	p, err := c.apply()
	c.armed.Done()
	c.armed.Wait()
	if c.i == 0 {
		c.clock.Move(d)
		close(c.moved)
	}
	<-c.moved
	return p, err
}

// early: the clock of the device is too fast; the one who keeps finds it out.
func early(c *change) error {
	p, err := c.together(2 * time.Second)
	if err != nil {
		return err
	}
	return errors.Join(want(p.Keep(c.ctx), write.ErrEnded), c.isOld())
}

// never: the clock of the device stands; we take the change back.
func never(c *change) error {
	p, err := c.together(time.Hour)
	if err != nil {
		return err
	}
	if st, _, err := c.w.Resume(c.ctx, c.to, "plb-fault-1"); err != nil || st != write.Ours {
		return errors.Join(err, errors.New("an overdue trial is "+string(st)))
	}
	return errors.Join(p.Undo(c.ctx), c.isOld())
}

// unsaved: kept and not saved is said so, and is not called undone.
func unsaved(c *change) error {
	p, err := c.apply()
	if err != nil {
		return err
	}
	if err := want(p.Keep(c.ctx), write.ErrUnsaved); err != nil {
		return err
	}
	if meaning(c.p, c.b.Startup()) != c.old {
		return errors.New("startup changed")
	}
	return c.isNew()
}

// writeCase is one bad habit, and what must become of a change in spite of it.
type writeCase struct {
	name  string
	fault func(i int) string
	wait  time.Duration
	must  func(*change) error
}

var writes = []writeCase{
	{"slow", is("slow=20ms"), 0, through},
	{"drip", is("drip@30=1ms"), 0, through},
	{"chunk", is("chunk=3"), 0, through},
	{"truncate", is("truncate=100"), 0, through}, // the guard's own reading is another way
	{"evil=prompt", is("evil=prompt"), 0, through},
	{"evil=ansi", is("evil=ansi"), 0, through},
	{"banner-auth", is("banner-auth"), 0, through},
	{"pager", is("pager"), 0, through}, // a line has no answer that is longer than a screen
	{"weak-kex", is("weak-kex"), 0, through},
	{"drop", is("drop@1", "drop@2", "drop@3", "drop@4"), 0, lost},
	{"cut", is("cut@6=before", "cut@6=after"), 0, lost},
	{"drop-byte", is("drop@byte=60", "drop@byte=75", "drop@byte=90"), 0, lost},
	{"reject", is("reject=64509", "reject=NEW", "reject=router"), 0, fails(write.ErrRefused, "% Unknown command")},
	{"asks", is("asks=64509", "asks=NEW"), 0, fails(write.ErrRefused, "Is this meant? [confirm]")},
	{"accept-silently", is("accept-silently=64509"), 0, silent},
	{"mode-drift", is("mode-drift=router", "mode-drift=64509"), 0, fails(write.ErrRefused, "another mode")},
	{"rename", is("rename@1", "rename@2", "rename@3"), 2 * time.Second, fails(drivers.ErrTimeout)},
	{"hang", is("hang@3", "hang@4", "hang@5"), 2 * time.Second, fails(drivers.ErrTimeout)},
	{"wrong-host-key", is("wrong-host-key"), 0, untouched(drivers.ErrHostKey, 0)},
	{"new-host-key", is("new-host-key@0"), 0, untouched(drivers.ErrHostKey, 0)},
	{"auth-slow", is("auth-slow=50ms"), 0, through},
	{"defaults", is("defaults=on"), 0, through},
	{"lock", is("lock=plb-somebody"), 0, held("plb-somebody")},
	{"auth-fail", is("auth-fail"), 0, untouched(drivers.ErrAuth, 1)},
	{"reboot", is("reboot@2=100ms", "reboot@3=100ms"), 0, restarted},
	{"timer-early", is("timer-early=1s"), 0, early},
	{"timer-never", is("timer-never"), 0, never},
	{"save-fails", is("save-fails"), 0, unsaved},
	{"no-timer", is("no-timer"), 0, through}, // the guard has a clock of its own, and words of its own
	{"untold", is("untold"), 0, through},
	{"loses", is("loses@0=received", "loses@9=advertised"), 0, through}, // no habit of writing: TestLoses tells it apart
	{"says", is("says=%SYS-2-X: y"), 0, through},                        // nor are these: TestSigns tells them apart
	{"fills", is("fills@99=memory"), 0, through},
	{"deaf", is("deaf"), 0, through}, // a habit of gNMI, played in drivers/drivertest
}

func TestWriteFaults(t *testing.T) {
	for _, c := range writes {
		t.Run(c.name, func(t *testing.T) { c.play(t, frr(t), edit) })
	}
}

// No bad habit of the table is left out.
func TestEveryFaultIsPlayed(t *testing.T) {
	for kind := range sim.Kinds {
		played := func(name string) bool { return name == kind || strings.HasPrefix(name, kind+"=") }
		if !slices.ContainsFunc(fetches, func(c fetchCase) bool { return played(c.name) }) &&
			!slices.ContainsFunc(writes, func(c writeCase) bool { return played(c.name) }) &&
			!slices.ContainsFunc(netconfOnly, func(f sim.Fault) bool { return f.Kind == kind }) {
			t.Errorf("no test plays %s", kind)
		}
	}
}

func is(s ...string) func(int) string { return func(i int) string { return s[i%len(s)] } }

func (c writeCase) play(t *testing.T, p render.Platform, e drivers.Edit) {
	clock, n, began, wait := sim.NewHand(time.Unix(1e9, 0)), runs(100), time.Now(), c.wait
	f, _ := farmOf(t, p, n, sim.Options{Clock: clock}, func(i int) []sim.Fault {
		s := c.fault(i)
		if !strings.HasPrefix(s, "drop") && !strings.HasPrefix(s, "reboot") && !(p.Dialect.AsFile() && strings.HasPrefix(s, "hang")) {
			return []sim.Fault{fault(s)}
		}
		once := fault(s)
		once.Times = 1
		return []sim.Fault{once}
	})
	if wait == 0 {
		wait = 20 * time.Second
	}
	w := guard.New(p.Session, f.Logins(), guard.Options{Timeout: wait, File: p.Dialect.AsFile()})
	r := ssh.New(p.Session, f.Logins(), ssh.Options{Timeout: wait})
	defer r.Close()
	var mu sync.Mutex
	var armed sync.WaitGroup
	armed.Add(n)
	good, ctx, moved := 0, t.Context(), make(chan struct{})
	one := func(i int, name string) error {
		b := f.Device(name)
		return c.must(&change{ctx: ctx, b: b, f: f, w: w, r: r, p: p, edit: e, clock: clock, old: meaning(p, b.Running()), to: f.WriteTarget(name), from: f.Target(name), i: i, armed: &armed, moved: moved})
	}
	each(n, n, func(i int) {
		name := f.Names()[i]
		err := one(i, name)
		mu.Lock()
		defer mu.Unlock()
		if good++; err != nil {
			good--
			t.Errorf("%s, %v: %v", name, c.fault(i), err)
		}
	})
	t.Logf("figure: write %s: %d of %d as it must be, %v", c.name, good, n, time.Since(began).Round(time.Millisecond))
}

// A clock so fast that the trial ends before the first line: no line is sent, as none would
// have a way back on the device, and nothing is taken for a change on trial.
func TestTimerBeforeTheLines(t *testing.T) {
	clock := sim.NewHand(time.Unix(1e9, 0))
	f, p := farm(t, 1, sim.Options{Clock: clock}, func(int) []sim.Fault { return []sim.Fault{fault("timer-early=1s")} })
	w := guard.New(p.Session, f.Logins(), guard.Options{Timeout: 10 * time.Second})
	to := f.WriteTarget("r0")
	_, err := w.Apply(t.Context(), to, edit, write.Hold{For: 10 * time.Minute, Tx: "plb-early", Before: func(step string) error {
		if step == "apply" {
			clock.Move(2 * time.Second)
		}
		return nil
	}})
	if err := want(err, write.ErrNoTimer); err != nil {
		t.Fatal(err)
	}
	if n := f.Device("r0").Counters().Mutating; n != 0 {
		t.Errorf("%d lines were sent", n)
	}
	st, pend, err := w.Resume(t.Context(), to, "plb-early")
	if err != nil || st != write.None {
		t.Fatal(st, err)
	}
	if err := want(pend.Keep(t.Context()), write.ErrEnded); err != nil {
		t.Error(err)
	}
	if err := pend.Undo(t.Context()); err != nil {
		t.Error("nothing is there, and undo says: ", err)
	}
}
