package main

import (
	"io"
	"strings"
	"sync"
	"testing"
)

// TestSessionsOfAPush holds how often a push logs in to read: once before anything is sent, however
// often the device is asked up to there. A verb that reads logs in once.
func TestSessionsOfAPush(t *testing.T) {
	for _, platform := range []string{"eos", "frr"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			s := &stage{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard}}, t: t}
			if platform != "frr" {
				s.edited = func(network string) error { return moved(network, platform) }
			}
			t.Cleanup(s.stop)
			s.do(s.start, s.commit, s.check, s.diff, s.refused, s.approve, s.merge)
			at := s.counters()
			reads := func(what, device string, want int) {
				t.Helper()
				now, was := s.farm.Device(device).Counters(), at[device]
				if n := now.Sessions - now.WriteSessions - was.Sessions + was.WriteSessions; n != want {
					t.Errorf("%s: %s: it is logged in to %d times to read, want %d", device, what, n, want)
				}
			}
			var once sync.Once
			s.env.step = func(name string) {
				if strings.HasPrefix(name, "journal begin") {
					once.Do(func() {
						for _, device := range s.farm.Names() {
							reads("before anything is sent", device, 1)
						}
						at = s.counters()
					})
				}
			}
			s.do(s.push)
			s.env.step = nil
			for _, device := range s.farm.Names() {
				was, now := at[device], s.farm.Device(device).Counters()
				t.Logf("figure: %s %s: %d sessions to read and %d to write once something was sent", platform, device, now.Sessions-now.WriteSessions-was.Sessions+was.WriteSessions, now.WriteSessions-was.WriteSessions)
			}
			for _, verb := range [][]string{{"diff"}, {"drift"}, {"doctor"}, {"doctor", demoRouter}} {
				at = s.counters()
				s.plumb(ok, verb...)
				reads(strings.Join(verb, " "), demoRouter, 1)
			}
		})
	}
}
