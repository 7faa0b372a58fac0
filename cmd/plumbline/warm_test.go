package main

import (
	"strings"
	"sync"
	"testing"

	"plumbline/internal/sim"
	"plumbline/internal/suite"
)

// TestSessionsOfAPush holds how often a push connects to read: once before anything is sent, however
// often the device is asked up to there. A verb that reads connects once.
func TestSessionsOfAPush(t *testing.T) {
	for _, way := range []string{"eos", "frr", "junos/netconf", "sr-linux"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := onPlatform(t, way, string(suite.Holds(t, way)))
			s.do(s.check, s.diff, s.refused, s.approve, s.merge)
			at := s.counters()
			of := func(n sim.Counters) int { return n.Sessions - n.WriteSessions }
			if way == "sr-linux" { // over gNMI nobody logs in
				of = func(n sim.Counters) int { return n.Dials }
			}
			reads := func(what, device string, want int) {
				t.Helper()
				if n := of(s.farm.Device(device).Counters()) - of(at[device]); n != want {
					t.Errorf("%s: %s: it is connected to %d times to read, want %d", device, what, n, want)
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
				t.Logf("figure: %s %s: %d connections once something was sent, %d of them sessions to write", way, device, now.Dials-was.Dials, now.WriteSessions-was.WriteSessions)
			}
			for _, verb := range []string{"diff", "drift", "doctor", "doctor " + demoRouter} {
				at = s.counters()
				s.any(strings.Fields(verb)...)
				reads(verb, demoRouter, 1)
			}
		})
	}
}
