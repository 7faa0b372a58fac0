package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/gate/signed"
	"plumbline/internal/repo"
)

// TestSecretsArrive holds the law: intent names a secret, the device gets it out of the
// store of the runner, and nothing that is shown, kept or signed holds it. One that is not
// there is asked for in vain before any device is written to.
func TestSecretsArrive(t *testing.T) {
	t.Parallel()
	const first, second = "Kanari1nFirst", "Kanari1nSecond"
	s := newStage(t, nil)
	s.do(s.demo.diff, s.demo.approve, s.demo.merge, s.demo.push)
	box, before := s.farm.Device(demoRouter), s.mutating()
	s.peering("  ipv6: 50", "  ipv6: 50\npassword: secret://local/peers/as64500#md5")

	missing := s.plumb(usage, "diff")
	if !strings.Contains(missing, "secret://local/peers/as64500#md5") || s.mutating() != before {
		t.Errorf("a secret that is not there: have:\n%s", missing)
	}
	if out := s.plumb(ok, "check"); strings.Contains(out, "secret://") {
		t.Errorf("check asks for secrets:\n%s", out)
	}
	file := s.path("secrets", "peers", "as64500", "md5")
	s.must(os.MkdirAll(filepath.Dir(file), 0o700))
	s.must(os.WriteFile(file, []byte("two words\n"), 0o600))
	if out := s.plumb(usage, "diff"); strings.Contains(out, "two words") {
		t.Errorf("it is told:\n%s", out)
	}
	s.must(os.WriteFile(file, []byte(first+"\n"), 0o600))

	said := s.plumb(ok, "diff", "--out", s.path("plan.json"), "--page", s.path("page.html"))
	_, err := s.keep(said)
	s.must(err)
	for _, args := range [][]string{{"diff", "--commands"}, {"diff", "-o", "json"}, {"render"}} {
		said += s.plumb(ok, args...)
	}
	stored, err := signed.LoadPlan(s.repo, s.plan)
	s.must(err)
	said += string(stored.Encode())
	s.signs(demoBob)
	s.do(s.demo.merge)
	said += s.plumb(ok, "push", "--plan", s.plan)
	if !strings.Contains(string(box.Running()), "neighbor 198.18.0.77 password "+first) {
		t.Errorf("the device does not hold the password:\n%s", box.Running())
	}
	said += s.plumb(ok, "drift") + s.plumb(ok, "diff")
	if strings.Contains(said, "rotated") {
		t.Errorf("a secret that nobody changed is told as rotated:\n%s", said)
	}
	const ref = "secret://local/peers/as64500#md5"
	entries, err := signed.Ledger(s.repo, "main")
	s.must(err)
	last := entries[len(entries)-1].Devices
	if at := slices.IndexFunc(last, func(d repo.Device) bool { return d.Name == demoRouter }); len(last[at].Secrets[ref]) < 32 {
		t.Errorf("the ledger does not know the secret again: %v", last)
	}
	for _, args := range [][]string{{"drift"}, {"drift", "--without-secrets"}} {
		s.must(os.WriteFile(file, []byte(second), 0o600)) // somebody changed it in the store
		out := s.any(args...)
		if told := strings.Contains(out, ref+" has another value in its store than was pushed to edge1-ams, "+demoRouter); told != (len(args) == 1) {
			t.Errorf("%v: rotated: %v\n%s", args, told, out)
		}
		said += out
	}
	said += s.plumb(ok, "verify") + s.plumb(differ, "drift") + s.plumb(ok, "diff", "--commands")
	if !strings.Contains(said, "password <secret>") {
		t.Errorf("a change of the secret is not told as one:\n%s", said)
	}
	for _, c := range []string{first, second} {
		if strings.Contains(said, c) {
			t.Errorf("%s was told", c)
		}
	}
	s.must(os.Remove(file)) // the store is where it may stand
	guesses := []string{first, second}
	for _, c := range []string{first, second} {
		guesses = append(guesses, fmt.Sprintf("%x", sum([]byte(c)))[:24], fmt.Sprintf("%x", sum([]byte(ref+"\x00"+c)))[:24])
	}
	s.nowhere(guesses)
}

// TestRepoKey holds the law: what devices hold of secrets is named by a key that the runners
// share. Without it a plan is shown and cannot be approved; with another one it is not pushed.
func TestRepoKey(t *testing.T) {
	t.Parallel()
	s := &stage{demo: &demo{dir: t.TempDir(), env: &env{run: run, out: io.Discard, clock: brisk{}}, holds: []byte(held["frr"])}, t: t}
	t.Cleanup(s.stop)
	s.do(s.start, s.commit)
	text, err := os.ReadFile(s.path("runner.yaml"))
	s.must(err)
	runner := func(change func(string) string) {
		s.must(os.WriteFile(s.path("runner.yaml"), []byte(change(string(text))), 0o600))
	}
	without := func(text string) string {
		return strings.Replace(text, "repo_key: secret://local/net/repo#key\n", "", 1)
	}

	runner(without)
	if out := s.plumb(ok, "diff"); !strings.Contains(out, "no repo_key, so it cannot be approved") {
		t.Errorf("a plan that nobody can approve is not told as one:\n%s", out)
	}
	if out := s.plumb(refused, "diff", "--out", s.path("plan.json")); !strings.Contains(out, "plan/no-repo-key") || !strings.Contains(out, "openssl rand -hex 32") {
		t.Errorf("want the rule and the next step:\n%s", out)
	}
	if _, err := os.Stat(s.path("plan.json")); err == nil {
		t.Error("the plan was kept")
	}
	runner(func(text string) string { return text })
	s.do(s.demo.diff, s.demo.approve, s.demo.merge)
	before := s.mutating()
	key, err := os.ReadFile(s.path("secrets", "net", "repo", "key"))
	s.must(err)
	s.must(os.WriteFile(s.path("secrets", "net", "repo", "key"), append(key, "ff"...), 0o600))
	if out := s.plumb(refused, "push", "--plan", s.plan); !strings.Contains(out, "push/other-repo-key") {
		t.Errorf("with another key: want the rule:\n%s", out)
	}
	runner(without)
	if out := s.plumb(refused, "push", "--plan", s.plan); !strings.Contains(out, "push/other-repo-key") || !strings.Contains(out, "has none") {
		t.Errorf("without a key: want the rule:\n%s", out)
	}
	s.must(os.WriteFile(s.path("secrets", "net", "repo", "key"), []byte("short\n"), 0o600))
	runner(func(text string) string { return text })
	if out := s.plumb(usage, "diff"); !strings.Contains(out, "openssl rand -hex 32") || strings.Contains(out, "short\n") {
		t.Errorf("a short key:\n%s", out)
	}
	if s.mutating() != before {
		t.Error("devices were written to")
	}
	s.must(os.WriteFile(s.path("secrets", "net", "repo", "key"), key, 0o600))
	s.plumb(ok, "push", "--plan", s.plan)
	runner(without)
	s.plumb(ok, "verify") // it needs no secret at all
}
