package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

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
		t.Skip(err)
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
