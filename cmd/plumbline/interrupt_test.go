package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt stops the real program by Ctrl-C at the beginning of the demo, while it
// reads devices, and in the middle of a push: it ends in 3 seconds with 130, and leaves no
// process, no folder and no open socket behind.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "plumbline")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for after, step := range map[string]string{
		"at its start":      "plumbline demo:",
		"among the reading": " 4 Render",
		"in a push":         " 8 Merge",
	} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			interrupt(t, bin, step)
		})
	}
}

func interrupt(t *testing.T, bin, step string) {
	tmp := t.TempDir()
	cmd := exec.CommandContext(t.Context(), bin, "demo")
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "HOME="+tmp)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), step) {
	}
	time.Sleep(300 * time.Millisecond)
	asked := time.Now()
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	var exit *exec.ExitError
	err = cmd.Wait()
	took := time.Since(asked)
	if !errors.As(err, &exit) || exit.ExitCode() != interrupted {
		t.Errorf("it ended with %v, not %d", err, interrupted)
	}
	if took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if err := syscall.Kill(-cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("a process of its group lives on: %v", err)
	}
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		t.Errorf("it left %s", f.Name())
	}
	t.Logf("figure: Ctrl-C behind %q: ended after %v, %d folders left", step, took.Round(time.Millisecond), len(left))
}
