//go:build live

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/internal/golden"
	"plumbline/internal/lab"
	"plumbline/internal/repo"
)

var drainDevices = []string{"edge1-ams", "edge1-fra", "edge1-lon", "ns1-ams", "ns1-fra", "ns1-lon"}

// drainTopology is the cables of the example anycast, a provider at all three sites, and a
// client behind it.
func drainTopology(script string) lab.Topology {
	top := lab.Topology{Routers: append(slices.Clone(drainDevices), "world"), Hosts: []string{"client"}, Write: func(pathspace, dir string) string {
		return fmt.Sprintf("%s -d %s -n %s write", script, dir, pathspace)
	}}
	for _, w := range []string{
		"edge1-ams eth1 edge1-fra eth1", "edge1-ams eth2 edge1-lon eth2", "edge1-fra eth2 edge1-lon eth1",
		"edge1-ams eth5 ns1-ams eth1", "edge1-fra eth5 ns1-fra eth1", "edge1-lon eth5 ns1-lon eth1",
		"edge1-ams eth6 world eth1", "edge1-fra eth6 world eth2", "edge1-lon eth6 world eth3", "client eth0 world eth0",
	} {
		f := strings.Fields(w)
		top.Segments = append(top.Segments, lab.Segment{Name: w, Ends: []lab.End{{Router: f[0], Interface: f[1]}, {Router: f[2], Interface: f[3]}}})
	}
	return top
}

// world is a provider that honours GRACEFUL_SHUTDOWN (RFC 8326) and takes one path only.
const world = `interface eth0
 ip address 198.18.7.1/24
interface eth1
 ip address 192.0.2.129/31
interface eth2
 ip address 192.0.2.131/31
interface eth3
 ip address 192.0.2.133/31
bgp community-list standard LEAVING seq 5 permit graceful-shutdown
route-map IN permit 10
 match community LEAVING
 set local-preference 0
route-map IN permit 20
router bgp 64500
 bgp router-id 192.0.2.129
 no bgp ebgp-requires-policy
 no bgp network import-check
 bgp bestpath compare-routerid
 neighbor 192.0.2.128 remote-as 64496
 neighbor 192.0.2.128 ttl-security hops 1
 neighbor 192.0.2.128 local-role provider
 neighbor 192.0.2.130 remote-as 64496
 neighbor 192.0.2.130 ttl-security hops 1
 neighbor 192.0.2.130 local-role provider
 neighbor 192.0.2.132 remote-as 64496
 neighbor 192.0.2.132 ttl-security hops 1
 neighbor 192.0.2.132 local-role provider
 address-family ipv4 unicast
  network 198.18.7.0/24
  maximum-paths 1
  neighbor 192.0.2.128 route-map IN in
  neighbor 192.0.2.130 route-map IN in
  neighbor 192.0.2.132 route-map IN in
`

// TestLiveDrain drains a site of an anycast service while a client asks it, and counts what
// is not answered.
func TestLiveDrain(t *testing.T) {
	lab.Need(t, "time")
	golden.Run(t, "testdata/live/drain/*.txtar", func(t *testing.T, files fs.FS) []byte {
		begin := time.Now()
		over, _ := laid(t, files, "")
		v := raise(t, "anycast", over, drainTopology)
		v.load("world", world)
		v.in("client", "ip", "addr", "add", "198.18.7.7/24", "dev", "eth0")
		v.in("client", "ip", "route", "add", "default", "via", "198.18.7.1")
		v.do(v.commit)
		v.pushes()
		v.stand(drainDevices, 15)
		for _, name := range drainDevices[3:] {
			v.answers(name, "203.0.113.53:53")
		}
		v.until("the provider knows the service from three sites", func() bool {
			out, err := v.lab.Show(t.Context(), "world", "show bgp ipv4 unicast 203.0.113.0/24")
			v.must(err)
			return strings.Contains(out, "(3 available")
		})
		v.until("the client is answered", func() bool { // the kernels learn the routes after BGP
			one := &streams{v: v}
			one.asks("client", "203.0.113.53:53", 10, 20*time.Millisecond)
			return one.wait()[0].Lost == 0
		})
		var out bytes.Buffer
		v.drain(&out)
		t.Logf("figure: three sites were built, one drained, and all taken down in %.1f s", time.Since(begin).Seconds())
		return out.Bytes()
	})
}

// drain changes the word of one site, and pushes it while the client asks.
func (v *live) drain(out *bytes.Buffer) {
	v.t.Helper()
	const count, interval = 10000, 2 * time.Millisecond
	one := &streams{v: v}
	one.asks("client", "203.0.113.53:53", 50, 20*time.Millisecond)
	before := one.wait()[0]
	fmt.Fprintf(out, "before: %d of %d lost, answered by %v\n", before.Lost, before.Sent, before.Answered)
	v.rewrites("intent/anycast/resolver.yaml", "ams: serving", "ams: draining")
	_, err := v.keep(v.plumb(ok, "diff", "--out", v.path("plan.json")))
	v.must(err)
	v.do(v.approve)
	v.do(v.merge)

	during := &streams{v: v}
	during.asks("client", "203.0.113.53:53", count, interval)
	time.Sleep(time.Second)
	v.plumb(ok, "push", "--plan", v.plan)
	done := time.Now()
	s := during.wait()[0]
	left := s.at(s.Last["ns1-ams"])
	v.t.Logf("figure: %d of %d requests lost while a site was drained; it answered %d and the next one %d, its last one %+.1f s from the end of the push",
		s.Lost, s.Sent, s.Answered["ns1-ams"], s.Answered["ns1-fra"], left.Sub(done).Seconds())
	if s.at(s.Sent).Before(done) {
		v.t.Errorf("the push took longer than the client asked")
	}
	if s.Lost > 0 || s.Answered["ns1-ams"] == 0 || s.Answered["ns1-ams"]+s.Answered["ns1-fra"] != count || left.Sub(done) > 5*time.Second { // FRR looks at a changed route-map after five seconds
		v.t.Errorf("%+v, %v after the push", s, left.Sub(done))
	}
	fmt.Fprintf(out, "while ams is drained: %d of %d lost, first answered by ns1-ams, then by ns1-fra\n", s.Lost, s.Sent)
	one = &streams{v: v}
	one.asks("client", "203.0.113.53:53", 50, 20*time.Millisecond)
	after := one.wait()[0]
	fmt.Fprintf(out, "after: %d of %d lost, answered by %v\n", after.Lost, after.Sent, after.Answered)
}

// rewrites changes one word of a file of the project, on a branch of its own.
func (v *live) rewrites(name, from, to string) {
	v.t.Helper()
	text, err := os.ReadFile(v.path("network", name))
	v.must(err)
	if bytes.Count(text, []byte(from)) != 1 {
		v.t.Fatalf("%s does not say %q once", name, from)
	}
	text = bytes.Replace(text, []byte(from), []byte(to), 1)
	v.must(writeFile(v.path("network", name), text, 0o644))
	tip, err := v.repo.Branch("main")
	v.must(err)
	v.must(v.repo.Point("change", tip))
	_, err = v.repo.Commit("change", repo.Author{Person: demoCarol, When: demoDay()}, "Another word", map[string][]byte{name: text})
	v.must(err)
}
