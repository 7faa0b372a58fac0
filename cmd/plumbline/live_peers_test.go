//go:build live

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/internal/golden"
	"plumbline/internal/lab"
)

// sender is somebody who announces: a machine of its own with exabgp.
type sender struct {
	name, port string
	asn        int
	addrs      []string // its own, with their lengths
	meets      []string // whom it has a session with
	file       string   // what is written there is announced
}

// members is who stands around our edge; server is met by way of the route server.
func members() []*sender {
	return []*sender{
		{name: "peer", port: "lan", asn: 3000500, addrs: []string{"11.1.0.77/24", "2a00:f001::77/64"}, meets: []string{"11.1.0.10", "2a00:f001::10", "11.1.0.251"}},
		{name: "liar", port: "lan", asn: 3000600, addrs: []string{"11.1.0.78/24"}, meets: []string{"11.1.0.10"}},
		{name: "server", port: "lan", asn: 3000555, addrs: []string{"11.1.0.80/24"}, meets: []string{"11.1.0.251"}},
		{name: "customer", port: "eth2", asn: 3000800, addrs: []string{"11.0.2.1/31"}, meets: []string{"11.0.2.0"}},
		{name: "transit", port: "eth3", asn: 3000900, addrs: []string{"11.0.2.3/31", "2a00:f000:0:2::1/127"}, meets: []string{"11.0.2.2", "2a00:f000:0:2::"}},
	}
}

const (
	edge     = "edge1-fra"
	server   = "11.1.0.251"
	misled   = "role" // a router whose role is not the one that we take it for
	edgeASN  = 3000001
	serveASN = 3000999
)

func peersTopology(all []*sender) func(string) lab.Topology {
	return func(script string) lab.Topology {
		lan := lab.Segment{Name: "lan", Ends: []lab.End{{Router: edge, Interface: "eth1"}, {Router: misled, Interface: "eth0"}, {Router: "rs", Interface: "eth0"}}}
		top := lab.Topology{Routers: []string{edge, misled}, Hosts: []string{"rs", "cache"}, Modules: []string{"rpki"}, Write: func(pathspace, dir string) string {
			return fmt.Sprintf("%s -d %s -n %s write", script, dir, pathspace)
		}}
		for _, s := range all {
			top.Hosts = append(top.Hosts, s.name)
			if end := (lab.End{Router: s.name, Interface: "eth0"}); s.port == "lan" {
				lan.Ends = append(lan.Ends, end)
			} else {
				top.Segments = append(top.Segments, lab.Segment{Name: s.name, Ends: []lab.End{{Router: edge, Interface: s.port}, end}})
			}
		}
		top.Segments = append(top.Segments, lan, lab.Segment{Name: "cache", Ends: []lab.End{{Router: edge, Interface: "eth4"}, {Router: "cache", Interface: "eth0"}}})
		return top
	}
}

// sessions is how exabgp is told of its neighbours, and of the file that it announces from.
func (s *sender) sessions() string {
	text := fmt.Sprintf("process told {\n\trun /usr/bin/tail -n +1 -f %s;\n\tencoder text;\n}\n", s.file)
	for _, to := range s.meets {
		family, asn := "ipv4", edgeASN
		if strings.Contains(to, ":") {
			family = "ipv6"
		}
		if to == server {
			asn = serveASN
		}
		text += fmt.Sprintf("neighbor %s {\n\trouter-id %s;\n\tlocal-address %s;\n\tlocal-as %d;\n\tpeer-as %d;\n\toutgoing-ttl 255;\n\thold-time 90;\n\tfamily {\n\t\t%s unicast;\n\t}\n\tapi {\n\t\tprocesses [ told ];\n\t}\n}\n",
			to, s.own(false), s.own(family == "ipv6"), s.asn, asn, family)
	}
	return text
}

// own gives its address of a family.
func (s *sender) own(six bool) string {
	for _, a := range s.addrs {
		if p := netip.MustParsePrefix(a); p.Addr().Is6() == six {
			return p.Addr().String()
		}
	}
	return ""
}

// starts gives the sender its addresses and starts exabgp there.
func (s *sender) starts(v *live) {
	v.t.Helper()
	dir := openDir(v.t)
	s.file = filepath.Join(dir, "announce")
	v.must(os.WriteFile(s.file, nil, 0o644))
	conf := filepath.Join(dir, "exabgp.conf")
	v.must(os.WriteFile(conf, []byte(s.sessions()), 0o644))
	for _, a := range s.addrs {
		v.in(s.name, "ip", "addr", "add", a, "dev", "eth0", "nodad")
	}
	v.runs(s.name, "env", "exabgp.api.cli=false", "exabgp.daemon.user=root", "exabgp.tcp.attempts=0", "exabgp", conf)
}

// says has the sender announce.
func (s *sender) says(v *live, lines ...string) {
	v.t.Helper()
	f, err := os.OpenFile(s.file, os.O_APPEND|os.O_WRONLY, 0)
	v.must(err)
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
	v.must(err)
	v.must(f.Close())
}

// runs starts a program that stays until the test ends; what it said is told if it fails.
func (v *live) runs(name string, argv ...string) {
	v.t.Helper()
	c := v.lab.Command(v.t.Context(), name, argv...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	v.must(c.Start())
	v.t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
		if v.t.Failed() {
			v.t.Logf("%s, %s:\n%s", name, argv[0], out.Bytes()[max(0, out.Len()-2000):])
		}
	})
}

// serves starts BIRD as a route server for everybody on the LAN: it stays out of the path
// and leaves next hops alone.
func (v *live) serves(all []*sender) {
	v.t.Helper()
	v.in("rs", "ip", "addr", "add", server+"/24", "dev", "eth0")
	text := "router id " + server + ";\nprotocol device {}\n"
	client := func(name, addr string, asn int, of string) {
		text += fmt.Sprintf("protocol bgp %s {\n local %s as %d;\n neighbor %s as %d;\n rs client;\n connect retry time 2;\n ipv4 { %s };\n}\n", name, server, serveASN, addr, asn, of)
	}
	client("edge", "11.1.0.10", edgeASN, "import none; export all;")
	for _, s := range all {
		for _, to := range s.meets {
			if to == server {
				client(s.name, s.own(false), s.asn, "import all; export none;")
			}
		}
	}
	dir := openDir(v.t)
	v.must(os.WriteFile(filepath.Join(dir, "bird.conf"), []byte(text), 0o644))
	v.runs("rs", "bird", "-f", "-c", filepath.Join(dir, "bird.conf"), "-s", filepath.Join(dir, "bird.ctl"))
}

// TestLivePeers holds our edge, as it is rendered from intent, against neighbours that
// announce what they may and what they may not.
func TestLivePeers(t *testing.T) {
	lab.Need(t, "time")
	lab.Need(t, "exabgp", "bird", "rpki")
	golden.Run(t, "testdata/live/peers/*.txtar", func(t *testing.T, files fs.FS) []byte {
		begin := time.Now()
		over, table := laid(t, files, "announcements")
		known := over["origins"]
		delete(over, "origins")
		all := members()
		v := raise(t, "", over, peersTopology(all))
		// FRR shows an empty block of the module once it has it; who loads it saves that.
		if said, err := v.lab.Show(t.Context(), edge, "write memory"); err != nil || !strings.Contains(said, "onfiguration saved to") {
			t.Fatalf("%v: %s", err, said)
		}
		p := &peers{live: v, all: all}
		p.tellsOrigins(known) // FRR asks a server that does not answer again after ten minutes
		v.do(v.commit)
		v.pushes()
		v.plumb(ok, "diff", "--exit-code")
		v.serves(all)
		v.load(misled, roleOf("provider"))
		for _, s := range all {
			s.starts(v)
		}
		p.listens()
		p.knows(known)
		var out bytes.Buffer
		p.judges(&out, announcements(t, table))
		p.prefers(&out)
		p.closes(&out)
		p.roles(&out)
		t.Logf("figure: the edge was built, tried and taken down in %.1f s", time.Since(begin).Seconds())
		return out.Bytes()
	})
}
