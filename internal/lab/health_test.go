package lab_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/ssh"
	"plumbline/internal/health"
	"plumbline/internal/lab"
	"plumbline/render"
	"plumbline/templates"
)

// speaks is a router that looks for neighbours on two wires, in all protocols.
const speaks = `frr defaults traditional
ip route 0.0.0.0/0 10.0.0.%[2]d
interface lo
 ip address 9.9.9.%[1]d/32
exit
interface eth0
 ip address 10.0.0.%[1]d/30
 ipv6 address 2001:db8::%[1]d/64
 ip ospf area 0
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 4
 ipv6 ospf6 area 0.0.0.0
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 dead-interval 4
 ip router isis x
 isis hello-interval 1
exit
interface eth1
 ip address 10.0.1.%[1]d/30
 ip router isis x
 isis network point-to-point
 isis hello-interval 1
exit
router ospf
 ospf router-id 1.1.1.%[1]d
exit
router ospf6
 ospf6 router-id 1.1.1.%[1]d
exit
router isis x
 net 49.0001.0000.0000.000%[1]d.00
exit
router bgp 6500%[1]d
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.0.0.%[2]d remote-as 6500%[2]d
 neighbor 10.0.0.%[2]d timers connect 1
 address-family ipv4 unicast
  network 198.51.%[1]d.0/24
 exit-address-family
exit
`

// TestHealth holds that real FRR is asked for all that its health is judged by, over real
// OpenSSH: before anything is set up, with sessions that stand, with a wire that is cut, and
// where no daemon of a protocol runs.
func TestHealth(t *testing.T) {
	lab.Need(t, "time")
	lab.Need(t, "root", "netns", "veth", "frr", "ssh")
	ctx, stop := context.WithTimeout(t.Context(), 180*time.Second)
	defer stop()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	wire := func(name string) lab.Segment {
		return lab.Segment{Name: name, Ends: []lab.End{{Router: "r1", Interface: name}, {Router: "r2", Interface: name}}}
	}
	l, err := lab.Up(ctx, lab.Topology{Routers: []string{"r1", "r2"}, Segments: []lab.Segment{wire("eth0"), wire("eth1")}})
	must(err)
	t.Cleanup(func() { must(l.Down()) })
	p, ds := render.Read(templates.FS, "frr")
	must(ds.Err())
	wait := func(when, want string) {
		t.Helper()
		have, begin := "", time.Now()
		for have != want {
			if time.Since(begin) > 60*time.Second {
				t.Fatalf("%s: r1 tells\n%s\nwant\n%s", when, have, want)
			}
			time.Sleep(200 * time.Millisecond)
			have = told(ctx, l, p)
		}
		t.Logf("%s: told after %.1f s", when, time.Since(begin).Seconds())
	}
	const ports = "interface eth0: true\ninterface eth1: true\ninterface lo: true\n"
	wait("as it was installed", ports)
	for i, name := range []string{"r1", "r2"} {
		file := filepath.Join(t.TempDir(), name)
		must(os.WriteFile(file, fmt.Appendf(nil, speaks, i+1, 2-i), 0o644))
		out, err := l.Apply(ctx, name, file)
		must(errors.Join(err, refused(out)))
	}
	wait("all protocols", "bgp default 10.0.0.2: true, advertised ipv4Unicast 2, received ipv4Unicast 1\n"+ports+"isis r2 eth0: true\nisis r2 eth1: true\nospf 1.1.1.2 eth0:10.0.0.1: true\nospf6 1.1.1.2 eth0: true\nroute default 0.0.0.0/0: true\nroute default 9.9.9.1/32: true\n")
	_, err = l.In(ctx, "r2", "ip", "link", "set", "eth0", "down")
	must(err)
	wait("a wire that is cut", strings.Replace("bgp default 10.0.0.2: false, advertised ipv4Unicast 0, received ipv4Unicast 0\n"+ports+"isis r2 eth1: true\nroute default 9.9.9.1/32: true\n", "eth0: true", "eth0: false", 1))
	for _, d := range []string{"isisd", "ospfd", "ospf6d", "bgpd"} {
		must(l.Stop("r1", d))
	}
	wait("without their daemons", strings.Replace(ports+"route default 9.9.9.1/32: true\n", "eth0: true", "eth0: false", 1))
}

// refused is an error where a router did not take a line.
func refused(out string) error {
	if strings.Contains(out, "line ") {
		return errors.New(out)
	}
	return nil
}

// told is what health reads from r1, or what it could not read.
func told(ctx context.Context, l *lab.Lab, p render.Platform) string {
	r := ssh.New(p.Session, l.Logins(), ssh.Options{Timeout: 20 * time.Second})
	defer r.Close()
	facts, err := r.Probe(ctx, l.Target("r1"), slices.Sorted(maps.Keys(p.Health))...)
	if err != nil {
		return err.Error()
	}
	all := health.Vitals{}
	for _, f := range facts {
		v, err := health.Shape(p.Health[f.Ask]).Read([]byte(f.Text))
		if err = errors.Join(f.Err, err); err != nil {
			return f.Ask + ": " + err.Error()
		}
		maps.Copy(all, v)
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&out, "%s: %v", name, all[name].Up)
		for _, c := range slices.Sorted(maps.Keys(all[name].Counts)) {
			fmt.Fprintf(&out, ", %s %d", c, all[name].Counts[c])
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}
