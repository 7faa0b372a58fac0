package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCounted(t *testing.T) {
	for want, got := range map[string]string{
		"1 device": counted(1, "device"), "2 devices": counted(2, "device"), "0 entries": counted(0, "entry"),
		"2 keys": counted(2, "key"), "3 people": counted(3, "person"), "1 device differs": differs(1), "2 devices were": wasWere(2),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestUsageSays holds the law: what was asked for wrongly is told in the words of the one who
// asked, with what to do.
func TestUsageSays(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"init"}, "the folder to write to is missing: plumbline init FOLDER"},
		{[]string{"init", "a", "b"}, "one the folder"},
		{[]string{"diff", "--wide", "many"}, "want a whole number"},
		{[]string{"diff", "--nonsense"}, "see plumbline diff --help"},
		{[]string{"demo", "--keep", full}, "nothing is written over"},
	} {
		var out bytes.Buffer
		e := testEnv(t.TempDir(), &out)
		if got := run(t.Context(), e, c.args); got != usage && got != ok || !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), "strconv") {
			t.Errorf("%v: exit %d, want %q in\n%s", c.args, got, c.want, out.String())
		}
	}
}

// TestStranger says what a stranger met: a device that is not there, a key that nobody knows, a
// path that a shell would expand.
func TestStranger(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.do(s.diff)
	if out := s.plumb(usage, "approve", s.plan, "--key", s.path("keys", "ledger"), "--head", "change"); !strings.Contains(out, "is not in .plumbline/allowed_signers") || strings.Contains(out, `""`) {
		t.Errorf("a key that may not approve:\n%s", out)
	}
	s.do(s.approve, s.merge)
	if out := s.plumb(usage, "push", "--restore", "edge1-far"); !strings.Contains(out, "did you mean edge1-fra?") {
		t.Errorf("a device that is not there:\n%s", out)
	}
	if out := s.plumb(ok, "doctor"); !strings.Contains(out, "policy") || !strings.Contains(out, "keys in .plumbline/allowed_signers") {
		t.Errorf("doctor says who decides:\n%s", out)
	}
	text, err := os.ReadFile(s.path("runner.yaml"))
	s.must(err)
	s.must(os.WriteFile(s.path("runner.yaml"), []byte(strings.Replace(string(text), s.path("secrets"), "~/secrets", 1)), 0o600))
	if out := s.plumb(usage, "doctor"); !strings.Contains(out, "write the whole path") {
		t.Errorf("a path that nothing expands:\n%s", out)
	}
}

// TestReadOnlyRunner holds the law: doctor says that a runner without the credential to write
// can only read, and that is no fault.
func TestReadOnlyRunner(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.must(filepath.WalkDir(s.dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "write" {
			return os.RemoveAll(name)
		}
		return nil
	}))
	if out := s.plumb(ok, "doctor"); !strings.Contains(out, "this runner can only read") {
		t.Errorf("doctor of a runner that can only read:\n%s", out)
	}
}
