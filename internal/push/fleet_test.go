package push_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/dispatch"
	"plumbline/internal/health"
	"plumbline/internal/journal"
	"plumbline/internal/lab"
	"plumbline/internal/plan"
	"plumbline/internal/push"
)

// fleetEnv tells the runner over SSH that it serves a fleet.
const fleetEnv = "PLUMBLINE_TEST_FLEET"

// weather is what happens to sessions on their way: one in twenty is cut and one in a
// hundred falls silent, anywhere in what the device says, while it is bad.
type weather struct {
	bad       atomic.Bool
	mu        sync.Mutex
	dice      *rand.Rand
	cut, hung int
}

// fate is after how many bytes a session is cut or falls silent; -1 for never.
func (w *weather) fate() (cut, hang int) {
	if cut, hang = -1, -1; !w.bad.Load() {
		return cut, hang
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch n := w.dice.IntN(100); {
	case n < 5:
		w.cut++
		cut = w.dice.IntN(8000)
	case n < 6:
		w.hung++
		hang = w.dice.IntN(8000)
	}
	return cut, hang
}

// front stands before a device; sessions go through it.
func (w *weather) front(t *testing.T, to netip.AddrPort) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c, to)
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func (w *weather) carry(c net.Conn, to netip.AddrPort) {
	d, err := net.Dial("tcp", to.String())
	if err != nil {
		c.Close()
		return
	}
	cut, hang := w.fate()
	go func() {
		pour(d, c, -1, -1)
		d.Close()
	}()
	pour(c, d, cut, hang)
	c.Close()
	d.Close()
}

// pour carries bytes until one side ends, or fate comes.
func pour(to, from net.Conn, cut, hang int) {
	b, n := make([]byte, 4096), 0
	for {
		k, err := from.Read(b)
		n += k
		if cut >= 0 && n > cut || err != nil {
			return
		}
		if hang < 0 || n <= hang { // else it is swallowed
			if _, err := to.Write(b[:k]); err != nil {
				return
			}
		}
	}
}

// TestFleet pushes to many embedded devices in bad weather, while the runner is killed three
// times: each transaction ends in a state that is known, and when the weather is good again
// one more push brings all of them to what was planned, each changed once.
func TestFleet(t *testing.T) {
	lab.Need(t, "time")
	size := 12 // a stage of .ci/run asks for a thousand
	if n, err := strconv.Atoi(os.Getenv("PLUMBLINE_FLEET")); err == nil {
		size = n
	}
	seed := uint64(size)
	w := &weather{dice: rand.New(rand.NewPCG(seed, seed))}
	t.Setenv(fleetEnv, "yes")
	f := farmOf(t, slices.Repeat([]string{"frr"}, size), func(i int) int { return 1 + (i+99)/100 }, func(a netip.AddrPort) netip.AddrPort { return w.front(t, a) })
	began := time.Now()
	var states []string
	kills := []int{size + size/4, size + size/3, size + size/2} // looks first, then some steps of each device
	for len(states) < 8 {
		n := 0
		if len(states) < len(kills) {
			n = kills[len(states)]
		}
		stop := w.whileSending(filepath.Join(f.dir, "state", journal.Name))
		killed, out := f.run("push", n)
		stop()
		state := "killed"
		if !killed {
			state = stateIn(out)
		}
		states = append(states, state)
		if state == "REFUSED" && strings.Contains(out, "unreachable: ") { // a device that was cut off at each look: nothing began
			continue
		}
		if !slices.Contains([]string{"killed", "COMMITTED", "PARTIAL", "ROLLED_BACK"}, state) {
			t.Fatalf("run %d ended %s: %s", len(states), state, out)
		}
		if state == "COMMITTED" {
			break
		}
	}
	w.bad.Store(false)
	_, out := f.run("push", 0)
	if stateIn(out) != "COMMITTED" {
		t.Errorf("in good weather: %s", out)
	}
	f.settled("at the end")
	twice, fires, over := 0, 0, sentOver(t, f)
	for _, d := range f.sim.Names() {
		c := f.sim.Device(d).Counters()
		fires += c.Fires
		if c.Keeps < 1 || c.Keeps > 1+over[d] {
			twice++
			t.Errorf("%s: kept %d times", d, c.Keeps)
		}
	}
	t.Logf("figure: fleet: %d embedded devices, %d sessions cut and %d silent, runs ended %s, then COMMITTED; %d double commits, 0 unknown, %d timers fired, %v",
		size, w.cut, w.hung, strings.Join(states, " "), twice, fires, time.Since(began).Round(time.Second))
}

// sentOver is how often mending sent each device over on a trial of its own: each is a
// decision more that may be kept once.
func sentOver(t *testing.T, f *farm) map[string]int {
	t.Helper()
	rs, err := journal.Read(filepath.Join(f.dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, r := range rs {
		if r.Step == journal.Intent && r.Mark != "" {
			out[r.Device]++
		}
	}
	return out
}

// whileSending makes the weather bad as soon as something is sent, until stop.
func (w *weather) whileSending(file string) (stop func()) {
	size := func() int64 {
		if at, err := os.Stat(file); err == nil {
			return at.Size()
		}
		return 0
	}
	before, done := size(), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				w.bad.Store(false)
				return
			case <-time.After(10 * time.Millisecond):
				w.bad.Store(w.bad.Load() || size() > before)
			}
		}
	})
	return func() { close(done); wg.Wait() }
}

func stateIn(out string) string {
	_, out, _ = strings.Cut(out, "RESULT ")
	var r push.Result
	if json.NewDecoder(strings.NewReader(out)).Decode(&r) != nil {
		return "?"
	}
	return string(r.State)
}

// slow is a world in which each device takes its own time for an answer.
type slow struct {
	door
	mu   sync.Mutex
	own  map[string]time.Duration
	wait func(device string) time.Duration
}

func (s *slow) ask(a Ask) (Reply, error) {
	began := time.Now()
	time.Sleep(s.wait(a.Device))
	r, err := s.door(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own[a.Device] += time.Since(began)
	return r, err
}

// exact is the real time.
type exact struct{}

func (exact) Now() time.Time { return time.Now() }
func (exact) Sleep(ctx context.Context, d time.Duration) error {
	time.Sleep(d)
	return ctx.Err()
}

// TestOverhead measures what a push of a thousand devices costs beyond its slowest device
// and the soak, in each wave.
func TestOverhead(t *testing.T) {
	lab.Need(t, "time")
	const size, soak = 1000, 200 * time.Millisecond
	var changes []plan.Change
	var all []string
	for i := range size {
		name, wave := fmt.Sprintf("r%04d", i), 4
		if n := slices.IndexFunc([]int{1, 100, 300}, func(upto int) bool { return i < upto }); n >= 0 {
			wave = n + 1
		}
		all, changes = append(all, name), append(changes, change(name, wave, "new"))
	}
	w := fresh(all...)
	s := &slow{door: w.door(), own: map[string]time.Duration{}, wait: func(d string) time.Duration { return time.Duration(20+len(d)+int(d[4])%10*8) * time.Millisecond }}
	j, _, err := journal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	o := door(s.ask).options(j)
	o.Clock, o.Soak, o.Wide = exact{}, soak, size
	o.Health = func(ctx context.Context, devices []string) (push.Vitals, error) {
		ups, errs := dispatch.Each(ctx, dispatch.Bounds{Wide: size}, nil, devices, func(_ context.Context, d string) (health.Vitals, error) {
			r, err := s.ask(Ask{Op: "show", Device: d})
			return health.Vitals{"bgp default 192.0.2.1": {Up: r.Up}}, err
		})
		out := push.Vitals{}
		for i, d := range devices {
			if errs[i] != nil {
				return nil, errs[i]
			}
			out[d] = ups[i]
		}
		return out, nil
	}
	var over []string
	var since time.Time
	o.Step = func(name string) {
		if name != "journal begin " && name != "journal wave " {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if name == "journal wave " {
			slowest := time.Duration(0)
			for _, d := range s.own {
				slowest = max(slowest, d)
			}
			more := time.Since(since) - soak - slowest
			over = append(over, more.Round(time.Millisecond).String())
			if more > time.Second {
				t.Errorf("a wave took %v more than its slowest device and the soak", more)
			}
		}
		s.own, since = map[string]time.Duration{}, time.Now()
	}
	if res, err := push.Run(t.Context(), allowed(t, changes...), o); err != nil || res.State != push.Committed {
		t.Fatal(res.State, err)
	}
	t.Logf("figure: overhead: %d devices in 4 waves of 1, 99, 200, 700: %s beyond the slowest device and the soak", size, strings.Join(over, ", "))
}

var _ write.Reach = (door)(nil).write
