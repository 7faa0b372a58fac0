package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/repo"
)

// TestFirstContact: a network in Git that nobody may sign for yet can be read all the same;
// who may sign is asked for when something is to be approved or sent.
func TestFirstContact(t *testing.T) {
	dir := t.TempDir()
	r, err := repo.Init(dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS("../../examples/two-site")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CommitFS("main", repo.Author{Person: demoCarol, When: demoDay()}, "as it is", os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"diff", "drift"} {
		var out bytes.Buffer
		if got := run(t.Context(), testEnv(dir, &out), []string{verb}); got != incomplete || strings.Contains(out.String(), "allowed_signers") {
			t.Errorf("%s: exit %d, want %d:\n%s", verb, got, incomplete, out.String())
		}
	}
}

// TestQuotePipe: a line is quoted from files alone; a pipe that nobody writes to would be
// waited for without end.
func TestQuotePipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "p.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan []byte, 1)
	go func() { done <- testEnv(dir, new(bytes.Buffer)).source("p.yaml") }()
	select {
	case got := <-done:
		if got != nil {
			t.Errorf("quoted %q", got)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it waits for a pipe")
	}
}

// TestInitLeavesNothing: what cannot be written whole is not there at all.
func TestInitLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "net")
	files := map[string][]byte{"a.yaml": nil, "b/c.yaml": nil, "d\x00.yaml": nil} // no system takes the last name
	if err := settle(dir, "net", files); err == nil {
		t.Fatal("it was written")
	}
	delete(files, "d\x00.yaml")
	files["e/"+strings.Repeat("x", 300)] = nil
	if err := settle(dir, "net", files); err == nil {
		t.Fatal("it was written")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was left behind")
	}
}

// TestPolicySaid: a policy that cannot be read is said where somebody signs; exit 1 alone
// told nothing.
func TestPolicySaid(t *testing.T) {
	var out bytes.Buffer
	e := testEnv(t.TempDir(), &out)
	finding := diag.List{{At: diag.Pos{File: "policy.yaml", Line: 1, Col: 1}, Rule: "schema/empty", Severity: diag.Fail, Text: "the file is empty"}}.Err()
	e.tellEnd(finding)
	if !strings.Contains(out.String(), "policy.yaml:1:1: the file is empty") {
		t.Errorf("it says %q", out.String())
	}
	out.Reset()
	e.tellEnd(errFindings)
	if out.Len() > 0 {
		t.Errorf("what a page said is said again: %q", out.String())
	}
}

// TestNoIntent: a folder that is missing is told in words.
func TestNoIntent(t *testing.T) {
	var out bytes.Buffer
	if got := run(t.Context(), testEnv(t.TempDir(), &out), []string{"check"}); got != findings || !strings.Contains(out.String(), "there is no folder intent") {
		t.Errorf("exit %d, want %d:\n%s", got, findings, out.String())
	}
}
