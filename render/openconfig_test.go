//go:build openconfig

package render_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/drivers/write"
	"plumbline/drivers/write/all"
	"plumbline/internal/replay"
	"plumbline/render"
	"plumbline/templates"
)

// TestSchema holds that what random networks come to in OpenConfig is what the models allow: each
// device is set by one request on a target that holds the structs made of them (tools/openconfig),
// where the schema, its references included, is checked at every request. It then holds what was
// wanted, a second run sends nothing, and the way back leads back.
func TestSchema(t *testing.T) {
	t.Parallel()
	const name = "openconfig"
	p, ds := render.Read(templates.FS, name)
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	base, err := os.ReadFile("../templates/" + name + "/testdata/holds")
	if err != nil {
		t.Fatal(err)
	}
	at := drivers.Target{Name: "r1", Address: schema(t)}
	for _, v := range vendors(t) {
		if v.platform != name {
			continue
		}
		cs, ds := render.All(crowd(t, v, throws(t)), templates.FS)
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		lines, devices := 0, 0
		for _, c := range cs {
			if loose := replay.New(p.Dialect, c.Text).Loose(); len(loose) > 0 {
				t.Logf("%s: a group that it leaves out had %v", c.Device, loose)
				continue
			}
			lines, devices = lines+set(t, p, c, base, gnmi.New(p.Session, anybody, gnmi.Options{}), anybody, at, at), devices+1
			if t.Failed() {
				return
			}
		}
		t.Logf("figure: %d networks, %d of %d devices, %d lines, all of them as the models allow; 0 operations the second time", throws(t), devices, len(cs), lines)
		if devices < len(cs)*9/10 {
			t.Errorf("%d of %d devices were set", devices, len(cs))
		}
	}
}

// A value that the models do not have, and a reference to nothing, are refused: both targets judge.
func TestSchemaJudges(t *testing.T) {
	p, ds := render.Read(templates.FS, "openconfig")
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	for who, at := range map[string]drivers.Target{"ours": {Name: "r1", Address: schema(t)}, "not ours": partner(t)} {
		p.Session.Models.Scalar = who == "not ours"
		writer, err := all.Writer(p.Style, p.Session, anybody)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range []string{
			"/system/config/hostname r_1!",
			"/interfaces/interface[name=Ethernet1]/config/type noSuchType",
			"/interfaces/interface[name=Ethernet1]/config/mtu 70000",
			"/network-instances/network-instance[name=DEFAULT]/interfaces/interface[id=a]/config/interface Ethernet99",
		} {
			e := drivers.Edit{Do: []byte("update " + line + "\n"), Undo: []byte("delete /system/config/hostname\n")}
			if _, err := writer.Apply(t.Context(), at, e, write.Hold{For: time.Minute, Tx: fmt.Sprint("plb-", i)}); !errors.Is(err, write.ErrRefused) {
				t.Errorf("%s: %s: %v", who, line, err)
			}
		}
	}
}

func anybody(context.Context, string) (drivers.Login, error) {
	return drivers.Login{User: "any", Password: "any"}, nil
}

// schema starts the target that PLUMBLINE_OPENCONFIG names, and tells where it is.
func schema(t *testing.T) netip.AddrPort {
	t.Helper()
	return started(t, "PLUMBLINE_OPENCONFIG", "mgmt0")
}

// started starts the target that a variable names on a socket of this machine, and tells where it is.
func started(t *testing.T, variable string, args ...string) netip.AddrPort {
	t.Helper()
	file := os.Getenv(variable)
	if file == "" {
		t.Fatal(variable + " names no target: eval \"$(.ci/openconfig build)\"")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // the target has it
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	cmd := exec.CommandContext(t.Context(), file, args...)
	cmd.Stderr, cmd.ExtraFiles = os.Stderr, []*os.File{socket}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}
