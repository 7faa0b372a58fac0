package sim

import (
	"strings"
	"testing"

	"plumbline/render"
	"plumbline/templates"
)

// router is one device of FRR, named r0.
func router(t *testing.T) (*Box, render.Platform) {
	t.Helper()
	p, ds := render.Read(templates.FS, "frr")
	if ds.Failed() {
		t.Fatal(ds)
	}
	f, err := Start(t.Context(), []Device{{Name: "r0", Platform: "frr", Session: p.Session, Dialect: p.Dialect, Running: []byte("hostname r0\n")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Stop)
	return f.Device("r0"), p
}

// TestWriteMemory holds that saving is what the device says, that only the write user may,
// and that a device which cannot says so.
func TestWriteMemory(t *testing.T) {
	b, p := router(t)
	if err := b.Type("ip route 10.0.0.0/8 Null0"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		user, fault, says string
		saved             bool
	}{
		{"reader", "", "% Unknown command", false},
		{WriteUser, "save-fails", "% Can't open", false},
		{WriteUser, "", p.Session.Saved, true},
	} {
		if c.fault != "" {
			if err := b.SetFaults(Fault{Kind: c.fault}); err != nil {
				t.Fatal(err)
			}
		}
		out, err := (&shell{b: b, user: c.user, host: "r0"}).do("write memory")
		if saved := strings.Contains(string(b.Startup()), "Null0"); err != nil || saved != c.saved || !strings.Contains(out, c.says) {
			t.Errorf("%+v: saved %v, says %q, %v", c, saved, out, err)
		}
		if err := b.SetFaults(); err != nil {
			t.Fatal(err)
		}
	}
}
