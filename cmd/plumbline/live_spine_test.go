//go:build live

package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// matrix writes who reaches whom: ten requests each way, and one answer is enough.
func (v *live) matrix(out *bytes.Buffer, hosts []host) {
	v.t.Helper()
	all := &streams{v: v}
	for _, a := range hosts {
		for _, b := range hosts {
			if a != b {
				all.asks(a.name, b.addr+":7", 10, 200*time.Millisecond)
			}
		}
	}
	got := all.wait()
	for _, a := range hosts {
		for _, b := range hosts {
			if a == b {
				continue
			}
			does := "reaches"
			if got[0].Lost == got[0].Sent {
				does = "does not reach"
			}
			fmt.Fprintf(out, "%s %s %s\n", a.name, does, b.name)
			got = got[1:]
		}
	}
}

// carried counts what a spine has taken in.
func (v *live) carried(spine string) (n int) {
	v.t.Helper()
	for line := range strings.Lines(v.in(spine, "cat", "/proc/net/dev")) {
		if f := strings.Fields(line); strings.HasPrefix(f[0], "eth") {
			packets, err := strconv.Atoi(f[2])
			v.must(err)
			n += packets
		}
	}
	return n
}

// spineDown takes away the spine that carries more of what runs between the hosts, brings
// it back, and demands that no stream stood still for longer than three seconds.
func (v *live) spineDown(hosts []host, what string, turn func(spine string, up bool)) {
	v.t.Helper()
	const interval = 20 * time.Millisecond
	all := &streams{v: v}
	for _, a := range hosts {
		for _, b := range hosts {
			if a.name < b.name && a.name[:2] == b.name[:2] {
				all.asks(a.name, b.addr+":7", 300, interval)
			}
		}
	}
	one, two := v.carried("spine1-fra"), v.carried("spine2-fra")
	time.Sleep(1500 * time.Millisecond)
	one, two = v.carried("spine1-fra")-one, v.carried("spine2-fra")-two
	spine := "spine1-fra"
	if two > one {
		spine = "spine2-fra"
	}
	turn(spine, false)
	lost, longest := 0, time.Duration(0)
	for _, s := range all.wait() {
		lost, longest = lost+s.Lost, max(longest, s.Longest)
		if s.Longest > 3*time.Second {
			v.t.Errorf("%s %s, and a stream stands still for %v", spine, what, s.Longest)
		}
	}
	v.t.Logf("figure: %s, which carried %d of %d packets, %s: %d of %d requests lost, at most %v in a row",
		spine, max(one, two), one+two, what, lost, 300*len(all.ends), longest)
	turn(spine, true)
	v.stand(fabricDevices, 32)
	v.fabricRoutes(new(bytes.Buffer))
}
