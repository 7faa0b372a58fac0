package main

import (
	"bytes"
	"strings"
	"testing"

	git "github.com/go-git/go-git/v5"
)

// TestDemo plays the whole loop as the verb does, on devices behind real sockets.
func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := testEnv(t.TempDir(), &out)
	dir := t.TempDir()
	if got := run(t.Context(), e, []string{"demo", "--keep", dir}); got != ok {
		t.Fatalf("exit %d:\n%s", got, out.String())
	}
	kept := testEnv(dir+"/network", &bytes.Buffer{})
	if got := run(t.Context(), kept, []string{"check"}); got != ok {
		t.Errorf("the network that it leaves is refused: exit %d\n%s", got, kept.out)
	}
	if r, err := git.PlainOpen(dir + "/network"); err != nil {
		t.Error(err)
	} else if w, err := r.Worktree(); err != nil {
		t.Error(err)
	} else if s, err := w.Status(); err != nil || !s.IsClean() {
		t.Errorf("the repository that it leaves is not clean: %v\n%s", err, s)
	}
	if !strings.Contains(out.String(), "Every step ended as it should") {
		t.Errorf("the demo does not say how it ended:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "(eos, frr, ios-xr, junos)") {
		t.Errorf("the demo is not of four platforms:\n%s", out.String())
	}
	if n := strings.Count(out.String(), "\n"); n < len(demoSteps)+2 {
		t.Errorf("%d lines for %d steps", n, len(demoSteps))
	}
}
