package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/golden"
	"plumbline/internal/repo"
)

// TestChange plays changes as a person makes them: the example network and the files under
// main/ are on the protected branch, those under tree/ are written over them and not
// committed; an empty one is taken away. Then the commands of the section "run".
func TestChange(t *testing.T) {
	commit := regexp.MustCompile(`[0-9a-f]{12}`)
	golden.Run(t, "testdata/change/*.txtar", func(t *testing.T, files fs.FS) []byte {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS("../../examples/two-site")); err != nil {
			t.Fatal(err)
		}
		r, err := repo.Init(dir, "main")
		if err != nil {
			t.Fatal(err)
		}
		who := repo.Author{Person: demoCarol, When: demoDay()}
		if _, err := fs.Stat(files, "main"); err == nil {
			over, err := fs.Sub(files, "main")
			if err != nil {
				t.Fatal(err)
			}
			overlay(t, dir, over)
		}
		if _, err := r.CommitFS("main", who, "Before", os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		over, err := fs.Sub(files, "tree")
		if err != nil {
			t.Fatal(err)
		}
		overlay(t, dir, over)
		sweep(t, dir, over)
		commands, err := fs.ReadFile(files, "run")
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		for command := range strings.Lines(string(commands)) {
			var out bytes.Buffer
			command = strings.TrimSpace(command)
			code := run(t.Context(), testEnv(dir, &out), strings.Fields(command))
			fmt.Fprintf(&got, "$ %s\n%sexit %d\n", command, commit.ReplaceAllString(strings.ReplaceAll(out.String(), dir, "REPOSITORY"), "COMMIT"), code)
		}
		return got.Bytes()
	})
}

// TestChangeFirst holds that a commit from before there was intent is an empty network, and that
// one that lost the half of it is a mistake.
func TestChangeFirst(t *testing.T) {
	dir := t.TempDir()
	r, err := repo.Init(dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	commit := func(tree fs.FS) {
		t.Helper()
		if _, err := r.CommitFS("main", repo.Author{Person: demoCarol, When: demoDay()}, "A step", tree); err != nil {
			t.Fatal(err)
		}
	}
	commit(fstest.MapFS{"README.md": &fstest.MapFile{Data: []byte("A network is to come.\n"), Mode: 0o644}})
	if err := os.CopyFS(dir, os.DirFS("../../examples/two-site")); err != nil {
		t.Fatal(err)
	}
	say := func(want int, command ...string) string {
		t.Helper()
		var out bytes.Buffer
		if code := run(t.Context(), testEnv(dir, &out), command); code != want {
			t.Fatalf("%v ends with %d: %s", command, code, out.String())
		}
		return out.String()
	}
	for _, command := range [][]string{{"check", "--changed-since", "main"}, {"diff", "main.."}} {
		out := say(ok, command...)
		if !strings.Contains(out, "4 devices are meant to be otherwise") || strings.Contains(out, "\n-   ") {
			t.Errorf("%v: everything came, and it says\n%s", command, out)
		}
	}
	if out := say(ok, "check"); !strings.Contains(out, "(main), which holds no intent yet") {
		t.Errorf("check says\n%s", out)
	}
	whole := os.DirFS(dir)
	design, err := fs.ReadFile(whole, "intent/design/example-net.yaml")
	if err != nil {
		t.Fatal(err)
	}
	commit(fstest.MapFS{"intent/design/example-net.yaml": &fstest.MapFile{Data: design, Mode: 0o644}})
	say(1, "check", "--changed-since", "main")
	commit(whole)
	if err := os.RemoveAll(filepath.Join(dir, "intent")); err != nil {
		t.Fatal(err)
	}
	say(1, "diff", "main..")
}

// sweep takes away the files that a case has empty.
func sweep(t *testing.T, dir string, files fs.FS) {
	t.Helper()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err == nil && len(text) == 0 {
			err = os.Remove(filepath.Join(dir, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
