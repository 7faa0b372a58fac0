package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWithoutSecrets holds the law: a runner without the stores makes the very plan that the one with
// them makes, as long as devices hold the secrets that they are to hold, and says that it did not
// verify that; push does. What a device does not hold yet it cannot plan, and says so.
func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	const first, second = "Kanari2nFirst", "Kanari2nSecond"
	s := newStage(t, nil)
	s.do(s.demo.diff, s.demo.approve, s.demo.merge, s.demo.push)
	file := s.path("secrets", "peers", "as64500", "md5")
	s.must(os.MkdirAll(filepath.Dir(file), 0o700))
	here := func(value string) {
		s.must(os.RemoveAll(file))
		if value != "" {
			s.must(os.WriteFile(file, []byte(value+"\n"), 0o600))
		}
	}
	plan := func(want int, args ...string) string {
		return s.plumb(want, append([]string{"diff", "--out", s.path("plan.json")}, args...)...)
	}
	s.peering("  ipv6: 50", "  ipv6: 50\npassword: secret://local/peers/as64500#md5")
	if out := plan(findings, "--without-secrets"); !strings.Contains(out, "plan/secret-needed") || !strings.Contains(out, "secret://local/peers/as64500#md5") {
		t.Errorf("what no device holds is planned:\n%s", out)
	}
	here(first)
	said := plan(ok)
	_, err := s.keep(said)
	s.must(err)
	s.signs(demoBob)
	s.do(s.demo.merge)
	said += s.plumb(ok, "push", "--plan", s.plan)

	here("")
	s.plumb(usage, "diff")
	for _, args := range [][]string{{"diff", "--without-secrets", "--exit-code"}, {"drift", "--without-secrets"}} {
		out := s.plumb(ok, args...)
		if said += out; !strings.Contains(out, "not verified") {
			t.Errorf("%v does not say that it did not look:\n%s", args, out)
		}
	}
	s.peering("  ipv6: 50", "  ipv6: 60")
	said += plan(ok, "--without-secrets")
	_, err = s.keep(said[strings.LastIndex(said, "Plan "):])
	s.must(err)
	blind := s.plan
	here(first)
	if out := plan(ok); !strings.Contains(out, blind[:12]) {
		t.Errorf("with the store it is another plan than %.12s:\n%s", blind, out)
	}
	s.signs(demoBob)
	s.do(s.demo.merge)
	here("")
	s.plumb(usage, "push", "--plan", blind)
	s.peering("local/peers/as64500#md5", "local/peers/as64500#other") // another one, which the device cannot hold yet
	if out := plan(findings, "--without-secrets"); !strings.Contains(out, "plan/secret-needed") || !strings.Contains(out, "#other") {
		t.Errorf("what a device holds is taken for another secret:\n%s", out)
	}
	s.peering("local/peers/as64500#other", "local/peers/as64500#md5")
	here(second)
	if out := s.plumb(refused, "push", "--plan", blind); !strings.Contains(out, "push/stale") {
		t.Errorf("another secret than the device holds, and the plan is not stale:\n%s", out)
	}
	here(first)
	said += s.plumb(ok, "push", "--plan", blind)
	if strings.Contains(said, first) || strings.Contains(said, second) {
		t.Error("a secret was told")
	}
}
