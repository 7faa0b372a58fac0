package push_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/netconf"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write"
	"plumbline/drivers/write/all"
	"plumbline/drivers/write/guard"
	"plumbline/internal/dispatch"
	"plumbline/internal/gate"
	"plumbline/internal/health"
	"plumbline/internal/journal"
	"plumbline/internal/lab"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/internal/sim"
	"plumbline/internal/suite"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// sshEnv tells the test program to be the runner over SSH: "folder verb n".
const sshEnv = "PLUMBLINE_TEST_SSH_RUNNER"

// files is what the runner must know, in one file.
type files struct {
	Plan    []byte
	Targets map[string]drivers.Target
	Logins  map[string]drivers.Login
	All     bool   // where a wave fails all goes back
	Sick    string // a device that is not well while it holds what is planned
}

// platform reads one by its name, or by that and the driver by which it is spoken to: junos/netconf.
func platform(t *testing.T, name string) render.Platform {
	t.Helper()
	name, driver, other := strings.Cut(name, "/")
	p, ds := render.Read(templates.FS, name)
	if ds.Failed() {
		t.Fatal(ds)
	}
	if p = p.By(driver); other {
		p.Driver = driver
	}
	return p
}

// testKey is the key that runner and planner of these tests share.
func testKey() plan.Key {
	k, _ := plan.NewKey([]byte("of these tests alone, and of no network"))
	return k
}

// digest names what a device holds by the dialect of its platform.
func digest(ps map[string]render.Platform) func(string, []byte) (string, error) {
	return func(device string, live []byte) (string, error) {
		t, _ := tree.Parse(ps[device].Dialect, live)
		return testKey().Digest(t)
	}
}

// waits is a clock that hurries.
type waits struct{}

func (waits) Now() time.Time { return time.Now() }
func (waits) Sleep(ctx context.Context, _ time.Duration) error {
	time.Sleep(time.Millisecond)
	return ctx.Err()
}

// TestSSHRunner is the runner; in an ordinary run of the tests it does nothing.
func TestSSHRunner(t *testing.T) {
	args := strings.Fields(os.Getenv(sshEnv))
	if len(args) != 3 {
		return
	}
	b, err := os.ReadFile(filepath.Join(args[0], "files.json"))
	var fs files
	if err != nil || json.Unmarshal(b, &fs) != nil {
		t.Fatal(err)
	}
	p, err := plan.Decode(fs.Plan)
	if err != nil {
		t.Fatal(err)
	}
	j, had, err := journal.Open(filepath.Join(args[0], "state"))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(args[2])
	o := overSSH(t, fs)
	o.Journal, o.Had, o.Resume = j, had, true
	if fs.All { // else recovery has no script
		o.Kept = func(string) (plan.Plan, error) { return p, nil }
	}
	o.Step = func(string) {
		if n--; n == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	var res push.Result
	if args[1] == "recover" {
		res, err = push.Recover(t.Context(), o)
	} else {
		res, err = push.Run(t.Context(), passed(t, p), o)
	}
	out, _ := json.Marshal(res)
	fmt.Printf("RESULT %s %v\n", out, err)
}

func passed(t *testing.T, p plan.Plan) gate.Pass { return allowed(t, p.Changes...) }

func overSSH(t *testing.T, fs files) push.Options {
	logins := func(_ context.Context, name string) (drivers.Login, error) { return fs.Logins[name], nil }
	fleet := os.Getenv(fleetEnv) != ""
	timeout, wide := time.Minute, 2
	if fleet {
		timeout, wide = 3*time.Second, 64
	}
	approved, err := plan.Decode(fs.Plan)
	if err != nil {
		t.Fatal(err)
	}
	ps, readers, writers, known := map[string]render.Platform{}, map[string]drivers.Reader{}, map[string]write.Writer{}, map[string]render.Platform{}
	for name, to := range fs.Targets {
		if _, read := known[to.Platform]; !read {
			known[to.Platform] = platform(t, to.Platform)
		}
		p := known[to.Platform]
		w, err := all.Writer(p.Style, p.Session, logins)
		if fleet {
			w = guard.New(p.Session, logins, guard.Options{Timeout: timeout})
		}
		if err != nil {
			t.Fatal(err)
		}
		w = watched{w, t, approved}
		ps[name], readers[name], writers[name] = p, ssh.New(p.Session, logins, ssh.Options{Timeout: timeout}), w
		switch p.Driver {
		case "gnmi":
			readers[name] = gnmi.New(p.Session, logins, gnmi.Options{Timeout: timeout})
		case "netconf":
			readers[name] = netconf.New(p.Session, logins, netconf.Options{Timeout: timeout})
		}
	}
	return push.Options{
		Read:    func(d string) (drivers.Reader, drivers.Target, error) { return readers[d], fs.Targets[d], nil },
		Write:   func(d string) (write.Writer, error) { return writers[d], nil },
		WriteAs: func(d string) string { return strings.Replace(fs.Targets[d].Secret, "read", "write", 1) },
		Clock:   waits{}, Soak: time.Second, Wide: wide, Digest: digest(ps), All: fs.All,
		Health: func(ctx context.Context, devices []string) (push.Vitals, error) {
			out := push.Vitals{}
			all, errs := dispatch.Each(ctx, dispatch.Bounds{Wide: wide}, nil, devices, func(ctx context.Context, d string) (drivers.Live, error) {
				l, err := readers[d].Fetch(ctx, fs.Targets[d])
				for range 2 {
					if drivers.Passing(err) {
						l, err = readers[d].Fetch(ctx, fs.Targets[d])
					}
				}
				return l, err
			})
			lives := map[string]drivers.Live{}
			for i, d := range devices {
				if errs[i] != nil {
					return nil, errs[i]
				}
				lives[d] = all[i]
				out[d] = health.Vitals{"management": {Up: true}}
			}
			if l := lives[fs.Sick]; l.Text != nil {
				holds, err := digest(ps)(fs.Sick, l.Text)
				c, _ := approved.Change(fs.Sick)
				out[fs.Sick]["management"] = health.Vital{Up: err == nil && holds != c.Want}
			}
			return out, nil
		},
	}
}

// farm is embedded devices in this process, and a plan for them in a file.
type farm struct {
	t   *testing.T
	dir string
	sim *sim.Farm
	ps  map[string]render.Platform
	to  plan.Plan
}

// farmOf starts one device of each of the platforms, each in its wave, reached where via says.
func farmOf(t *testing.T, platforms []string, wave func(int) int, via func(netip.AddrPort) netip.AddrPort, clock ...sim.Clock) *farm {
	f := &farm{t: t, dir: t.TempDir(), ps: map[string]render.Platform{}}
	var devices []sim.Device
	known := map[string]render.Platform{}
	for i, name := range platforms {
		n := fmt.Sprintf("r%d", i+1)
		if len(platforms) > 9 {
			n = fmt.Sprintf("r%04d", i+1)
		}
		if _, read := known[name]; !read {
			known[name] = platform(t, name)
		}
		p := known[name]
		f.ps[n] = p
		devices = append(devices, sim.Device{Name: n, Platform: p.Name, Session: p.Session, Dialect: p.Dialect, Running: suite.Of(t, p.Name).Old, Driver: p.Driver})
	}
	var err error
	opt := sim.Options{Guard: guard.Digest()}
	if len(clock) > 0 {
		opt.Clock = clock[0]
	}
	if f.sim, err = sim.Start(t.Context(), devices, opt); err != nil {
		t.Fatal(err)
	}
	fs := files{Targets: map[string]drivers.Target{}, Logins: map[string]drivers.Login{}}
	for _, name := range []string{"read", "write", "read-password", "write-password"} {
		if fs.Logins[name], err = f.sim.Logins()(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	var in []plan.Input
	for i, n := range f.sim.Names() {
		to := f.sim.Target(n)
		to.Address, to.Platform = via(to.Address), platforms[i]
		fs.Targets[n] = to
		p := f.ps[n]
		text := suite.Of(t, p.Name).More
		root, _ := tree.Parse(p.Dialect, text)
		want := tree.Config{Device: n, Dialect: p.Dialect, Text: text, Origins: make([]tree.Origin, bytes.Count(text, []byte("\n"))), Root: root}
		in = append(in, plan.Input{
			Device: n, Platform: p.Name, Endpoint: to.Address.String(), Pins: to.Pins, Want: want, Style: p.Style, Waves: map[string]int{"": wave(i)}, Hold: 120, Key: testKey(),
			Answer: plan.Answer{Live: drivers.Live{Text: f.sim.Device(n).Running()}},
		})
	}
	p, ds := plan.Make(plan.Header{Repo: repoID}, in)
	if ds.Failed() || len(p.Changes) != len(platforms) {
		t.Fatal(ds, len(p.Changes), p.Missing)
	}
	f.to, fs.Plan = p, p.Encode()
	f.write(fs)
	return f
}

// write keeps what the runner must know.
func (f *farm) write(fs files) {
	f.t.Helper()
	b, err := json.Marshal(fs)
	if err == nil {
		err = os.WriteFile(filepath.Join(f.dir, "files.json"), b, 0o600)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *farm) run(verb string, n int) (killed bool, out string) {
	f.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSSHRunner$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %d", sshEnv, f.dir, verb, n))
	b, err := cmd.CombinedOutput()
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return true, ""
	}
	if err != nil {
		f.t.Fatalf("the runner failed by itself: %v\n%s", err, b)
	}
	return false, string(b)
}

// settled: every device holds the old or the new, the journal says which, and no guard
// holds a trial.
func (f *farm) settled(when string) {
	f.t.Helper()
	f.settledIn(filepath.Join(f.dir, "state"), when)
}

func (f *farm) settledIn(dir, when string) {
	f.t.Helper()
	rs, err := journal.Read(dir)
	if err != nil || journal.Unsettled(rs) != nil {
		f.t.Errorf("%s: the journal is not settled: %v", when, err)
	}
	for _, fault := range f.unasked(f.to.Changes) {
		f.t.Errorf("%s: %s", when, fault)
	}
	for _, c := range f.to.Changes {
		p := f.ps[c.Device]
		writer, err := all.Writer(p.Style, p.Session, f.sim.Logins())
		if err != nil {
			f.t.Fatal(err)
		}
		holds, _ := digest(f.ps)(c.Device, f.sim.Device(c.Device).Running())
		word := map[string]string{c.HaveFull: "old", c.Want: "new"}[holds]
		said := ""
		for _, r := range rs {
			if r.Device == c.Device && r.Step == journal.Done {
				said = strings.Replace(r.Result, "already", "new", 1) // found there, and no less true
			}
		}
		if word == "" || said != word && (said != "" || word == "new") {
			f.t.Errorf("%s: %s holds %q, the journal says %q", when, c.Device, word, said)
		}
		state, _, err := writer.Resume(f.t.Context(), f.sim.WriteTarget(c.Device), "anybody")
		if err != nil || state != write.None {
			f.t.Errorf("%s: %s: a trial is left: %s %v", when, c.Device, state, err)
		}
		if word == "new" && string(f.sim.Device(c.Device).Running()) != string(f.sim.Device(c.Device).Startup()) {
			f.t.Errorf("%s: %s: kept and not saved", when, c.Device)
		}
	}
}

func (f *farm) mutating() (n int) {
	for _, d := range f.sim.Names() {
		n += f.sim.Device(d).Counters().Mutating
	}
	return n
}

// TestCrashEmbedded is TestCrash against embedded devices: the real drivers over SSH, the
// guard of those that act at once or are one file, and the clocks of those that have one.
func TestCrashEmbedded(t *testing.T) {
	lab.Need(t, "time")
	for kind, ways := range kinds(t) {
		for title, back := range map[string]bool{kind: false, kind + ", and all goes back": true} {
			t.Run(title, func(t *testing.T) {
				t.Parallel()
				crashes(t, ways, kind == "bound", back)
			})
		}
	}
}

// kinds puts the ways that devices are written to together by what a push that dies leaves there:
// one guard, one request, or a trial which another session may end, may end when its own is gone, or
// may not end. Each has two devices at least; the guard three, so that one wave has two.
func kinds(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, way := range suite.Ways(t) {
		p := platform(t, way)
		kind := cmp.Or(p.Session.Commit.Session, p.Style)
		if p.Driver == "netconf" {
			kind = p.Driver
		}
		out[kind] = append(out[kind], way)
	}
	for kind, ways := range out {
		if len(ways) == 1 {
			out[kind] = append(ways, ways[0])
		}
	}
	out["guard"] = append(out["guard"], out["guard"][0])
	return out
}

// crashes kills a push before each of its steps. Where a trial can be ended by nobody but the
// session that began it, its timer ends it.
func crashes(t *testing.T, platforms []string, fires, back bool) {
	cases, by := 0, 1
	if fires && os.Getenv("PLUMBLINE_MATRIX") == "" {
		by = 5 // a stage of .ci/run asks for every step
	}
	if back {
		by *= 3 // twice as long, and the first half of it is known
	}
	for n := 1; !t.Failed(); n += by {
		b := newFarmBench(t, platforms)
		f := b.farm
		if back {
			b.ails()
		}
		killed, out := f.run("push", n)
		when := fmt.Sprintf("killed before step %d", n)
		if killed {
			if fires {
				b.fire()
			}
			cases++
			_, out = f.run("recover", 0)
		}
		f.settled(when)
		b.heal()
		_, again := f.run("push", 0)
		f.settled(when + ", pushed again")
		before := f.mutating()
		_, last := f.run("push", 0)
		if sent := f.mutating() - before; sent != 0 || !strings.Contains(last, `"state":"COMMITTED"`) {
			t.Errorf("%s: a push of what is there sent %d lines: %s", when, sent, last)
		}
		if t.Failed() {
			t.Logf("first: %s\nagain: %s\nlast: %s", out, again, last)
		}
		f.sim.Stop()
		if !killed {
			break
		}
	}
	t.Logf("figure: %d crashes over sockets (all goes back: %v), each recovered, then pushed again with 0 lines sent", cases, back)
}
