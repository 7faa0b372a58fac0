package lab_test

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/ssh"
	"plumbline/intent"
	"plumbline/internal/lab"
	"plumbline/internal/network"
	"plumbline/internal/strict"
	"plumbline/internal/tree"
	"plumbline/inventory"
	"plumbline/render"
	"plumbline/templates"
)

// compiled gives the example as facts and as configurations.
func compiled(t *testing.T) (*network.Network, []tree.Config) {
	t.Helper()
	files, src := os.DirFS("../../examples/two-site"), strict.NewSource()
	inv, ds := inventory.Load(files, src)
	set, more := intent.Load(files, src)
	if ds = append(ds, more...); ds.Failed() {
		t.Fatal(ds.Err())
	}
	net, ds := set.Resolve(inv)
	cs, more := render.All(net, templates.FS)
	if ds = append(ds, more...); ds.Failed() {
		t.Fatal(ds.Err())
	}
	return net, cs
}

// topology wires the routers as the facts say: who shares a subnet shares a wire.
func topology(n *network.Network) (top lab.Topology) {
	at := map[netip.Prefix]int{}
	for _, d := range n.Devices {
		top.Routers = append(top.Routers, d.Name)
		for _, p := range d.Interfaces.Ports {
			if p.Use == "loopback" || len(p.Addrs) == 0 {
				continue
			}
			net := p.Addrs[0].Prefix.Masked()
			i, known := at[net]
			if !known {
				i = len(top.Segments)
				at[net] = i
				top.Segments = append(top.Segments, lab.Segment{Name: net.String()})
			}
			top.Segments[i].Ends = append(top.Segments[i].Ends, lab.End{Router: d.Name, Interface: p.Name})
		}
	}
	return top
}

// TestExample holds the example against real routers: they take what render wrote, the
// driver reads it back over real OpenSSH without a difference, and the backbone converges.
func TestExample(t *testing.T) {
	lab.Need(t, "time")
	lab.Need(t, "root", "netns", "veth", "bridge", "frr", "ssh")
	ctx, stop := context.WithTimeout(t.Context(), 120*time.Second)
	defer stop()
	net, cs := compiled(t)
	l, err := lab.Up(ctx, topology(net))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Down(); err != nil {
			t.Error(err)
		}
	})
	p, ds := render.Read(templates.FS, "frr")
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	r := ssh.New(p.Session, l.Logins(), ssh.Options{Timeout: 20 * time.Second})
	defer r.Close()
	begin := time.Now()
	for _, c := range cs {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, c.Text, 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := l.Apply(ctx, c.Device, file); err != nil {
			t.Errorf("%s refuses the rendered text: %v %s", c.Device, err, out)
		}
		live, err := r.Fetch(ctx, l.Target(c.Device))
		if err != nil {
			t.Errorf("%s: %v", c.Device, err)
			continue
		}
		have, _ := tree.Parse(c.Dialect, live.Text)
		want, _ := tree.Parse(c.Dialect, c.Text)
		expect, _ := tree.Expect(have, want, nil, tree.Options{})
		edits, _, err := tree.Diff(have, expect, tree.Options{})
		if err != nil || len(edits) > 0 {
			t.Errorf("%s shows another text than was sent: %v\n%s", c.Device, err, tree.Script(c.Dialect, edits))
		}
	}
	for _, d := range net.Devices {
		for _, nb := range d.BGP.Neighbors {
			if nb.Relation != "internal" || nb.Is6() {
				continue
			}
			up := func() bool {
				out, _ := l.Show(ctx, d.Name, "show bgp neighbor "+nb.Addr.String())
				return strings.Contains(out, "BGP state = Established")
			}
			for !up() {
				if time.Since(begin) > 80*time.Second {
					t.Fatalf("%s: the session with %s is not established after 80 s", d.Name, nb.Addr)
				}
				time.Sleep(200 * time.Millisecond)
			}
		}
	}
	t.Logf("%d routers hold the example, and all their internal sessions stand after %v", len(cs), time.Since(begin))
}
