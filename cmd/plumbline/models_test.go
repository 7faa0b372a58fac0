package main

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/internal/sim"
)

// TestModels holds that a network of devices that speak gNMI is read, compared and watched as
// any other one: an empty device lacks all of its lines, one that holds them differs in
// nothing, and what somebody changed there is drift. Reading changes nothing.
func TestModels(t *testing.T) {
	t.Parallel()
	s := onPlatform(t, "sr-linux", "/system/grpc-server[name=mgmt]/admin-state enable\n") // none is empty: it is reached
	if out := s.plumb(differ, "diff", "--exit-code"); !strings.Contains(out, "4 devices differ") {
		t.Errorf("of empty devices:\n%s", out)
	}
	for _, c := range s.build.Configs() {
		var lines []string
		for line := range strings.Lines(string(c.Text)) {
			lines = append(lines, "update "+strings.TrimSpace(line))
		}
		s.must(s.farm.Device(c.Device).Type(lines...))
	}
	if out := s.plumb(ok, "diff", "--exit-code"); !strings.Contains(out, "no differences") {
		t.Errorf("of devices that hold all:\n%s", out)
	}
	out := s.plumb(ok, "doctor", demoRouter)
	for _, want := range []string{"identity: it proved what is pinned (spki-sha256)", "it says: gNMI \"0.10.0\", encodings json_ietf json, 1 models", "clock: that of this machine", "questions that it answers: bgp_received, bgp_sent, bgp_summary, clock, interfaces, isis, ospf, version (\"version\"", "the rules know 100.0 %"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
	s.must(s.farm.Device(demoRouter).Type("update /network-instance[name=default]/protocols/bgp/router-id 192.0.2.99"))
	if out := s.plumb(differ, "diff", "--exit-code"); !strings.Contains(out, "1 device differs") || !strings.Contains(out, "-    router-id 192.0.2.99") {
		t.Errorf("of a device that somebody changed:\n%s", out)
	}
	if out := s.plumb(differ, "drift"); !strings.Contains(out, "not pushed yet: 1 line of intent") {
		t.Errorf("of a device that somebody changed:\n%s", out)
	}
	for _, name := range s.farm.Names() {
		if n := s.farm.Device(name).Counters(); n.Arms+n.WriteSessions != 0 {
			t.Errorf("%s: reading writes: %+v", name, n)
		}
	}
}

// TestModelsByAuthority holds that what the inventory says under tls is what a device is trusted
// by, from the plan to the reading, and that each word of it counts.
func TestModelsByAuthority(t *testing.T) {
	t.Parallel()
	s := onPlatform(t, "sr-linux", "/system/grpc-server[name=mgmt]/admin-state enable\n")
	at := s.farm.Target(demoRouter)
	shown := certificate(t, at.Address.String())
	other, _, err := sim.Certificate(time.Now().Add(time.Hour))
	s.must(err)
	s.must(os.MkdirAll(s.path("secrets", "tls"), 0o700))
	s.must(os.WriteFile(s.path("secrets", "tls", "ca"), shown, 0o600))
	s.must(os.WriteFile(s.path("secrets", "tls", "other"), other, 0o600))
	file := s.path("network", "inventory.yaml")
	text, err := os.ReadFile(file)
	s.must(err)
	for name, c := range map[string]struct {
		tls  string
		exit int
		says string
	}{
		"an authority":                {"{ca: secret://local/tls#ca}", ok, "1 device differs"},
		"and a name":                  {"{ca: secret://local/tls#ca, name: device.example.net}", ok, "1 device differs"},
		"another authority":           {"{ca: secret://local/tls#other}", incomplete, "is not signed by the authority that tls.ca names"},
		"another name":                {"{ca: secret://local/tls#ca, name: r9.example.net}", incomplete, `"r9.example.net" does not stand in its certificate`},
		"an authority kept away":      {"{ca: secret://local/tls#none}", incomplete, "the authority of its certificate"},
		"a client's key":              {"{ca: secret://local/tls#ca, client: secret://local/tls#other}", ok, "1 device differs"},
		"a client's key that is none": {"{ca: secret://local/tls#ca, client: secret://local/tls#ca}", incomplete, "tls.client holds no certificate with its key"},
	} {
		pin := "host_keys: [" + at.Pins[0] + "]"
		s.must(os.WriteFile(file, []byte(strings.Replace(string(text), pin, "tls: "+c.tls, 1)), 0o644))
		if out := s.plumb(c.exit, "diff", demoRouter); !strings.Contains(out, c.says) || strings.Contains(out, "PRIVATE KEY") {
			t.Errorf("%s: want %q in:\n%s", name, c.says, out)
		}
	}
}

// TestAuthorityOnce holds that the store of an authority is asked once in a run, and not for each device.
func TestAuthorityOnce(t *testing.T) {
	t.Parallel()
	s := onPlatform(t, "sr-linux", "/system/grpc-server[name=mgmt]/admin-state enable\n")
	ca := s.path("secrets", "tls", "ca")
	s.must(os.MkdirAll(s.path("secrets", "tls"), 0o700))
	s.must(os.WriteFile(ca, certificate(t, s.farm.Target(demoRouter).Address.String()), 0o600))
	file := s.path("network", "inventory.yaml")
	text, err := os.ReadFile(file)
	s.must(err)
	for _, name := range s.farm.Names() {
		text = bytes.Replace(text, []byte("host_keys: ["+s.farm.Target(name).Pins[0]+"]"), []byte("tls: {ca: secret://local/tls#ca}"), 1)
	}
	s.must(os.WriteFile(file, text, 0o644))
	e := &env{dir: s.path("network"), runner: s.path("runner.yaml"), out: io.Discard, err: io.Discard, now: demoDay, run: run}
	b, err := e.valid("")
	s.must(err)
	reach, err := e.reach(b)
	s.must(err)
	for i, name := range s.farm.Names() {
		_, to, err := reach(name)
		if err != nil || len(to.Authority) == 0 {
			t.Errorf("%s: %v", name, err)
		}
		if i == 0 { // whoever is reached after it asks nobody
			s.must(os.Remove(ca))
		}
	}
}

// TestScanOfTLS holds that a pin is one wherever the inventory has it.
func TestScanOfTLS(t *testing.T) {
	t.Parallel()
	s := onPlatform(t, "sr-linux", "/system/grpc-server[name=mgmt]/admin-state enable\n")
	file, pin := s.path("network", "inventory.yaml"), s.farm.Target(demoRouter).Pins[0]
	text, err := os.ReadFile(file)
	s.must(err)
	s.must(os.WriteFile(file, []byte(strings.Replace(string(text), "host_keys: ["+pin+"]", "tls: {pins: ["+pin+"]}", 1)), 0o644))
	if out := s.plumb(ok, "trust", "scan", demoRouter); !strings.Contains(out, "shows the pinned key") {
		t.Errorf("%s", out)
	}
}

// certificate is what a device shows, as PEM.
func certificate(t *testing.T, at string) []byte {
	t.Helper()
	c, err := tls.Dial("tcp", at, &tls.Config{InsecureSkipVerify: true}) // this machine
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.ConnectionState().PeerCertificates[0].Raw})
}
