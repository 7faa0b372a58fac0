package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDemo plays the whole loop as the verb does, on devices behind real sockets.
func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := testEnv(t.TempDir(), &out)
	if got := run(t.Context(), e, []string{"demo", "--keep", t.TempDir()}); got != ok {
		t.Fatalf("exit %d:\n%s", got, out.String())
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
