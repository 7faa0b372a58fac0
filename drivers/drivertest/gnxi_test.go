package drivertest_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/drivertest"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/write"
	"plumbline/drivers/write/request"
	"plumbline/internal/lab"
	"plumbline/internal/sim"
)

// holds is what the target starts with: configuration, and beside it what is none.
const holds = `{"openconfig-interfaces:interfaces": {"interface": [
  {"name": "eth0", "config": {"name": "eth0", "mtu": 1500, "description": "uplink"}, "state": {"oper-status": "UP"}},
  {"name": "eth1", "config": {"name": "eth1", "enabled": false}}]},
 "openconfig-system:system": {"config": {"hostname": "r1", "login-banner": "a\nb"}}}`

// theirs is how a target of google/gnxi is read: it has no Get of configuration alone and no
// Subscribe, so state is told apart by its name.
var theirs = drivers.Models{Encoding: "json_ietf", Paths: []string{"/"}, State: "state", Least: time.Second, Most: time.Hour,
	Read:   map[string]string{"mtu": "/interfaces/interface[name=eth0]/config/mtu", "up": "/interfaces/interface[name=eth0]/state/oper-status", "none": "/no/such"},
	Leaves: map[string]drivers.Leaf{"/interfaces/interface/config/mtu": {Kind: "number"}}}

// gnxi starts the target, behind TLS and a password, and gives what it is spoken to by.
func gnxi(t *testing.T, password string) (drivers.Target, drivers.Logins) {
	t.Helper()
	lab.Need(t, "gnxi")
	pair, pin, err := sim.Certificate(time.Now().Add(time.Hour))
	must(t, err)
	dir := t.TempDir()
	at := func(name string, text []byte) string {
		name = filepath.Join(dir, name)
		must(t, os.WriteFile(name, text, 0o600))
		return name
	}
	cert, config := at("pair.pem", pair), at("holds.json", []byte(holds))
	addr := lab.Port(t) // it opens its own
	cmd := exec.CommandContext(t.Context(), "gnmi_target", "-bind_address", addr.String(), "-config", config, "-logtostderr",
		"-cert", cert, "-key", cert, "-ca", cert, "-insecure", "-username", "reader", "-password", "right")
	log := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = log, log
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("it says:\n%s", log)
		}
	})
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr.String()); err == nil {
			must(t, c.Close())
			break
		} else if time.Since(began) > 20*time.Second {
			t.Fatal(err)
		}
	}
	return drivers.Target{Name: "r1", Address: addr, Secret: "read", Pins: []string{pin}},
		func(context.Context, string) (drivers.Login, error) {
			return drivers.Login{User: "reader", Password: password}, nil
		}
}

// A target that others wrote, on a schema that others compiled, is held to the laws of readers.
func TestGnxi(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Rig {
		to, logins := gnxi(t, "right")
		return drivertest.Rig{Reader: gnmi.New(drivers.Session{Models: theirs}, logins, gnmi.Options{Timeout: 10 * time.Second}), Target: to}
	})
	to, logins := gnxi(t, "right")
	r := gnmi.New(drivers.Session{Models: theirs}, logins, gnmi.Options{Timeout: 10 * time.Second})
	live, err := r.Fetch(t.Context(), to)
	must(t, err)
	const want = `{"interfaces":{"interface":[{"config":{"description":"uplink","mtu":1500,"name":"eth0"},"name":"eth0"},{"config":{"enabled":false,"name":"eth1"},"name":"eth1"}]},"system":{"config":{"hostname":"r1","login-banner":"a\nb"}}}`
	if got := strings.NewReplacer("\n", "", " ", "").Replace(string(live.Text)); got != want {
		t.Errorf("it was read as\n%s\nwant\n%s", got, want)
	}
	facts, err := r.Probe(t.Context(), to, "mtu", "up", "none")
	must(t, err)
	if !strings.Contains(facts[0].Text, `"mtu": 1500`) || !strings.Contains(facts[1].Text, `"oper-status": "UP"`) || !errors.Is(facts[2].Err, drivers.ErrConfig) {
		t.Error(facts)
	}
	says, err := r.Tells(t.Context(), to, true)
	if text := strings.Join(says, "\n"); err != nil || text != `it says: gNMI "0.8.0", encodings json json_ietf, 4 models` {
		t.Error(text, err)
	}
}

// Nobody is told a credential who is not proved, and who takes it for wrong is told apart. This target
// repeats it when it refuses.
func TestGnxiRefuses(t *testing.T) {
	to, logins := gnxi(t, "wrong")
	r := gnmi.New(drivers.Session{Models: theirs}, logins, gnmi.Options{Timeout: 10 * time.Second})
	if _, err := r.Fetch(t.Context(), to); !errors.Is(err, drivers.ErrAuth) || strings.Contains(err.Error(), "wrong") {
		t.Error(err)
	}
	_, to.Pins[0], _ = sim.Certificate(time.Now().Add(time.Hour))
	if _, err := r.Fetch(t.Context(), to); !errors.Is(err, drivers.ErrHostKey) {
		t.Error(err)
	}
}

// A target that was built before the commit extension passes over it, and would keep for good what
// it is to try: nothing is set there.
func TestGnxiHasNoClock(t *testing.T) {
	to, logins := gnxi(t, "right")
	r := gnmi.New(drivers.Session{Models: theirs}, logins, gnmi.Options{Timeout: 10 * time.Second})
	before, err := r.Fetch(t.Context(), to)
	must(t, err)
	w := request.New(drivers.Session{Models: theirs}, logins, 10*time.Second)
	const mtu = "update /interfaces/interface[name=eth0]/config/mtu "
	e := drivers.Edit{Do: []byte(mtu + "9000\n"), Undo: []byte(mtu + "1500\n")}
	_, err = w.Apply(t.Context(), to, e, write.Hold{For: time.Minute, Tx: "plb-test", Before: func(string) error { return nil }})
	if !errors.Is(err, write.ErrNoTimer) || !strings.Contains(err.Error(), "passes over the commit extension") {
		t.Error(err)
	}
	if s, p, err := w.Resume(t.Context(), to, "plb-test"); !errors.Is(err, write.ErrNoTimer) || p != nil {
		t.Error(s, err)
	}
	after, err := r.Fetch(t.Context(), to)
	must(t, err)
	if !bytes.Equal(before.Text, after.Text) {
		t.Errorf("it holds\n%s\nbefore\n%s", after.Text, before.Text)
	}
}
