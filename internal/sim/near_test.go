package sim_test

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"
	"testing"

	"plumbline/drivers/all"
	"plumbline/internal/golden"
	"plumbline/internal/health"
	"plumbline/internal/sim"
	"plumbline/render"
	"plumbline/templates"
)

// TestNeighbours holds the law for devices of all vendors: which neighbours a device
// tells in OSPF, OSPFv3 and IS-IS follows from what both ends hold, read as health reads it. In
// each case the far end is as it is, then its port is shut, then it is passive.
func TestNeighbours(t *testing.T) {
	golden.Run(t, "testdata/near/*.txtar", func(t *testing.T, files fs.FS) []byte {
		p, ds := render.Read(templates.FS, path.Base(t.Name()))
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		text := func(name string) string {
			b, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		var out strings.Builder
		for _, far := range []string{"right", "shut", "passive"} {
			fmt.Fprintf(&out, "== %s\n", far)
			device := func(n, file string) sim.Device {
				return sim.Device{Name: n, Platform: p.Name, Driver: p.Driver, Session: p.Session, Dialect: p.Dialect, Running: []byte(text(file)), Host: hostOf(t, files, file)}
			}
			f, err := sim.Start(t.Context(), []sim.Device{device("a", "left"), device("b", far)}, sim.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Stop()
			r, err := all.Reader(p.Driver, p.Session, f.Logins())
			if err != nil {
				t.Fatal(err)
			}
			if c, is := r.(io.Closer); is {
				defer c.Close()
			}
			for ask, v := range p.Health {
				if !strings.HasPrefix(v.Name, "ospf") && !strings.HasPrefix(v.Name, "isis") {
					delete(p.Health, ask)
				}
			}
			facts, err := r.Probe(t.Context(), f.Target("a"), slices.Sorted(maps.Keys(p.Health))...)
			if err != nil {
				t.Fatal(err)
			}
			for _, fact := range facts {
				have, err := health.Shape(p.Health[fact.Ask]).Read([]byte(fact.Text))
				if err != nil || fact.Err != nil {
					t.Fatal(fact.Ask, err, fact.Err)
				}
				for _, name := range slices.Sorted(maps.Keys(have)) {
					fmt.Fprintf(&out, "%s: %v\n", name, have[name].Up)
				}
			}
		}
		return []byte(out.String())
	})
}

// hostOf gives what the host of a device has, where a case says it: lines "eth1 10.0.0.0/31".
func hostOf(t *testing.T, files fs.FS, device string) (out []sim.Port) {
	t.Helper()
	b, err := fs.ReadFile(files, device+".host")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(b)) {
		name, nets, _ := strings.Cut(strings.TrimSpace(line), " ")
		p := sim.Port{Name: name}
		for _, n := range strings.Fields(nets) {
			p.Nets = append(p.Nets, netip.MustParsePrefix(n))
		}
		out = append(out, p)
	}
	return out
}
