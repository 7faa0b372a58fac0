package bench

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"plumbline/drivers"
	"plumbline/drivers/all"
	"plumbline/internal/dispatch"
	"plumbline/internal/sim"
	"plumbline/internal/tree"
	"plumbline/render"
)

// farmEnv tells the test program to be the devices: how many of them, and of how many lines.
const farmEnv = "PLUMBLINE_BENCH_FARM"

// farm is what the devices say of themselves.
type farm struct {
	Targets []drivers.Target
	Login   drivers.Login
}

// TestFarm is the devices, in a process of their own; in an ordinary run it does nothing.
func TestFarm(t *testing.T) {
	count, lines, ok := strings.Cut(os.Getenv(farmEnv), " ")
	if !ok {
		return
	}
	n, _ := strconv.Atoi(count)
	size, _ := strconv.Atoi(lines)
	p, ds := render.Read(os.DirFS("../templates"), "eos")
	if ds.Failed() {
		t.Fatal(ds)
	}
	var devices []sim.Device
	for i := range n {
		devices = append(devices, sim.Device{Name: fmt.Sprintf("r%d", i), Platform: "eos", Session: p.Session, Dialect: p.Dialect, Running: []byte(ports(size, 0)), Faults: habits(i)})
	}
	f, err := sim.Start(t.Context(), devices)
	if err != nil {
		t.Fatal(err)
	}
	var out farm
	for _, d := range devices {
		out.Targets = append(out.Targets, f.Target(d.Name))
	}
	if out.Login, err = f.Logins()(t.Context(), "read"); err != nil {
		t.Fatal(err)
	}
	if os.Getenv(farmEnv+"_GNMI") != "" {
		f.Stop()
		out.Targets = speakers(t, n, size)
		out.Login = drivers.Login{User: "reader", Password: "secret"}
	}
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\nFARM %s\n", text)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the client is gone
}

// models is what is asked over gNMI: paths, one behind the other on one connection.
func models(paths ...string) drivers.Session {
	return drivers.Session{Models: drivers.Models{Paths: paths}}
}

// speakers starts devices that speak gNMI over TLS, with trees of about as many lines.
func speakers(t *testing.T, n, lines int) (out []drivers.Target) {
	var ports []any
	for i := range lines / 4 {
		name := fmt.Sprintf("Ethernet%d", i+1)
		ports = append(ports, map[string]any{"name": name, "config": map[string]any{"name": name, "mtu": 9000, "description": fmt.Sprintf("link %d", i)}})
	}
	text, err := json.Marshal(map[string]any{"interfaces": map[string]any{"interface": ports}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		g, err := sim.StartGNMI(t.Context(), sim.Tree{Text: text, User: "reader", Password: "secret", TLS: true})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, drivers.Target{Name: fmt.Sprintf("r%d", i), Address: g.Address, Pins: []string{g.Pin}})
	}
	return out
}

// habits gives some devices bad ones, where the environment asks for that: of a hundred,
// five fall silent and five hang up.
func habits(i int) []sim.Fault {
	switch {
	case os.Getenv(farmEnv+"_BAD") == "":
	case i%20 == 7:
		return []sim.Fault{{Kind: "hang", N: 2}}
	case i%20 == 13:
		return []sim.Fault{{Kind: "drop-byte", N: 3000}}
	}
	return nil
}

// badOf is how many devices of a farm have such habits.
func badOf(devices int, bad bool) (n int) {
	for i := range devices {
		if bad && (i%20 == 7 || i%20 == 13) {
			n++
		}
	}
	return n
}

// startFarm runs the devices beside this process.
func startFarm(t testing.TB, devices, lines int) farm {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestFarm$", "-test.timeout=30m")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d", farmEnv, devices, lines))
	in, err := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err = errors.Join(err, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	r := bufio.NewReaderSize(out, 1<<20)
	for {
		line, err := r.ReadString('\n')
		if text, ok := strings.CutPrefix(line, "FARM "); ok {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			var f farm
			if err := json.Unmarshal([]byte(text), &f); err != nil {
				t.Fatal(err)
			}
			return f
		}
		if err != nil {
			t.Fatal("the devices did not start: ", err)
		}
	}
}

// BenchmarkFetch reads every device of a farm and compares what it holds, 64 at once, and
// in turns with it dials each and reads the same bytes without looking at them. Client and
// devices share the machine. Last, five of a hundred fall silent and five hang up: each of them
// is told as failed, and all others are read.
func BenchmarkFetch(b *testing.B) {
	devices := many()
	for _, c := range []struct {
		name  string
		lines int
		bad   bool
	}{{"ssh/300lines", 300, false}, {"ssh/3000lines", 3000, false}, {"ssh/300lines/bad", 300, true}} {
		lines := c.lines
		b.Run(c.name, func(b *testing.B) {
			if c.bad {
				b.Setenv(farmEnv+"_BAD", "1")
			}
			f := startFarm(b, devices, lines)
			p, ds := render.Read(os.DirFS("../templates"), "eos")
			if ds.Failed() {
				b.Fatal(ds)
			}
			reader, err := all.Reader("ssh", p.Session, func(context.Context, string) (drivers.Login, error) { return f.Login, nil })
			if err != nil {
				b.Fatal(err)
			}
			wanted := ports(lines, 40)
			for range b.N {
				raw, rawFailed := time.Duration(0), 0
				if !c.bad { // it would wait for the silent ones
					raw, _, rawFailed = play(b, f, func(_ context.Context, t drivers.Target) (int, error) { return bare(t, f.Login) })
					b.ReportMetric(float64(devices)/raw.Seconds(), "bare/s")
				}
				took, size, failed := play(b, f, func(ctx context.Context, t drivers.Target) (int, error) {
					live, err := reader.Fetch(ctx, t)
					if err != nil {
						return 0, err
					}
					have, _ := tree.Parse(p.Dialect, live.Text)
					want, _ := tree.Parse(p.Dialect, wanted) // two comparisons share no tree
					if edits, _, err := tree.Diff(have, want, tree.Options{}); err != nil || len(edits) == 0 {
						return 0, errors.Join(err, errors.New("no difference"))
					}
					return len(live.Text), nil
				})
				if bad := badOf(devices, c.bad); failed != bad {
					b.Errorf("%d devices are told as failed, and %d are bad", failed, bad)
				}
				b.ReportMetric(float64(devices)/took.Seconds(), "devices/s")
				if raw > 0 {
					b.ReportMetric(took.Seconds()/raw.Seconds(), "x-bare")
				}
				b.ReportMetric(took.Seconds(), "s")
				b.ReportMetric(float64(size)/1000, "kB")
				b.ReportMetric(float64(failed+rawFailed), "failed")
				b.ReportMetric(peak(), "MB-peak")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkModels reads every device of a farm over gNMI with TLS, 64 at once, and in turns
// with it shakes hands with each without asking anything.
func BenchmarkModels(b *testing.B) {
	b.Setenv(farmEnv+"_GNMI", "1")
	f := startFarm(b, many(), 300)
	reader, err := all.Reader("gnmi", models("/"), func(context.Context, string) (drivers.Login, error) { return f.Login, nil })
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		raw, _, rawFailed := play(b, f, func(_ context.Context, t drivers.Target) (int, error) { return shake(t) })
		took, size, failed := play(b, f, func(ctx context.Context, t drivers.Target) (int, error) {
			live, err := reader.Fetch(ctx, t)
			return len(live.Text), err
		})
		b.ReportMetric(float64(many())/took.Seconds(), "devices/s")
		b.ReportMetric(float64(many())/raw.Seconds(), "bare/s")
		b.ReportMetric(took.Seconds()/raw.Seconds(), "x-bare")
		b.ReportMetric(float64(size)/1000, "kB")
		b.ReportMetric(float64(failed+rawFailed), "failed")
		b.ReportMetric(peak(), "MB-peak")
		b.ReportMetric(0, "ns/op")
	}
}

// shake is TLS and nothing else.
func shake(t drivers.Target) (int, error) {
	c, err := tls.Dial("tcp", t.Address.String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		return 0, err
	}
	return 0, c.Close()
}

// many is how many devices a farm has.
func many() int {
	if n, err := strconv.Atoi(os.Getenv("PLUMBLINE_BENCH_DEVICES")); err == nil {
		return n
	}
	return 1000
}

// play does one thing with every device, 64 at once.
func play(b *testing.B, f farm, one func(context.Context, drivers.Target) (int, error)) (took time.Duration, size, failed int) {
	b.Helper()
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the most memory is counted anew; where that cannot be, it is that of all so far
	began := time.Now()
	sizes, errs := dispatch.Each(b.Context(), dispatch.Bounds{Wide: 64}, nil, f.Targets, one)
	for i, err := range errs {
		if err != nil {
			if failed++; failed < 4 {
				b.Log(f.Targets[i].Name, err)
			}
		}
		size = max(size, sizes[i])
	}
	return time.Since(began), size, failed
}

// bare dials a device, asks for its text twice as the driver does, and reads what comes.
func bare(t drivers.Target, l drivers.Login) (int, error) {
	key, err := ssh.ParsePrivateKey(l.PrivateKey)
	if err != nil {
		return 0, err
	}
	pin, _, _, _, err := ssh.ParseAuthorizedKey([]byte(t.Pins[0]))
	if err != nil {
		return 0, err
	}
	raw, err := net.Dial("tcp", t.Address.String())
	if err != nil {
		return 0, err
	}
	conn, chans, reqs, err := ssh.NewClientConn(raw, t.Address.String(), &ssh.ClientConfig{User: l.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: ssh.FixedHostKey(pin)})
	if err != nil {
		return 0, err
	}
	c := ssh.NewClient(conn, chans, reqs)
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		return 0, err
	}
	in, err := s.StdinPipe()
	out, err2 := s.StdoutPipe()
	if err := errors.Join(err, err2, s.RequestPty("xterm", 255, 511, ssh.TerminalModes{ssh.ECHO: 1}), s.Shell()); err != nil {
		return 0, err
	}
	if _, err := io.WriteString(in, "terminal length 0\nshow running-config\nshow running-config\n"); err != nil {
		return 0, err
	}
	n, ends := 0, 0
	for r := bufio.NewReader(out); ends < 2; {
		line, err := r.ReadString('\n')
		if n += len(line); err != nil {
			return n, err
		}
		if line == "end\r\n" {
			ends++
		}
	}
	return n, nil
}

// peak is the most memory that this process held since the last play began, in MB.
func peak() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) / 1000
		}
	}
	return 0
}
