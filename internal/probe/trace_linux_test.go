package probe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/internal/lab"
)

// wires makes a host, two routers and a server, with the networks 10.9.0, 10.9.1 and 10.9.2 between
// them; the host is the network that the script runs in, and all of it goes with the script.
const wires = `set -e
for n in r1 r2 srv; do
  unshare -n sleep 300 >/dev/null 2>&1 &
  eval "$n=$!"
done
trap 'kill $r1 $r2 $srv' EXIT
for p in $r1 $r2 $srv; do
  while [ "$(readlink /proc/$p/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.1; done
done
at() { p=$1; shift; nsenter -t $p -n "$@"; }
up() { at $2 ip link set $1 up; at $2 ip address add $3 dev $1; }
wire() { # NAME PROCESS ADDRESS NAME PROCESS ADDRESS
  ip link add $1 type veth peer name $4
  ip link set $1 netns $2; ip link set $4 netns $5
  up $1 $2 $3; up $4 $5 $6
}
wire w0 $$ 10.9.0.1/24 w1 $r1 10.9.0.2/24
wire w2 $r1 10.9.1.1/24 w3 $r2 10.9.1.2/24
wire w4 $r2 10.9.2.1/24 w5 $srv 10.9.2.2/24
for p in $$ $r1 $r2 $srv; do at $p ip link set lo up; at $p sysctl -qw net.ipv4.ip_forward=1; done
ip route add 10.9.0.0/16 via 10.9.0.2
at $r1 ip route add 10.9.2.0/24 via 10.9.1.2
at $r2 ip route add 10.9.0.0/24 via 10.9.1.1
at $srv ip route add 10.9.0.0/16 via 10.9.2.1
export R2=$r2 SRV=$srv
"$0" -test.run '^TestTrace$' -test.v
`

// TestTrace holds what a trace tells over real kernels: how long a path is and who is on it, for
// somebody without rights; a hop that hides behind no answer; an end that nobody reaches.
func TestTrace(t *testing.T) {
	if os.Getenv("PROBE_TEST_TRACE") == "" {
		lab.Need(t, "time")
		lab.Need(t, "root", "netns", "veth")
		c := exec.Command("unshare", "-n", "sh", "-c", wires, os.Args[0])
		c.Env = append(os.Environ(), "PROBE_TEST_TRACE=inside")
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestTrace") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	srv, r2 := netip.MustParseAddr("10.9.2.2"), netip.MustParseAddr("10.9.1.2")
	asks := func(what string, p Probe, want string) {
		t.Helper()
		var err error
		for range tries { // kernels answer so many errors in a second, and no more
			if err = p.once(t.Context()); fmt.Sprint(err) == want || want != "<nil>" && err != nil && strings.Contains(err.Error(), want) {
				return
			}
			time.Sleep(settle)
		}
		t.Errorf("%s: %v, want %s", what, err, want)
	}
	in := func(pid string, argv ...string) {
		t.Helper()
		if out, err := exec.Command("nsenter", append([]string{"-t", os.Getenv(pid), "-n"}, argv...)...).CombinedOutput(); err != nil {
			t.Fatal(err, string(out))
		}
	}
	in("R2", "sysctl", "-qw", "net.ipv4.icmp_ratemask=0")
	in("SRV", "sysctl", "-qw", "net.ipv4.icmp_ratemask=0")
	asks("as declared", Probe{Trace: srv, Hops: 3, Via: r2}, "<nil>")
	asks("its number alone", Probe{Trace: srv, Hops: 3}, "<nil>")
	asks("a hop alone", Probe{Trace: srv, Via: netip.MustParseAddr("10.9.0.2")}, "<nil>")
	asks("the far end as hop", Probe{Trace: srv, Via: srv}, "<nil>")
	asks("this machine", Probe{Trace: netip.MustParseAddr("10.9.0.1"), Hops: 1}, "<nil>")
	asks("fewer hops", Probe{Trace: srv, Hops: 2}, "it answers behind 3 hops, and 2 are declared: 1 10.9.0.2, 2 10.9.1.2, 3 10.9.2.2")
	asks("more hops", Probe{Trace: srv, Hops: 4}, "it answers behind 3 hops, and 4 are declared")
	asks("another hop", Probe{Trace: srv, Via: netip.MustParseAddr("10.9.1.1")}, "10.9.1.1 is not on its path: 1 10.9.0.2, 2 10.9.1.2, 3 10.9.2.2")
	asks("nobody", Probe{Trace: netip.MustParseAddr("10.9.2.9"), Hops: 3}, "does not answer behind 3 hops")
	asks("no way there", Probe{Trace: netip.MustParseAddr("192.0.2.1"), Hops: 3}, "network is unreachable")
	in("R2", "ip", "route", "add", "prohibit", "10.9.2.2/32")
	asks("who is kept away", Probe{Trace: srv, Hops: 3}, "10.9.1.2 (unreachable, code 13)")
}

// TestTraceAlone: a trace needs no rights.
func TestTraceAlone(t *testing.T) {
	here := netip.MustParseAddr("127.0.0.1")
	if err := (Probe{Trace: here, Hops: 1}).once(t.Context()); err != nil {
		t.Error(err)
	}
	if err := (Probe{Trace: here, Hops: 2}).once(t.Context()); err == nil || errors.Is(err, ErrCannot) {
		t.Error(err)
	}
}

func extended(family uint16, origin, kind, code byte, addr string) []byte {
	a := netip.MustParseAddr(addr)
	b := make([]byte, 16)
	b[4], b[5], b[6] = origin, kind, code
	b = binary.NativeEndian.AppendUint16(b, family)
	if b = append(b, 0, 0); a.Is6() {
		b = append(b, 0, 0, 0, 0)
	}
	return append(b, a.AsSlice()...)
}

func TestOffence(t *testing.T) {
	for _, c := range []struct {
		six  bool
		b    []byte
		want string
	}{
		{false, extended(syscall.AF_INET, 2, 11, 0, "192.0.2.1"), "{192.0.2.1 false } true"},
		{false, extended(syscall.AF_INET, 2, 3, 3, "192.0.2.1"), "{192.0.2.1 true } true"},
		{false, extended(syscall.AF_INET, 2, 3, 13, "192.0.2.1"), "{192.0.2.1 true unreachable, code 13} true"},
		{false, extended(syscall.AF_INET, 2, 3, 4, "192.0.2.1"), "{192.0.2.1 false } false"},
		{false, extended(syscall.AF_INET, 1, 11, 0, "192.0.2.1"), "{invalid IP false } false"}, // of this machine, and not of ICMP
		{false, extended(syscall.AF_INET6, 2, 11, 0, "192.0.2.1"), "{invalid IP false } false"},
		{true, extended(syscall.AF_INET6, 3, 3, 0, "2001:db8::1"), "{2001:db8::1 false } true"},
		{true, extended(syscall.AF_INET6, 3, 1, 4, "2001:db8::1"), "{2001:db8::1 true } true"},
		{true, extended(syscall.AF_INET6, 3, 1, 0, "2001:db8::1"), "{2001:db8::1 true unreachable, code 0} true"},
		{true, extended(syscall.AF_INET6, 3, 1, 0, "2001:db8::1")[:39], "{invalid IP false } false"},
		{true, nil, "{invalid IP false } false"},
	} {
		h, ok := offence(c.six, c.b)
		if have := fmt.Sprintf("{%v %v %v} %v", h.from, h.end, h.why, ok); have != c.want {
			t.Errorf("%x: %s, want %s", c.b, have, c.want)
		}
	}
}

// FuzzOffence: whatever the kernel hands on, no byte of it is taken for a hop that did not answer.
func FuzzOffence(f *testing.F) {
	f.Add(1, false, extended(syscall.AF_INET, 2, 11, 0, "192.0.2.1"))
	f.Add(30, true, extended(syscall.AF_INET6, 3, 1, 4, "2001:db8::1"))
	f.Fuzz(func(t *testing.T, n int, six bool, b []byte) {
		way := path{}
		if h, ok := answer(six, b); ok {
			way[n] = h
		}
		if h, ok := offence(six, b); ok {
			if !h.from.IsValid() || !six && !h.from.Is4() {
				t.Error(h)
			}
			way[1] = h
		}
		_ = way.String()
		_ = Probe{Hops: 3}.holds(way)
	})
}
