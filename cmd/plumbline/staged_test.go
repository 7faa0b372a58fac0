package main

import (
	"strings"
	"testing"

	"plumbline/internal/repo"
	"plumbline/internal/sim"
)

// relinks has a link between two devices replaced by another one, which takes stages: the plan is
// approved and on main.
func (s *stage) relinks() (digest string) {
	s.t.Helper()
	base, err := s.repo.Branch("main")
	s.must(err)
	const old = "core1-ams\n  interface: eth2\n  addresses: [10.0.8.0/31, 2001:db8:8::/127]\n- device: core1-fra\n  interface: eth2\n  addresses: [10.0.8.1/31, 2001:db8:8::1/127]\n"
	fresh := strings.NewReplacer("eth2", "eth3", "10.0.8.0/", "10.0.8.8/", "10.0.8.1/", "10.0.8.9/", "2001:db8:8::", "2001:db8:8:8::").Replace(old)
	digest = s.drafts("stages", base, "intent/link/ams-fra-1.yaml", old, fresh)
	s.lands("stages")
	return digest
}

// TestStagedPush holds the law on embedded devices: a link that is replaced is there at both
// ends before the old one goes at either; where the second stage fails, the first one stays, the
// ledger tells of devices on their way, and the same plan is pushed to its end.
func TestStagedPush(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	digest := s.relinks()
	if out := s.plumb(ok, "diff", "--head", "main"); !strings.Contains(out, "core1-ams (frr, wave 1 adds, wave 3 removes)") || !strings.Contains(out, "core1-fra (frr, wave 2 adds, wave 4 removes)") {
		t.Errorf("diff tells no stages:\n%s", out)
	}
	s.must(s.farm.Device("core1-ams").SetFaults(sim.Fault{Kind: "reject", Text: "no ip address 10.0.8.0/31"}))
	out := s.plumb(rolledBack, "push", "--plan", digest)
	for _, name := range []string{"core1-ams", "core1-fra"} {
		if text := string(s.farm.Device(name).Running()); !strings.Contains(text, "interface eth2") || !strings.Contains(text, "interface eth3") {
			t.Errorf("%s holds after the first stage\n%s", name, text)
		}
	}
	if strings.Count(out, "partway") != 2 || !strings.Contains(out, "PARTIAL") {
		t.Errorf("devices on their way are told as\n%s", out)
	}
	es := s.ledger()
	if last := es[len(es)-1]; last.Full() || last.Devices[0].State != repo.Old {
		t.Errorf("the ledger tells %+v", last)
	}
	s.plumb(ok, "verify", "2")
	s.must(s.farm.Device("core1-ams").SetFaults())
	s.plumb(ok, "push", "--plan", digest)
	s.plumb(ok, "diff", "--head", "main", "--exit-code")
	s.plumb(ok, "verify", "3")
	if text := string(s.farm.Device("core1-fra").Running()); strings.Contains(text, "interface eth2") {
		t.Errorf("the old link stays\n%s", text)
	}
}

// TestPairedPush holds the law on embedded devices: both ends of a link get another subnet in
// one wave and the push ends well; one end alone, and two ends that are never in one wave, are
// refused with both places before anything is sent.
func TestPairedPush(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff, s.approve, s.merge, s.push)
	base, err := s.repo.Branch("main")
	s.must(err)
	const old = "[10.0.8.2/31, 2001:db8:8:1::/127]\n- device: core1-ams\n  interface: eth1\n  addresses: [10.0.8.3/31"
	digest := s.drafts("pairs", base, "intent/link/ams-edge.yaml", old, strings.NewReplacer("10.0.8.2/", "10.0.8.12/", "10.0.8.3/", "10.0.8.13/").Replace(old))
	s.lands("pairs")
	out := s.plumb(ok, "diff", "--head", "main")
	for _, want := range []string{"core1-ams (frr, wave 1)", "edge1-ams (frr, wave 1)", "in one wave with core1-ams: they share a value that changes"} {
		if !strings.Contains(out, want) {
			t.Errorf("diff does not say %q:\n%s", want, out)
		}
	}
	out = s.plumb(findings, "diff", "--head", "main", "core1-ams")
	if !strings.Contains(out, "Plan: refused") || !strings.Contains(out, "plan/pair-alone") || !strings.Contains(out, "plumbline diff core1-ams edge1-ams") || strings.Count(out, "intent/link/ams-edge.yaml:") < 2 {
		t.Errorf("one end alone:\n%s", out)
	}
	s.plumb(ok, "push", "--plan", digest)
	s.plumb(ok, "diff", "--head", "main", "--exit-code")
	if text := string(s.farm.Device("edge1-ams").Running()); !strings.Contains(text, "10.0.8.12/31") || strings.Contains(text, "10.0.8.2/31") {
		t.Errorf("the link has not its new subnet\n%s", text)
	}
}
