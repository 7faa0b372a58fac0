// Package docs_test holds that pages about the product as a whole are true.
package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/internal/lab"
)

// threat is an entry of docs/attacks.txt.
type threat struct {
	id, title, defence string
	tests              []tests
	without            []mutant
}

// tests are some tests of one room.
type tests struct {
	room  string
	names []string
}

// mutant is a line of the product without the defence.
type mutant struct {
	file, is, instead string
	slowly            bool // tried in slow runs alone
}

// threats reads the table.
func threats(t *testing.T) (out []threat) {
	t.Helper()
	t.Chdir("..") // the table names files as people do
	text, err := os.ReadFile("docs/attacks.txt")
	if err != nil {
		t.Fatal(err)
	}
	for no, line := range strings.Split(string(text), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" || line[0] == '#':
		case key == "defence":
			out[len(out)-1].defence = value
		case key == "test":
			words := strings.Fields(value)
			out[len(out)-1].tests = append(out[len(out)-1].tests, tests{words[0], words[1:]})
		case key == "without" || key == "slowly":
			file, change, _ := strings.Cut(value, ": ")
			is, instead, ok := strings.Cut(change, " -> ")
			if !ok {
				t.Fatalf("docs/attacks.txt:%d: want FILE: LINE -> LINE", no+1)
			}
			out[len(out)-1].without = append(out[len(out)-1].without, mutant{file, is, instead, key == "slowly"})
		default:
			id, title, _ := strings.Cut(line, " ")
			out = append(out, threat{id: id, title: title})
		}
	}
	return out
}

// TestAttacks holds that the table of attacks is true: every attack has a defence and tests
// that are there, each defence that is tried without stands once where the table says, and the
// page is made from it.
func TestAttacks(t *testing.T) {
	var page bytes.Buffer
	page.WriteString("# Attacks\n\nWho could turn plumbline against a network, what stands against it, and which tests see it. Where a number\n" +
		"stands in the last column, the defence was taken out of the product in so many ways, and the tests failed:\n" +
		"`go test -run TestDefences -v ./docs`\n\nMade from `docs/attacks.txt`.\n\n| | Attack | Defence | Tests | Without |\n|---|---|---|---|---|\n")
	for _, a := range threats(t) {
		if a.defence == "" || len(a.tests) == 0 {
			t.Errorf("%s has no defence or no test", a.id)
		}
		var named []string
		for _, in := range a.tests {
			named = append(named, in.known(t, a.id)...)
		}
		for _, m := range a.without {
			if text, err := os.ReadFile(m.file); err != nil || strings.Count(string(text), m.is) != 1 {
				t.Errorf("%s: %q does not stand in %s just once", a.id, m.is, m.file)
			}
		}
		tried := "–"
		if n := len(a.without); n > 0 {
			tried = fmt.Sprint(n)
		}
		fmt.Fprintf(&page, "| %s | %s | %s | %s | %s |\n", a.id, a.title, a.defence, strings.Join(named, ", "), tried)
	}
	golden.Page(t, "docs/attacks.md", page.Bytes())
}

// known gives the tests as a page shows them.
func (in tests) known(t *testing.T, id string) (out []string) {
	files, _ := filepath.Glob(path.Join(in.room, "*_test.go"))
	var all bytes.Buffer
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for _, name := range in.names {
		if !regexp.MustCompile(`(?m)^func ` + name + `\(t \*testing\.T\)`).Match(all.Bytes()) {
			t.Errorf("%s: there is no %s in %s", id, name, in.room)
		}
		out = append(out, fmt.Sprintf("`%s` %s", in.room, name))
	}
	return out
}

// TestDefences takes each defence out, one at a time, and holds that a test of its attack fails.
func TestDefences(t *testing.T) {
	lab.Need(t, "time")
	tried := 0
	for _, a := range threats(t) {
		for _, m := range a.without {
			if m.slowly && os.Getenv("PLUMBLINE_SLOW") == "" {
				continue
			}
			tried++
			t.Run(a.id, func(t *testing.T) {
				if !m.slowly { // these start servers
					t.Parallel()
				}
				for _, in := range a.tests {
					if m.fails(t, in) {
						return
					}
				}
				t.Errorf("%s: without %q in %s every test passes", a.id, m.is, m.file)
			})
		}
	}
	t.Logf("figure: %d defences taken out one at a time", tried)
}

// fails runs some tests on the product without the defence.
func (m mutant) fails(t *testing.T, in tests) bool {
	t.Helper()
	text, err := os.ReadFile(m.file)
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.go")
	if err := os.WriteFile(changed, bytes.Replace(text, []byte(m.is), []byte(m.instead), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, m.file): changed}})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "test", "-short", "-failfast", "-vet=off", "-count=1", "-overlay", list, "-run", "^("+strings.Join(in.names, "|")+")$", "./"+in.room).CombinedOutput()
	if strings.Contains(string(out), "[build failed]") || strings.Contains(string(out), "[setup failed]") {
		t.Fatalf("it does not compile without %q:\n%s", m.is, out)
	}
	return err != nil
}
