//go:build openconfig

package render_test

import (
	"bufio"
	"context"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"plumbline/drivers"
	"plumbline/drivers/gnmi"
	"plumbline/internal/replay"
	"plumbline/render"
	"plumbline/templates"
)

// TestSchema holds that what random networks come to in OpenConfig is what the models allow: each
// device is set by one request on a target that holds the structs made of them (tools/openconfig),
// where the schema, its references included, is checked at every request. It then holds what was
// wanted, a second run sends nothing, and the way back leads back.
func TestSchema(t *testing.T) {
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
	logins := func(context.Context, string) (drivers.Login, error) {
		return drivers.Login{User: "any", Password: "any"}, nil
	}
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
			lines, devices = lines+set(t, p, c, base, gnmi.New(p.Session, logins, gnmi.Options{}), logins, at, at), devices+1
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

// schema starts the target that PLUMBLINE_OPENCONFIG names, and tells where it is.
func schema(t *testing.T) netip.AddrPort {
	t.Helper()
	file := os.Getenv("PLUMBLINE_OPENCONFIG")
	if file == "" {
		t.Fatal("PLUMBLINE_OPENCONFIG names no target: eval \"$(.ci/openconfig build)\"")
	}
	cmd := exec.CommandContext(t.Context(), file, "mgmt0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the target does not start: ", err)
	}
	at, err := netip.ParseAddrPort(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return at
}
