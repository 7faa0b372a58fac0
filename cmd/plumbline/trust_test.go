package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"plumbline/internal/lab"
)

// TestTrustScan holds the law: a key that is not pinned yet comes as a patch, one that differs
// from a pinned one is told and never patched, and nobody logs in to find out.
func TestTrustScan(t *testing.T) {
	t.Parallel()
	lab.Need(t, "git")
	s := newStage(t, nil)
	if out := s.plumb(ok, "trust", "scan"); strings.Count(out, "shows the pinned key") != len(s.farm.Names()) || strings.Contains(out, "+++ b/") {
		t.Fatalf("all keys are pinned:\n%s", out)
	}
	file := s.path("network", "inventory.yaml")
	whole, err := os.ReadFile(file)
	s.must(err)
	lines := strings.SplitAfter(string(whole), "\n")
	var keys []int
	for i, l := range lines {
		if strings.Contains(l, "host_keys:") {
			keys = append(keys, i)
		}
	}
	without := strings.Clone(lines[keys[0]])
	lines[keys[0]] = "  host_keys: [REPLACE-ME]\n"
	s.must(os.WriteFile(file, []byte(strings.Join(lines, "")), 0o644))
	out := s.plumb(differ, "trust", "scan")
	at := strings.Index(out, "--- a/inventory.yaml")
	if at < 0 || !strings.Contains(out, "+"+without) || strings.Count(out, "@@") != 2 {
		t.Fatalf("want a patch with %s in\n%s", without, out)
	}
	apply := exec.CommandContext(t.Context(), "git", "apply", "--unidiff-zero", "-")
	apply.Dir, apply.Stdin = s.path("network"), strings.NewReader(out[at:strings.LastIndex(out, "\n")+1])
	if said, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("the patch does not apply: %v\n%s\n%s", err, said, out)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != string(whole) {
		t.Errorf("patched, it is not what it was: %v", err)
	}

	lines[keys[0]], lines[keys[1]] = lines[keys[1]], without // each is pinned to the other's
	s.must(os.WriteFile(file, []byte(strings.Join(lines, "")), 0o644))
	if out := s.plumb(differ, "trust", "scan"); strings.Count(out, "shows another key than is pinned") != 2 || strings.Contains(out, "+++ b/") {
		t.Errorf("two keys changed places:\n%s", out)
	}
	for _, name := range s.farm.Names() {
		if c := s.farm.Device(name).Counters(); c.Sessions+c.Tries != 0 {
			t.Errorf("%s was logged in to: %+v", name, c)
		}
	}
	if out := s.plumb(usage, "trust", "scan", "edge1-far"); !strings.Contains(out, "did you mean edge1-fra?") {
		t.Errorf("a device that is not there:\n%s", out)
	}
	s.plumb(incomplete, "trust", "scan", "127.0.0.1:1")
}

func TestScanTLS(t *testing.T) {
	srv := httptest.NewTLSServer(nil)
	t.Cleanup(srv.Close)
	sum := sha256.Sum256(srv.Certificate().RawSubjectPublicKeyInfo)
	want := "spki-sha256:" + hex.EncodeToString(sum[:])
	s := scanned{at: netip.MustParseAddrPort(srv.Listener.Addr().String()), tls: true}
	if got, err := s.shows(t.Context()); err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	s.tls = false
	if got, err := s.shows(t.Context()); err == nil {
		t.Errorf("a web server shows the key %q", got)
	}
}
