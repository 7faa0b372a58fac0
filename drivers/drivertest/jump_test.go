package drivertest_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	xssh "golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"plumbline/drivers"
	"plumbline/drivers/ssh"
	"plumbline/drivers/write"
	"plumbline/drivers/write/all"
	"plumbline/internal/sim"
)

// away is a device behind others: j1 forwards, j2 does not.
func away(t *testing.T) (s style, f *sim.Farm) {
	t.Helper()
	for _, s = range styles(t) {
		if s.Name == "eos" {
			break
		}
	}
	var devices []sim.Device
	for _, name := range []string{"r1", "j1", "j2"} {
		devices = append(devices, sim.Device{Name: name, Platform: s.Name, Session: s.Session, Dialect: s.Dialect, Running: s.running, Forwards: name == "j1"})
	}
	f, err := sim.Start(t.Context(), devices)
	must(t, err)
	t.Cleanup(f.Stop)
	return s, f
}

func through(to drivers.Target, by ...drivers.Target) drivers.Target {
	for _, j := range by {
		to.Jump, j.Jump = &j, to.Jump
	}
	return to
}

// A device behind another host is read and written to through it, and each of them proves
// itself before it gets a credential.
func TestJump(t *testing.T) {
	s, f := away(t)
	reader := ssh.New(s.Session, f.Logins(), ssh.Options{Timeout: 10 * time.Second})
	j1, other := f.Target("j1"), f.Target("j2").Pins
	wrong, wrongJump := f.Target("r1"), j1
	wrong.Pins, wrongJump.Pins = other, other
	for _, c := range []struct {
		name string
		to   drivers.Target
		want error
	}{
		{"through one", through(f.Target("r1"), j1), nil},
		{"through two", through(f.Target("r1"), j1, j1), nil},
		{"wrong device", through(wrong, j1), drivers.ErrHostKey},
		{"wrong host", through(f.Target("r1"), wrongJump), drivers.ErrHostKey},
		{"no forwarding", through(f.Target("r1"), f.Target("j2")), drivers.ErrUnreachable},
		{"a ring", through(f.Target("r1"), j1, j1, j1, j1), drivers.ErrConfig},
	} {
		tries := f.Device("r1").Counters().Tries
		_, err := reader.Fetch(t.Context(), c.to)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if tried := f.Device("r1").Counters().Tries > tries; tried != (c.want == nil) {
			t.Errorf("%s: the device was shown a credential: %v", c.name, tried)
		}
	}
	w, err := all.Writer(s.Style, s.Session, f.Logins())
	must(t, err)
	p, err := w.Apply(t.Context(), through(f.WriteTarget("r1"), f.WriteTarget("j1")), s.edit, write.Hold{For: time.Minute, Tx: "plb-jump"})
	must(t, err)
	must(t, p.Keep(t.Context()))
}

// A key that an agent holds is used as any other; without the agent nothing is tried.
func TestAgent(t *testing.T) {
	s, f := away(t)
	l, err := f.Logins()(t.Context(), "read")
	must(t, err)
	key, err := xssh.ParseRawPrivateKey(l.PrivateKey)
	must(t, err)
	ring := agent.NewKeyring()
	must(t, ring.Add(agent.AddedKey{PrivateKey: key}))
	socket := filepath.Join(t.TempDir(), "agent")
	listen, err := net.Listen("unix", socket)
	must(t, err)
	defer listen.Close()
	go func() {
		for {
			c, err := listen.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, c); c.Close() }()
		}
	}()
	for name, want := range map[string]error{socket: nil, socket + "-none": drivers.ErrConfig} {
		r := ssh.New(s.Session, func(context.Context, string) (drivers.Login, error) {
			return drivers.Login{User: l.User, Agent: name}, nil
		}, ssh.Options{Timeout: 10 * time.Second})
		if _, err := r.Fetch(t.Context(), f.Target("r1")); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}
